// Numbered, forward-only migrations, run under the owner's role before anything else starts. A
// database that is newer than this code is refused.
import { sql, type Kysely } from "kysely"
import * as core from "./migrations/0001-core.ts"
import * as log from "./migrations/0002-log.ts"
import * as pictures from "./migrations/0003-pictures.ts"
import * as jobs from "./migrations/0004-jobs.ts"

export interface Migration {
  readonly number: number
  readonly name: string
  readonly up: (db: Kysely<unknown>) => Promise<void>
}

export const migrations: readonly Migration[] = [
  { number: 1, name: "core", up: core.up },
  { number: 2, name: "log", up: log.up },
  { number: 3, name: "pictures", up: pictures.up },
  { number: 4, name: "jobs", up: jobs.up },
]

export class NewerDatabase extends Error {}

/** Returns the numbers that were applied. `before` runs once when there is something to apply to a database that already holds data. */
export async function migrate(
  db: Kysely<unknown>,
  before?: (from: number) => Promise<void>,
): Promise<number[]> {
  await sql`create table if not exists schema_migration (
    number integer primary key, name text not null, applied_at timestamptz not null default now())`.execute(
    db,
  )
  const { rows } = await sql<{ number: number }>`select number from schema_migration order by number`.execute(
    db,
  )
  const newest = rows.at(-1)?.number ?? 0
  const known = migrations.at(-1)?.number ?? 0
  if (newest > known) {
    throw new NewerDatabase(
      `The database is at version ${newest}; this code knows ${known}. Start the newer version.`,
    )
  }
  const open = migrations.filter((m) => m.number > newest)
  if (open.length > 0 && newest > 0) await before?.(newest)
  for (const migration of open) {
    await db.transaction().execute(async (tx) => {
      // Two processes may start at once; the second finds the work done.
      await sql`select pg_advisory_xact_lock(7202611)`.execute(tx)
      const again = await sql`select 1 from schema_migration where number = ${migration.number}`.execute(tx)
      if (again.rows.length > 0) return
      await migration.up(tx)
      await sql`insert into schema_migration (number, name) values (${migration.number}, ${migration.name})`.execute(
        tx,
      )
    })
  }
  return open.map((m) => m.number)
}
