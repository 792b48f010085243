// Walls: every way out of a workspace that has a name. The same tests that `npm test` runs, with many more
// made-up specifications and spellings, and with the counts that this version promises.
import { globSync } from "node:fs"
import { root } from "../../infra/launch.js"
import type { Counts } from "../../infra/testing/count-reporter.ts"
import { runJourneys, runNodeTests } from "../../infra/testing/suites.ts"
import { Findings, type Stack, type Tally } from "../support/battery.ts"

export const description =
  "probes with each control off and on, addresses, files, specifications, spellings, the browser"

const SPECIFICATIONS = 100_000

interface Part {
  readonly name: string
  /** least number of passing tests; fewer means that some were lost on the way */
  readonly least: number
  readonly run: (env: Record<string, string>) => Promise<Counts>
}

function nodeTests(...patterns: string[]): Part["run"] {
  return (env) => runNodeTests(root, globSync(patterns, { cwd: root }).toSorted(), env)
}

const PARTS: readonly Part[] = [
  {
    name: "probes, addresses and files in real workspaces",
    least: 24,
    run: nodeTests("apps/node-agent/test/walls*.it.test.ts"),
  },
  {
    name: "specifications of containers",
    least: 8,
    run: nodeTests("apps/node-agent/src/domain/{containers,probes}.test.ts"),
  },
  { name: "spellings of foreign objects", least: 5, run: nodeTests("apps/gateway/test/walls.test.ts") },
  {
    name: "the same from inside a real workspace, counted in the log",
    least: 3,
    run: nodeTests("apps/gateway/test/walls.it.test.ts"),
  },
  {
    name: "a browser, hostile pages and notebooks",
    least: 8,
    run: (env) => runJourneys(root, { ...env, GLASSHOUSE_LONG_JOURNEYS: "1" }, ["walls-"]),
  },
]

export async function run(stack: Stack): Promise<Tally> {
  const findings = new Findings((line) => stack.print(line))
  const env = {
    ...stack.environment,
    GLASSHOUSE_FUZZ_RUNS: String(stack.rounds ?? SPECIFICATIONS),
    GLASSHOUSE_FUZZ_SEED: String(stack.seed),
  }
  let passed = 0
  let failed = 0
  for (const part of PARTS) {
    const counts = await part.run(env)
    stack.print(`  ${part.name}: ${counts.passed} passed, ${counts.failed} failed`)
    passed += counts.passed
    failed += counts.failed
    findings.check(counts.passed >= part.least, `${part.name}: at least ${part.least} tests pass`)
  }
  const own = findings.tally()
  return { passed: passed + own.passed, failed: failed + own.failed }
}
