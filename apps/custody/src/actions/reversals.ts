// From one person_id back to the person's reference in the identity zone: asked by one, approved by two others,
// opened once. Custody counts people; that they are who they say was proved to the control plane by a fresh code.
import { randomBytes } from "node:crypto"
import { Conflict, Denied, Invalid, NotFound } from "../domain/errors.ts"
import { fromPersonId } from "../domain/person-id.ts"
import type { ReversalRequest } from "../protocol.ts"
import type { Db } from "../store/db.ts"
import { record } from "../store/journal.ts"
import { findReference } from "../store/projects.ts"
import { getLiveProject } from "./projects.ts"

export const APPROVALS_NEEDED = 2
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

function drawId(): string {
  return Array.from(randomBytes(12), (b) => ALPHABET[b & 31]).join("")
}

function assertInProject(personId: number, number: number): number {
  let parts: { number: number; rank: number }
  try {
    parts = fromPersonId(personId)
  } catch (cause) {
    throw new Invalid("person_id_invalid", "this is no person id", { cause })
  }
  if (parts.number !== number) throw new Denied("foreign_person_id", "this person id is not of this project")
  return parts.rank
}

export async function requestReversal(db: Db, request: ReversalRequest): Promise<string> {
  return db.transaction().execute(async (tx) => {
    const { number } = await getLiveProject(tx, request.project)
    assertInProject(request.personId, number)
    const reversal = drawId()
    await tx
      .insertInto("reversal")
      .values({
        reversal,
        project: request.project,
        person_id: String(request.personId),
        reason: request.reason,
        person: request.person,
      })
      .execute()
    await record(tx, "control", "reversal.request", reversal, 1)
    return reversal
  })
}

export async function approveReversal(db: Db, reversal: string, person: string): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom("reversal")
      .selectAll()
      .where("reversal", "=", reversal)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new NotFound("reversal_unknown", "there is no such reversal")
    if (row.opened_at) throw new Conflict("reversal_opened", "this reversal was opened")
    if (row.person === person) throw new Denied("own_reversal", "nobody approves what they asked for")
    await tx
      .insertInto("reversal_approval")
      .values({ reversal, person })
      .onConflict((oc) => oc.doNothing())
      .execute()
    const approvals = await tx
      .selectFrom("reversal_approval")
      .select("person")
      .where("reversal", "=", reversal)
      .execute()
    await record(tx, "control", "reversal.approve", reversal, approvals.length)
    return approvals.length
  })
}

export async function openReversal(db: Db, reversal: string): Promise<string> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom("reversal")
      .selectAll()
      .where("reversal", "=", reversal)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new NotFound("reversal_unknown", "there is no such reversal")
    if (row.opened_at) throw new Conflict("reversal_opened", "this reversal was opened")
    const approvals = await tx
      .selectFrom("reversal_approval")
      .select("person")
      .where("reversal", "=", reversal)
      .execute()
    if (approvals.length < APPROVALS_NEEDED) {
      throw new Denied("approvals_missing", `${APPROVALS_NEEDED} approvals are needed`)
    }
    const { number } = await getLiveProject(tx, row.project)
    const reference = await findReference(tx, number, assertInProject(Number(row.person_id), number))
    if (reference === undefined) throw new NotFound("person_unknown", "nobody has this person id")
    await tx.updateTable("reversal").set({ opened_at: new Date() }).where("reversal", "=", reversal).execute()
    await record(tx, "control", "reversal.open", reversal, 1)
    return reference
  })
}
