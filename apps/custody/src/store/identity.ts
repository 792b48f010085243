// Masters, identity keys and the subjects of submissions. Writers demand a transaction.
import { sql } from "kysely"
import type { KeyIndex } from "../domain/ladder.ts"
import type { Db, Tx } from "./db.ts"

/** One linker at a time: two that meet the same new person must not mint twice. Held to the end of `tx`. */
export async function lockLinking(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(7310001)`.execute(tx)
}

export async function ensureSource(tx: Tx, dataSet: string, submission: string): Promise<number> {
  await tx
    .insertInto("source")
    .values({ data_set: dataSet, submission })
    .onConflict((oc) => oc.doNothing())
    .execute()
  return (await findSource(tx, dataSet, submission)) ?? 0
}

export async function findSource(
  db: Db | Tx,
  dataSet: string,
  submission: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("source")
    .select("source")
    .where("data_set", "=", dataSet)
    .where("submission", "=", submission)
    .executeTakeFirst()
  return row?.source
}

export async function loadKeys(tx: Tx, tokens: readonly string[]): Promise<KeyIndex> {
  const rows = await sql<{ token: string; master: string | null }>`
    select encode(k.token, 'hex') as token, k.master::text as master
    from identity_key k join unnest(${tokens}::text[]) as t(hex) on k.token = decode(t.hex, 'hex')`.execute(
    tx,
  )
  return new Map(rows.rows.map((r) => [r.token, r.master === null ? null : BigInt(r.master)]))
}

export async function saveKeys(tx: Tx, changed: KeyIndex): Promise<void> {
  const tokens = [...changed.keys()]
  const masters = [...changed.values()].map((m) => (m === null ? null : m.toString()))
  await sql`
    insert into identity_key (token, master)
    select decode(t.token, 'hex'), t.master from unnest(${tokens}::text[], ${masters}::bigint[]) as t(token, master)
    on conflict (token) do update set master = excluded.master`.execute(tx)
}

export type MintedMaster = { readonly master: bigint; readonly reference: string }

export async function saveMasters(tx: Tx, minted: readonly MintedMaster[]): Promise<void> {
  await sql`
    insert into master (master, reference)
    select t.master, decode(t.reference, 'hex')
    from unnest(${minted.map((m) => m.master.toString())}::bigint[], ${minted.map((m) => m.reference)}::text[])
      as t(master, reference)`.execute(tx)
}

export async function loadReferences(tx: Tx, masters: readonly bigint[]): Promise<Map<bigint, string>> {
  const rows = await sql<{ master: string; reference: string }>`
    select m.master::text as master, encode(m.reference, 'hex') as reference
    from master m where m.master = any(${masters.map(String)}::bigint[])`.execute(tx)
  return new Map(rows.rows.map((r) => [BigInt(r.master), r.reference]))
}

export type SubjectRow = { readonly token: string; readonly master: bigint; readonly method: number }

export async function loadSubjects(
  db: Db | Tx,
  source: number,
  tokens: readonly string[],
): Promise<Map<string, SubjectRow>> {
  const rows = await sql<{ token: string; master: string; method: number }>`
    select t.hex as token, s.master::text as master, s.method
    from subject s join unnest(${tokens}::text[]) as t(hex) on s.token = decode(t.hex, 'hex')
    where s.source = ${source}`.execute(db)
  return new Map(
    rows.rows.map((r) => [r.token, { token: r.token, master: BigInt(r.master), method: r.method }]),
  )
}

export async function saveSubjects(tx: Tx, source: number, subjects: readonly SubjectRow[]): Promise<void> {
  await sql`
    insert into subject (source, token, master, method)
    select ${source}::integer, decode(t.token, 'hex'), t.master, t.method
    from unnest(${subjects.map((s) => s.token)}::text[], ${subjects.map((s) => s.master.toString())}::bigint[],
      ${subjects.map((s) => s.method)}::smallint[]) as t(token, master, method)`.execute(tx)
}
