// Connection to the database `custody` and its forward migrations.
import { Kysely, PostgresDialect, type Transaction } from "kysely"
import { Migrator, type Migration } from "kysely/migration"
import pg from "pg"
import type { Config } from "../config.ts"
import * as m0001 from "./migrations/0001-maps-and-keys.ts"
import type { Tables } from "./tables.ts"

export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>

const MIGRATIONS: Record<string, Migration> = { "0001-maps-and-keys": m0001 }

export function openDatabase(database: Config["database"]): Db {
  const pool = new pg.Pool({ ...database, max: 4, application_name: "custody" })
  // an idle connection that the server closes must not end the process; the next query opens another
  pool.on("error", () => undefined)
  // The same for one that breaks while it is in use: its query fails, the process goes on.
  pool.on("connect", (client) => client.on("error", () => undefined))
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw new Error("custody's database could not be migrated", { cause: error })
}
