// Members of a project: who is in, until when, what stops them, and what renewing or removing does.
import type { Ctx } from "../context.ts"
import { civilDate, dateInWords, daysBetween, endOfDay } from "../domain/dates.ts"
import { Conflict, Invalid, NotFound } from "../domain/errors.ts"
import type { Db, Tx } from "../store/db.ts"
import { TRAINING_KIND } from "../store/facts.ts"
import { change, type Asked } from "./change.ts"
import { endExpiryHolds } from "./holds.ts"
import { assertUntil, listInvitations } from "./invitations.ts"
import { assertMay, assertPerson, getProject, may } from "./load.ts"

interface MemberRow {
  id: string
  person_id: string
  name: string
  organisation: string
  role: "researcher" | "project_admin"
  from_at: Date
  until_at: Date | null
  training_until: string | null
  terms_at: Date | null
}

export async function findMembers(db: Db | Tx, project: string): Promise<MemberRow[]> {
  const rows = await db
    .selectFrom("appointment as a")
    .innerJoin("person as p", "p.id", "a.person_id")
    .innerJoin("organisation as o", "o.id", "p.organisation_id")
    .leftJoin("training as t", (j) => j.onRef("t.person_id", "=", "p.id").on("t.kind", "=", TRAINING_KIND))
    .leftJoin("terms_acceptance as x", (j) => j.onRef("x.person_id", "=", "p.id"))
    .select((e) => [
      "a.id",
      "a.person_id",
      "p.name",
      "o.name as organisation",
      "a.role",
      "a.from_at",
      "a.until_at",
      "t.until as training_until",
      e.fn.max("x.accepted_at").as("terms_at"),
    ])
    .where("a.scope_kind", "=", "project")
    .where("a.scope_id", "=", project)
    .where("a.state", "=", "active")
    .groupBy(["a.id", "p.id", "o.id", "t.until"])
    .orderBy("a.role")
    .orderBy("p.name")
    .execute()
  return rows as unknown as MemberRow[]
}

export async function viewMembers(ctx: Ctx, asked: Asked, project: string) {
  const actor = assertPerson(asked.actor)
  const known = await getProject(ctx, ctx.db, actor, project)
  assertMay(ctx, actor, "project.view", known)
  const rows = await findMembers(ctx.db, project)
  const today = civilDate(ctx.clock.now(), ctx.config.zone)
  const holds = await ctx.db
    .selectFrom("hold")
    .select(["subject_id", "cause", "within_project"])
    .where("subject_kind", "=", "person")
    .where("lifted_at", "is", null)
    .where("subject_id", "in", rows.length === 0 ? [""] : rows.map((r) => r.person_id))
    .execute()
  return rows.map((r) => {
    const self = r.person_id === actor.person ? ["subject"] : []
    const until = r.until_at === null ? null : civilDate(new Date(r.until_at.getTime() - 1), ctx.config.zone)
    return {
      person: { id: r.person_id, name: r.name },
      organisation: r.organisation,
      role: r.role,
      since: r.from_at.toISOString(),
      until: r.until_at?.toISOString() ?? null,
      daysLeft: until === null ? null : daysBetween(today, until),
      training:
        r.training_until === null
          ? null
          : { until: r.training_until, daysLeft: daysBetween(today, r.training_until) },
      terms: r.terms_at?.toISOString() ?? null,
      holds: holds
        .filter(
          (h) => h.subject_id === r.person_id && (h.within_project === null || h.within_project === project),
        )
        .map((h) => h.cause),
      actions: {
        renew: may(ctx, actor, "member.renew", known, self),
        remove: may(ctx, actor, "member.remove", known),
        recordTraining: may(ctx, actor, "training.record", known, self),
      },
    }
  })
}

export async function listMembers(ctx: Ctx, asked: Asked, project: string) {
  const actor = assertPerson(asked.actor)
  const members = await viewMembers(ctx, asked, project)
  const known = await getProject(ctx, ctx.db, actor, project)
  return {
    members,
    invitations: await listInvitations(ctx, asked, project),
    actions: { invite: may(ctx, actor, "member.invite", known) },
  }
}

async function lockMembership(
  tx: Tx,
  project: string,
  person: string,
): Promise<{ id: string; role: string; until_at: Date | null }[]> {
  const rows = await tx
    .selectFrom("appointment")
    .select(["id", "role", "until_at"])
    .where("scope_kind", "=", "project")
    .where("scope_id", "=", project)
    .where("person_id", "=", person)
    .where("state", "=", "active")
    .forUpdate()
    .execute()
  if (rows.length === 0) throw new NotFound()
  return rows
}

export async function memberEffects(
  ctx: Ctx,
  asked: Asked,
  project: string,
  person: string,
  action: "renew" | "remove",
): Promise<{ sentences: string[] }> {
  const actor = assertPerson(asked.actor)
  const known = await getProject(ctx, ctx.db, actor, project)
  assertMay(
    ctx,
    actor,
    action === "renew" ? "member.renew" : "member.remove",
    known,
    person === actor.person ? ["subject"] : [],
  )
  const who = await ctx.db.selectFrom("person").select("name").where("id", "=", person).executeTakeFirst()
  const member = (await findMembers(ctx.db, project)).find((m) => m.person_id === person)
  if (!who || !member) throw new NotFound()
  if (action === "renew") {
    return {
      sentences: [
        `${who.name} stays a member until the date that you choose, at the latest the agreement's last day${known.row.agreement_until === null ? "" : ` (${dateInWords(known.row.agreement_until)})`}.`,
        "A hold for an ended membership is lifted.",
      ],
    }
  }
  const running = await ctx.db
    .selectFrom("workspace")
    .select("state")
    .where("project_id", "=", project)
    .where("person_id", "=", person)
    .where("state", "in", ["running", "opening"])
    .executeTakeFirst()
  const requests = await ctx.db
    .selectFrom("output_request")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("project_id", "=", project)
    .where("author_id", "=", person)
    .where("state", "not in", ["released", "rejected", "withdrawn", "revoked"])
    .executeTakeFirstOrThrow()
  return {
    sentences: [
      running
        ? `${who.name}'s open notebook closes within 5 seconds; saved files are kept.`
        : `${who.name} has no open notebook.`,
      Number(requests.n) > 0
        ? `${requests.n} open requests of theirs stay with the checkers.`
        : "They have no open requests.",
      `${who.name} no longer sees this project. What they did stays in the log.`,
    ],
  }
}

export async function renewMember(
  ctx: Ctx,
  asked: Asked,
  project: string,
  person: string,
  until: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    const { record, touch } = recorder
    const known = await getProject(ctx, tx, actor, project)
    assertMay(ctx, actor, "member.renew", known, person === actor.person ? ["subject"] : [])
    assertUntil(ctx, until, known.row)
    for (const row of await lockMembership(tx, project, person)) {
      await tx
        .updateTable("appointment")
        .set({ until_at: endOfDay(until, ctx.config.zone) })
        .where("id", "=", row.id)
        .execute()
    }
    await endExpiryHolds(ctx, tx, recorder, {
      subject: "person",
      id: person,
      within: project,
      cause: "membership_expired",
      by: "membership",
    })
    await record({ code: "member.renewed", project, subject: person, facts: { until } })
    await touch(`project:${project}`, `person:${person}`)
  })
  return { index }
}

export async function removeMember(
  ctx: Ctx,
  asked: Asked,
  project: string,
  person: string,
  reason: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    const { record, touch } = recorder
    assertMay(ctx, actor, "member.remove", await getProject(ctx, tx, actor, project))
    const rows = await lockMembership(tx, project, person)
    if (rows.some((r) => r.role === "project_admin")) {
      const admins = await tx
        .selectFrom("appointment")
        .select("person_id")
        .where("scope_kind", "=", "project")
        .where("scope_id", "=", project)
        .where("role", "=", "project_admin")
        .where("state", "=", "active")
        .execute()
      // A project without anyone to lead it could never change again.
      if (admins.every((a) => a.person_id === person)) throw new Conflict("last_project_admin")
    }
    for (const row of rows) {
      await tx
        .updateTable("appointment")
        .set({ state: "ended", ended_at: ctx.clock.now(), ended_reason: reason })
        .where("id", "=", row.id)
        .execute()
    }
    await tx
      .updateTable("notebook_session")
      .set({ ended_at: ctx.clock.now(), ended_code: "not_member" })
      .where("person_id", "=", person)
      .where("ended_at", "is", null)
      .where(
        "workspace_id",
        "in",
        tx
          .selectFrom("workspace")
          .select("id")
          .where("project_id", "=", project)
          .where("person_id", "=", person),
      )
      .execute()
    await endExpiryHolds(ctx, tx, recorder, {
      subject: "person",
      id: person,
      within: project,
      cause: "membership_expired",
      by: "removal",
    })
    await record({
      code: "member.removed",
      project,
      subject: person,
      facts: { roles: rows.map((r) => r.role).join(",") },
      detail: { reason },
    })
    await touch(`project:${project}`, `person:${person}`)
  })
  return { index }
}

export async function recordTraining(
  ctx: Ctx,
  asked: Asked,
  project: string,
  person: string,
  input: { kind: string; until: string; evidence: string },
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    const { record, touch } = recorder
    assertMay(
      ctx,
      actor,
      "training.record",
      await getProject(ctx, tx, actor, project),
      person === actor.person ? ["subject"] : [],
    )
    if (input.until < civilDate(ctx.clock.now(), ctx.config.zone)) throw new Invalid("date_in_past")
    await lockMembership(tx, project, person)
    await tx
      .insertInto("training")
      .values({
        person_id: person,
        kind: input.kind,
        until: input.until,
        evidence: input.evidence,
        recorded_by: actor.person,
        recorded_at: ctx.clock.now(),
      })
      .onConflict((c) =>
        c.columns(["person_id", "kind"]).doUpdateSet({
          until: input.until,
          evidence: input.evidence,
          recorded_by: actor.person,
          recorded_at: ctx.clock.now(),
        }),
      )
      .execute()
    if (input.kind === TRAINING_KIND)
      await endExpiryHolds(ctx, tx, recorder, {
        subject: "person",
        id: person,
        cause: "training_expired",
        by: "training",
      })
    await record({
      code: "training.recorded",
      project,
      subject: person,
      facts: { kind: input.kind, until: input.until },
      detail: { evidence: input.evidence },
    })
    await touch(`project:${project}`, `person:${person}`)
  })
  return { index }
}
