// Holds stop things at once. Placing takes one person; lifting takes two, one not the placer. Expiry
// writes holds through insertHold (reconcile/expiry.ts), and what renews ends them again.
import type { HoldKind, HoldSubject } from "#contract/vocabulary.ts"
import { sql } from "kysely"
import type { Ctx } from "../context.ts"
import { Conflict, Invalid, NotFound } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import type { Db, Tx } from "../store/db.ts"
import type { EXPIRY_CAUSES } from "../store/facts.ts"
import type { HoldTable } from "../store/tables.ts"
import type { Selectable } from "kysely"
import { endSessionsWithin } from "./session.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { assertMay, assertPerson, getInstallation } from "./load.ts"

type HoldRow = Selectable<HoldTable>

const SUBJECT_TABLE: Readonly<Record<Exclude<HoldSubject, "installation">, string>> = {
  person: "person",
  project: "project",
  data_set: "data_set",
  organisation: "organisation",
  release: "release",
}

/** Name of what is held, for people; undefined when there is no such thing. */
export async function subjectName(
  db: Db | Tx,
  kind: HoldSubject,
  id: string | null,
): Promise<string | undefined> {
  if (kind === "installation") return "Everything"
  const column = { person: "name", project: "title", data_set: "title", organisation: "name", release: "id" }[
    kind
  ]
  const { rows } = await sql<{
    name: string
  }>`select ${sql.ref(column)} as name from ${sql.table(SUBJECT_TABLE[kind])} where id = ${id}`.execute(db)
  return rows[0]?.name
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
    await assertNotPlaced(tx, actor.person, input)
    await insertHold(ctx, tx, recorder, {
      id,
      ...input,
      cause: input.subject === "installation" ? "stop_everything" : input.kind,
      withinProject: null,
      byKind: "person",
      byId: actor.person,
    })
  })
  return { id, index }
}

/** A second click by the same person is one hold; somebody else's hold on the same thing is another. */
async function assertNotPlaced(tx: Tx, person: string, input: PlaceHold): Promise<void> {
  const key = `hold:${input.subject}:${input.subjectId ?? ""}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx)
  const same = await tx
    .selectFrom("hold")
    .select("id")
    .where("subject_kind", "=", input.subject)
    .where("subject_id", input.subjectId === null ? "is" : "=", input.subjectId)
    .where("kind", "=", input.kind)
    .where("by_id", "=", person)
    .where("lifted_at", "is", null)
    .executeTakeFirst()
  if (same) throw new Conflict("already_exists")
}

export interface NewHold extends PlaceHold {
  readonly id: string
  readonly cause: string
  readonly withinProject: string | null
  readonly byKind: "person" | "system"
  readonly byId: string
}

/**
 * Places it and cuts: a hold on a person ends their browser sessions with it, everything else is cut by the
 * next renewal of a lease. Returns false when a system hold of this cause is in force already.
 */
export async function insertHold(ctx: Ctx, tx: Tx, recorder: Recorder, hold: NewHold): Promise<boolean> {
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
      from_at: ctx.clock.now(),
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
  await cut(ctx, tx, recorder, {
    subject_kind: hold.subject,
    subject_id: hold.subjectId,
    by_kind: hold.byKind,
  })
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

async function cut(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  hold: Pick<HoldRow, "subject_kind" | "subject_id" | "by_kind">,
) {
  // What ran out stops work, not reading why.
  if (hold.subject_kind === "person" && hold.subject_id !== null && hold.by_kind === "person")
    await endSessionsWithin(ctx, tx, recorder, { person: hold.subject_id }, "hold_person")
}

/** Holds that a renewal ends, each with its event. */
export async function endExpiryHolds(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  of: {
    readonly subject: "person" | "project"
    readonly id: string
    readonly cause: (typeof EXPIRY_CAUSES)[number]
    /** what was renewed */
    readonly by: string
    readonly within?: string
  },
): Promise<void> {
  let query = tx
    .updateTable("hold")
    .set({ lifted_at: ctx.clock.now(), lifted_by: of.by })
    .where("subject_kind", "=", of.subject)
    .where("subject_id", "=", of.id)
    .where("cause", "=", of.cause)
    .where("lifted_at", "is", null)
  if (of.within !== undefined) query = query.where("within_project", "=", of.within)
  const project = of.subject === "project" ? of.id : of.within
  for (const hold of await query.returning("id").execute()) {
    await recorder.record({
      code: "hold.ended",
      ...(project === undefined ? {} : { project }),
      ...(of.subject === "person" ? { subject: of.id } : {}),
      facts: { hold: hold.id, cause: of.cause },
    })
    await recorder.touch("holds")
  }
}

/** What was lifted for a stated time acts again when that is over, and needs two people again. */
export async function resumeHolds(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now()
  const over = await ctx.db
    .selectFrom("hold")
    .select("id")
    .where("lift_until", "<=", now)
    .where("lifted_at", "is not", null)
    .execute()
  for (const { id } of over) {
    await change(ctx, { actor: { kind: "system", id: "holds" } }, async (tx, recorder) => {
      const row = await tx
        .updateTable("hold")
        .set({
          lifted_at: null,
          lifted_by: null,
          lift_proposed_by: null,
          lift_proposed_at: null,
          lift_reason: null,
          lift_until: null,
        })
        .where("id", "=", id)
        .where("lift_until", "<=", now)
        .where("lifted_at", "is not", null)
        .returning(["subject_kind", "subject_id", "by_kind", "cause"])
        .executeTakeFirst()
      if (!row) return
      await cut(ctx, tx, recorder, row)
      await recorder.record({
        code: "hold.resumed",
        ...(row.subject_kind === "project" ? { project: row.subject_id ?? undefined } : {}),
        ...(row.subject_kind === "person" ? { subject: row.subject_id ?? undefined } : {}),
        facts: { hold: id, cause: row.cause },
      })
      await recorder.touch("holds", ...(row.subject_kind === "project" ? [`project:${row.subject_id}`] : []))
    })
  }
}
