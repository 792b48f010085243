// Wanted versus observed runs. Observed is running, exited, absent or unknown; unknown (the agent does
// not answer) never stops, recreates or unroutes anything. Absent needs two lists in a row.
import { sql } from "kysely"
import type { RunStatus } from "#protocol/agent.ts"
import { change, type Asked } from "../actions/change.ts"
import { startGeneration, stopRuns } from "../actions/workspaces.ts"
import type { Ctx } from "../context.ts"
import { touch } from "../drivers/live.ts"
import { findPersonActor } from "../store/actors.ts"
import { findWorkspace } from "../store/facts.ts"

const SYSTEM: Asked = { actor: { kind: "system", id: "runs" } }
const DEFAULT_HOME_MEGABYTES = 2_048
const DEFAULT_SHARED_MEGABYTES = 1_024
/** A run whose container vanished without a word is started again this often in a row, then it has failed. */
const MOST_RESTARTS = 3

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

export async function reconcileRuns(ctx: Ctx): Promise<void> {
  const open = await listOpenRuns(ctx)
  let listed: RunStatus[] | undefined
  let node: string | undefined
  if (open.length > 0) {
    try {
      const answer = await ctx.drivers.agent.listRuns()
      listed = answer.runs
      node = answer.node
    } catch (error) {
      ctx.log.warn(
        { cause: String(error) },
        "the node agent does not answer; runs are unknown and left alone",
      )
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
      return
    }
  }
  for (const run of open) {
    const status = listed?.find((s) => s.run === run.id)
    try {
      if (run.wanted === "running") await keepRunning(ctx, run, status, node)
      else await keepStopped(ctx, run, status)
    } catch (error) {
      ctx.log.error(
        { run: run.id, cause: error instanceof Error ? error.stack : String(error) },
        "run could not be reconciled; tried again",
      )
    }
  }
  await finishDeletes(ctx)
}

async function listOpenRuns(ctx: Ctx): Promise<OpenRun[]> {
  const { rows } = await sql<OpenRun>`
    select r.id, r.workspace_id, r.generation, r.wanted, r.observed, r.absences, r.step, r.steps, r.started_at, r.agreement_version,
      w.project_id, w.person_id, w.state as workspace_state,
      (select document from agreement_version v where v.project_id = w.project_id and v.version = r.agreement_version) as document
    from run r join workspace w on w.id = r.workspace_id
    where r.wanted = 'running' or r.stopped_at is null
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
    if (!fresh) return restart(ctx, run, "workspace_died")
    const limits =
      run.document === null
        ? null
        : (
            JSON.parse(run.document) as {
              workspace?: {
                profile?: string | null
                homeMegabytes?: number | null
                sharedMegabytes?: number | null
              } | null
            }
          ).workspace
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
    return
  }
  if (status.observed === "preparing") return notePreparing(ctx, run, status)
  if (status.observed === "running") return noteRunning(ctx, run, status)
  if (status.observed === "failed" || run.started_at === null)
    return fail(ctx, run, status.reason ?? "start_failed")
  return restart(ctx, run, status.reason ?? "workspace_died")
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

/** Could not be prepared: nothing runs, the person is told why, and the next open begins a new generation. */
async function fail(ctx: Ctx, run: OpenRun, code: string): Promise<void> {
  await change(ctx, SYSTEM, async (tx, { record, touch: tell }) => {
    const moved = await tx
      .updateTable("run")
      .set({ wanted: "stopped", observed: "failed", code })
      .where("id", "=", run.id)
      .where("wanted", "=", "running")
      .returning("id")
      .executeTakeFirst()
    if (!moved) return
    await tx
      .updateTable("workspace")
      .set({ state: "failed", code, changed_at: ctx.clock.now() })
      .where("id", "=", run.workspace_id)
      .execute()
    await record({
      code: "workspace.failed",
      outcome: "failed",
      project: run.project_id,
      workspace: run.workspace_id,
      run: run.id,
      subject: run.person_id,
      facts: { code, generation: run.generation },
    })
    await tell(`workspace:${run.workspace_id}`, `project:${run.project_id}`)
  })
}

/** It ran and is gone: a new generation on the same home, and the person is told what was lost. */
async function restart(ctx: Ctx, run: OpenRun, code: string): Promise<void> {
  await change(ctx, SYSTEM, async (tx, { record, touch: tell }) => {
    const moved = await tx
      .updateTable("run")
      .set({ wanted: "stopped", observed: "exited", code })
      .where("id", "=", run.id)
      .where("wanted", "=", "running")
      .returning("id")
      .executeTakeFirst()
    if (!moved) return
    await tx
      .updateTable("notebook_session")
      .set({ ended_at: ctx.clock.now(), ended_code: code })
      .where("run_id", "=", run.id)
      .where("ended_at", "is", null)
      .execute()
    await record({
      code: "workspace.lost",
      outcome: "failed",
      project: run.project_id,
      workspace: run.workspace_id,
      run: run.id,
      subject: run.person_id,
      facts: { code, generation: run.generation },
    })
    const recent = await tx
      .selectFrom("run")
      .select((e) => e.fn.countAll<number>().as("n"))
      .where("workspace_id", "=", run.workspace_id)
      .where("code", "in", ["door_died", "workspace_died", "out_of_memory"])
      .where("created_at", ">", new Date(ctx.clock.now().getTime() - 600_000))
      .executeTakeFirstOrThrow()
    if (Number(recent.n) > MOST_RESTARTS) {
      await tx
        .updateTable("workspace")
        .set({ state: "failed", code, changed_at: ctx.clock.now() })
        .where("id", "=", run.workspace_id)
        .execute()
    } else {
      await startGeneration(ctx, tx, {
        workspace: run.workspace_id,
        project: run.project_id,
        version: run.agreement_version,
      })
      await tx
        .updateTable("workspace")
        .set({ state: "opening", code, changed_at: ctx.clock.now() })
        .where("id", "=", run.workspace_id)
        .execute()
    }
    await tell(`workspace:${run.workspace_id}`, `project:${run.project_id}`)
  })
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
    await tx
      .updateTable("workspace")
      .set({ state: "stopped", changed_at: ctx.clock.now() })
      .where("id", "=", run.workspace_id)
      .where("state", "=", "stopping")
      .execute()
    await tell(`workspace:${run.workspace_id}`, `project:${run.project_id}`)
  })
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

/**
 * Stops what may no longer run: holds, expiry, removed members, idleness. Asked of the same decision as
 * the entrance; runs every second, so that all of them are cut within five.
 */
export async function stopForbiddenRuns(ctx: Ctx): Promise<void> {
  const rows = await ctx.db
    .selectFrom("run as r")
    .innerJoin("workspace as w", "w.id", "r.workspace_id")
    .select(["r.id", "w.id as workspace", "w.project_id", "w.person_id", "w.last_human_at", "r.started_at"])
    .where("r.wanted", "=", "running")
    .execute()
  for (const row of rows) {
    const code = await whyStop(ctx, row)
    if (code === undefined) continue
    await change(ctx, SYSTEM, async (tx, { record, touch: tell }) => {
      const still = await tx
        .selectFrom("run")
        .select("id")
        .where("id", "=", row.id)
        .where("wanted", "=", "running")
        .forUpdate()
        .executeTakeFirst()
      if (!still) return
      await stopRuns(ctx, tx, row.workspace, code)
      await record({
        code: "workspace.stopped",
        project: row.project_id,
        workspace: row.workspace,
        run: row.id,
        subject: row.person_id,
        facts: { code },
      })
      await tell(`workspace:${row.workspace}`, `project:${row.project_id}`, `person:${row.person_id}`)
    })
  }
}

async function whyStop(
  ctx: Ctx,
  row: { workspace: string; person_id: string; last_human_at: Date | null; started_at: Date | null },
): Promise<string | undefined> {
  const now = ctx.clock.now()
  const person = await findPersonActor(ctx.db, row.person_id, "", now)
  if (!person) return "person_removed"
  const known = await findWorkspace(ctx.db, { now, zone: ctx.config.zone }, person, row.workspace)
  if (!known) return "not_member"
  // The state is the platform's own business here; only who and what is asked.
  const decision = ctx.access.decide(
    person,
    "workspace.enter",
    { kind: "Workspace", id: row.workspace },
    known.facts,
  )
  if (!decision.allow)
    return decision.code === "not_found" || decision.code === "not_permitted" ? "not_member" : decision.code
  const human = row.last_human_at ?? row.started_at
  if (
    row.started_at !== null &&
    human !== null &&
    now.getTime() - human.getTime() > ctx.config.workspaceIdleSeconds * 1_000
  )
    return "idle"
  return undefined
}
