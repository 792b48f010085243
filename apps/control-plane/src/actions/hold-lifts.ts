// Holds as people see them, and lifting: proposed by one, confirmed by another, neither the one who is held,
// the second not the one who placed it.
import type { Selectable } from "kysely"
import type { Static } from "typebox"
import type { Hold } from "#contract/people.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { Conflict, Invalid, NotFound } from "../domain/errors.ts"
import type { Tx } from "../store/db.ts"
import { EXPIRY_CAUSES } from "../store/facts.ts"
import type { HoldTable } from "../store/tables.ts"
import { change, type Asked } from "./change.ts"
import { subjectName } from "./holds.ts"
import { assertMay, assertPerson, getInstallation, may } from "./load.ts"

type HoldRow = Selectable<HoldTable>

function tiesTo(row: HoldRow, actor: PersonActor): string[] {
  const { person } = actor
  const ties: string[] = []
  if (stops(row, actor)) ties.push("stopped")
  if (row.by_kind === "person" && row.by_id === person) ties.push("placer")
  if (row.lift_proposed_by === person) ties.push("proposer")
  if (row.lift_proposed_by === null) ties.push("not_proposed")
  if (row.subject_kind === "person" && row.subject_id === person) ties.push("subject")
  // Dates stop people whether or not their hold is lifted.
  if ((EXPIRY_CAUSES as readonly string[]).includes(row.cause)) ties.push("expiry")
  return ties
}

/** It stops everybody, this person, their organisation, or a project of theirs. */
function stops(row: HoldRow, { person, organisation, appointments }: PersonActor): boolean {
  return (
    row.subject_kind === "installation" ||
    row.subject_id === person ||
    row.subject_id === organisation ||
    (row.subject_kind === "project" &&
      appointments.some(({ scope, id }) => scope === "project" && id === row.subject_id))
  )
}

export async function listHolds(
  ctx: Ctx,
  asked: Asked,
): Promise<{
  holds: Static<typeof Hold>[]
  actions: { place: ReturnType<typeof may>; stopEverything: ReturnType<typeof may> }
}> {
  const actor = assertPerson(asked.actor)
  const known = await getInstallation(ctx, ctx.db, actor)
  assertMay(ctx, actor, "hold.view", known)
  const place = may(ctx, actor, "hold.place", known)
  const rows = await ctx.db
    .selectFrom("hold")
    .selectAll()
    .where("lifted_at", "is", null)
    .orderBy("from_at", "desc")
    .limit(500)
    .execute()
  const holds: Static<typeof Hold>[] = []
  for (const row of rows) {
    const resource = { kind: "Hold", id: row.id } as const
    const ties = tiesTo(row, actor)
    if (!may(ctx, actor, "hold.view", { resource, facts: known.facts }, ties).allowed) continue
    const proposer =
      row.lift_proposed_by === null
        ? undefined
        : await ctx.db
            .selectFrom("person")
            .select(["id", "name"])
            .where("id", "=", row.lift_proposed_by)
            .executeTakeFirst()
    const by =
      row.by_kind === "system"
        ? "The platform"
        : ((await subjectName(ctx.db, "person", row.by_id)) ?? "A person")
    holds.push({
      id: row.id,
      subject: {
        kind: row.subject_kind,
        id: row.subject_id,
        name: (await subjectName(ctx.db, row.subject_kind, row.subject_id)) ?? "",
      },
      kind: row.kind,
      cause: row.cause,
      reason: row.reason,
      by,
      from: row.from_at.toISOString(),
      until: row.until_at?.toISOString() ?? null,
      lift: proposer
        ? {
            proposedBy: proposer,
            proposedAt: (row.lift_proposed_at ?? row.from_at).toISOString(),
            reason: row.lift_reason ?? "",
            until: row.lift_until?.toISOString() ?? null,
          }
        : null,
      actions: {
        proposeLift: may(ctx, actor, "hold.proposeLift", { resource, facts: known.facts }, ties),
        confirmLift: may(ctx, actor, "hold.confirmLift", { resource, facts: known.facts }, ties),
      },
    })
  }
  return { holds, actions: { place, stopEverything: place } }
}

async function lockHold(tx: Tx, id: string): Promise<HoldRow> {
  const row = await tx.selectFrom("hold").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
  if (!row) throw new NotFound()
  return row
}

export async function proposeLift(
  ctx: Ctx,
  asked: Asked,
  id: string,
  input: { reason: string; until: string | null },
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const row = await lockHold(tx, id)
    const known = await getInstallation(ctx, tx, actor)
    assertMay(
      ctx,
      actor,
      "hold.proposeLift",
      { resource: { kind: "Hold", id }, facts: known.facts },
      tiesTo(row, actor),
    )
    if (row.lifted_at !== null) throw new Conflict("already_done")
    if (input.until !== null && new Date(input.until) <= ctx.clock.now()) throw new Invalid("date_in_past")
    await tx
      .updateTable("hold")
      .set({
        lift_proposed_by: actor.person,
        lift_reason: input.reason,
        lift_until: input.until === null ? null : new Date(input.until),
        lift_proposed_at: ctx.clock.now(),
      })
      .where("id", "=", id)
      .execute()
    await record({
      code: "hold.liftProposed",
      facts: { hold: id, cause: row.cause },
      detail: { reason: input.reason },
    })
    await touch("holds")
  })
  return { index }
}

export async function confirmLift(
  ctx: Ctx,
  asked: Asked,
  id: string,
  proposedAt: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const row = await lockHold(tx, id)
    const known = await getInstallation(ctx, tx, actor)
    assertMay(
      ctx,
      actor,
      "hold.confirmLift",
      { resource: { kind: "Hold", id }, facts: known.facts },
      tiesTo(row, actor),
    )
    if (row.lifted_at !== null) throw new Conflict("already_done")
    // Another proposal since this one was looked at may say another reason and another time.
    if (row.lift_proposed_at?.getTime() !== Date.parse(proposedAt)) throw new Conflict("stale")
    // The time that was proposed is over: there is nothing left to lift it for.
    if (row.lift_until !== null && row.lift_until <= ctx.clock.now()) throw new Conflict("stale")
    await tx
      .updateTable("hold")
      .set({ lifted_by: actor.person, lifted_at: ctx.clock.now() })
      .where("id", "=", id)
      .execute()
    await record({
      code: "hold.lifted",
      ...(row.subject_kind === "project" ? { project: row.subject_id ?? undefined } : {}),
      ...(row.subject_kind === "person" ? { subject: row.subject_id ?? undefined } : {}),
      facts: {
        hold: id,
        cause: row.cause,
        proposedBy: row.lift_proposed_by,
        until: row.lift_until?.toISOString() ?? null,
      },
    })
    await touch("holds", ...(row.subject_kind === "project" ? [`project:${row.subject_id}`] : []))
  })
  return { index }
}
