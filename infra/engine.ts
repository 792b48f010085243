// The Docker Engine: found, installed, started where nothing else does. Whether one runs is asked of the
// engine itself, never of its socket file, which stays behind when the engine dies.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { startDetached, run, tryRun, waitUntil } from "./run.ts"
import { StepFailed } from "./steps.ts"

export const ENGINE_LOG = "/var/log/glasshouse-dockerd.log"
const PID_FILES: readonly [string, string][] = [
  ["/var/run/docker.pid", "dockerd"],
  ["/var/run/docker/containerd/containerd.pid", "containerd"],
]

export async function engineAnswers(): Promise<boolean> {
  const { code } = await tryRun("docker", ["info", "--format", "{{.ServerVersion}}"], { timeout: 15_000 })
  return code === 0
}

/** Name of a running process, or undefined when there is none of that number. */
function processName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim()
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
  if (await engineAnswers()) return await describeEngine("answers")
  if (process.getuid?.() !== 0)
    throw new StepFailed(
      "Docker Engine does not answer, and only root can start it",
      "Run `sudo npm start`, or start the engine and give your account the right to use it.",
    )
  const already = runningEngine()
  if (already !== undefined) {
    if (await waitUntil(engineAnswers, 30_000)) return await describeEngine("answers after a wait")
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
  if ((await tryRun("docker", ["compose", "version"])).code === 0) return ["docker", "compose"]
  if ((await tryRun("docker-compose", ["version"])).code === 0) return ["docker-compose"]
  throw new StepFailed(
    "neither `docker compose` nor docker-compose is there",
    "Debian: apt-get install docker-compose",
  )
}
