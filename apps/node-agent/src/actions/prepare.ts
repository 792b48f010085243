// One run from nothing to a notebook that answers, in the order people see (RUN_STEPS). Every step finds
// what an earlier attempt left and goes on from there. A run that cannot be finished, or whose walls do
// not hold, is destroyed and stays as `failed` with a reason until it is stopped.
import { chmod, chown, mkdir, statfs } from "node:fs/promises"
import { join } from "node:path"
import type { RunStep } from "#protocol/agent.ts"
import type { Context } from "../context.ts"
import { containmentFaults } from "../domain/containment.ts"
import { doorSpec, workspaceSpec, WORKSPACE_USER, type RunIdentity, type Spec } from "../domain/containers.ts"
import { AgentError } from "../domain/errors.ts"
import { containerName, notebookSocket, runDirectory, slotDirectory } from "../domain/layout.ts"
import { readProbeOutput } from "../domain/probes.ts"
import type { Profile } from "../domain/profile.ts"
import { ensureContainer, execIn, findContainer, findImage, startContainer } from "../drivers/engine.ts"
import { waitForNotebook } from "../drivers/notebook.ts"
import type { RunRecord } from "../domain/run-record.ts"
import { saveRecord } from "../store/records.ts"
import { destroyRun } from "./destroy.ts"
import { bindStorage, openStorage } from "./storage.ts"

const NOTEBOOK_TIMEOUT_MILLISECONDS = 60_000
const PROBE_TIMEOUT_MILLISECONDS = 30_000
const LEAST_FREE_BYTES = 1024 ** 3
const DOOR_UID = 65534
const APP_GID = 5440

class Failed extends Error {
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Ends with the record `ready` or `failed`; rejects only when that could not be written. */
export async function prepareRun(ctx: Context, record: RunRecord, stop: AbortSignal): Promise<void> {
  const begun = performance.now()
  try {
    await prepare(ctx, record, stop)
    record.phase = "ready"
    await saveRecord(ctx.records, record)
    ctx.log.info({ run: record.run, milliseconds: Math.round(performance.now() - begun) }, "run is ready")
  } catch (error) {
    if (!stop.aborted)
      ctx.log.warn({ run: record.run, step: record.step, error: String(error) }, "run failed")
    record.phase = "failed"
    record.reason = await reasonOf(ctx, record, error)
    record.finishedAt = new Date().toISOString()
    await saveRecord(ctx.records, record)
    await destroyRun(ctx, record.run, undefined).catch((cause: unknown) =>
      ctx.log.error({ run: record.run, error: String(cause) }, "a failed run was not cleaned up"),
    )
  }
}

async function prepare(ctx: Context, record: RunRecord, stop: AbortSignal): Promise<void> {
  const enter = async (step: RunStep): Promise<void> => {
    stop.throwIfAborted()
    record.step = step
    await saveRecord(ctx.records, record)
  }
  const { run } = record
  const { workspace, project, person } = record.request
  const identity: RunIdentity = { run, workspace, project, person }

  await enter("images")
  const profile = await ctx.loadProfile(record.request.profile)
  await requireImages(ctx)
  await requireRoom(ctx)
  await makeDirectories(ctx, run)
  // Making and mounting images overlaps with the door; a failure is met below, where it is awaited.
  const opened = openStorage(ctx, record)
  opened.catch(() => undefined)

  await enter("door")
  const door = await started(ctx, doorSpec(ctx.layout, ctx.images, profile, identity))

  await enter("workspace")
  const id = await started(ctx, workspaceSpec(ctx.layout, ctx.images, profile, identity, door))

  await enter("storage")
  await bindStorage(ctx, run, await opened)

  await enter("probes")
  await requireWalls(ctx, record, profile, id)

  await enter("notebook")
  await waitForNotebook(notebookSocket(ctx.layout, run), NOTEBOOK_TIMEOUT_MILLISECONDS, stop)
  stop.throwIfAborted()
}

async function requireImages(ctx: Context): Promise<void> {
  for (const name of [ctx.images.workspace, ctx.images.door]) {
    if ((await findImage(ctx.engine, name)) === null)
      throw new Failed("image_missing", `There is no image ${name}.`)
  }
}

/** Images are sparse: a disk that fills up under them would fail writes of everybody who runs. */
async function requireRoom(ctx: Context): Promise<void> {
  const { bavail, bsize } = await statfs(join(ctx.layout.state, "homes"))
  if (bavail * bsize < LEAST_FREE_BYTES) throw new Failed("disk_full", "less than 1 GiB of disk is free")
}

/** The door and the gateway both make a socket in the run's directory; nobody else is let into it. */
async function makeDirectories(ctx: Context, run: string): Promise<void> {
  const sockets = runDirectory(ctx.layout, run)
  await mkdir(sockets, { recursive: true })
  await chown(sockets, DOOR_UID, APP_GID)
  await chmod(sockets, 0o771)
  const slot = slotDirectory(ctx.layout, run)
  for (const directory of [slot, join(slot, "home"), join(slot, "shared")]) {
    // Only when it is new: afterwards the home's own root may be mounted there.
    if ((await mkdir(directory, { recursive: true })) !== undefined) await chmod(directory, 0o755)
  }
}

async function started(ctx: Context, spec: Spec): Promise<string> {
  const faults = containmentFaults(ctx.layout, spec, ctx.stageNetwork)
  if (faults.length > 0)
    throw new Failed("start_failed", `refused to make ${spec.name}: ${faults.join(", ")}`)
  const container = await ensureContainer(ctx.engine, spec)
  await startContainer(ctx.engine, container.id)
  return container.id
}

async function requireWalls(ctx: Context, record: RunRecord, profile: Profile, id: string): Promise<void> {
  const asked = ctx.probes.probes.filter((probe) => probe.start).map((probe) => probe.id)
  const command = ["/usr/bin/python3", "-I", "-c", ctx.probes.program, ...asked]
  const { stdout } = await execIn(ctx.engine, id, WORKSPACE_USER, command, PROBE_TIMEOUT_MILLISECONDS)
  record.probes = readProbeOutput(asked, stdout)
  const open = record.probes.filter((probe) => !probe.held)
  if (open.length > 0) {
    throw new Failed(
      "probe_failed",
      `${profile.name}: ${open.map((probe) => `${probe.id} (${probe.detail})`).join(", ")}`,
    )
  }
}

async function reasonOf(ctx: Context, record: RunRecord, error: unknown): Promise<string> {
  if (error instanceof Failed) return error.reason
  if (error instanceof AgentError && error.code === "disk_full") return "disk_full"
  try {
    const workspace = await findContainer(ctx.engine, containerName(ctx.layout, "workspace", record.run))
    if (workspace !== null && !workspace.running && workspace.outOfMemory) return "out_of_memory"
  } catch {
    // The engine does not answer: the failure has its general reason.
  }
  return "start_failed"
}
