// Me, the directory, terms of use, and home.
import type { Ctx } from "../context.ts"
import { civilDate, daysBetween } from "../domain/dates.ts"
import { Conflict, NotFound } from "../domain/errors.ts"
import { endAllAppointments } from "./appointments.ts"
import { change, type Asked } from "./change.ts"
import { endExpiryHolds } from "./holds.ts"
import { assertMay, assertPerson, getInstallation, may } from "./load.ts"
import { endSessionsWithin } from "./session.ts"

export async function getMe(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  const known = await getInstallation(ctx, ctx.db, actor)
  const today = civilDate(ctx.clock.now(), ctx.config.zone)
  const [organisation, training, terms, projects, dataSets] = await Promise.all([
    ctx.db
      .selectFrom("organisation")
      .select(["id", "name"])
      .where("id", "=", actor.organisation)
      .executeTakeFirstOrThrow(),
    ctx.db.selectFrom("training").select(["kind", "until"]).where("person_id", "=", actor.person).execute(),
    ctx.db
      .selectFrom("terms as t")
      .leftJoin("terms_acceptance as a", (j) =>
        j.onRef("a.version", "=", "t.version").on("a.person_id", "=", actor.person),
      )
      .select(["t.version", "t.text", "a.accepted_at"])
      .where("t.from_at", "<=", ctx.clock.now())
      .orderBy("t.version", "desc")
      .limit(1)
      .executeTakeFirst(),
    ctx.db.selectFrom("project").select(["id", "title"]).execute(),
    ctx.db.selectFrom("data_set").select(["id", "title"]).execute(),
  ])
  const names = new Map([...projects, ...dataSets].map((p) => [p.id, p.title]))
  return {
    person: { id: actor.person, name: actor.name },
    email: actor.email,
    organisation,
    appointments: actor.appointments.map((a) => ({
      role: a.role,
      scope: a.scope,
      id: a.id,
      name: a.id === null ? "The installation" : (names.get(a.id) ?? ""),
      until: a.until?.toISOString() ?? null,
    })),
    training: training.map((t) => ({ kind: t.kind, until: t.until, daysLeft: daysBetween(today, t.until) })),
    terms: {
      version: terms?.version ?? 0,
      acceptedAt: terms?.accepted_at?.toISOString() ?? null,
      text: terms?.text ?? "",
    },
    idleSeconds: ctx.config.idleSeconds,
    stepUpSeconds: ctx.config.stepUpSeconds,
    site: { zone: ctx.config.zone, demo: ctx.config.demo, notebookHost: ctx.config.notebookDomain },
    actions: {
      holdPlace: may(ctx, actor, "hold.place", known),
      platformView: may(ctx, actor, "platform.view", known),
      logView: may(ctx, actor, "log.search", known),
      queueView: may(ctx, actor, "queue.view", known),
      dataManage: may(ctx, actor, "dataSet.list", known),
      appointmentPropose: may(ctx, actor, "appointment.propose", known),
    },
  }
}

export async function listPeople(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  const known = await getInstallation(ctx, ctx.db, actor)
  assertMay(ctx, actor, "people.view", known)
  const people = await ctx.db
    .selectFrom("person as p")
    .innerJoin("organisation as o", "o.id", "p.organisation_id")
    .select(["p.id", "p.name", "o.name as organisation", "p.state"])
    .orderBy("p.name")
    .limit(2_000)
    .execute()
  return {
    people: people.map((person) => ({
      ...person,
      actions: {
        remove: may(ctx, actor, "person.remove", known, person.id === actor.person ? ["subject"] : []),
      },
    })),
  }
}

/**
 * Sessions, roles and memberships end in the change that removes the person, each with its own event; open
 * notebooks and streams notice within seconds. What the person asked for, voted and signed stays as it was.
 */
export async function removePerson(
  ctx: Ctx,
  asked: Asked,
  person: string,
  reason: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    const known = await getInstallation(ctx, tx, actor)
    assertMay(ctx, actor, "person.remove", known, person === actor.person ? ["subject"] : [])
    const row = await tx
      .selectFrom("person")
      .select("state")
      .where("id", "=", person)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new NotFound()
    if (row.state === "removed") throw new Conflict("already_done")
    await tx.updateTable("person").set({ state: "removed" }).where("id", "=", person).execute()
    await endAllAppointments(ctx, tx, recorder, person, reason)
    await endSessionsWithin(ctx, tx, recorder, { person }, "person_removed")
    await recorder.record({ code: "person.removed", subject: person, facts: {}, detail: { reason } })
    await recorder.touch("installation", `person:${person}`)
  })
  return { index }
}

export async function acceptTerms(
  ctx: Ctx,
  asked: Asked,
  version: number,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    const newest = await tx
      .selectFrom("terms")
      .select("version")
      .where("from_at", "<=", ctx.clock.now())
      .orderBy("version", "desc")
      .limit(1)
      .executeTakeFirst()
    if (newest?.version !== version) throw new Conflict("stale")
    await tx
      .insertInto("terms_acceptance")
      .values({ person_id: actor.person, version, accepted_at: ctx.clock.now() })
      .onConflict((c) => c.columns(["person_id", "version"]).doUpdateSet({ accepted_at: ctx.clock.now() }))
      .execute()
    await endExpiryHolds(ctx, tx, recorder, {
      subject: "person",
      id: actor.person,
      cause: "terms_expired",
      by: "terms",
    })
    await recorder.record({ code: "terms.accepted", facts: { version } })
    await recorder.touch(`person:${actor.person}`)
  })
  return { index }
}
