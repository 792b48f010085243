// A reporter for Playwright: a line for each journey, and at the end one JSON file of counts. What a browser
// writes while it starts is left out of a failure's text, since it hides the cause. A journey that is skipped,
// or passes only when tried again, counts as failed.
import { writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import type { FullConfig, Reporter, TestCase, TestResult } from "playwright/types/testReporter"
import { shortenFailure, type Counts } from "./count-reporter.ts"

export default class JourneyReporter implements Reporter {
  readonly #counts: Counts = { passed: 0, failed: 0, failures: [] }
  #root = ""

  onBegin(config: FullConfig): void {
    this.#root = config.rootDir
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const held = test.outcome() === "expected" && result.status === "passed"
    this.#counts[held ? "passed" : "failed"] += 1
    const file = path.relative(this.#root, test.location.file)
    const seconds = (result.duration / 1000).toFixed(1)
    process.stdout.write(`   ${held ? "✓" : "✗"} ${seconds.padStart(6)} s  ${file}: ${test.title}\n`)
    if (held) return
    const text = result.errors.map(({ message, snippet }) => [message, snippet].join("\n")).join("\n")
    const failure = {
      name: test.title,
      file: test.location.file,
      text: shortenFailure(text || result.status),
    }
    this.#counts.failures?.push(failure)
    process.stdout.write(`${failure.text.replace(/^/gm, "     ")}\n`)
  }

  onEnd(): void {
    const file = process.env["GLASSHOUSE_JOURNEY_COUNTS"]
    if (file !== undefined) writeFileSync(file, JSON.stringify(this.#counts))
  }
}
