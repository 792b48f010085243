// Questions to the engine about the containers of one installation. Everything is chosen by label, so the
// containers of another installation are never named.
import { run, tryRun } from "./run.ts"

export interface ServiceState {
  id: string
  service: string
  running: boolean
  /** has died and been restarted again and again */
  failing: boolean
  health: "healthy" | "unhealthy" | "starting" | "none"
  addresses: Record<string, string>
  /** ports of the host that lead to it */
  published: number[]
  /** the command of its health check, to be run inside it */
  check: string[]
}

interface Inspected {
  Id: string
  Config: { Labels: Record<string, string>; Healthcheck?: { Test?: string[] } }
  HostConfig: { PortBindings: Record<string, { HostPort: string }[] | null> | null }
  RestartCount: number
  State: { Running: boolean; Restarting: boolean; Health?: { Status: string; Log?: { Output: string }[] } }
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> }
}

/** Containers with all of these labels, running or not. */
export async function listContainers(labels: Record<string, string>): Promise<string[]> {
  const filters = Object.entries(labels).flatMap(([name, value]) => ["--filter", `label=${name}=${value}`])
  const text = await run("docker", ["ps", "-aq", "--no-trunc", ...filters])
  return text.split("\n").filter((line) => line !== "")
}

/** What a health check runs; empty where there is none or it needs a shell's reading. */
function checkCommand([kind, ...command]: string[]): string[] {
  return kind === "CMD" ? command : []
}

export async function inspectServices(project: string): Promise<ServiceState[]> {
  const ids = await listContainers({ "com.docker.compose.project": project })
  if (ids.length === 0) return []
  // One of them may go away between the two questions; what is left is still answered.
  const { stdout } = await tryRun("docker", ["inspect", ...ids])
  const found = JSON.parse(stdout === "" ? "[]" : stdout) as Inspected[]
  return found.map((container) => ({
    id: container.Id,
    service: container.Config.Labels["com.docker.compose.service"] ?? "",
    running: container.State.Running,
    failing: container.State.Restarting && container.RestartCount >= 6,
    health: (container.State.Health?.Status ?? "none") as ServiceState["health"],
    addresses: Object.fromEntries(
      Object.entries(container.NetworkSettings.Networks).map(([name, { IPAddress }]) => [
        name.slice(name.lastIndexOf("_") + 1),
        IPAddress,
      ]),
    ),
    published: Object.values(container.HostConfig.PortBindings ?? {}).flatMap((bindings) =>
      (bindings ?? []).map(({ HostPort }) => Number(HostPort)),
    ),
    check: checkCommand(container.Config.Healthcheck?.Test ?? []),
  }))
}

export async function logTail(id: string, lines = 15): Promise<string> {
  const { stdout, stderr } = await tryRun("docker", ["logs", "--tail", String(lines), id], {
    timeout: 10_000,
  })
  return `${stdout}${stderr}`.trim()
}

/** How a person reads a service's log, whichever compose named its container. */
export function logCommand(project: string, service: string): string {
  return `docker logs $(docker ps -aq --filter label=com.docker.compose.project=${project} --filter label=com.docker.compose.service=${service})`
}

/** Stops and removes containers that are not compose's own: workspaces, doors, checks, stages. */
export async function removeLeftovers(installationId: string, project: string): Promise<number> {
  const all = await listContainers({ "glasshouse.installation": installationId })
  const own = new Set(await listContainers({ "com.docker.compose.project": project }))
  const leftovers = all.filter((id) => !own.has(id))
  if (leftovers.length === 0) return 0
  await tryRun("docker", ["stop", "--time", "10", ...leftovers])
  await tryRun("docker", ["rm", "--force", "--volumes", ...leftovers])
  return leftovers.length
}
