// Who a person is now: appointments in force. Read for every request, so that a removed role is gone
// with the next one.
import type { Appointed, PersonActor } from "../domain/actor.ts"
import type { Db, Tx } from "./db.ts"

export async function listAppointments(db: Db | Tx, person: string, now: Date): Promise<Appointed[]> {
  const rows = await db
    .selectFrom("appointment")
    .select(["role", "scope_kind", "scope_id", "until_at"])
    .where("person_id", "=", person)
    .where("state", "=", "active")
    .where("from_at", "<=", now)
    .execute()
  // An expired project membership still names its holder as a member (who reads why nothing opens); an
  // expired installation or data-set role is no role.
  return rows
    .filter((r) => r.scope_kind === "project" || r.until_at === null || r.until_at > now)
    .map((r) => ({ role: r.role, scope: r.scope_kind, id: r.scope_id, until: r.until_at }))
}

/** The person as an actor without a browser session: for decisions about their running workspace. */
export async function findPersonActor(
  db: Db | Tx,
  person: string,
  session: string,
  now: Date,
): Promise<PersonActor | undefined> {
  const row = await db.selectFrom("person").selectAll().where("id", "=", person).executeTakeFirst()
  if (!row) return undefined
  return {
    kind: "person",
    person: row.id,
    name: row.name,
    email: row.email,
    organisation: row.organisation_id,
    session,
    appointments: await listAppointments(db, person, now),
    acr: "",
    authTime: 0,
  }
}
