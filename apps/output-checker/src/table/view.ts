// A table with the meaning of its cells: what the rules look at.
import { readCell, wholeOf, type Cell } from "./cell.ts"
import type { ColumnScan } from "./column.ts"
import { decideRoles, decideRowRoles, isTotalName, type ColumnRole, type Role } from "./roles.ts"
import type { Table } from "./table.ts"

export interface TableView {
  table: Table
  roles: ColumnRole[]
  /** role of each row, where a column of words names the statistic of each row */
  rowRoles: (ColumnRole | undefined)[] | undefined
  /** that column of words */
  statistic: number
  /** columns that name the groups, left to right */
  labels: number[]
  counts: number[]
}

const LABEL_ROLES = new Set<Role>(["label", "ordinal", "date"])

export function isLabelRole(role: Role): boolean {
  return LABEL_ROLES.has(role)
}

export function viewTable(table: Table): TableView {
  const roles = decideRoles(table)
  const rows = decideRowRoles(table, roles)
  return {
    table,
    roles,
    rowRoles: rows?.roles,
    statistic: rows?.column ?? -1,
    labels: roles.flatMap((r, i) => (LABEL_ROLES.has(r.role) ? [i] : [])),
    counts: roles.flatMap((r, i) => (r.role === "count" ? [i] : [])),
  }
}

/** Role of one cell: the row's statistic where rows are statistics, else the column's. */
export function roleAt(view: TableView, row: number, column: number): ColumnRole {
  const own = view.roles[column] ?? { role: "empty", why: "" }
  if (view.rowRoles === undefined || own.role === "empty") return own
  // A number named "age" beside rows named mean and max is a variable, not a label.
  if (LABEL_ROLES.has(own.role) && !(own.role === "ordinal" && column > view.statistic)) return own
  const byRow = view.rowRoles[row]
  if (byRow === undefined) return own
  return byRow
}

export function cellAt(view: TableView, row: number, column: number): Cell {
  return readCell(view.table.cells?.[row]?.[column] ?? "", view.table.decimalComma)
}

export function countAt(view: TableView, row: number, column: number): number | undefined {
  return wholeOf(cellAt(view, row, column))
}

export interface PlacedCount {
  row: number
  column: number
  value: number
  text: string
}

function* selected(
  view: TableView,
  pick: (column: ColumnScan) => { rows: number[]; texts: string[] },
): Generator<PlacedCount> {
  for (const c of view.counts) {
    const column = view.table.columns[c] as ColumnScan
    const places = pick(column)
    for (const [i, row] of places.rows.entries()) {
      const text = places.texts[i] ?? ""
      yield { row, column: c, value: wholeOf(readCell(text, view.table.decimalComma)) ?? 0, text }
    }
  }
}

function* byCell(view: TableView, keep: (value: number) => boolean): Generator<PlacedCount> {
  const rows = view.table.cells ?? []
  for (let r = 0; r < rows.length; r++)
    for (let c = 0; c < view.roles.length; c++) {
      if (roleAt(view, r, c).role !== "count") continue
      const text = rows[r]?.[c] ?? ""
      const value = wholeOf(readCell(text, view.table.decimalComma))
      if (value !== undefined && keep(value)) yield { row: r, column: c, value, text }
    }
}

/** Counts c with 0 < c < threshold, in reading order of columns. */
export function smallCounts(view: TableView, threshold: number): Iterable<PlacedCount> {
  return view.rowRoles === undefined
    ? selected(view, (c) => c.small)
    : byCell(view, (v) => v > 0 && v < threshold)
}

export function zeroCounts(view: TableView): Iterable<PlacedCount> {
  return view.rowRoles === undefined ? selected(view, (c) => c.zeros) : byCell(view, (v) => v === 0)
}

/** True when some cell of the table is a count. */
export function hasCounts(view: TableView): boolean {
  return view.counts.length > 0 || (view.rowRoles?.some((r) => r?.role === "count") ?? false)
}

export function nameOfColumn(view: TableView, column: number): string {
  return view.table.columns[column]?.name ?? `column ${column + 1}`
}

/** Words of the row's labels, for messages and for matching rows of two tables. */
export function rowKey(view: TableView, row: number, labels: readonly number[] = view.labels): string {
  return labels.map((c) => (view.table.cells?.[row]?.[c] ?? "").trim().toLowerCase()).join(" | ")
}

export function isTotalRow(view: TableView, row: number): boolean {
  return view.labels.some((c) => isTotalName(view.table.cells?.[row]?.[c] ?? ""))
}

export function isTotalColumn(view: TableView, column: number): boolean {
  const name = nameOfColumn(view, column)
  return (
    name.split(" / ").some(isTotalName) ||
    /^(?:n |count )?total\b|\btotal(?: n| count)?$/i.test(name.replace(/[_.]/g, " "))
  )
}
