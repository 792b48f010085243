// Project numbers, the map master → rank, reversals. A rank that was given is never changed or reused.
import { sql } from "kysely"
import type { Db, Tx } from "./db.ts"

export type ProjectRow = { project: string; number: number; salt: Buffer | null; destroyedAt: Date | null }

export async function findProject(db: Db | Tx, project: string): Promise<ProjectRow | undefined> {
  const row = await db.selectFrom("project").selectAll().where("project", "=", project).executeTakeFirst()
  return row && { project: row.project, number: row.number, salt: row.salt, destroyedAt: row.destroyed_at }
}

/** False when the number is taken or the project exists; the caller looks again and draws another number. */
export async function insertProject(tx: Tx, project: string, number: number, salt: Buffer): Promise<boolean> {
  const done = await tx
    .insertInto("project")
    .values({ project, number, salt })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst()
  return done.numInsertedOrUpdatedRows === 1n
}

export async function saveOffer(
  tx: Tx,
  number: number,
  extract: string,
  people: readonly { master: bigint; token: string }[],
): Promise<void> {
  // a master that custody never minted breaks the foreign key: the whole offer is refused
  await sql`
    insert into project_offer (number, extract, master, token)
    select ${number}::integer, ${extract}, t.master, decode(t.token, 'hex')
    from unnest(${people.map((p) => p.master.toString())}::bigint[], ${people.map((p) => p.token)}::text[])
      as t(master, token)
    on conflict do nothing`.execute(tx)
}

export async function assignRanks(tx: Tx, number: number, extract: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(7310002, ${number}::integer)`.execute(tx)
  // the offer is new to the planner, who would compare every offered person with every known one
  await sql`set local enable_nestloop = off`.execute(tx)
  const done = await sql`
    insert into project_person (number, rank, master)
    select ${number}::integer,
      (select coalesce(max(rank), 0) from project_person where number = ${number}) + row_number() over (order by o.token),
      o.master
    from project_offer o
    where o.number = ${number} and o.extract = ${extract} and not exists
      (select 1 from project_person p where p.number = o.number and p.master = o.master)`.execute(tx)
  await tx.deleteFrom("project_offer").where("number", "=", number).where("extract", "=", extract).execute()
  return Number(done.numAffectedRows ?? 0n)
}

export async function countPeople(db: Db | Tx, number: number): Promise<number> {
  const row = await db
    .selectFrom("project_person")
    .select((eb) => eb.fn.countAll<string>().as("people"))
    .where("number", "=", number)
    .executeTakeFirstOrThrow()
  return Number(row.people)
}

export async function loadRanks(
  db: Db | Tx,
  number: number,
  masters: readonly bigint[],
): Promise<Map<bigint, number>> {
  const rows = await sql<{ master: string; rank: string }>`
    select master::text as master, rank::text as rank from project_person
    where number = ${number} and master = any(${masters.map(String)}::bigint[])`.execute(db)
  return new Map(rows.rows.map((r) => [BigInt(r.master), Number(r.rank)]))
}

export async function destroyMap(tx: Tx, number: number): Promise<void> {
  await tx.deleteFrom("project_offer").where("number", "=", number).execute()
  await tx.deleteFrom("project_person").where("number", "=", number).execute()
  await tx
    .updateTable("project")
    .set({ salt: null, destroyed_at: new Date() })
    .where("number", "=", number)
    .execute()
}

export async function findReference(tx: Tx, number: number, rank: number): Promise<string | undefined> {
  const rows = await sql<{ reference: string }>`
    select encode(m.reference, 'hex') as reference from project_person p join master m on m.master = p.master
    where p.number = ${number} and p.rank = ${rank}`.execute(tx)
  return rows.rows[0]?.reference
}
