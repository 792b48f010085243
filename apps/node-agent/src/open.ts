// Builds what the actions work with from the configuration: by hand, in order.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Config } from "./config.ts"
import type { Context } from "./context.ts"
import { invalid } from "./domain/errors.ts"
import { recordDirectory, type Layout } from "./domain/layout.ts"
import { parseProbes } from "./domain/probes.ts"
import { parseProfile, seccompFileOf, type Profile } from "./domain/profile.ts"
import { openEngine } from "./drivers/engine.ts"
import { isSharedMount } from "./drivers/mounts.ts"
import { openRecords } from "./store/records.ts"

const CHECKS_AT_ONCE = 2

/** Throws when the node cannot keep its promises: a wrong policy file, or slots that workspaces could not see. */
export async function openContext(config: Config, log: Context["log"]): Promise<Context> {
  const layout: Layout = { state: config.state, installation: config.installation }
  const policies = join(config.policies, "workspaces")
  const standard = await loadProfile(policies, "standard")
  const [start, battery] = await Promise.all(
    ["program.py", "battery.py"].map((name) => readFile(join(import.meta.dirname, "probes", name), "utf8")),
  )
  const records = await openRecords(recordDirectory(layout))
  if (!(await isSharedMount(join(layout.state, "slots")))) {
    throw new Error(
      `${layout.state}/slots is not on a shared mount; bind the state directory to itself and make it rshared`,
    )
  }
  return {
    node: config.node,
    layout,
    images: config.images,
    stageNetwork: config.stageNetwork,
    stageEnvironment: config.stageEnvironment,
    seccomp: standard.seccomp,
    engine: openEngine(config.engineSocket, config.installation),
    records,
    probes: parseProbes(await readJson(join(policies, "probes.json")), start ?? "", battery ?? ""),
    loadProfile: (name) => loadProfile(policies, name),
    preparing: new Map(),
    startQueue: atMost(config.startsAtOnce),
    checkQueue: atMost(CHECKS_AT_ONCE),
    stages: new Map(),
    log,
  }
}

async function loadProfile(directory: string, name: string): Promise<Profile> {
  if (!/^[a-z0-9-]{1,40}$/.test(name)) throw invalid("unknown_profile", "There is no such workspace profile.")
  const file = await readJson(join(directory, `${name}.json`)).catch(() => {
    throw invalid("unknown_profile", `There is no workspace profile ${name}.`)
  })
  return parseProfile(file, await readJson(join(directory, seccompFileOf(file))))
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"))
}

/** Lets at most `limit` pieces of work run at once; the others wait in order. */
function atMost(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      // The place goes to the next in line without being given up in between.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
