// What gateways ask about notebooks: tickets, leases, and the log before anything is forwarded. A lease
// is a question asked again every few seconds; whatever stops a person shows in the next answer.
import { sql } from "kysely"
import type {
  ContentsEvent,
  GatewayRuns,
  Lease,
  MessageEvent,
  RefusalEvent,
  RenewRequest,
} from "#protocol/gateway.ts"
import { LEASE_SECONDS } from "#protocol/gateway.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { civilDate } from "../domain/dates.ts"
import { assertAllowed } from "../domain/decide.ts"
import { Denied, Problem } from "../domain/errors.ts"
import { sha256 } from "../domain/hash.ts"
import { newSecret } from "../domain/id.ts"
import { findPersonActor } from "../store/actors.ts"
import { findWorkspace } from "../store/facts.ts"
import { change, intend, type Asked } from "./change.ts"
import { moment } from "./load.ts"
import { findReader } from "./reads.ts"
import { recordCounted } from "./refusals.ts"

const SHOWN_EVENT_MS = 60_000

export async function listGatewayRuns(ctx: Ctx): Promise<GatewayRuns> {
  const rows = await ctx.db
    .selectFrom("run")
    .select(["id", "workspace_id"])
    .where("wanted", "=", "running")
    .where("observed", "in", ["preparing", "running", "unknown"])
    .execute()
  const runs = rows.map(async (r) => ({
    run: r.id,
    workspace: r.workspace_id,
    reads: await mayRead(ctx, r.id),
  }))
  return { runs: await Promise.all(runs) }
}

/** Asked each second: a hold, an expiry or an unwritable log ends the intents that a gateway holds. */
async function mayRead(ctx: Ctx, run: string): Promise<boolean> {
  try {
    // Not only blocked: while the log cannot be written, nothing goes on under an earlier intent.
    if (!ctx.audit.healthy().ok) return false
    return (await findReader(ctx, run)).decision.allow
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}

interface Sitting {
  readonly actor: PersonActor
  readonly workspace: string
  readonly project: string
  readonly run: string
  readonly version: number
}

/** Decides whether this person may sit in this workspace now, and in which run. Throws Denied with the code that a person reads. */
async function assertSitting(ctx: Ctx, person: string, session: string, workspace: string): Promise<Sitting> {
  const at = moment(ctx)
  const actor = await findPersonActor(ctx.db, person, session, at.now)
  const known = actor && (await findWorkspace(ctx.db, at, actor, workspace))
  if (!actor || !known) throw new Denied("not_member")
  const run = await ctx.db
    .selectFrom("run")
    .select(["id", "agreement_version"])
    .where("workspace_id", "=", workspace)
    .where("wanted", "=", "running")
    .where("started_at", "is not", null)
    .executeTakeFirst()
  const decision = ctx.access.decide(
    actor,
    "workspace.enter",
    { kind: "Workspace", id: workspace },
    known.facts,
  )
  if (!decision.allow && decision.code === "not_found") throw new Denied("not_member")
  assertAllowed(decision)
  if (!run) throw new Denied("run_stopped")
  return { actor, workspace, project: known.row.project_id, run: run.id, version: run.agreement_version }
}

async function shownToday(
  ctx: Ctx,
  sitting: Pick<Sitting, "project"> & { person: string },
  add: number,
): Promise<number> {
  const day = civilDate(ctx.clock.now(), ctx.config.zone)
  const row = await ctx.db
    .insertInto("shown")
    .values({ person_id: sitting.person, project_id: sitting.project, day, bytes: add })
    .onConflict((c) =>
      c
        .columns(["person_id", "project_id", "day"])
        .doUpdateSet((e) => ({ bytes: e("shown.bytes", "+", add) })),
    )
    .returning("bytes")
    .executeTakeFirstOrThrow()
  return row.bytes
}

export async function redeemTicket(ctx: Ctx, input: { ticket: string; workspace: string }): Promise<Lease> {
  const now = ctx.clock.now()
  const { rows } = await sql<{ session_id: string; person_id: string }>`
    update ticket t set used_at = ${now} from session s
    where t.hash = ${sha256(input.ticket)} and t.kind = 'notebook' and t.workspace_id = ${input.workspace}
      and t.used_at is null and t.expires_at > ${now} and s.id = t.session_id and s.ended_at is null
    returning t.session_id, s.person_id`.execute(ctx.db)
  const row = rows[0]
  if (!row) throw new Denied("ticket_invalid")
  const sitting = await assertSitting(ctx, row.person_id, row.session_id, input.workspace)
  const secret = newSecret()
  await ctx.db
    .insertInto("notebook_session")
    .values({
      hash: sha256(secret),
      session_id: row.session_id,
      workspace_id: sitting.workspace,
      run_id: sitting.run,
      person_id: row.person_id,
      created_at: now,
      renewed_at: now,
      shown_logged_at: now,
      ended_at: null,
      ended_code: null,
    })
    .execute()
  return lease(
    ctx,
    secret,
    sitting,
    await shownToday(ctx, { project: sitting.project, person: row.person_id }, 0),
  )
}

function lease(ctx: Ctx, session: string, sitting: Sitting, shownBytes: number): Lease {
  return {
    session,
    workspace: sitting.workspace,
    run: sitting.run,
    project: sitting.project,
    person: sitting.actor.person,
    seconds: LEASE_SECONDS,
    shownLimitBytes: ctx.config.shownLimitBytes,
    shownBytes,
  }
}

interface NotebookRow {
  readonly session_id: string
  readonly person_id: string
  readonly run_id: string
  readonly ended_code: string | null
  readonly session_ended: Date | null
  readonly shown_unlogged: number
  readonly shown_logged_at: Date
  readonly project_id: string
  readonly agreement_version: number
}

async function findNotebook(ctx: Ctx, session: string, workspace: string): Promise<NotebookRow> {
  const row = await ctx.db
    .selectFrom("notebook_session as n")
    .innerJoin("session as s", "s.id", "n.session_id")
    .innerJoin("run as r", "r.id", "n.run_id")
    .innerJoin("workspace as w", "w.id", "n.workspace_id")
    .select([
      "n.session_id",
      "n.person_id",
      "n.run_id",
      "n.ended_code",
      "n.shown_unlogged",
      "n.shown_logged_at",
      "s.ended_at as session_ended",
      "w.project_id",
      "r.agreement_version",
    ])
    .where("n.hash", "=", sha256(session))
    .where("n.workspace_id", "=", workspace)
    .executeTakeFirst()
  if (!row) throw new Denied("session_ended")
  return row
}

export async function renewLease(ctx: Ctx, input: RenewRequest): Promise<Lease> {
  const row = await findNotebook(ctx, input.session, input.workspace)
  // What was shown counts, also when this is the last answer.
  const shownBytes = await shownToday(ctx, { project: row.project_id, person: row.person_id }, input.shown)
  await noteShown(ctx, input, row)
  if (row.ended_code !== null) throw new Denied(row.ended_code)
  if (row.session_ended !== null) throw new Denied("session_ended")
  ctx.audit.assertHealthy()
  const sitting = await assertSitting(ctx, row.person_id, row.session_id, input.workspace)
  if (sitting.run !== row.run_id) throw new Denied("run_stopped")
  const now = ctx.clock.now()
  if (input.human) {
    await ctx.db
      .updateTable("workspace")
      .set({ last_human_at: now })
      .where("id", "=", input.workspace)
      .execute()
    await ctx.db
      .updateTable("session")
      .set({ last_seen_at: now })
      .where("id", "=", row.session_id)
      .where("ended_at", "is", null)
      .execute()
  }
  if (shownBytes >= ctx.config.shownLimitBytes) throw new Denied("shown_limit")
  return lease(ctx, input.session, sitting, shownBytes)
}

/** Bytes shown become one event a minute; until then they wait in the row, so that nothing is lost with a process. */
async function noteShown(ctx: Ctx, input: RenewRequest, row: NotebookRow): Promise<void> {
  const now = ctx.clock.now()
  const due =
    row.shown_unlogged + input.shown > 0 &&
    (now.getTime() - row.shown_logged_at.getTime() > SHOWN_EVENT_MS ||
      row.ended_code !== null ||
      row.session_ended !== null)
  const hash = sha256(input.session)
  if (!due) {
    await ctx.db
      .updateTable("notebook_session")
      .set((e) => ({ renewed_at: now, shown_unlogged: e("shown_unlogged", "+", input.shown) }))
      .where("hash", "=", hash)
      .execute()
    return
  }
  await change(ctx, askedAs(row), async (tx, { record }) => {
    const taken = await tx
      .selectFrom("notebook_session")
      .select("shown_unlogged")
      .where("hash", "=", hash)
      .forUpdate()
      .executeTakeFirst()
    await tx
      .updateTable("notebook_session")
      .set({ renewed_at: now, shown_unlogged: 0, shown_logged_at: now })
      .where("hash", "=", hash)
      .execute()
    const bytes = Number(taken?.shown_unlogged ?? 0) + input.shown
    if (bytes > 0)
      await record({ code: "notebook.shown", ...placeOf(row, input.workspace), facts: { bytes } })
  })
}

function askedAs(row: { person_id: string; session_id: string }): Asked {
  return {
    actor: {
      kind: "person",
      person: row.person_id,
      name: "",
      email: "",
      organisation: "",
      session: row.session_id,
      appointments: [],
      acr: "",
      authTime: 0,
    },
  }
}

function placeOf(row: NotebookRow, workspace: string) {
  return { project: row.project_id, workspace, run: row.run_id, agreementVersion: row.agreement_version }
}

const word = (text: string) => (/^[A-Za-z0-9_.:-]{1,64}$/.test(text) ? text : "other")

async function assertOpenNotebook(ctx: Ctx, session: string, workspace: string): Promise<NotebookRow> {
  const row = await findNotebook(ctx, session, workspace)
  if (row.ended_code !== null) throw new Denied(row.ended_code)
  if (row.session_ended !== null) throw new Denied("session_ended")
  return row
}

/** Durable before the frame is forwarded. The text is sealed; its hash is committed. */
export async function noteMessage(ctx: Ctx, input: MessageEvent): Promise<{ index: number }> {
  const row = await assertOpenNotebook(ctx, input.session, input.workspace)
  const index = await intend(ctx, askedAs(row), {
    code: "notebook.message",
    ...placeOf(row, input.workspace),
    facts: {
      type: word(input.type),
      channel: input.channel,
      kernel: word(input.kernel),
      message: word(input.messageId),
      sha256: input.sha256,
      characters: input.text.length,
    },
    detail: { text: input.text },
  })
  return { index }
}

export async function noteContents(ctx: Ctx, input: ContentsEvent): Promise<{ index: number }> {
  const row = await assertOpenNotebook(ctx, input.session, input.workspace)
  const index = await intend(ctx, askedAs(row), {
    code: "notebook.contents",
    ...placeOf(row, input.workspace),
    facts: { method: word(input.method) },
    detail: { path: input.path },
  })
  return { index }
}

/** Refused at the gateway: who it was is known from the socket or the cookie, or it was nobody. */
export async function noteRefusal(ctx: Ctx, input: RefusalEvent): Promise<{ index: number | null }> {
  const row =
    input.session !== undefined && input.workspace !== undefined
      ? await findNotebook(ctx, input.session, input.workspace).catch(() => undefined)
      : undefined
  const run =
    input.run === undefined
      ? undefined
      : await ctx.db
          .selectFrom("run as r")
          .innerJoin("workspace as w", "w.id", "r.workspace_id")
          .select(["r.id", "w.id as workspace", "w.project_id", "w.person_id"])
          .where("r.id", "=", input.run)
          .executeTakeFirst()
  const asked: Asked = row
    ? askedAs(row)
    : run
      ? askedAs({ person_id: run.person_id, session_id: "" })
      : { actor: { kind: "system", id: "gateway" } }
  const index = await recordCounted(ctx, asked, `gateway|${input.code}|${run?.id ?? row?.run_id ?? ""}`, {
    code: "gateway.refused",
    outcome: "refused",
    decision: word(input.code),
    ...(run
      ? { project: run.project_id, workspace: run.workspace, run: run.id }
      : row && input.workspace
        ? placeOf(row, input.workspace)
        : {}),
    facts: { code: word(input.code) },
    detail: { what: input.what },
  })
  return { index: index ?? null }
}
