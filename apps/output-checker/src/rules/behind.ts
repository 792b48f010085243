// The number of people behind a mean, rate or share: in the table itself, in a supporting file with the
// same row labels, or in evidence computed from the data.
import type { Role } from "../table/roles.ts"
import { wordsOf } from "../table/identifiers.ts"
import { cellAt, countAt, isTotalColumn, nameOfColumn, roleAt, type TableView } from "../table/view.ts"
import type { RuleContext } from "./rule.ts"

export interface CountSource {
  known: "file" | "supporting" | "evidence" | "none"
  small: { row: number; message: string }[]
}

const TELLS_ABOUT_PEOPLE = new Set<Role>(["mean", "spread", "sum", "quantile", "extreme", "mode"])

/** The count column that belongs to a column of statistics: the nearest to its left, else the first. */
export function countColumnFor(view: TableView, column: number): number | undefined {
  const stem = wordsOf(nameOfColumn(view, column)).split(" ")
  const related = view.counts.find((c) => {
    const words = wordsOf(nameOfColumn(view, c)).split(" ")
    return words.length > 1 && words.some((w) => w.length > 2 && stem.includes(w))
  })
  if (related !== undefined) return related
  const left = view.counts.filter((c) => c < column)
  return left[left.length - 1] ?? view.counts[0]
}

function behindInRows(
  view: TableView,
  column: number,
  row: number,
): { value: number | undefined; masked: boolean } | undefined {
  const rows = view.rowRoles ?? []
  let best: number | undefined
  for (const [r, role] of rows.entries()) {
    if (role?.role !== "count") continue
    if (best === undefined || Math.abs(r - row) < Math.abs(best - row)) best = r
  }
  if (best === undefined) return undefined
  return { value: countAt(view, best, column), masked: cellAt(view, best, column).kind === "mask" }
}

/** Label tuple of each row over the given columns, in lower case. */
function keysOf(view: TableView, columns: readonly number[]): Map<string, number> | undefined {
  const keys = new Map<string, number>()
  for (let r = 0; r < view.table.rowCount; r++) {
    const key = columns.map((c) => (view.table.cells?.[r]?.[c] ?? "").trim().toLowerCase()).join("\u0000")
    if (keys.has(key)) return undefined
    keys.set(key, r)
  }
  return keys
}

/** Row of the supporting table for each asked row, when every one is found by its labels. */
function matchRows(
  view: TableView,
  other: TableView,
  rows: readonly number[],
): Map<number, number> | undefined {
  if (other.table.cells === undefined || view.table.cells === undefined) return undefined
  const names = view.labels.map((c) => wordsOf(nameOfColumn(view, c)))
  const pairs = view.labels.flatMap((c, i) => {
    const same = other.labels.find((o) => wordsOf(nameOfColumn(other, o)) === names[i])
    return same === undefined ? [] : [[c, same] as const]
  })
  if (pairs.length === 0 && view.labels.length > 0 && other.labels.length > 0)
    pairs.push([view.labels[0] ?? 0, other.labels[0] ?? 0])
  if (pairs.length === 0) return undefined
  const keys = keysOf(
    other,
    pairs.map((p) => p[1]),
  )
  if (keys === undefined) return undefined
  const found = new Map<number, number>()
  for (const row of rows) {
    const key = pairs.map(([c]) => (view.table.cells?.[row]?.[c] ?? "").trim().toLowerCase()).join("\u0000")
    const match = keys.get(key)
    if (match === undefined) return undefined
    found.set(row, match)
  }
  return found
}

/** @param rows data rows of `column` that show a number in need of a count */
export function findBehind(
  context: RuleContext,
  view: TableView,
  column: number,
  rows: readonly number[],
  limit: number,
): CountSource {
  const name = nameOfColumn(view, column)
  const evidence = context.evidence
  if (evidence !== undefined) {
    const small: CountSource["small"] = []
    const complete = rows.every((row) => {
      const cell = evidence.find((e) => e.row === row && e.column === name && e.people !== undefined)
      if (cell?.people !== undefined && cell.people > 0 && cell.people < limit)
        small.push({
          row,
          message: `${cell.people} people stand behind this number, below the threshold of ${limit} (counted in the data).`,
        })
      return cell !== undefined
    })
    if (complete) return { known: "evidence", small }
  }
  const small: CountSource["small"] = []
  if (view.rowRoles !== undefined) {
    for (const row of rows) {
      const behind = behindInRows(view, column, row)
      if (behind === undefined || (behind.value === undefined && !behind.masked))
        return fromSupporting(context, view, rows, limit)
      if (behind.masked) small.push({ row, message: maskedMessage(roleAt(view, row, column).role) })
    }
    return { known: "file", small }
  }
  const count = countColumnFor(view, column)
  if (count === undefined) return fromSupporting(context, view, rows, limit)
  for (const row of rows) {
    const cell = cellAt(view, row, count)
    if (cell.kind === "empty" || cell.kind === "text") return fromSupporting(context, view, rows, limit)
    if (cell.kind === "mask" && TELLS_ABOUT_PEOPLE.has(roleAt(view, row, column).role))
      small.push({ row, message: maskedMessage(roleAt(view, row, column).role) })
  }
  return { known: "file", small }
}

function maskedMessage(role: Role): string {
  return `The number of people is masked as too small, and their ${role === "sum" ? "sum" : role === "mean" ? "mean" : "statistic"} is shown.`
}

function fromSupporting(
  context: RuleContext,
  view: TableView,
  rows: readonly number[],
  limit: number,
): CountSource {
  for (const { path, view: other } of context.supporting) {
    if (other.counts.length === 0) continue
    const matched = matchRows(view, other, rows)
    if (matched === undefined) continue
    const total = other.counts.find((c) => isTotalColumn(other, c))
    const column = total ?? other.counts[0] ?? 0
    const small: CountSource["small"] = []
    const complete = rows.every((row) => {
      const value = countAt(other, matched.get(row) ?? -1, column)
      if (value !== undefined && value > 0 && value < limit)
        small.push({
          row,
          message: `${value} people stand behind this number (supporting file ${path}), below the threshold of ${limit}.`,
        })
      return value !== undefined
    })
    if (complete) return { known: "supporting", small }
  }
  return { known: "none", small: [] }
}
