// One DuckDB in memory for one stage, closed to everything but its scratch directory. Settings are locked before
// any data is read. Messages of DuckDB may quote values: they stay inside, callers get a code.
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api"
import { DOMAIN_MACROS } from "../domain/domains.ts"
import * as sql from "../domain/sql.ts"

export type Row = Record<string, DuckDBValue>

export type Database = {
  run(statement: string): Promise<void>
  /** Rows changed by an insert, update, copy. */
  count(statement: string): Promise<number>
  all(statement: string): Promise<Row[]>
  /** Columns of a bounded result, in order. */
  columns(statement: string): Promise<DuckDBValue[][]>
  /** Appends whole columns of text (null allowed) or 64-bit integers to a table made before. */
  append(table: string, columns: readonly AppendColumn[]): Promise<void>
  [Symbol.dispose](): void
}

export type AppendColumn = readonly (string | null)[] | readonly (bigint | null)[]

export type DatabaseOptions = { directories: readonly string[]; memory?: string; threads?: number }

export async function openDatabase(scratch: string, options: DatabaseOptions): Promise<Database> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads ?? 2),
    memory_limit: options.memory ?? "1GB",
    temp_directory: `${scratch}/spill`,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  })
  const connection = await instance.connect()
  for (const macro of DOMAIN_MACROS) await connection.run(macro)
  const allowed = sql.list([scratch, ...options.directories].map((d) => sql.text(`${d}/`)))
  await connection.run("SET temp_file_encryption = true")
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`SET allowed_directories = [${allowed}]`)
  await connection.run("SET enable_external_access = false")
  await connection.run("SET lock_configuration = true")
  return wrap(instance, connection)
}

function wrap(instance: DuckDBInstance, connection: DuckDBConnection): Database {
  return {
    async run(statement) {
      await connection.run(statement)
    },
    async count(statement) {
      const result = await connection.run(statement)
      return Number(result.rowsChanged)
    },
    async all(statement) {
      return (await connection.runAndReadAll(statement)).getRowObjects()
    },
    async columns(statement) {
      return (await connection.runAndReadAll(statement)).getColumns()
    },
    async append(table, columns) {
      const appender = await connection.createAppender(table)
      const rows = columns[0]?.length ?? 0
      for (let i = 0; i < rows; i++) {
        for (const column of columns) {
          const value = column[i]
          if (value === null || value === undefined) appender.appendNull()
          else if (typeof value === "bigint") appender.appendBigInt(value)
          else appender.appendVarchar(value)
        }
        appender.endRow()
      }
      appender.closeSync()
    },
    [Symbol.dispose]() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
