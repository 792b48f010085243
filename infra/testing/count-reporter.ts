// A reporter for node:test that writes one JSON line of counts when everything has run. A skipped or
// unfinished test counts as failed: nothing here may look passed that did not run.
import type { TestEvent } from "node:test/reporters"

export interface Counts {
  passed: number
  failed: number
  /** the longest top-level tests, for whoever wants the whole to be shorter */
  slowest?: { name: string; file: string; milliseconds: number }[]
}

export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts: Counts = { passed: 0, failed: 0 }
  const times: NonNullable<Counts["slowest"]> = []
  for await (const event of source) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue
    const { details, skip, todo } = event.data
    if (event.data.nesting === 0 && event.data.file !== undefined)
      times.push({ name: event.data.name, file: event.data.file, milliseconds: details.duration_ms })
    if (details.type === "suite") continue
    const held =
      event.type === "test:pass" &&
      (skip === undefined || skip === false) &&
      (todo === undefined || todo === false)
    counts[held ? "passed" : "failed"] += 1
  }
  counts.slowest = times.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 5)
  yield `${JSON.stringify(counts)}\n`
}
