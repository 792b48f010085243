// From an agreement's tables to what is read and written. Everything is checked against the contract before any
// data is read; an unknown column, table or filter refuses the whole extract.
import type { ExtractParams, ExtractTable, Filter } from "../contract.ts"
import { getTable, publishedColumns, type DataSet, type PublishedColumn, type Table } from "../data-set.ts"
import { PipelineError } from "./errors.ts"
import { compileFilter, type FilterColumns } from "./filter.ts"
import * as sql from "./sql.ts"

export type PlannedTable = {
  readonly name: string
  readonly source: ExtractTable
  readonly table: Table
  readonly columns: readonly PublishedColumn[]
  /** SQL over the linked table, or null */
  readonly where: string | null
}

export type ExtractPlan = {
  readonly tables: readonly PlannedTable[]
  readonly cohort: {
    readonly dataSet: string
    readonly snapshot: string
    readonly table: string
    readonly where: string
  } | null
}

function refuse(message: string): PipelineError {
  return new PipelineError("extract_refused", message)
}

function tableOf(dataSets: ReadonlyMap<string, DataSet>, code: string, name: string): Table {
  const dataSet = dataSets.get(code)
  if (!dataSet) throw refuse(`there is no data set ${code}`)
  if (!dataSet.tables.some((t) => t.name === name)) throw refuse(`${code} has no table ${name}`)
  return getTable(dataSet, name)
}

/** Only what is published can be filtered by; a person's pseudonym cannot. */
export function filterColumns(table: Table): FilterColumns {
  return new Map(
    publishedColumns(table)
      .filter((c) => !c.person)
      .map((c) => [c.name, c.type]),
  )
}

function datesSql(table: Table, dates: ExtractParams["dates"]): string[] {
  if (dates === undefined || table.date === undefined) return []
  const filter: Filter[] = []
  if (dates.from !== undefined) filter.push({ column: table.date, op: "ge", value: dates.from })
  if (dates.to !== undefined) filter.push({ column: table.date, op: "le", value: dates.to })
  return filter.map((f) => compileFilter(f, filterColumns(table)))
}

function planTable(source: ExtractTable, table: Table, dates: ExtractParams["dates"]): PlannedTable {
  const published = publishedColumns(table)
  const wanted = source.columns?.filter((c) => c !== "person_id")
  const unknown = wanted?.find((w) => !published.some((p) => p.name === w))
  if (unknown !== undefined) throw refuse(`${source.dataSet}_${source.table} publishes no column ${unknown}`)
  const columns = wanted === undefined ? published : published.filter((p) => wanted.includes(p.name))
  const conditions = datesSql(table, dates)
  if (source.where !== undefined) conditions.push(compileFilter(source.where, filterColumns(table)))
  return {
    name: `${source.dataSet}_${source.table}`,
    source,
    table,
    columns,
    where: conditions.length === 0 ? null : conditions.join(" AND "),
  }
}

export function planExtract(params: ExtractParams, dataSets: ReadonlyMap<string, DataSet>): ExtractPlan {
  const tables = params.tables.map((t) => planTable(t, tableOf(dataSets, t.dataSet, t.table), params.dates))
  const names = tables.map((t) => t.name)
  if (new Set(names).size !== names.length) throw refuse("a table is named twice")
  const { cohort } = params
  if (cohort === undefined) return { tables, cohort: null }
  const where = compileFilter(cohort.where, filterColumns(tableOf(dataSets, cohort.dataSet, cohort.table)))
  return {
    tables,
    cohort: { dataSet: cohort.dataSet, snapshot: cohort.snapshot, table: cohort.table, where },
  }
}

/** Select of one planned table: `l` linked rows, `p` the project's map; other people appear only when mapped. */
export function selectSql(planned: PlannedTable, relation: string, cohort: boolean, order: string): string {
  const columns: string[] = []
  const joins: string[] = []
  for (const column of planned.columns) {
    const name = sql.ident(column.name)
    if (column.person) {
      const alias = sql.ident(`p_${column.name}`)
      joins.push(`LEFT JOIN person_map ${alias} ON ${alias}.master = l.${name}`)
      columns.push(`${alias}.person_id AS ${name}`)
    } else columns.push(`l.${name} AS ${name}`)
  }
  const from = `(SELECT * FROM ${relation}${planned.where === null ? "" : ` WHERE ${planned.where}`}) l`
  const kind = cohort ? "JOIN" : "LEFT JOIN"
  return `SELECT p.person_id AS person_id, ${sql.list(columns)} FROM ${from}
    ${kind} person_map p ON p.master = l.gh_master ${joins.join(" ")} ORDER BY ${order}`
}
