// Holds stop things at once. Placing takes one person; lifting takes two, one not the placer. Expiry
// writes holds through placeSystemHold (reconcile/expiry.ts).
import type { Static } from "typebox"
import type { Hold } from "#contract/people.ts"
import type { HoldKind, HoldSubject } from "#contract/vocabulary.ts"
import { sql } from "kysely"
import type { Ctx } from "../context.ts"
import { Conflict, Invalid, NotFound } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import type { Db, Tx } from "../store/db.ts"
import type { HoldTable } from "../store/tables.ts"
import type { Selectable } from "kysely"
import { endSessions } from "./session.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { assertMay, assertPerson, getInstallation, may } from "./load.ts"

type HoldRow = Selectable<HoldTable>

const SUBJECT_TABLE: Readonly<Record<Exclude<HoldSubject, "installation">, string>> = {
  person: "person",
  project: "project",
  data_set: "data_set",
  organisation: "organisation",
  release: "release",
}

/** Name of what is held, for people; undefined when there is no such thing. */
async function subjectName(db: Db | Tx, kind: HoldSubject, id: string | null): Promise<string | undefined> {
  if (kind === "installation") return "Everything"
  const column = { person: "name", project: "title", data_set: "title", organisation: "name", release: "id" }[
    kind
  ]
  const { rows } = await sql<{
    name: string
  }>`select ${sql.ref(column)} as name from ${sql.table(SUBJECT_TABLE[kind])} where id = ${id}`.execute(db)
  return rows[0]?.name
}

function tiesTo(row: HoldRow, person: string): string[] {
  const ties: string[] = []
  if (row.by_kind === "person" && row.by_id === person) ties.push("placer")
  if (row.lift_proposed_by === person) ties.push("proposer")
  if (row.lift_proposed_by === null) ties.push("not_proposed")
  if (row.subject_kind === "person" && row.subject_id === person) ties.push("subject")
  return ties
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
  const own = new Set(actor.appointments.filter((a) => a.scope === "project").map((a) => a.id))
  const holds: Static<typeof Hold>[] = []
  for (const row of rows) {
    // Those who may place holds see all; others what stops themselves, their projects, or everything.
    const mine =
      row.subject_kind === "installation" ||
      row.subject_id === actor.person ||
      (row.subject_kind === "project" && own.has(row.subject_id)) ||
      row.subject_id === actor.organisation
    if (!place.allowed && !mine) continue
    const resource = { kind: "Hold", id: row.id } as const
    const ties = tiesTo(row, actor.person)
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

export interface PlaceHold {
  readonly subject: HoldSubject
  readonly subjectId: string | null
  readonly kind: HoldKind
  readonly reason: string
}

export async function placeHold(
  ctx: Ctx,
  asked: Asked,
  input: PlaceHold,
): Promise<{ id: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const id = newId()
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    assertMay(ctx, actor, "hold.place", await getInstallation(ctx, tx, actor))
    if ((input.subject === "installation") !== (input.subjectId === null)) throw new Invalid("invalid_input")
    const name = await subjectName(tx, input.subject, input.subjectId)
    if (name === undefined) throw new NotFound()
    await insertHold(tx, recorder, ctx.clock.now(), {
      id,
      ...input,
      cause: input.subject === "installation" ? "stop_everything" : input.kind,
      withinProject: null,
      byKind: "person",
      byId: actor.person,
    })
  })
  await cutAfterHold(ctx, input.subject, input.subjectId)
  return { id, index }
}

export interface NewHold extends PlaceHold {
  readonly id: string
  readonly cause: string
  readonly withinProject: string | null
  readonly byKind: "person" | "system"
  readonly byId: string
}

/** Returns false when a system hold of this cause is in force already. */
export async function insertHold(tx: Tx, recorder: Recorder, now: Date, hold: NewHold): Promise<boolean> {
  const made = await tx
    .insertInto("hold")
    .values({
      id: hold.id,
      subject_kind: hold.subject,
      subject_id: hold.subjectId,
      within_project: hold.withinProject,
      kind: hold.kind,
      cause: hold.cause,
      reason: hold.reason,
      by_kind: hold.byKind,
      by_id: hold.byId,
      from_at: now,
      until_at: null,
      lift_proposed_by: null,
      lift_reason: null,
      lift_until: null,
      lift_proposed_at: null,
      lifted_by: null,
      lifted_at: null,
    })
    .onConflict((c) => c.doNothing())
    .returning("id")
    .executeTakeFirst()
  if (!made) return false
  await recorder.record({
    code: "hold.placed",
    ...(hold.subject === "project"
      ? { project: hold.subjectId ?? undefined }
      : hold.withinProject === null
        ? {}
        : { project: hold.withinProject }),
    ...(hold.subject === "person" ? { subject: hold.subjectId ?? undefined } : {}),
    ...(hold.subject === "data_set" ? { dataSet: hold.subjectId ?? undefined } : {}),
    facts: { hold: hold.id, on: hold.subject, subject: hold.subjectId, kind: hold.kind, cause: hold.cause },
    detail: { reason: hold.reason },
  })
  await recorder.touch(
    "holds",
    ...(hold.subject === "project" ? [`project:${hold.subjectId}`] : []),
    ...(hold.subject === "person" ? [`person:${hold.subjectId}`] : []),
  )
  return true
}

/** A hold on a person ends their browser sessions; everything else is cut by the next lease renewal. */
export async function cutAfterHold(ctx: Ctx, subject: HoldSubject, id: string | null): Promise<void> {
  if (subject === "person" && id !== null)
    await endSessions(ctx, { actor: { kind: "system", id: "holds" } }, { person: id }, "hold_person")
}

async function lockHold(tx: Tx, id: string): Promise<HoldRow> {
  const row = await tx.selectFrom("hold").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
  if (!row) throw new NotFound()
  if (row.lifted_at !== null) throw new Conflict("already_done")
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
      tiesTo(row, actor.person),
    )
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

export async function confirmLift(ctx: Ctx, asked: Asked, id: string): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const row = await lockHold(tx, id)
    const known = await getInstallation(ctx, tx, actor)
    assertMay(
      ctx,
      actor,
      "hold.confirmLift",
      { resource: { kind: "Hold", id }, facts: known.facts },
      tiesTo(row, actor.person),
    )
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
