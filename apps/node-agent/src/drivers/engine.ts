// The container engine behind a small face. The only file that talks to it. Containers of another
// installation are never returned, changed or removed: every look-up is by our own name and checked
// against the installation's label.
import Docker from "dockerode"
import { Writable } from "node:stream"
import type { Spec } from "../domain/containers.ts"
import { AgentError, conflict, unavailable } from "../domain/errors.ts"

export type ContainerState = {
  readonly id: string
  readonly name: string
  readonly running: boolean
  readonly exitCode: number
  readonly outOfMemory: boolean
  readonly startedAt: string
  readonly finishedAt: string
  readonly labels: Readonly<Record<string, string>>
}

export type ExecResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

export type Engine = {
  readonly docker: Docker
  readonly installation: string
}

export function openEngine(socketPath: string, installation: string): Engine {
  return { docker: new Docker({ socketPath }), installation }
}

export async function engineInfo(
  engine: Engine,
): Promise<{ version: string; cpus: number; memoryBytes: number; runtimes: string[] }> {
  const info = await reach(() => engine.docker.info())
  return {
    version: String(info.ServerVersion),
    cpus: Number(info.NCPU),
    memoryBytes: Number(info.MemTotal),
    runtimes: Object.keys(info.Runtimes ?? {}),
  }
}

/** The engine's id of an image, or null when it is not there. */
export async function findImage(engine: Engine, name: string): Promise<string | null> {
  return await absentAsNull(async () => (await engine.docker.getImage(name).inspect()).Id)
}

/** Creates, or takes over the one that an earlier attempt created. Idempotent by name. */
export async function ensureContainer(engine: Engine, spec: Spec): Promise<ContainerState> {
  try {
    await engine.docker.createContainer(spec)
  } catch (error) {
    if (statusOf(error) !== 409) throw asUnavailable(error)
  }
  const state = await findContainer(engine, spec.name)
  if (state === null)
    throw unavailable("engine_failed", `The container ${spec.name} vanished while it was made.`)
  return state
}

/** Starts it; one that runs already is left alone. */
export async function startContainer(engine: Engine, id: string): Promise<void> {
  try {
    await engine.docker.getContainer(id).start()
  } catch (error) {
    if (statusOf(error) !== 304) throw asUnavailable(error)
  }
}

/** By name or id; null when there is none. Throws 409 `foreign_container` for another installation's. */
export async function findContainer(engine: Engine, name: string): Promise<ContainerState | null> {
  const found = await absentAsNull(() => engine.docker.getContainer(name).inspect())
  if (found === null) return null
  const labels = found.Config.Labels ?? {}
  if (labels["glasshouse.installation"] !== engine.installation) {
    throw conflict("foreign_container", `The container ${name} belongs to another installation.`)
  }
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ""),
    running: found.State.Running,
    exitCode: found.State.ExitCode,
    outOfMemory: found.State.OOMKilled,
    startedAt: found.State.StartedAt,
    finishedAt: found.State.FinishedAt,
    labels,
  }
}

export type Listed = {
  readonly id: string
  readonly name: string
  readonly running: boolean
  readonly labels: Readonly<Record<string, string>>
}

/** All of this installation's containers with one of the roles, running or not. */
export async function listContainers(engine: Engine, roles: readonly string[]): Promise<Listed[]> {
  const found = await reach(() =>
    engine.docker.listContainers({
      all: true,
      filters: { label: [`glasshouse.installation=${engine.installation}`] },
    }),
  )
  return found
    .filter((container) => roles.includes(container.Labels["glasshouse.role"] ?? ""))
    .map((container) => ({
      id: container.Id,
      name: (container.Names[0] ?? "").replace(/^\//, ""),
      running: container.State === "running",
      labels: container.Labels,
    }))
}

/** SIGTERM, `seconds`, SIGKILL. Absent and stopped ones are fine. */
export async function stopContainer(engine: Engine, name: string, seconds: number): Promise<void> {
  const state = await findContainer(engine, name)
  if (state === null || !state.running) return
  try {
    await engine.docker.getContainer(state.id).stop({ t: seconds })
  } catch (error) {
    if (statusOf(error) !== 304 && statusOf(error) !== 404) throw asUnavailable(error)
  }
}

/** Kills and removes; absent is fine. Returns when it is gone. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  const state = await findContainer(engine, name)
  if (state === null) return
  try {
    await engine.docker.getContainer(state.id).remove({ force: true, v: true })
  } catch (error) {
    // 409: another removal of the same container is under way.
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw asUnavailable(error)
  }
}

/** Bytes of memory in use without the page cache, or null when it cannot be told now. */
export async function memoryOf(engine: Engine, id: string): Promise<number | null> {
  try {
    const stats = await engine.docker.getContainer(id).stats({ stream: false, "one-shot": true })
    const inactive =
      stats.memory_stats?.stats?.total_inactive_file ?? stats.memory_stats?.stats?.inactive_file ?? 0
    return typeof stats.memory_stats?.usage === "number" ? stats.memory_stats.usage - inactive : null
  } catch {
    return null
  }
}

/** Runs a program inside a container as one of its users. Throws 503 `exec_timeout` after the time. */
export async function execIn(
  engine: Engine,
  id: string,
  user: string,
  command: readonly string[],
  timeoutMilliseconds: number,
): Promise<ExecResult> {
  return await reach(async () => {
    const exec = await engine.docker.getContainer(id).exec({
      Cmd: [...command],
      User: user,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
    })
    const stream = await exec.start({ hijack: true, stdin: false })
    const stdout = new Collected(1_000_000)
    const stderr = new Collected(100_000)
    engine.docker.modem.demuxStream(stream, stdout, stderr)
    const ended = new Promise<void>((resolve, reject) => {
      stream.once("end", resolve)
      stream.once("close", resolve)
      stream.once("error", reject)
    })
    const timer = setTimeout(
      () => stream.destroy(unavailable("exec_timeout", "A program inside the container did not end.")),
      timeoutMilliseconds,
    )
    try {
      await ended
    } finally {
      clearTimeout(timer)
    }
    const { ExitCode } = await exec.inspect()
    return { exitCode: ExitCode ?? -1, stdout: stdout.text(), stderr: stderr.text() }
  })
}

/** Keeps what is written up to a limit and drops the rest. */
export class Collected extends Writable {
  private readonly chunks: Buffer[] = []
  private size = 0
  private readonly limit: number
  full = false

  constructor(limit: number) {
    super()
    this.limit = limit
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const room = this.limit - this.size
    if (chunk.length > room) this.full = true
    if (room > 0) {
      this.chunks.push(chunk.subarray(0, room))
      this.size += Math.min(room, chunk.length)
    }
    done()
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }

  text(): string {
    return this.bytes().toString("utf8")
  }
}

export async function reach<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asUnavailable(error)
  }
}

async function absentAsNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw asUnavailable(error)
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined
}

function asUnavailable(error: unknown): unknown {
  if (error instanceof AgentError) return error
  const text = error instanceof Error ? error.message : String(error)
  const code = statusOf(error) === undefined ? "engine_unreachable" : "engine_failed"
  return unavailable(code, `The container engine did not do it: ${text}`, error)
}
