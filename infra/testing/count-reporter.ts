// A reporter for node:test that writes one JSON line of counts when everything has run. A skipped or
// unfinished test counts as failed: nothing here may look passed that did not run.
import type { TestEvent } from "node:test/reporters"

export interface Counts {
  passed: number
  failed: number
}

export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts: Counts = { passed: 0, failed: 0 }
  for await (const event of source) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue
    const { details, skip, todo } = event.data
    if (details.type === "suite") continue
    const held =
      event.type === "test:pass" &&
      (skip === undefined || skip === false) &&
      (todo === undefined || todo === false)
    counts[held ? "passed" : "failed"] += 1
  }
  yield `${JSON.stringify(counts)}\n`
}
