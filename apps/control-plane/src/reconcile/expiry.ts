// Expiry acts: what has run out gets a hold that says why, within seconds of midnight, and only once.
// Decisions do not wait for this (facts are computed from dates as well); people and the log do.
import { sql } from "kysely"
import { change, type Asked } from "../actions/change.ts"
import { putInForce } from "../actions/agreement-versions.ts"
import { insertHold, resumeHolds } from "../actions/holds.ts"
import { endSessions } from "../actions/session.ts"
import type { Ctx } from "../context.ts"
import { civilDate, dateInWords } from "../domain/dates.ts"
import { newId } from "../domain/id.ts"
import { TRAINING_KIND, type EXPIRY_CAUSES } from "../store/facts.ts"

const SYSTEM: Asked = { actor: { kind: "system", id: "expiry" } }

interface Due {
  readonly subject: "person" | "project"
  readonly id: string
  readonly within: string | null
  readonly kind: "expired" | "training"
  readonly cause: (typeof EXPIRY_CAUSES)[number]
  readonly reason: string
}

export async function applyExpiry(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now()
  const today = civilDate(now, ctx.config.zone)
  await resumeHolds(ctx)
  await endAgreements(ctx, today)
  await beginAgreements(ctx, today)
  for (const due of await findDue(ctx, now, today)) {
    const exists = await ctx.db
      .selectFrom("hold")
      .select("id")
      .where("subject_kind", "=", due.subject)
      .where("subject_id", "=", due.id)
      .where("within_project", due.within === null ? "is" : "=", due.within)
      .where("cause", "=", due.cause)
      .where("lifted_at", "is", null)
      .executeTakeFirst()
    if (exists) continue
    await change(ctx, SYSTEM, async (tx, recorder) => {
      await insertHold(ctx, tx, recorder, {
        id: newId(),
        subject: due.subject,
        subjectId: due.id,
        withinProject: due.within,
        kind: due.kind,
        cause: due.cause,
        reason: due.reason,
        byKind: "system",
        byId: "expiry",
      })
    })
  }
  await endRoles(ctx, now)
  await expireInvitations(ctx, now)
}

async function findDue(ctx: Ctx, now: Date, today: string): Promise<Due[]> {
  const [training, members, agreements, terms] = await Promise.all([
    // Only people who hold a role have something to lose.
    ctx.db
      .selectFrom("training as t")
      .innerJoin("person as p", "p.id", "t.person_id")
      .select(["t.person_id", "t.until"])
      .where("t.kind", "=", TRAINING_KIND)
      .where("t.until", "<", today)
      .where("p.state", "=", "active")
      .where((e) =>
        e.exists(
          e
            .selectFrom("appointment as a")
            .select("a.id")
            .whereRef("a.person_id", "=", "t.person_id")
            .where("a.state", "=", "active"),
        ),
      )
      .execute(),
    // Who is a member in two roles has run out when the last of them has.
    ctx.db
      .selectFrom("appointment")
      .select((e) => ["person_id", "scope_id", e.fn.max("until_at").as("until_at")])
      .where("scope_kind", "=", "project")
      .where("state", "=", "active")
      .groupBy(["person_id", "scope_id"])
      .having((e) =>
        e.and([e(e.fn.max("until_at"), "<=", now), e(e.fn.count("until_at"), "=", e.fn.countAll())]),
      )
      .execute(),
    ctx.db
      .selectFrom("agreement_version as v")
      .select(["v.project_id", "v.until"])
      .where("v.state", "=", "ended")
      .where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom("agreement_version as w")
              .select("w.version")
              .whereRef("w.project_id", "=", "v.project_id")
              .where("w.state", "=", "in_force"),
          ),
        ),
      )
      .execute(),
    findLapsedTerms(ctx, now),
  ])
  return [
    ...training.map((t): Due => ({
      subject: "person",
      id: t.person_id,
      within: null,
      kind: "training",
      cause: "training_expired",
      reason: `Training ended on ${dateInWords(t.until)}`,
    })),
    ...members.map((m): Due => ({
      subject: "person",
      id: m.person_id,
      within: m.scope_id,
      kind: "expired",
      cause: "membership_expired",
      reason: `Membership ended on ${dateInWords(civilDate(new Date((m.until_at ?? now).getTime() - 1), ctx.config.zone))}`,
    })),
    ...agreements.map((a): Due => ({
      subject: "project",
      id: a.project_id,
      within: null,
      kind: "expired",
      cause: "agreement_expired",
      reason: `The agreement ended on ${dateInWords(a.until)}`,
    })),
    ...terms.map((t): Due => ({
      subject: "person",
      id: t.person_id,
      within: null,
      kind: "expired",
      cause: "terms_expired",
      reason: t.current
        ? "The terms of use were accepted too long ago"
        : "There are new terms of use that were not accepted yet",
    })),
  ]
}

/** People with a role who accepted terms once and whose acceptance no longer counts. */
async function findLapsedTerms(ctx: Ctx, now: Date): Promise<{ person_id: string; current: boolean }[]> {
  const { rows } = await sql<{ person_id: string; current: boolean }>`
    select p.id as person_id, a.version is not null as current
    from person p
    cross join lateral (select version, valid_days from terms where from_at <= ${now} order by version desc limit 1) v
    left join terms_acceptance a on a.person_id = p.id and a.version = v.version
    where p.state = 'active'
      and (a.version is null or a.accepted_at + make_interval(days => v.valid_days) <= ${now})
      and exists (select 1 from terms_acceptance o where o.person_id = p.id)
      and exists (select 1 from appointment r where r.person_id = p.id and r.state = 'active')`.execute(
    ctx.db,
  )
  return rows
}

/** Installation and data-set roles end with their term, so that the same role can be given again. */
async function endRoles(ctx: Ctx, now: Date): Promise<void> {
  const over = await ctx.db
    .selectFrom("appointment")
    .select("id")
    .where("scope_kind", "<>", "project")
    .where("state", "in", ["proposed", "active"])
    .where("until_at", "<=", now)
    .execute()
  for (const { id } of over) {
    await change(ctx, SYSTEM, async (tx, { record, touch }) => {
      const ended = await tx
        .updateTable("appointment")
        .set({ state: "ended", ended_at: now, ended_reason: "Its term is over" })
        .where("id", "=", id)
        .where("state", "in", ["proposed", "active"])
        .returning(["person_id", "role", "scope_kind", "scope_id"])
        .executeTakeFirst()
      if (!ended) return
      await record({
        code: "appointment.ended",
        subject: ended.person_id,
        ...(ended.scope_kind === "data_set" && ended.scope_id !== null ? { dataSet: ended.scope_id } : {}),
        facts: { appointment: id, role: ended.role, code: "term_over" },
      })
      await touch("installation", `person:${ended.person_id}`)
    })
  }
}

/** Approved by everybody before its first day: in force on that day. */
async function beginAgreements(ctx: Ctx, today: string): Promise<void> {
  const { rows } = await sql<{ project_id: string; version: number }>`
    select v.project_id, v.version from agreement_version v
    where v.state = 'proposed' and v.until >= ${today} and (v.document::jsonb #>> '{term,from}') <= ${today}
      and not exists (select 1 from agreement_decision d
        where d.project_id = v.project_id and d.version = v.version and d.decision <> 'approved')
      and exists (select 1 from agreement_decision d where d.project_id = v.project_id and d.version = v.version)
    order by v.project_id, v.version`.execute(ctx.db)
  for (const row of rows) {
    await change(ctx, SYSTEM, async (tx, recorder) => {
      const still = await tx
        .selectFrom("agreement_version")
        .select("version")
        .where("project_id", "=", row.project_id)
        .where("version", "=", row.version)
        .where("state", "=", "proposed")
        .forUpdate()
        .executeTakeFirst()
      if (!still) return
      await putInForce(ctx, tx, recorder, row.project_id, row.version)
      await recorder.touch(`project:${row.project_id}`)
    })
  }
}

async function endAgreements(ctx: Ctx, today: string): Promise<void> {
  const over = await ctx.db
    .selectFrom("agreement_version")
    .select(["project_id", "version"])
    .where("state", "=", "in_force")
    .where("until", "<", today)
    .execute()
  for (const row of over) {
    await change(ctx, SYSTEM, async (tx, { record, register, touch }) => {
      const ended = await tx
        .updateTable("agreement_version")
        .set({ state: "ended", ended_at: ctx.clock.now() })
        .where("project_id", "=", row.project_id)
        .where("version", "=", row.version)
        .where("state", "=", "in_force")
        .returning("until")
        .executeTakeFirst()
      if (!ended) return
      const project = await tx
        .selectFrom("project")
        .select("number")
        .where("id", "=", row.project_id)
        .executeTakeFirstOrThrow()
      await record({
        code: "agreement.ended",
        project: row.project_id,
        agreementVersion: row.version,
        facts: { version: row.version, until: ended.until },
      })
      await register("agreement.ended", {
        project: project.number,
        agreementVersion: row.version,
        until: ended.until,
      })
      await touch(`project:${row.project_id}`)
    })
  }
}

async function expireInvitations(ctx: Ctx, now: Date): Promise<void> {
  const over = await ctx.db
    .selectFrom("invitation")
    .select(["id", "project_id"])
    .where("state", "=", "sent")
    .where("expires_at", "<=", now)
    .execute()
  for (const row of over) {
    await change(ctx, SYSTEM, async (tx, { record, touch }) => {
      const moved = await tx
        .updateTable("invitation")
        .set({ state: "expired" })
        .where("id", "=", row.id)
        .where("state", "=", "sent")
        .returning("id")
        .executeTakeFirst()
      if (!moved) return
      await record({ code: "invitation.expired", project: row.project_id, facts: { invitation: row.id } })
      await touch(`project:${row.project_id}`)
    })
  }
}

/** Sessions that nobody used for their idle time end, also when their browser never comes back. */
export async function endIdleSessions(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - ctx.config.idleSeconds * 1_000)
  const idle = await ctx.db
    .selectFrom("session")
    .select("id")
    .where("ended_at", "is", null)
    .where("last_seen_at", "<", before)
    .limit(200)
    .execute()
  for (const session of idle)
    await endSessions(ctx, { actor: { kind: "system", id: "sessions" } }, { session: session.id }, "idle")
}
