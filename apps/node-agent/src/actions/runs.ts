// Runs: start, list, stop. Starting is idempotent by run id and goes on after a restart of the agent;
// stopping is idempotent too and leaves nothing but the home and shared images. The agent never restarts
// a run by itself: it reports, the control plane decides.
import type { RunList, RunRequest, RunStatus } from "#protocol/agent.ts"
import type { Context } from "../context.ts"
import { conflict } from "../domain/errors.ts"
import { requireId } from "../domain/ids.ts"
import { containerName, type Role } from "../domain/layout.ts"
import { observe, type PairState } from "../domain/observed.ts"
import { findContainer, listContainers, memoryOf, stopContainer, type Listed } from "../drivers/engine.ts"
import type { RunRecord } from "../domain/run-record.ts"
import { dropRecord, saveRecord } from "../store/records.ts"
import { destroyRun } from "./destroy.ts"
import { prepareRun } from "./prepare.ts"

/** Accepts a run. The answer comes at once; preparation goes on behind it. Throws 409 `run_conflict`, `workspace_in_use`. */
export async function startRun(ctx: Context, run: string, request: RunRequest): Promise<RunStatus> {
  requireId("run", run)
  requireId("workspace", request.workspace)
  requireId("project", request.project)
  requireId("person", request.person)
  const known = ctx.records.byRun.get(run)
  if (known !== undefined) {
    if (JSON.stringify(sorted(known.request)) !== JSON.stringify(sorted(request))) {
      throw conflict("run_conflict", "This run was started with other settings.")
    }
    return await runStatus(ctx, known)
  }
  for (const other of ctx.records.byRun.values()) {
    if (other.request.workspace === request.workspace) {
      throw conflict("workspace_in_use", `The workspace still has the run ${other.run}; stop that first.`)
    }
  }
  await ctx.loadProfile(request.profile)
  const record: RunRecord = {
    run,
    request,
    phase: "preparing",
    step: "images",
    startedAt: new Date().toISOString(),
  }
  // Taken in memory before the first await that could let a second caller in.
  ctx.records.byRun.set(run, record)
  await saveRecord(ctx.records, record)
  beginPreparing(ctx, record)
  return statusOf(record, "absent", "absent")
}

/** Prepares in the background; every way it can end is written to the record. */
export function beginPreparing(ctx: Context, record: RunRecord): void {
  const abort = new AbortController()
  const done = ctx
    .startQueue(() => prepareRun(ctx, record, abort.signal))
    .catch((error: unknown) =>
      ctx.log.error({ run: record.run, error: String(error) }, "a run could not be recorded"),
    )
    .finally(() => ctx.preparing.delete(record.run))
  ctx.preparing.set(record.run, { abort, done })
}

/** Everything of this installation on this node, known or found. Throws 503 when the engine does not answer. */
export async function listRuns(ctx: Context): Promise<RunList> {
  const listed = await listContainers(ctx.engine, ["workspace", "door"])
  const runs = await Promise.all(
    [...ctx.records.byRun.values()].map((record) => statusFrom(ctx, record, listed)),
  )
  const unknown = new Map<string, RunStatus>()
  for (const { labels } of listed) {
    const run = labels["glasshouse.run"]
    if (run === undefined || ctx.records.byRun.has(run)) continue
    // Without a record nobody may use it: it is shown so that it can be stopped.
    unknown.set(run, {
      run,
      workspace: labels["glasshouse.workspace"] ?? "",
      project: labels["glasshouse.project"] ?? "",
      observed: "failed",
      reason: "start_failed",
    })
  }
  return { node: ctx.node, runs: [...runs, ...unknown.values()] }
}

/** Ends a run and everything of it but the images. Absent is fine. */
export async function stopRun(ctx: Context, run: string): Promise<void> {
  requireId("run", run)
  const preparing = ctx.preparing.get(run)
  if (preparing !== undefined) {
    preparing.abort.abort()
    await preparing.done
  }
  const record = ctx.records.byRun.get(run)
  const profile =
    record === undefined ? null : await ctx.loadProfile(record.request.profile).catch(() => null)
  await stopContainer(ctx.engine, containerName(ctx.layout, "workspace", run), profile?.stopSeconds ?? 10)
  await destroyRun(ctx, run, record)
  await dropRecord(ctx.records, run)
}

async function runStatus(ctx: Context, record: RunRecord): Promise<RunStatus> {
  return await statusFrom(ctx, record, await listContainers(ctx.engine, ["workspace", "door"]))
}

async function statusFrom(ctx: Context, record: RunRecord, listed: readonly Listed[]): Promise<RunStatus> {
  const state = (role: Role): PairState => {
    const found = listed.find(
      (one) => one.labels["glasshouse.run"] === record.run && one.labels["glasshouse.role"] === role,
    )
    return found === undefined ? "absent" : found.running ? "running" : "stopped"
  }
  const door = state("door")
  const workspace = state("workspace")
  if (record.phase === "ready" && observe(record, door, workspace).observed === "exited") {
    await recordEnd(ctx, record, door)
  }
  const status = statusOf(record, door, workspace)
  if (status.observed !== "running") return status
  const id = listed.find(
    (one) => one.labels["glasshouse.run"] === record.run && one.labels["glasshouse.role"] === "workspace",
  )?.id
  const memory = id === undefined ? null : await memoryOf(ctx.engine, id)
  return memory === null ? status : { ...status, memoryBytes: memory }
}

/** Asks the engine once how a pair ended and keeps the answer: an ended run does not come back. */
async function recordEnd(ctx: Context, record: RunRecord, door: PairState): Promise<void> {
  const found = await findContainer(ctx.engine, containerName(ctx.layout, "workspace", record.run))
  record.phase = "ended"
  record.finishedAt = new Date().toISOString()
  if (found !== null && !found.running) {
    record.exitCode = found.exitCode
    record.finishedAt = found.finishedAt
  }
  record.reason =
    found?.outOfMemory === true && !found.running
      ? "out_of_memory"
      : door === "running"
        ? "workspace_died"
        : "door_died"
  await saveRecord(ctx.records, record)
}

function statusOf(record: RunRecord, door: PairState, workspace: PairState): RunStatus {
  const { request, run } = record
  return {
    run,
    workspace: request.workspace,
    project: request.project,
    ...observe(record, door, workspace),
    step: record.step,
    ...(record.startedAt === undefined ? {} : { startedAt: record.startedAt }),
    ...(record.finishedAt === undefined ? {} : { finishedAt: record.finishedAt }),
    ...(record.exitCode === undefined ? {} : { exitCode: record.exitCode }),
    ...(record.probes === undefined ? {} : { probes: record.probes }),
  }
}

function sorted(request: RunRequest): [string, unknown][] {
  return Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1))
}
