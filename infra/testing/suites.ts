// The kinds of tests and how each is run and counted. Exit codes and counts are both looked at: a suite
// that ended badly without a counted failure (a crash) counts as one failed.
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { runInherited } from "../run.ts"
import { shortenFailure, type Counts } from "./count-reporter.ts"

export function findTests(root: string, kind: "unit" | "integration"): string[] {
  const files = globSync(["apps/**/*.test.ts", "infra/**/*.test.ts", "e2e/**/*.test.ts"], {
    cwd: root,
    exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name),
  })
  return files
    .filter(
      (file) => file.endsWith(".it.test.ts") === (kind === "integration") && !file.startsWith("apps/web/"),
    )
    .toSorted()
}

/**
 * Those of the control plane that need a PostgreSQL server alone make a database each, so two run at once; the
 * others share one platform, and each may stop a part of it.
 */
export function splitIntegration(files: readonly string[]): { database: string[]; platform: string[] } {
  const alone = (file: string) =>
    file.startsWith("apps/control-plane/") && !file.endsWith("/workspace-engine.it.test.ts")
  return { database: files.filter(alone), platform: files.filter((file) => !alone(file)) }
}

/** What a suite's own count says, corrected by how its process ended. */
export function settle(counts: Counts | undefined, code: number): Counts {
  if (counts === undefined) return { passed: 0, failed: 1 }
  return { ...counts, failed: counts.failed === 0 && code !== 0 ? 1 : counts.failed }
}

export function addCounts(all: Counts[]): Counts {
  return all.reduce((sum, one) => ({ passed: sum.passed + one.passed, failed: sum.failed + one.failed }), {
    passed: 0,
    failed: 0,
  })
}

async function counted(
  work: (file: string) => Promise<{ code: number; read: () => Counts | undefined }>,
): Promise<Counts> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "glasshouse-counts-"))
  try {
    const { code, read } = await work(path.join(directory, "counts.json"))
    let counts: Counts | undefined
    try {
      counts = read()
    } catch {
      counts = undefined
    }
    return settle(counts, code)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Minutes: one test, and a whole suite, before it counts as hanging. */
const PATIENCE = { test: 10, suite: 30 }
const MINUTE = 60_000

export interface Way {
  concurrency?: number
  /** ends the suite early */
  signal?: AbortSignal
  /** milliseconds for one test */
  patience?: number
}

export async function runNodeTests(
  root: string,
  files: string[],
  env: Record<string, string>,
  { concurrency = 1, signal, patience = PATIENCE.test * MINUTE }: Way = {},
): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0 }
  const reporter = pathToFileURL(path.join(root, "infra", "testing", "count-reporter.ts")).href
  return await counted(async (file) => {
    const code = await runInherited(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        "--test",
        `--test-concurrency=${concurrency}`,
        // A test that never ends fails; a file that leaves something open behind its tests ends all the same.
        `--test-timeout=${patience}`,
        "--test-force-exit",
        ...["--test-reporter=dot", "--test-reporter-destination=stdout"],
        ...[`--test-reporter=${reporter}`, `--test-reporter-destination=${file}`],
        ...files,
      ],
      env,
      root,
      { timeout: PATIENCE.suite * MINUTE, ...(signal === undefined ? {} : { signal }) },
    )
    return { code, read: () => JSON.parse(readFileSync(file, "utf8")) as Counts }
  })
}

interface VitestReport {
  numPassedTests: number
  numTotalTests: number
  testResults: {
    name: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] | null }[]
  }[]
}

export async function runWebTests(root: string, signal?: AbortSignal): Promise<Counts> {
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs")
  return await counted(async (file) => {
    const code = await runInherited(
      process.execPath,
      [vitest, "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${file}`],
      {},
      path.join(root, "apps", "web"),
      { timeout: PATIENCE.suite * MINUTE, ...(signal === undefined ? {} : { signal }) },
    )
    const read = () => {
      const report = JSON.parse(readFileSync(file, "utf8")) as VitestReport
      const failures = report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status !== "passed")
          .map(({ fullName, failureMessages }) => ({
            name: fullName,
            file: name,
            text: shortenFailure((failureMessages ?? ["not run"]).join("\n")),
          })),
      )
      return {
        passed: report.numPassedTests,
        failed: report.numTotalTests - report.numPassedTests,
        failures,
      }
    }
    return { code, read }
  })
}

/** All journeys, or those whose file's name holds one of `only`. */
export async function runJourneys(
  root: string,
  env: Record<string, string>,
  only: string[] = [],
  signal?: AbortSignal,
): Promise<Counts> {
  const config = path.join(root, "e2e", "playwright.config.ts")
  if (!existsSync(config)) return { passed: 0, failed: 0 }
  const playwright = path.join(root, "node_modules", "playwright", "cli.js")
  const reporter = path.join(root, "infra", "testing", "journey-reporter.ts")
  return await counted(async (file) => {
    const code = await runInherited(
      process.execPath,
      [playwright, "test", "--config", config, `--reporter=${reporter}`, ...only],
      { ...env, GLASSHOUSE_JOURNEY_COUNTS: file },
      root,
      { timeout: PATIENCE.suite * MINUTE, ...(signal === undefined ? {} : { signal }) },
    )
    return { code, read: () => JSON.parse(readFileSync(file, "utf8")) as Counts }
  })
}
