// Wanted versus observed runs. Observed is running, exited, absent or unknown; unknown (the agent does
// not answer) never stops, recreates or unroutes anything. Absent needs two lists in a row.
import { sql } from "kysely"
import type { RunStatus } from "#protocol/agent.ts"
import { change, type Asked } from "../actions/change.ts"
import type { Ctx } from "../context.ts"
import { touch } from "../drivers/live.ts"
import type { Db } from "../store/db.ts"
import { failRun, loseRun } from "./run-endings.ts"

const SYSTEM: Asked = { actor: { kind: "system", id: "runs" } }
const DEFAULT_HOME_MEGABYTES = 2_048
const DEFAULT_SHARED_MEGABYTES = 1_024

interface OpenRun {
  id: string
  workspace_id: string
  generation: number
  wanted: "running" | "stopped"
  observed: string
  absences: number
  step: string | null
  steps: { step: string; startedAt: string; finishedAt: string | null }[]
  started_at: Date | null
  agreement_version: number
  project_id: string
  person_id: string
  workspace_state: string
  document: string | null
}

/** Begins what is wanted, and sees what becomes of it. */
export async function openRuns(ctx: Ctx): Promise<void> {
  const open = await listOpenRuns(ctx, "running")
  const answer = await askAgent(ctx, open)
  if (answer === undefined) return
  for (const run of open) {
    await attempt(ctx, run, () => keepRunning(ctx, run, statusOf(answer, run), answer.node))
  }
}

/** Ends what is not wanted any more; each on its own, since a notebook may take its time to close. */
export async function closeRuns(ctx: Ctx): Promise<void> {
  const open = await listOpenRuns(ctx, "stopped")
  const answer = await askAgent(ctx, open)
  if (answer === undefined) return
  await Promise.all(open.map((run) => attempt(ctx, run, () => keepStopped(ctx, run, statusOf(answer, run)))))
  await finishStops(ctx)
  await finishDeletes(ctx)
}

interface Answer {
  readonly runs: readonly RunStatus[]
  readonly node: string | undefined
}

const statusOf = ({ runs }: Answer, run: OpenRun) => runs.find((status) => status.run === run.id)

/** What the agent sees; undefined when it does not answer, and then the runs are unknown and left alone. */
async function askAgent(ctx: Ctx, open: readonly OpenRun[]): Promise<Answer | undefined> {
  if (open.length === 0) return { runs: [], node: undefined }
  try {
    return await ctx.drivers.agent.listRuns()
  } catch (error) {
    ctx.log.warn({ cause: String(error) }, "the node agent does not answer; runs are unknown and left alone")
    await ctx.db
      .updateTable("run")
      .set({ observed: "unknown" })
      .where(
        "id",
        "in",
        open.map((r) => r.id),
      )
      .where("observed", "=", "running")
      .execute()
    return undefined
  }
}

async function attempt(ctx: Ctx, run: OpenRun, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    ctx.log.error(
      { run: run.id, cause: error instanceof Error ? error.stack : String(error) },
      "run could not be reconciled; tried again",
    )
  }
}

async function listOpenRuns(ctx: Ctx, wanted: OpenRun["wanted"]): Promise<OpenRun[]> {
  const { rows } = await sql<OpenRun>`
    select r.id, r.workspace_id, r.generation, r.wanted, r.observed, r.absences, r.step, r.steps, r.started_at, r.agreement_version,
      w.project_id, w.person_id, w.state as workspace_state,
      (select document from agreement_version v where v.project_id = w.project_id and v.version = r.agreement_version) as document
    from run r join workspace w on w.id = r.workspace_id
    where r.wanted = ${wanted} and (r.wanted = 'running' or r.stopped_at is null)
    order by r.created_at`.execute(ctx.db)
  return rows
}

async function keepRunning(
  ctx: Ctx,
  run: OpenRun,
  status: RunStatus | undefined,
  node: string | undefined,
): Promise<void> {
  if (!status) {
    const fresh = run.observed === "absent" && run.started_at === null
    if (!fresh && run.absences < 1) {
      await ctx.db
        .updateTable("run")
        .set({ absences: run.absences + 1 })
        .where("id", "=", run.id)
        .execute()
      return
    }
    if (!fresh) return loseRun(ctx, run, "workspace_died")
    // One home is in one place at a time: the last run of the workspace ends before the next begins.
    if (await hasOpenRun(ctx.db, run)) return
    return startRun(ctx, run, node)
  }
  if (status.observed === "preparing") return notePreparing(ctx, run, status)
  if (status.observed === "running") return noteRunning(ctx, run, status)
  if (status.observed === "failed" || run.started_at === null)
    return failRun(ctx, run, status.reason ?? "start_failed")
  return loseRun(ctx, run, status.reason ?? "workspace_died")
}

interface Limits {
  readonly profile?: string | null
  readonly homeMegabytes?: number | null
  readonly sharedMegabytes?: number | null
}

async function startRun(ctx: Ctx, run: OpenRun, node: string | undefined): Promise<void> {
  const document = run.document === null ? {} : (JSON.parse(run.document) as { workspace?: Limits | null })
  const limits = document.workspace
  await ctx.drivers.agent.startRun(run.id, {
    workspace: run.workspace_id,
    project: run.project_id,
    person: run.person_id,
    profile: limits?.profile ?? "standard",
    homeMegabytes: limits?.homeMegabytes ?? DEFAULT_HOME_MEGABYTES,
    sharedMegabytes: limits?.sharedMegabytes ?? DEFAULT_SHARED_MEGABYTES,
  })
  await ctx.db
    .updateTable("run")
    .set({ observed: "preparing", node: node ?? null, observed_at: ctx.clock.now() })
    .where("id", "=", run.id)
    .execute()
  await touch(ctx.db, `workspace:${run.workspace_id}`)
}

function advanceSteps(run: OpenRun, step: string | null, now: Date): OpenRun["steps"] {
  const at = now.toISOString()
  const steps = run.steps.map((s) =>
    s.step !== step && s.finishedAt === null ? { ...s, finishedAt: at } : s,
  )
  if (step !== null && !steps.some((s) => s.step === step))
    steps.push({ step, startedAt: at, finishedAt: null })
  return steps
}

async function notePreparing(ctx: Ctx, run: OpenRun, status: RunStatus): Promise<void> {
  const step = status.step ?? null
  if (run.observed === "preparing" && run.step === step) return
  const steps = advanceSteps(run, step, ctx.clock.now())
  await ctx.db
    .updateTable("run")
    .set({
      observed: "preparing",
      step,
      steps: JSON.stringify(steps),
      absences: 0,
      observed_at: ctx.clock.now(),
    })
    .where("id", "=", run.id)
    .execute()
  await touch(ctx.db, `workspace:${run.workspace_id}`)
}

async function noteRunning(ctx: Ctx, run: OpenRun, status: RunStatus): Promise<void> {
  if (run.started_at !== null) {
    if (run.observed !== "running" || run.absences > 0)
      await ctx.db
        .updateTable("run")
        .set({ observed: "running", absences: 0, observed_at: ctx.clock.now() })
        .where("id", "=", run.id)
        .execute()
    return
  }
  await change(ctx, SYSTEM, async (tx, { record, touch: tell }) => {
    const now = ctx.clock.now()
    const moved = await tx
      .updateTable("run")
      .set({
        observed: "running",
        step: null,
        steps: JSON.stringify(advanceSteps(run, null, now)),
        probes: JSON.stringify(status.probes ?? []),
        started_at: now,
        absences: 0,
        observed_at: now,
      })
      .where("id", "=", run.id)
      .where("started_at", "is", null)
      .where("wanted", "=", "running")
      .returning("id")
      .executeTakeFirst()
    if (!moved) return
    await tx
      .updateTable("workspace")
      .set({ state: "running", changed_at: now, last_human_at: now })
      .where("id", "=", run.workspace_id)
      .execute()
    const probes = status.probes ?? []
    await record({
      code: "workspace.running",
      project: run.project_id,
      workspace: run.workspace_id,
      run: run.id,
      subject: run.person_id,
      agreementVersion: run.agreement_version,
      facts: { generation: run.generation, probes: probes.length, held: probes.filter((p) => p.held).length },
    })
    await tell(`workspace:${run.workspace_id}`, `project:${run.project_id}`)
  })
}

/** Another run of the same workspace that has not ended. */
async function hasOpenRun(db: Db, run: OpenRun): Promise<boolean> {
  const other = await db
    .selectFrom("run")
    .select("id")
    .where("workspace_id", "=", run.workspace_id)
    .where("id", "<>", run.id)
    .where("stopped_at", "is", null)
    .executeTakeFirst()
  return other !== undefined
}

async function keepStopped(ctx: Ctx, run: OpenRun, status: RunStatus | undefined): Promise<void> {
  if (status) {
    await ctx.drivers.agent.stopRun(run.id)
    return
  }
  await change(ctx, SYSTEM, async (tx, { touch: tell }) => {
    await tx
      .updateTable("run")
      .set({ observed: "absent", stopped_at: ctx.clock.now() })
      .where("id", "=", run.id)
      .where("stopped_at", "is", null)
      .execute()
    await tell(`workspace:${run.workspace_id}`)
  })
}

/**
 * Closed is what nobody wants open and has no run left: also what failed and has none since, and not what
 * still waits for an earlier run than the one that was called off.
 */
async function finishStops(ctx: Ctx): Promise<void> {
  const { rows } = await sql<{ id: string; project_id: string }>`
    update workspace w set state = 'stopped', changed_at = ${ctx.clock.now()}
    where w.state = 'stopping' and not exists (
      select from run r where r.workspace_id = w.id and (r.wanted = 'running' or r.stopped_at is null))
    returning w.id, w.project_id`.execute(ctx.db)
  for (const row of rows) await touch(ctx.db, `workspace:${row.id}`, `project:${row.project_id}`)
}

async function finishDeletes(ctx: Ctx): Promise<void> {
  const rows = await ctx.db
    .selectFrom("workspace")
    .select(["id", "project_id"])
    .where("state", "=", "deleting")
    .execute()
  for (const row of rows) {
    const busy = await ctx.db
      .selectFrom("run")
      .select("id")
      .where("workspace_id", "=", row.id)
      .where("stopped_at", "is", null)
      .executeTakeFirst()
    if (busy) continue
    await ctx.drivers.agent.deleteHome(row.id)
    await ctx.db
      .updateTable("workspace")
      .set({ state: "deleted", changed_at: ctx.clock.now() })
      .where("id", "=", row.id)
      .execute()
    await touch(ctx.db, `workspace:${row.id}`, `project:${row.project_id}`)
  }
}
