// What else on this machine would be in the way, said at once and by name: another program on our port,
// another installation under our name, a disk without room.
import { readdirSync, readFileSync, readlinkSync, statfsSync } from "node:fs"
import { createServer } from "node:net"
import path from "node:path"
import { inspectServices } from "./containers.ts"
import type { Installation } from "./installation.ts"
import { run, tryRun } from "./run.ts"
import { StepFailed } from "./steps.ts"

const GIGABYTE = 1e9
/** Room for an installation and, where images are still to be built, for them and what building leaves. */
export const ROOM = { state: 3 * GIGABYTE, images: 15 * GIGABYTE } as const

/** The error code of an attempt to listen, or undefined where the port is free. */
export function tryPort(port: number, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, address, () => server.close(() => resolve(undefined)))
  })
}

/** Inodes of the sockets that listen on a port, from the text of /proc/net/tcp or tcp6. */
export function listeners(text: string, port: number): string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(ending) === true && fields[3] === "0A")
    .map((fields) => fields[9] ?? "")
}

/** Names the program that listens on a port, as far as this user may see it: "nginx (process 4711)". */
export function holderOf(port: number): string {
  const read = (file: string) => {
    try {
      return readFileSync(file, "utf8")
    } catch {
      return ""
    }
  }
  const wanted = ["tcp", "tcp6"].flatMap((kind) => listeners(read(`/proc/net/${kind}`), port))
  const links = new Set(wanted.map((inode) => `socket:[${inode}]`))
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const handles = path.join("/proc", pid, "fd")
      if (readdirSync(handles).some((handle) => links.has(readlinkSync(path.join(handles, handle)))))
        return `${read(`/proc/${pid}/comm`).trim()} (process ${pid})`
    } catch {
      // The process ended while we looked, or is not ours to look into.
    }
  }
  return "another program"
}

async function containerOn(port: number): Promise<string | undefined> {
  const format = ["--format", "{{.Names}}"]
  const { stdout } = await tryRun("docker", ["ps", "--filter", `publish=${port}`, ...format])
  const name = stdout.trim().split("\n")[0] ?? ""
  return name === "" ? undefined : `the container ${name}`
}

/** Throws StepFailed when the edge could not be published; our own running edge is no obstacle. */
export async function assertPortFree(installation: Installation): Promise<void> {
  const { bind, port, project, site } = installation
  const code = await tryPort(port, bind)
  if (code === undefined) return
  if (code === "EADDRINUSE") {
    const edge = (await inspectServices(project)).find(({ service }) => service === "edge")
    if (edge?.running === true && edge.published.includes(port)) return
    const who = (await containerOn(port)) ?? holderOf(port)
    throw new StepFailed(
      `${bind}:${port} is in use by ${who}`,
      `End it, or choose another port: GLASSHOUSE_SITE=${site.scheme}://${site.host}:${port + 1} npm start`,
    )
  }
  throw new StepFailed(
    `${bind}:${port} cannot be listened on: ${code}`,
    "GLASSHOUSE_BIND must be an address of this machine, and GLASSHOUSE_PORT one this user may open.",
  )
}

/** Throws StepFailed when the engine has containers of this name that belong to another state directory. */
export async function assertNameFree(installation: Installation, id: string): Promise<void> {
  const format = '{{.Label "glasshouse.installation"}}'
  const label = `label=com.docker.compose.project=${installation.project}`
  const text = await run("docker", ["ps", "--all", "--filter", label, "--format", format])
  const other = text.split("\n").find((line) => line.trim() !== "" && line.trim() !== id)
  if (other === undefined) return
  throw new StepFailed(
    `containers named ${installation.project} belong to the installation ${other.trim()}, not to ${id} in ${installation.state}`,
    [
      "Choose another name: GLASSHOUSE_INSTALLATION=NAME npm start.",
      "If that installation's state directory is gone, remove what it left:",
      `docker rm --force $(docker ps --all --quiet --filter label=glasshouse.installation=${other.trim()})`,
    ].join("\n"),
  )
}

/** Throws StepFailed when the file system of a directory has less room than `bytes`. */
export function assertRoom(directory: string, bytes: number, what: string): void {
  const { bavail, bsize } = statfsSync(directory)
  const free = bavail * bsize
  if (free >= bytes) return
  const say = (amount: number) => `${(amount / GIGABYTE).toFixed(1)} GB`
  throw new StepFailed(
    `${directory} has ${say(free)} free, ${what} needs ${say(bytes)}`,
    "Make room (`docker image prune` removes images that nothing uses), then start again.",
  )
}
