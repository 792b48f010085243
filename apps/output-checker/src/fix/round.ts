// Rounds the counts of a table after its small ones are masked. Totals are the sum of the rounded cells that
// are shown, shares are recomputed from them, so that nothing of the exact counts is left.
import type { Policy } from "../check.ts"
import type { Rounding } from "../policy.ts"
import { findSums, keyOf } from "../rules/additive.ts"
import { findShareRelation } from "../rules/shares.ts"
import { cellAt, countAt, type TableView } from "../table/view.ts"
import type { Edit } from "./edit.ts"

function roundTo(value: number, rounding: Rounding): number {
  const base = rounding.nearest[0]
  if (base !== undefined) return Math.round(value / base) * base
  const middle = rounding.midpoint[0] ?? 6
  // 0 stays, 1-6 is 3, 7-12 is 9 for a base of 6
  return value === 0 ? 0 : (Math.ceil(value / middle) - 1) * middle + middle / 2
}

export function roundTable(
  view: TableView,
  masks: readonly Edit[],
  rounding: Rounding,
  policy: Policy,
): Edit[] {
  if (view.table.cells === undefined || view.rowRoles !== undefined) return []
  const masked = new Set(masks.map(keyOf))
  const shown = new Map<string, { row: number; column: number; value: number }>()
  for (let row = 0; row < view.table.rowCount; row++)
    for (const column of view.counts) {
      const value = countAt(view, row, column)
      if (value === undefined || masked.has(keyOf({ row, column }))) continue
      shown.set(keyOf({ row, column }), { row, column, value: roundTo(value, rounding) })
    }
  const lines = findSums(view)
  // Totals of totals settle after a few rounds.
  for (let round = 0; round < 4; round++)
    for (const line of lines) {
      const total = shown.get(keyOf(line.total))
      if (total === undefined) continue
      total.value = line.parts.reduce((sum, part) => sum + (shown.get(keyOf(part))?.value ?? 0), 0)
    }
  const edits = new Map(masks.map((e) => [keyOf(e), e]))
  const put = (row: number, column: number, after: string, why: string): void => {
    if ((view.table.cells?.[row]?.[column] ?? "").trim() !== after)
      edits.set(keyOf({ row, column }), { row, column, after, why })
  }
  const name =
    rounding.nearest[0] === undefined
      ? `midpoint ${rounding.midpoint[0] ?? 6}`
      : `the nearest ${rounding.nearest[0]}`
  for (const cell of shown.values()) {
    const before = cellAt(view, cell.row, cell.column)
    const small = cell.value > 0 && cell.value < policy.parameters.threshold
    const after = before.kind === "pair" ? pairText(view, cell, shown) : String(cell.value)
    if (before.kind !== "number" || before.value !== cell.value)
      put(
        cell.row,
        cell.column,
        small ? "*" : after,
        small ? "Rounded, it is a count below the threshold." : `Rounded to ${name}.`,
      )
  }
  for (const [c, role] of view.roles.entries()) {
    if (role.role !== "share") continue
    const relation = findShareRelation(view, c)
    if (relation?.numerator === undefined) continue
    const decimals = view.table.columns[c]?.maxDecimals ?? 1
    for (let row = 0; row < view.table.rowCount; row++) {
      const key = keyOf({ row, column: c })
      const cell = cellAt(view, row, c)
      if (edits.has(key) || (cell.kind !== "number" && cell.kind !== "percent")) continue
      const count = shown.get(keyOf({ row, column: relation.numerator }))?.value
      const exact = relation.total(row)
      const total = totalShown(view, shown, relation.numerator, exact)
      if (count === undefined || total === undefined || total === 0) continue
      const sign = cell.kind === "percent" ? "%" : ""
      put(
        row,
        c,
        `${((relation.scale * count) / total).toFixed(decimals)}${sign}`,
        "Recomputed from the rounded counts.",
      )
    }
  }
  return [...edits.values()]
}

type Shown = ReadonlyMap<string, { row: number; column: number; value: number }>

/** The rounded cell that stood for this exact total: in the same column first, then anywhere in the table. */
function totalShown(
  view: TableView,
  shown: Shown,
  numerator: number,
  exact: number | undefined,
): number | undefined {
  if (exact === undefined) return undefined
  let found: number | undefined
  for (const cell of shown.values()) {
    if (countAt(view, cell.row, cell.column) !== exact) continue
    if (cell.column === numerator) return cell.value
    found ??= cell.value
  }
  if (found !== undefined) return found
  // The total is the sum of the column: then so it is of the rounded column.
  let sum = 0
  for (const cell of shown.values()) if (cell.column === numerator) sum += cell.value
  return sum
}

/** "19 (12.3%)" keeps its form with the share made anew, or loses it when the total is not shown. */
function pairText(
  view: TableView,
  cell: { row: number; column: number; value: number },
  shown: Shown,
): string {
  const before = cellAt(view, cell.row, cell.column)
  if (before.kind !== "pair" || before.form !== "bracket") return String(cell.value)
  const total = [...shown.values()]
    .filter((s) => s.column === cell.column)
    .reduce((most, s) => Math.max(most, s.value), 0)
  const exact = Math.max(
    ...[...shown.values()]
      .filter((s) => s.column === cell.column)
      .map((s) => countAt(view, s.row, s.column) ?? 0),
  )
  const fits =
    exact > 0 && Math.abs((100 * before.first) / exact - before.second) <= 0.5 * 10 ** -before.decimals + 1e-9
  if (!fits || total === 0) return String(cell.value)
  return `${cell.value} (${((100 * cell.value) / total).toFixed(before.decimals)}${before.percent ? "%" : ""})`
}
