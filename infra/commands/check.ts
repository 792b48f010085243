// `npm run check`: everything that can be said about the code without running the platform, in under a
// minute. Each part says what is wrong in its own words; the last line says which parts failed.
import { globSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { root } from "../launch.js"
import { tryRun, type Finished } from "../run.ts"
import { formatSeconds, type Print } from "../steps.ts"

interface Part {
  name: string
  work: () => Promise<Finished>
}

const node = (...args: string[]) =>
  tryRun(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], { cwd: root })
const module = (...parts: string[]) => path.join(root, "node_modules", ...parts)

/** Programs that write files from other files; each knows `--check`. */
export function generators(): string[] {
  return globSync("apps/*/generate.ts", { cwd: root }).toSorted()
}

async function checkGenerated(): Promise<Finished> {
  const all = await Promise.all(generators().map((file) => node(file, "--check")))
  const failed = all.filter((one) => one.code !== 0)
  const said = failed.map((one) => one.stdout + one.stderr).join("\n")
  return {
    code: failed.length === 0 ? 0 : 1,
    stdout: said,
    stderr: failed.length === 0 ? "" : "Run `npm run gen` and commit what it wrote.",
  }
}

const PARTS: readonly Part[] = [
  {
    name: "types",
    work: () => tryRun(module(".bin", "tsc"), ["--noEmit", "-p", "tsconfig.json"], { cwd: root }),
  },
  {
    name: "lint",
    work: () => tryRun(module(".bin", "oxlint"), ["--format=unix", "--deny-warnings"], { cwd: root }),
  },
  {
    name: "format",
    work: () => tryRun(module(".bin", "oxfmt"), ["--check", "apps", "infra", "e2e"], { cwd: root }),
  },
  { name: "architecture", work: () => node("--test", "--test-reporter=spec", "infra/architecture.test.ts") },
  { name: "generated files", work: checkGenerated },
]

export async function runChecks(print: Print): Promise<string[]> {
  const failed: string[] = []
  // Types and lint are the long ones and share the machine; the others follow while they run.
  const began = performance.now()
  await Promise.all(
    PARTS.map(async ({ name, work }) => {
      const { code, stdout, stderr } = await work()
      const time = formatSeconds(performance.now() - began)
      if (code === 0) return print(`  ✓ ${name.padEnd(16)} ${time.padStart(8)}`)
      failed.push(name)
      print(`  ✗ ${name.padEnd(16)} ${time.padStart(8)}\n${`${stdout}${stderr}`.trim()}\n`)
    }),
  )
  return failed
}

async function main(): Promise<number> {
  const failed = await runChecks((line) => process.stdout.write(`${line}\n`))
  if (failed.length === 0) return 0
  process.stdout.write(`\n  Failed: ${failed.join(", ")}\n`)
  return 1
}

if (import.meta.main) process.exitCode = await main()
