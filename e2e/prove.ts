// `npm run prove`: the full batteries, one after the other, on an installation of their own that is
// removed afterwards. `npm run prove -- NAME` runs one; `--seed N` repeats a run, `--rounds N` shortens or
// lengthens it, `--parts A,B` does only these parts of it. `--running` uses the installation that the environment names instead (never `main`: a
// battery breaks what it works on).
import { readdirSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { readInstallation, SettingsError } from "../infra/installation.ts"
import { root } from "../infra/launch.js"
import { describeFailure, formatSeconds } from "../infra/steps.ts"
import { environmentOf, leftBehind, startTestInstallation } from "../infra/testing/test-installation.ts"
import type { Battery, Stack, Tally } from "./support/battery.ts"

const FOLDER = path.join(import.meta.dirname, "prove")
const print = (line: string) => void process.stdout.write(`${line}\n`)

export class WrongUse extends Error {
  override name = "WrongUse"
}

export interface Wish {
  names: string[]
  seed: number
  rounds: number | undefined
  parts: string[] | undefined
  running: boolean
}

export function findBatteries(folder = FOLDER): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[a-z][a-z-]*\.ts$/.test(entry.name))
    .map((entry) => path.basename(entry.name, ".ts"))
    .toSorted()
}

function readNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > 0xff_ff_ff_ff)
    throw new WrongUse(`--${name} takes a whole number from ${least}, not ${JSON.stringify(text)}`)
  return value
}

/** Throws WrongUse with a sentence that says what may be asked. */
export function readWish(args: string[], known: string[]): Wish {
  let parsed
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        seed: { type: "string" },
        rounds: { type: "string" },
        parts: { type: "string" },
        running: { type: "boolean" },
      },
    })
  } catch (error) {
    throw new WrongUse((error as Error).message.split(". ")[0] ?? "wrong use")
  }
  const { positionals, values } = parsed
  const unknown = positionals.filter((name) => name !== "all" && !known.includes(name))
  if (unknown.length > 0) throw new WrongUse(`There is no battery ${unknown.join(", ")}.`)
  const all = positionals.length === 0 || positionals.includes("all")
  return {
    names: all ? known : [...new Set(positionals)],
    seed: values.seed === undefined ? Date.now() % 1_000_000 : readNumber("seed", values.seed, 0),
    rounds: values.rounds === undefined ? undefined : readNumber("rounds", values.rounds, 1),
    parts: values.parts?.split(","),
    running: values.running ?? false,
  }
}

async function load(name: string): Promise<Battery> {
  return (await import(pathToFileURL(path.join(FOLDER, `${name}.ts`)).href)) as Battery
}

async function describeAll(names: string[]): Promise<string> {
  const lines = await Promise.all(
    names.map(async (name) => `  ${name.padEnd(10)} ${(await load(name)).description}`),
  )
  return [
    "Batteries:",
    ...lines,
    "Use: npm run prove -- [NAME…|all] [--seed N] [--rounds N] [--parts A,B]",
    "",
  ].join("\n")
}

async function runBatteries(wish: Wish, stack: Pick<Stack, "installation" | "environment">): Promise<number> {
  // Before a battery is loaded: what drives the browser reads the address once.
  Object.assign(process.env, stack.environment)
  const results: { name: string; tally: Tally; seconds: number }[] = []
  for (const name of wish.names) {
    const began = performance.now()
    let tally: Tally
    try {
      const battery = await load(name)
      print(`\n== ${name}: ${battery.description}; seed ${wish.seed}`)
      tally = await battery.run({ ...stack, seed: wish.seed, rounds: wish.rounds, parts: wish.parts, print })
    } catch (error) {
      print(error instanceof Error ? (error.stack ?? error.message) : String(error))
      tally = { passed: 0, failed: 1 }
    }
    results.push({ name, tally, seconds: performance.now() - began })
  }
  print("")
  for (const { name, tally, seconds } of results)
    print(
      `  ${name.padEnd(12)} ${String(tally.passed).padStart(6)} passed ${String(tally.failed).padStart(4)} failed  ${formatSeconds(seconds)}`,
    )
  const passed = results.reduce((sum, one) => sum + one.tally.passed, 0)
  const failed = results.reduce((sum, one) => sum + one.tally.failed, 0)
  print(`seed ${wish.seed}: ${passed} passed, ${failed} failed`)
  return passed > 0 ? failed : failed + 1
}

async function onRunning(wish: Wish): Promise<number> {
  const installation = readInstallation(process.env)
  if (installation.name === "main")
    throw new WrongUse("--running works on another installation than main: set GLASSHOUSE_INSTALLATION")
  return await runBatteries(wish, { installation, environment: await environmentOf(installation) })
}

async function onOwn(wish: Wish): Promise<number> {
  let id = ""
  let failed: number
  {
    await using own = await startTestInstallation(root, print)
    id = own.environment["GLASSHOUSE_INSTALLATION_ID"] ?? ""
    failed = await runBatteries(wish, { installation: own.installation, environment: own.environment })
  }
  const left = await leftBehind(id)
  for (const name of left) print(`  left behind: ${name}`)
  return failed + left.length
}

async function main(): Promise<number> {
  const known = findBatteries()
  try {
    const wish = readWish(process.argv.slice(2), known)
    return (await (wish.running ? onRunning(wish) : onOwn(wish))) === 0 ? 0 : 1
  } catch (error) {
    if (error instanceof WrongUse || error instanceof SettingsError) {
      process.stderr.write(`${error.message}\n${await describeAll(known)}`)
      return 2
    }
    process.stderr.write(describeFailure(error))
    return 1
  }
}

// A battery that failed may have left sockets open: they keep nobody waiting.
if (import.meta.main) process.exit(await main())
