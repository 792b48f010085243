// Installation and data-set roles: proposed by one, confirmed by another, neither the appointee.
import { EXCLUSIVE_WITH_OPERATOR, ROLE_SCOPES, type Role, type ScopeKind } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { civilDate, endOfDay } from "../domain/dates.ts"
import { Conflict, Denied, Invalid, NotFound } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import type { Tx } from "../store/db.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { assertMay, assertPerson, getInstallation, may } from "./load.ts"

export async function listAppointmentsForAll(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  const known = await getInstallation(ctx, ctx.db, actor)
  assertMay(ctx, actor, "appointment.view", known)
  const rows = await ctx.db
    .selectFrom("appointment as a")
    .innerJoin("person as p", "p.id", "a.person_id")
    .leftJoin("person as q", "q.id", "a.proposed_by")
    .leftJoin("person as c", "c.id", "a.confirmed_by")
    .leftJoin("data_set as d", "d.id", "a.scope_id")
    .select([
      "a.id",
      "a.role",
      "a.scope_kind",
      "a.scope_id",
      "a.from_at",
      "a.until_at",
      "a.reason",
      "a.state",
      "a.bootstrap",
      "p.id as person",
      "p.name",
      "q.id as proposer",
      "q.name as proposer_name",
      "c.id as confirmer",
      "c.name as confirmer_name",
      "d.title",
    ])
    .where("a.scope_kind", "<>", "project")
    .where("a.state", "<>", "ended")
    .orderBy("a.role")
    .orderBy("p.name")
    .limit(1_000)
    .execute()
  return {
    appointments: rows.map((r) => {
      const ties = [
        ...(r.proposer === actor.person ? ["proposer"] : []),
        ...(r.person === actor.person ? ["subject"] : []),
        ...(r.state === "active" ? ["active"] : []),
      ]
      const on = { resource: { kind: "Appointment", id: r.id } as const, facts: known.facts }
      return {
        id: r.id,
        person: { id: r.person, name: r.name },
        role: r.role,
        scope: { kind: r.scope_kind, id: r.scope_id, name: r.title ?? "The installation" },
        from: r.from_at.toISOString(),
        until: r.until_at?.toISOString() ?? null,
        reason: r.reason,
        state: r.state,
        proposedBy: r.proposer === null ? null : { id: r.proposer, name: r.proposer_name ?? "" },
        confirmedBy: r.confirmer === null ? null : { id: r.confirmer, name: r.confirmer_name ?? "" },
        bootstrap: r.bootstrap,
        actions: {
          confirm: may(ctx, actor, "appointment.confirm", on, ties),
          end: may(ctx, actor, "appointment.end", on, ties),
        },
      }
    }),
    actions: { propose: may(ctx, actor, "appointment.propose", known) },
  }
}

export async function assertRolesCompatible(tx: Tx, person: string, role: Role): Promise<void> {
  const held = await tx
    .selectFrom("appointment")
    .select("role")
    .where("person_id", "=", person)
    .where("state", "in", ["proposed", "active"])
    .execute()
  const clash =
    role === "operator"
      ? held.some((h) => EXCLUSIVE_WITH_OPERATOR.includes(h.role))
      : EXCLUSIVE_WITH_OPERATOR.includes(role) && held.some((h) => h.role === "operator")
  if (clash) throw new Denied("exclusive_roles")
}

export interface ProposeAppointment {
  readonly person: string
  readonly role: Role
  readonly scope: ScopeKind
  readonly scopeId: string | null
  readonly until: string | null
  readonly reason: string
}

export async function proposeAppointment(
  ctx: Ctx,
  asked: Asked,
  input: ProposeAppointment,
): Promise<{ id: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const id = newId()
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    assertMay(
      ctx,
      actor,
      "appointment.propose",
      await getInstallation(ctx, tx, actor),
      input.person === actor.person ? ["subject"] : [],
    )
    if (input.scope === "project" || !ROLE_SCOPES[input.role].includes(input.scope))
      throw new Invalid("scope_not_for_role")
    if ((input.scope === "installation") !== (input.scopeId === null)) throw new Invalid("scope_not_for_role")
    if (input.until !== null && input.until < civilDate(ctx.clock.now(), ctx.config.zone))
      throw new Invalid("date_in_past")
    const person = await tx
      .selectFrom("person")
      .select("id")
      .where("id", "=", input.person)
      .where("state", "=", "active")
      .forUpdate()
      .executeTakeFirst()
    if (!person) throw new NotFound()
    if (
      input.scopeId !== null &&
      !(await tx.selectFrom("data_set").select("id").where("id", "=", input.scopeId).executeTakeFirst())
    )
      throw new NotFound()
    await assertRolesCompatible(tx, input.person, input.role)
    const made = await tx
      .insertInto("appointment")
      .values({
        id,
        person_id: input.person,
        role: input.role,
        scope_kind: input.scope,
        scope_id: input.scopeId,
        from_at: ctx.clock.now(),
        until_at: input.until === null ? null : endOfDay(input.until, ctx.config.zone),
        reason: input.reason,
        state: "proposed",
        proposed_by: actor.person,
        confirmed_by: null,
        ended_at: null,
        ended_reason: null,
      })
      .onConflict((c) => c.doNothing())
      .returning("id")
      .executeTakeFirst()
    if (!made) throw new Conflict("already_exists")
    await record({
      code: "appointment.proposed",
      subject: input.person,
      ...(input.scopeId === null ? {} : { dataSet: input.scopeId }),
      facts: { appointment: id, role: input.role, scope: input.scope, until: input.until },
      detail: { reason: input.reason },
    })
    await touch("installation", `person:${input.person}`)
  })
  return { id, index }
}

async function lockAppointment(tx: Tx, id: string) {
  const row = await tx
    .selectFrom("appointment")
    .selectAll()
    .where("id", "=", id)
    .where("scope_kind", "<>", "project")
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new NotFound()
  return row
}

export async function confirmAppointment(
  ctx: Ctx,
  asked: Asked,
  id: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const row = await lockAppointment(tx, id)
    const known = await getInstallation(ctx, tx, actor)
    const ties = [
      ...(row.proposed_by === actor.person ? ["proposer"] : []),
      ...(row.person_id === actor.person ? ["subject"] : []),
    ]
    assertMay(
      ctx,
      actor,
      "appointment.confirm",
      { resource: { kind: "Appointment", id }, facts: known.facts },
      ties,
    )
    if (row.state !== "proposed") throw new Conflict("already_done")
    await assertRolesCompatible(tx, row.person_id, row.role)
    await tx
      .updateTable("appointment")
      .set({ state: "active", confirmed_by: actor.person, from_at: ctx.clock.now() })
      .where("id", "=", id)
      .execute()
    await record({
      code: "appointment.confirmed",
      subject: row.person_id,
      facts: { appointment: id, role: row.role, proposedBy: row.proposed_by },
    })
    await touch("installation", `person:${row.person_id}`)
  })
  return { index }
}

export async function endAppointment(
  ctx: Ctx,
  asked: Asked,
  id: string,
  reason: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const row = await lockAppointment(tx, id)
    const known = await getInstallation(ctx, tx, actor)
    assertMay(ctx, actor, "appointment.end", { resource: { kind: "Appointment", id }, facts: known.facts })
    if (row.state === "ended") throw new Conflict("already_done")
    await tx
      .updateTable("appointment")
      .set({ state: "ended", ended_at: ctx.clock.now(), ended_reason: reason })
      .where("id", "=", id)
      .execute()
    await record({
      code: "appointment.ended",
      subject: row.person_id,
      facts: { appointment: id, role: row.role },
      detail: { reason },
    })
    await touch("installation", `person:${row.person_id}`)
  })
  return { index }
}

/** Ends every role and membership of a person who is removed, proposed ones too. */
export async function endAllAppointments(
  ctx: Ctx,
  tx: Tx,
  { record, touch }: Recorder,
  person: string,
  reason: string,
): Promise<void> {
  const rows = await tx
    .updateTable("appointment")
    .set({ state: "ended", ended_at: ctx.clock.now(), ended_reason: reason })
    .where("person_id", "=", person)
    .where("state", "<>", "ended")
    .returning(["id", "role", "scope_kind", "scope_id"])
    .execute()
  for (const row of rows) {
    if (row.scope_kind === "project" && row.scope_id !== null) {
      await record({
        code: "member.removed",
        project: row.scope_id,
        subject: person,
        facts: { roles: row.role },
      })
      await touch(`project:${row.scope_id}`)
    } else
      await record({
        code: "appointment.ended",
        subject: person,
        facts: { appointment: row.id, role: row.role },
      })
  }
}
