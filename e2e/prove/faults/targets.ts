// What is killed, and how: by the kernel's signal to the process itself, never through the engine, which
// would take it for an order and not start it again.
import { existsSync, readFileSync, readdirSync } from "node:fs"
import process from "node:process"
import { inspectServices, listContainers } from "../../../infra/containers.ts"
import { ensureEngine } from "../../../infra/engine.ts"
import type { Installation } from "../../../infra/installation.ts"
import { run, tryRun } from "../../../infra/run.ts"

export const OURS = ["control-plane", "gateway", "node-agent", "custody"] as const
export type Ours = (typeof OURS)[number]
export type Target = Ours | "door" | "workspace" | "engine"

async function hostPid(container: string): Promise<number> {
  return Number((await run("docker", ["inspect", "--format", "{{.State.Pid}}", container])).trim())
}

export async function servicePid(installation: Installation, service: string): Promise<number> {
  const found = (await inspectServices(installation.project)).find((one) => one.service === service)
  if (found === undefined) throw new Error(`there is no ${service}`)
  return await hostPid(found.id)
}

/** The program below the container's small init, which is the one that has work in its hands. */
export function programOf(init: number): number {
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8")
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
      if (parent === init) return Number(entry)
    } catch {
      // It ended while we looked.
    }
  }
  return init
}

async function pairPid(id: string, role: "door" | "workspace", workspace: string): Promise<number> {
  const [container] = await listContainers({
    "glasshouse.installation": id,
    "glasshouse.role": role,
    "glasshouse.workspace": workspace,
  })
  if (container === undefined) throw new Error(`no ${role} of ${workspace}`)
  return await hostPid(container)
}

export async function killOurs(
  installation: Installation,
  service: Ours,
  signal: "SIGKILL" | "SIGTERM" = "SIGKILL",
): Promise<number> {
  const pid = programOf(await servicePid(installation, service))
  process.kill(pid, signal)
  return pid
}

export async function killPair(id: string, role: "door" | "workspace", workspace: string): Promise<void> {
  process.kill(await pairPid(id, role, workspace), "SIGKILL")
}

/** Why the engine of this machine may not be killed here, or undefined. */
export async function whyNotEngine(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "only root can kill the engine"
  const live = await run("docker", ["info", "--format", "{{.LiveRestoreEnabled}}"])
  if (live.trim() !== "true") return "the engine runs without live-restore: its end would end every container"
  return existsSync("/var/run/docker.pid") ? undefined : "the engine's process is not known"
}

/** Kills the engine and brings it back, as the machine's own service manager would. */
export async function killEngine(): Promise<void> {
  const pid = Number(readFileSync("/var/run/docker.pid", "utf8").trim())
  if (readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "dockerd") throw new Error(`${pid} is no dockerd`)
  process.kill(pid, "SIGKILL")
  await ensureEngine()
}

/** Containers of the installation that run, with the process of each. */
export async function runningPids(id: string): Promise<Map<string, number>> {
  const containers = await listContainers({ "glasshouse.installation": id })
  // A check's container may have ended since it was listed: the others are answered all the same.
  const { stdout } = await tryRun("docker", [
    "inspect",
    "--format",
    "{{.Name}} {{.State.Pid}}",
    ...containers,
  ])
  const pairs = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" ") as [string, string])
  return new Map(
    pairs.map(([name, pid]) => [name.slice(1), Number(pid)]).filter(([, pid]) => pid !== 0) as [
      string,
      number,
    ][],
  )
}
