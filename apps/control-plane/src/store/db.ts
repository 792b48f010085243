// The database handle. Readers take `Db`, writers demand `Tx`, so that a change without a transaction
// (and so without its event) does not compile.
import { Kysely, PostgresDialect, type Transaction } from "kysely"
import { Pool, types } from "pg"
import type { Tables } from "./tables.ts"

export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>

const INT8 = 20
const DATE = 1082
// Sequence numbers, sizes and log indexes: all below 2^53.
types.setTypeParser(INT8, Number)
// A civil date has no time zone; pg would make it a moment.
types.setTypeParser(DATE, (text) => text)

export interface DatabaseOptions {
  readonly connectionString: string
  readonly max?: number
}

export function openPool(options: DatabaseOptions): Pool {
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.max ?? 16,
    connectionTimeoutMillis: 2_000,
    options: "-c statement_timeout=10000 -c lock_timeout=5000 -c timezone=UTC",
  })
  // A connection that breaks, idle or in a transaction, fails its query and is replaced by the pool;
  // without these listeners it would end the process.
  pool.on("error", () => {})
  pool.on("connect", (client) => client.on("error", () => {}))
  return pool
}

export function openDb(pool: Pool): Db {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}
