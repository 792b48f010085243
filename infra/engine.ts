// The Docker Engine: found, installed, started where nothing else does. Whether one runs is asked of the
// engine itself, never of its socket file, which stays behind when the engine dies.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { startDetached, run, tryRun, waitUntil } from "./run.ts"
import { StepFailed } from "./steps.ts"

export const ENGINE_LOG = "/var/log/glasshouse-dockerd.log"
const DEFAULT_HOST = "unix:///var/run/docker.sock"
const PID_FILES: readonly [string, string][] = [
  ["/var/run/docker.pid", "dockerd"],
  ["/var/run/docker/containerd/containerd.pid", "containerd"],
]

/** Asked by `docker version`: newer clients answer `docker info` with success when there is no engine at all. */
export async function engineAnswers(): Promise<boolean> {
  const { code, stdout } = await tryRun("docker", ["version", "--format", "{{.Server.Version}}"], {
    timeout: 15_000,
  })
  return code === 0 && stdout.trim() !== ""
}

/**
 * The socket that the docker client speaks to, which the node agent must be given: DOCKER_HOST or the
 * client's own context. Throws StepFailed for an engine on another machine: mounts are made on this one.
 */
export function engineSocket(host: string): string {
  const match = /^unix:\/\/(\/[A-Za-z0-9._/-]+)$/.exec(host.trim())
  if (match?.[1] === undefined)
    throw new StepFailed(
      `the docker client speaks to ${host.trim() === "" ? "no engine" : host.trim()}, not to a socket of this machine`,
      "Unset DOCKER_HOST, or `docker context use default`: notebooks need mounts made on the engine's own machine.",
    )
  return match[1]
}

/** Lets compose, which reads DOCKER_HOST only, and the node agent use the same engine as the client. */
export async function findEngineSocket(): Promise<string> {
  const asked = await tryRun("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"])
  const socket = engineSocket(asked.code === 0 ? asked.stdout : (process.env["DOCKER_HOST"] ?? DEFAULT_HOST))
  process.env["DOCKER_HOST"] = `unix://${socket}`
  return socket
}

/**
 * Name of a running process, or undefined when there is none of that number. One that has ended keeps its
 * number and name until its parent looks, which some machines' first process is in no hurry to do.
 */
export function processName(pid: number): string | undefined {
  try {
    const [, name, state = ""] = /^\d+ \((.*)\) (\w)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? []
    return "ZX".includes(state) ? undefined : name
  } catch {
    return undefined
  }
}

/** A number that is free again, or now belongs to another program, would keep the engine from starting. */
export function staleNumber(
  text: string,
  program: string,
  nameOf: (pid: number) => string | undefined,
): boolean {
  const pid = Number(text.trim())
  return !Number.isInteger(pid) || pid <= 0 || nameOf(pid) !== program
}

function removeStalePidFiles(): void {
  for (const [file, program] of PID_FILES) {
    if (existsSync(file) && staleNumber(readFileSync(file, "utf8"), program, processName))
      rmSync(file, { force: true })
  }
}

function runningEngine(): number | undefined {
  const file = "/var/run/docker.pid"
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, "utf8")
  return staleNumber(text, "dockerd", processName) ? undefined : Number(text.trim())
}

/** Containers survive a restart of the engine only with live-restore; a site's own file is left alone. */
function writeDaemonSettings(): void {
  const file = "/etc/docker/daemon.json"
  if (existsSync(file)) return
  mkdirSync("/etc/docker", { recursive: true })
  writeFileSync(file, `${JSON.stringify({ "live-restore": true }, null, 2)}\n`)
}

export async function ensureEngine(): Promise<string> {
  const socket = await findEngineSocket()
  if (await engineAnswers()) return await describeEngine("answers")
  if (!["/var/run/docker.sock", "/run/docker.sock"].includes(socket))
    throw new StepFailed(
      `the engine behind ${socket} does not answer`,
      "Start it: a site that names its own engine starts it by its own means.",
    )
  if (process.getuid?.() !== 0)
    throw new StepFailed(
      "Docker Engine does not answer, and only root can start it",
      "Run `sudo npm start`, or start the engine and give your account the right to use it.",
    )
  const already = runningEngine()
  if (already !== undefined) {
    // One that was killed a moment ago is still there, and then it is not.
    await waitUntil(async () => runningEngine() === undefined || (await engineAnswers()), 30_000)
    if (await engineAnswers()) return await describeEngine("answers after a wait")
    if (runningEngine() !== undefined)
      throw new StepFailed(
        `Docker Engine runs as process ${already} but does not answer`,
        `See its log (journalctl -u docker, or ${ENGINE_LOG}). \`kill ${already}\` ends it; running containers go on.`,
      )
  }
  removeStalePidFiles()
  if (existsSync("/run/systemd/system")) {
    writeDaemonSettings()
    await run("systemctl", ["start", "docker"], { timeout: 120_000 })
  } else {
    const { code } = await tryRun("dockerd", ["--version"])
    if (code !== 0)
      throw new StepFailed(
        "there is no dockerd",
        "Install Docker Engine (Debian: apt-get install docker.io).",
      )
    // A site's file may set it as well, and the engine refuses to be told twice.
    const told =
      existsSync("/etc/docker/daemon.json") &&
      /"live-restore"/.test(readFileSync("/etc/docker/daemon.json", "utf8"))
    startDetached("dockerd", told ? [] : ["--live-restore"], ENGINE_LOG)
  }
  if (await waitUntil(engineAnswers, 90_000)) return await describeEngine("started")
  const log = existsSync(ENGINE_LOG)
    ? readFileSync(ENGINE_LOG, "utf8").trim().split("\n").slice(-6).join("\n")
    : ""
  throw new StepFailed(
    `Docker Engine did not come up within 90 s\n${log}`,
    `Read ${ENGINE_LOG} (or journalctl -u docker). Usual causes: no iptables, no cgroups, a full disk.`,
  )
}

async function describeEngine(how: string): Promise<string> {
  const text = await run("docker", ["info", "--format", "{{.ServerVersion}} {{.LiveRestoreEnabled}}"])
  const [version = "", live = ""] = text.trim().split(" ")
  return `Docker Engine ${version} ${how}${live === "true" ? "" : "; without live-restore: its restart ends notebooks"}`
}

/** The two spellings of compose; both read infra/compose.yaml. */
export async function findCompose(): Promise<string[]> {
  await findEngineSocket()
  if ((await tryRun("docker", ["compose", "version"])).code === 0) return ["docker", "compose"]
  if ((await tryRun("docker-compose", ["version"])).code === 0) return ["docker-compose"]
  throw new StepFailed(
    "neither `docker compose` nor docker-compose is there",
    "Debian: apt-get install docker-compose",
  )
}
