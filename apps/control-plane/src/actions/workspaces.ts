// A workspace is durable (person × project); a run is one generation of its containers. Actions write
// what is wanted; reconcile/runs.ts makes it so.
import { sql, type Selectable } from "kysely"
import type { WORKSPACE_STEPS } from "#contract/workspaces.ts"
import { RUN_STEPS } from "#protocol/agent.ts"
import type { Ctx } from "../context.ts"
import { civilDate } from "../domain/dates.ts"
import { sha256 } from "../domain/hash.ts"
import { newId, newSecret } from "../domain/id.ts"
import { WORKSPACE, nextState } from "../domain/lifecycle.ts"
import { refusalSentence } from "../domain/sentences.ts"
import type { Db, Tx } from "../store/db.ts"
import type { RunTable } from "../store/tables.ts"
import { change, type Asked } from "./change.ts"
import { assertMay, assertPerson, getProject, getWorkspace, may } from "./load.ts"

const TICKET_SECONDS = 60

/** The newest extract that is ready and was made under the version in force. */
export async function findCurrentExtract(
  db: Db | Tx,
  project: string,
  version: number | null,
): Promise<{ id: string; manifest: unknown; ready_at: Date | null } | undefined> {
  if (version === null) return undefined
  return db
    .selectFrom("extract")
    .select(["id", "manifest", "ready_at"])
    .where("project_id", "=", project)
    .where("version", "=", version)
    .where("state", "=", "ready")
    .orderBy("ready_at", "desc")
    .limit(1)
    .executeTakeFirst()
}

export async function openWorkspace(
  ctx: Ctx,
  asked: Asked,
  project: string,
): Promise<{ workspace: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { value, index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const known = await getProject(ctx, tx, actor, project)
    assertMay(ctx, actor, "workspace.open", known)
    // Two clicks at once meet here: the second waits for the first and finds it opening.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`workspace:${project}:${actor.person}`}, 0))`.execute(
      tx,
    )
    let row = await tx
      .selectFrom("workspace")
      .select(["id", "state"])
      .where("project_id", "=", project)
      .where("person_id", "=", actor.person)
      .where("state", "<>", "deleted")
      .forUpdate()
      .executeTakeFirst()
    if (!row) {
      row = { id: newId(), state: "stopped" }
      await tx
        .insertInto("workspace")
        .values({
          id: row.id,
          project_id: project,
          person_id: actor.person,
          state: "stopped",
          code: null,
          last_human_at: null,
        })
        .execute()
    }
    if (row.state === "running" || row.state === "opening") return row.id
    const workspace = await getWorkspace(ctx, tx, actor, row.id)
    assertMay(ctx, actor, "workspace.open", workspace)
    await startGeneration(ctx, tx, { workspace: row.id, project, version: known.row.version ?? 0 })
    await tx
      .updateTable("workspace")
      .set({
        state: nextState(WORKSPACE, row.state, "workspace.open"),
        code: null,
        changed_at: ctx.clock.now(),
        last_human_at: ctx.clock.now(),
      })
      .where("id", "=", row.id)
      .execute()
    await record({
      code: "workspace.opened",
      project,
      workspace: row.id,
      agreementVersion: known.row.version ?? undefined,
      facts: {},
    })
    await touch(`workspace:${row.id}`, `project:${project}`)
    return row.id
  })
  return { workspace: value, index }
}

/** A new generation of containers on the same home. The unique index allows one wanted run per workspace. */
export async function startGeneration(
  ctx: Ctx,
  tx: Tx,
  input: { workspace: string; project: string; version: number },
): Promise<string> {
  const last = await tx
    .selectFrom("run")
    .select((e) => e.fn.max("generation").as("n"))
    .where("workspace_id", "=", input.workspace)
    .executeTakeFirst()
  const extract = await findCurrentExtract(tx, input.project, input.version)
  const id = newId()
  await tx
    .insertInto("run")
    .values({
      id,
      workspace_id: input.workspace,
      generation: Number(last?.n ?? 0) + 1,
      node: null,
      wanted: "running",
      step: null,
      probes: null,
      code: null,
      agreement_version: input.version,
      extract_id: extract?.id ?? null,
      started_at: null,
      stopped_at: null,
      observed_at: null,
      created_at: ctx.clock.now(),
    })
    .execute()
  return id
}

export async function viewWorkspace(ctx: Ctx, asked: Asked, id: string) {
  const actor = assertPerson(asked.actor)
  const known = await getWorkspace(ctx, ctx.db, actor, id)
  assertMay(ctx, actor, "workspace.view", known)
  const row = await ctx.db.selectFrom("workspace").selectAll().where("id", "=", id).executeTakeFirstOrThrow()
  const run = await ctx.db
    .selectFrom("run")
    .selectAll()
    .where("workspace_id", "=", id)
    .orderBy("generation", "desc")
    .limit(1)
    .executeTakeFirst()
  const shown = await ctx.db
    .selectFrom("shown")
    .select("bytes")
    .where("person_id", "=", row.person_id)
    .where("project_id", "=", row.project_id)
    .where("day", "=", civilDate(ctx.clock.now(), ctx.config.zone))
    .executeTakeFirst()
  const project = await getProject(ctx, ctx.db, actor, row.project_id)
  const idleFrom = row.last_human_at ?? run?.started_at ?? null
  const code = row.code ?? run?.code ?? null
  return {
    id,
    project: { id: known.project.id, number: known.project.number, title: known.project.title },
    person: { id: actor.person, name: actor.name },
    state: row.state,
    code,
    reason: code === null ? null : workspaceReason(code, row.state),
    steps: run ? viewSteps(run, await findWaitedFor(ctx.db, run), row.state) : [],
    run: run
      ? {
          id: run.id,
          generation: run.generation,
          startedAt: run.started_at?.toISOString() ?? null,
          agreementVersion: run.agreement_version,
          extract: run.extract_id,
        }
      : null,
    idleStopAt:
      row.state === "running" && idleFrom
        ? new Date(idleFrom.getTime() + ctx.config.workspaceIdleSeconds * 1_000).toISOString()
        : null,
    shownBytes: shown?.bytes ?? 0,
    shownLimitBytes: ctx.config.shownLimitBytes,
    host: `${id}.${ctx.config.notebookDomain}`,
    actions: {
      open: may(ctx, actor, "workspace.open", known),
      enter: may(ctx, actor, "workspace.enter", known),
      stop: may(ctx, actor, "workspace.stop", known),
      delete: may(ctx, actor, "workspace.delete", known),
      requestCreate: may(ctx, actor, "request.create", project),
    },
  }
}

const REASONS: Readonly<Record<string, string>> = {
  idle: "It was closed after a time without activity. Saved files are kept; open it again to go on.",
  door_died:
    "Its door to the platform stopped, so it was started again. Saved files are kept; what was only in memory is lost.",
  workspace_died:
    "It stopped unexpectedly and was started again. Saved files are kept; what was only in memory is lost.",
  out_of_memory:
    "It used more memory than it has, so it was started again. Saved files are kept; what was only in memory is lost. Read fewer columns, or let DuckDB do the work.",
  probe_failed:
    "One of its walls did not hold, so it was destroyed before you could enter. The operator was told.",
  image_missing: "The workspace image is missing on this machine. The operator was told.",
  disk_full: "The machine's disk is full. The operator was told.",
  start_failed: "It could not be started. Try again; the operator sees why.",
  stopped: "You closed it.",
}
/** The same, where starting it again did not help. */
const GIVEN_UP: Readonly<Record<string, string>> = {
  door_died:
    "Its door to the platform stopped again and again, so it was not started any more. Saved files are kept; the operator sees why.",
  workspace_died:
    "It stopped again and again, so it was not started any more. Saved files are kept; open it to try once more.",
  out_of_memory:
    "It used more memory than it has again and again, so it was not started any more. Saved files are kept. Open it and read fewer columns.",
}
export function workspaceReason(code: string, state?: string): string {
  return (state === "failed" ? GIVEN_UP[code] : undefined) ?? REASONS[code] ?? refusalSentence(code)
}

type StepView = {
  step: (typeof WORKSPACE_STEPS)[number]
  state: "waits" | "moving" | "done" | "failed"
  seconds: number | null
}
type RunRow = Selectable<RunTable>

function viewSteps(run: RunRow, last: { stopped_at: Date | null } | undefined, state: string): StepView[] {
  if (state !== "opening" && state !== "failed" && state !== "running") return []
  // steps go in order and may pass between two looks: what lies before the last one seen is done
  const reached = Math.max(
    ...RUN_STEPS.map((step, at) => (run.step === step || run.steps.some((s) => s.step === step) ? at : -1)),
  )
  const steps = RUN_STEPS.map((step, at): StepView => {
    const seen = run.steps.find((s) => s.step === step)
    const seconds = seen?.finishedAt ? secondsBetween(seen.startedAt, seen.finishedAt) : null
    if (run.observed === "running") return { step, state: "done", seconds }
    if (seen?.finishedAt || at < reached) return { step, state: "done", seconds }
    if (run.step === step)
      return { step, state: run.observed === "failed" ? "failed" : "moving", seconds: null }
    return { step, state: "waits", seconds: null }
  })
  return [...viewClosing(run, last), ...steps]
}

/** The run that had to end before this one could begin: not over yet, or over after this one was wanted. */
async function findWaitedFor(db: Db, run: RunRow): Promise<{ stopped_at: Date | null } | undefined> {
  return db
    .selectFrom("run")
    .select("stopped_at")
    .where("workspace_id", "=", run.workspace_id)
    .where("generation", "<", run.generation)
    .where((e) => e.or([e("stopped_at", "is", null), e("stopped_at", ">", run.created_at)]))
    .orderBy("stopped_at", (order) => order.desc().nullsFirst())
    .limit(1)
    .executeTakeFirst()
}

function viewClosing(run: RunRow, last: { stopped_at: Date | null } | undefined): StepView[] {
  if (!last) return []
  if (last.stopped_at === null) return [{ step: "closing", state: "moving", seconds: null }]
  return [{ step: "closing", state: "done", seconds: secondsBetween(run.created_at, last.stopped_at) }]
}

function secondsBetween(from: string | Date, to: string | Date): number {
  return Math.round((new Date(to).getTime() - new Date(from).getTime()) / 100) / 10
}

export async function enterWorkspace(
  ctx: Ctx,
  asked: Asked,
  id: string,
): Promise<{ url: string; seconds: number; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const ticket = newSecret()
  const { index } = await change(ctx, asked, async (tx, { record }) => {
    const known = await getWorkspace(ctx, tx, actor, id)
    assertMay(ctx, actor, "workspace.enter", known)
    await tx
      .insertInto("ticket")
      .values({
        hash: sha256(ticket),
        kind: "notebook",
        session_id: actor.session,
        workspace_id: id,
        expires_at: new Date(ctx.clock.now().getTime() + TICKET_SECONDS * 1_000),
        used_at: null,
      })
      .execute()
    await record({
      code: "workspace.entered",
      project: known.row.project_id,
      workspace: id,
      agreementVersion: known.project.version ?? undefined,
      facts: {},
    })
  })
  const host = `${id}.${ctx.config.notebookDomain}`
  return {
    url: `${ctx.config.site.protocol}//${host}/.gh/enter?ticket=${ticket}`,
    seconds: TICKET_SECONDS,
    index,
  }
}

export async function stopWorkspace(ctx: Ctx, asked: Asked, id: string): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const known = await lockWorkspace(ctx, tx, asked, id)
    assertMay(ctx, actor, "workspace.stop", known)
    await stopRuns(ctx, tx, id, "stopped")
    await record({ code: "workspace.stopped", project: known.row.project_id, workspace: id, facts: {} })
    await touch(`workspace:${id}`, `project:${known.row.project_id}`)
  })
  return { index }
}

async function lockWorkspace(ctx: Ctx, tx: Tx, asked: Asked, id: string) {
  await tx.selectFrom("workspace").select("id").where("id", "=", id).forUpdate().executeTakeFirst()
  return getWorkspace(ctx, tx, asked.actor, id)
}

/** Wants every run of a workspace stopped and cuts its notebooks. */
export async function stopRuns(ctx: Ctx, tx: Tx, workspace: string, code: string): Promise<void> {
  await tx
    .updateTable("run")
    .set({ wanted: "stopped", code })
    .where("workspace_id", "=", workspace)
    .where("wanted", "=", "running")
    .execute()
  await tx
    .updateTable("workspace")
    .set({ state: "stopping", code, changed_at: ctx.clock.now() })
    .where("id", "=", workspace)
    .execute()
  await tx
    .updateTable("notebook_session")
    .set({ ended_at: ctx.clock.now(), ended_code: code === "stopped" ? "run_stopped" : code })
    .where("workspace_id", "=", workspace)
    .where("ended_at", "is", null)
    .execute()
}

export async function deleteWorkspace(ctx: Ctx, asked: Asked, id: string): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const known = await lockWorkspace(ctx, tx, asked, id)
    assertMay(ctx, actor, "workspace.delete", known)
    await tx
      .updateTable("workspace")
      .set({ state: "deleting", changed_at: ctx.clock.now() })
      .where("id", "=", id)
      .execute()
    await record({ code: "workspace.deleted", project: known.row.project_id, workspace: id, facts: {} })
    await touch(`workspace:${id}`, `project:${known.row.project_id}`)
  })
  return { index }
}
