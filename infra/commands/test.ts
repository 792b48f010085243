// `npm test`: check, unit tests, then an installation of its own for integration tests and the journeys in
// a real browser. A part that fails does not keep the others from running; the last line counts, and the
// exit code is 0 only when nothing failed. `npm test -- unit` (check, unit, integration, journeys) runs parts.
import path from "node:path"
import process from "node:process"
import { root } from "../launch.js"
import { BROWSER_NEEDS, ensurePackages, INTEGRATION_NEEDS } from "../packages.ts"
import { describeFailure, formatSeconds } from "../steps.ts"
import type { Counts } from "../testing/count-reporter.ts"
import {
  addCounts,
  findTests,
  runJourneys,
  runNodeTests,
  runWebTests,
  splitIntegration,
} from "../testing/suites.ts"
import { leftBehind, runningServices, startTestInstallation } from "../testing/test-installation.ts"
import { runChecks } from "./check.ts"

const PARTS = ["check", "unit", "integration", "journeys"] as const
type PartName = (typeof PARTS)[number]

const print = (line: string) => void process.stdout.write(`${line}\n`)
const results: { name: string; counts: Counts; seconds: number }[] = []

async function part(name: string, work: () => Promise<Counts>): Promise<void> {
  print(`\n== ${name}`)
  const began = performance.now()
  let counts: Counts
  try {
    counts = await work()
  } catch (error) {
    print(describeFailure(error))
    counts = { passed: 0, failed: 1 }
  }
  const seconds = performance.now() - began
  results.push({ name, counts, seconds })
  for (const slow of counts.slowest ?? [])
    if (slow.milliseconds > 5_000)
      print(`   slow: ${formatSeconds(slow.milliseconds)}  ${slow.name} (${path.relative(root, slow.file)})`)
  print(`   ${name}: ${counts.passed} passed, ${counts.failed} failed in ${formatSeconds(seconds)}`)
}

const interrupted = new AbortController()
const { signal } = interrupted
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interrupted.abort())

async function onInstallation(wanted: (name: PartName) => boolean): Promise<void> {
  const before = await runningServices().catch(() => [])
  let id = ""
  try {
    await using stack = await startTestInstallation(root, print)
    id = stack.environment["GLASSHOUSE_INSTALLATION_ID"] ?? ""
    const { database, platform } = splitIntegration(findTests(root, "integration"))
    if (wanted("integration") && !signal.aborted) {
      await ensurePackages(INTEGRATION_NEEDS)
      await part("database", () =>
        runNodeTests(root, database, stack.environment, { concurrency: 2, signal }),
      )
      await part("integration", () => runNodeTests(root, platform, stack.environment, { signal }))
    }
    if (wanted("journeys") && !signal.aborted) {
      await part("journeys", async () => {
        await ensurePackages(BROWSER_NEEDS)
        return await runJourneys(root, stack.environment, [], signal)
      })
    }
  } catch (error) {
    print(describeFailure(error))
    results.push({ name: "test installation", counts: { passed: 0, failed: 1 }, seconds: 0 })
  }
  await part("nothing left behind", async () => {
    const left = id === "" ? [] : await leftBehind(id)
    const now = await runningServices()
    const gone = before.filter((container) => !now.includes(container))
    for (const name of left) print(`   left behind: ${name}`)
    for (const name of gone) print(`   ran before the tests and does not any more: ${name}`)
    return { passed: left.length + gone.length === 0 ? 1 : 0, failed: left.length + gone.length }
  })
}

async function main(): Promise<number> {
  const began = performance.now()
  const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith("-"))
  const unknown = chosen.filter((name) => !(PARTS as readonly string[]).includes(name))
  if (unknown.length > 0) {
    process.stderr.write(`Unknown part ${unknown.join(", ")}. Parts: ${PARTS.join(", ")}.\n`)
    return 2
  }
  const wanted = (name: PartName) => chosen.length === 0 || chosen.includes(name)
  if (wanted("check"))
    await part("check", async () => {
      const failed = await runChecks(print)
      return { passed: 5 - failed.length, failed: failed.length }
    })
  if (wanted("unit")) {
    await part("unit", () => runNodeTests(root, findTests(root, "unit"), {}, { concurrency: 2, signal }))
    await part("console", () => runWebTests(root, signal))
  }
  if ((wanted("integration") || wanted("journeys")) && !signal.aborted) await onInstallation(wanted)
  if (signal.aborted) results.push({ name: "interrupted", counts: { passed: 0, failed: 1 }, seconds: 0 })
  const total = addCounts(results.map(({ counts }) => counts))
  print("")
  for (const { name, counts, seconds } of results)
    print(
      `  ${name.padEnd(20)} ${String(counts.passed).padStart(6)} passed ${String(counts.failed).padStart(4)} failed  ${formatSeconds(seconds)}`,
    )
  for (const { name, counts } of results)
    for (const failure of counts.failures ?? [])
      print(
        `\n  ✗ ${name}: ${failure.name} (${path.relative(root, failure.file)})\n${failure.text.replace(/^/gm, "    ")}`,
      )
  print(`\n  ${formatSeconds(performance.now() - began)} in all`)
  print(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = await main()
