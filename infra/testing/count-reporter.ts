// A reporter for node:test that writes one JSON line of counts when everything has run. A skipped or
// unfinished test counts as failed: nothing here may look passed that did not run.
import type { TestEvent } from "node:test/reporters"

export interface Counts {
  passed: number
  failed: number
  /** the longest top-level tests, for whoever wants the whole to be shorter */
  slowest?: { name: string; file: string; milliseconds: number }[]
  /** what failed and why, in few lines each, to be said again at the end */
  failures?: { name: string; file: string; text: string }[]
}

const LINES = 30

/** A failure's text without colours, without what a browser writes while it starts, and not longer than a screen. */
export function shortenFailure(text: string): string {
  // oxlint-disable-next-line no-control-regex -- colours are what is taken out
  const lines = text.replaceAll(/\u001b\[[0-9;]*m/g, "").split("\n")
  const told = lines.filter((line) => line.trim() !== "" && !/^\s*(\[pid=|<launch|Browser logs:)/.test(line))
  return [...told.slice(0, LINES), ...(told.length > LINES ? ["…"] : [])].join("\n")
}

export default async function* count(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts: Counts = { passed: 0, failed: 0 }
  const times: NonNullable<Counts["slowest"]> = []
  const failures: NonNullable<Counts["failures"]> = []
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
    if (!held) failures.push({ name: event.data.name, file: event.data.file ?? "", text: explain(event) })
  }
  counts.failures = failures
  counts.slowest = times.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 5)
  yield `${JSON.stringify(counts)}\n`
}

function explain(event: TestEvent): string {
  if (event.type !== "test:fail") return "not run"
  const { error } = event.data.details
  const cause = error.cause instanceof Error ? error.cause : error
  return shortenFailure(cause.stack ?? cause.message)
}
