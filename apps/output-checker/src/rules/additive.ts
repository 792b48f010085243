// The sums inside one table: which cells add up to which totals. A sum is used when its names say so and
// no line that is shown whole contradicts it.
import {
  cellAt,
  countAt,
  isTotalColumn,
  isTotalRow,
  nameOfColumn,
  roleAt,
  type TableView,
} from "../table/view.ts"
import { isTotalName } from "../table/roles.ts"

export interface CellRef {
  row: number
  column: number
}

export interface SumLine {
  total: CellRef
  parts: CellRef[]
  /** for the derivation: the column “n”, row “North” */
  name: string
}

const keyOf = (c: CellRef): string => `${c.row},${c.column}`
export { keyOf }

/** A row of a table with a heading and no number in it. */
function isHeadingRow(view: TableView, row: number): boolean {
  return view.counts.every((c) => cellAt(view, row, c).kind === "empty")
}

/** True, false, or undefined when some cell of the line is hidden. */
export function holds(view: TableView, line: SumLine): boolean | undefined {
  const total = countAt(view, line.total.row, line.total.column)
  let sum = 0
  for (const part of line.parts) {
    const value = countAt(view, part.row, part.column)
    if (value === undefined) return undefined
    sum += value
  }
  return total === undefined ? undefined : sum === total
}

function rowName(view: TableView, row: number): string {
  const words = view.labels.map((c) => (view.table.cells?.[row]?.[c] ?? "").trim()).filter((w) => w !== "")
  return words.length > 0 ? `“${words.join(", ")}”` : `row ${row}`
}

/** Lines of one family (all columns, or all rows) share a shape: kept when shown lines agree, dropped when they differ. */
function keepFamily(view: TableView, lines: SumLine[], byName: boolean): SumLine[] {
  const checks = lines.map((line) => holds(view, line))
  const right = checks.filter((c) => c === true).length
  const wrong = checks.filter((c) => c === false).length
  if (wrong > 0) return right > wrong * 3 ? lines.filter((_, i) => checks[i] !== false) : []
  return right > 0 || byName ? lines : []
}

function downLines(view: TableView, rows: readonly number[]): SumLine[] {
  const out: SumLine[] = []
  for (const d of view.labels) {
    const groups = new Map<string, number[]>()
    for (const row of rows) {
      const key = view.labels
        .filter((c) => c !== d)
        .map((c) => (view.table.cells?.[row]?.[c] ?? "").trim().toLowerCase())
        .join("\u0000")
      const list = groups.get(key)
      if (list === undefined) groups.set(key, [row])
      else list.push(row)
    }
    const family: SumLine[] = []
    for (const members of groups.values()) {
      const totals = members.filter((r) => isTotalName(view.table.cells?.[r]?.[d] ?? ""))
      const parts = members.filter((r) => !totals.includes(r))
      if (totals.length !== 1 || parts.length < 2) continue
      for (const c of view.counts)
        family.push({
          total: { row: totals[0] ?? 0, column: c },
          parts: parts.map((row) => ({ row, column: c })),
          name: `column “${nameOfColumn(view, c)}”`,
        })
    }
    out.push(...keepFamily(view, family, true))
  }
  return out
}

/** Blocks under headings, or by the first of two labels, that each add up to one overall row. */
function blockLines(view: TableView, rows: readonly number[]): SumLine[] {
  const overall = rows.filter((r) => isTotalRow(view, r))
  const total = overall[0]
  if (total === undefined || overall.length !== 1) return []
  const blocks: number[][] = []
  let block: number[] = []
  let name = ""
  for (let r = 0; r < view.table.rowCount; r++) {
    if (r === total) continue
    const first = (view.table.cells?.[r]?.[view.labels[0] ?? 0] ?? "").trim()
    const heading = isHeadingRow(view, r)
    if (heading || (view.labels.length >= 2 && first !== name && first !== "")) {
      if (block.length > 0) blocks.push(block)
      block = []
      name = first
    }
    if (!heading) block.push(r)
  }
  if (block.length > 0) blocks.push(block)
  if (blocks.length < 2) return []
  return blocks.flatMap((parts) => {
    if (parts.length < 2) return []
    const family = view.counts.map((c) => ({
      total: { row: total, column: c },
      parts: parts.map((row) => ({ row, column: c })),
      name: `column “${nameOfColumn(view, c)}”`,
    }))
    return keepFamily(view, family, false)
  })
}

function acrossLines(view: TableView, rows: readonly number[]): SumLine[] {
  const totals = view.counts.filter((c) => isTotalColumn(view, c))
  const candidates =
    totals.length > 0
      ? totals
      : view.counts.length >= 3
        ? [view.counts[view.counts.length - 1] ?? 0, view.counts[0] ?? 0]
        : []
  const out: SumLine[] = []
  for (const t of candidates) {
    const body = view.counts.filter((c) => c !== t && !totals.includes(c))
    if (body.length < 2) continue
    const lines = (parts: number[]): SumLine[] =>
      rows.map((row) => ({
        total: { row, column: t },
        parts: parts.map((column) => ({ row, column })),
        name: `row ${rowName(view, row)}`,
      }))
    const whole = keepFamily(view, lines(body), totals.length === 1)
    if (whole.length > 0) {
      out.push(...whole)
      continue
    }
    // Subtotals: the columns between this total and the one before it.
    const before = Math.max(-1, ...totals.filter((c) => c < t))
    const own = body.filter((c) => c > before && c < t)
    if (own.length >= 2 && own.length < body.length) out.push(...keepFamily(view, lines(own), false))
  }
  return out
}

/** Every sum that can be used, each once. Needs the table's cells. */
export function findSums(view: TableView): SumLine[] {
  if (view.table.cells === undefined || view.rowRoles !== undefined) return []
  const rows = Array.from({ length: view.table.rowCount }, (_, r) => r).filter(
    (r) => !isHeadingRow(view, r) && view.counts.some((c) => roleAt(view, r, c).role === "count"),
  )
  const seen = new Set<string>()
  return [...downLines(view, rows), ...blockLines(view, rows), ...acrossLines(view, rows)].filter((line) => {
    const key = `${keyOf(line.total)}=${line.parts.map(keyOf).sort().join("+")}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
