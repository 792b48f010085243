// Hidden cells that totals or percentages give back. Exact elimination over the sums of each table, then
// whole-number bounds; only what is determined is reported, each with arithmetic a person can follow.
import type { Recovered } from "../report.ts"
import { hasCounts, cellAt, countAt, nameOfColumn, type TableView } from "../table/view.ts"
import { findSums, holds, keyOf, type CellRef, type SumLine } from "./additive.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"
import { roundedBase } from "./rounding.ts"
import { candidates, findShareRelation, shareAt } from "./shares.ts"
import { solveLines, type Equation } from "./solve.ts"

const MAX_HIDDEN = 600
const MAX_LINES = 1200

export interface Hidden extends CellRef {
  low: number
  high: number
}

/** Cells of count columns that show no number, with what their mask says. Rows without any number are headings. */
export function hiddenCells(view: TableView): Hidden[] {
  if (view.table.cells === undefined || view.rowRoles !== undefined) return []
  const zerosShown = view.counts.some((c) => (view.table.columns[c]?.zeros.total ?? 0) > 0)
  const out: Hidden[] = []
  for (let row = 0; row < view.table.rowCount; row++) {
    const kinds = view.counts.map((c) => cellAt(view, row, c))
    if (kinds.every((cell) => cell.kind === "empty")) continue
    for (const [i, column] of view.counts.entries()) {
      const cell = kinds[i]
      if (cell === undefined || (cell.kind !== "mask" && cell.kind !== "empty" && cell.kind !== "text"))
        continue
      const low = cell.kind === "mask" ? (cell.low ?? 0) : 0
      const high = cell.kind === "mask" ? (cell.high ?? Infinity) : Infinity
      out.push({ row, column, low: zerosShown && cell.kind === "mask" ? Math.max(1, low) : low, high })
    }
  }
  return out
}

function toEquation(
  view: TableView,
  line: SumLine,
  hidden: ReadonlyMap<string, Hidden>,
): Equation | undefined {
  const unknown = new Map<string, number>()
  const shown: number[] = []
  let right = 0
  for (const part of line.parts) {
    const key = keyOf(part)
    if (hidden.has(key)) unknown.set(key, 1)
    else {
      const value = countAt(view, part.row, part.column)
      if (value === undefined) return undefined
      shown.push(value)
      right -= value
    }
  }
  const totalKey = keyOf(line.total)
  let total: number | undefined
  if (hidden.has(totalKey)) unknown.set(totalKey, -1)
  else {
    total = countAt(view, line.total.row, line.total.column)
    if (total === undefined) return undefined
    right += total
  }
  return unknown.size === 0 ? undefined : { unknown, right, name: line.name, total, shown }
}

interface Found {
  hidden: Hidden
  value?: number
  low?: number
  high?: number
  derivation: string
}

/** Hidden counts whose share is shown: 12.5% of 80 is 10. */
function fromShares(view: TableView, hidden: ReadonlyMap<string, Hidden>, base: number): Found[] {
  const found: Found[] = []
  if (base > 1) return found
  for (const [c, role] of view.roles.entries()) {
    if (role.role !== "share") continue
    const relation = findShareRelation(view, c)
    if (relation?.numerator === undefined) continue
    for (let r = 0; r < view.table.rowCount; r++) {
      const cell = hidden.get(keyOf({ row: r, column: relation.numerator }))
      const shown = shareAt(view, r, c)
      const total = relation.total(r)
      if (cell === undefined || shown === undefined || total === undefined || total <= 0) continue
      const { low, high } = candidates(shown, total, relation.scale)
      if (low > high) continue
      const percent = relation.scale === 100 ? "%" : ""
      if (low === high)
        found.push({
          hidden: cell,
          value: low,
          derivation: `${shown.value}${percent} of ${total} is ${low}, so the hidden cell is ${low}`,
        })
      else if (high - low <= 2)
        found.push({
          hidden: cell,
          low,
          high,
          derivation: `${shown.value}${percent} of ${total} is ${low} to ${high}`,
        })
    }
  }
  return found
}

function shownCounts(view: TableView): number[] {
  const out: number[] = []
  for (let r = 0; r < view.table.rowCount; r++)
    for (const c of view.counts) {
      const value = countAt(view, r, c)
      if (value !== undefined) out.push(value)
    }
  return out
}

export function recoverTable(
  view: TableView,
  demanded: boolean,
): { found: Found[]; hidden: number; lines: number; tooLarge: boolean } {
  const cells = hiddenCells(view)
  if (cells.length === 0) return { found: [], hidden: 0, lines: 0, tooLarge: false }
  const hidden = new Map(cells.map((c) => [keyOf(c), c]))
  const base = roundedBase(shownCounts(view), demanded)
  const found = new Map<string, Found>()
  for (const f of fromShares(view, hidden, base)) found.set(keyOf(f.hidden), f)
  const lines = findSums(view)
  const equations = lines.flatMap((line) => toEquation(view, line, hidden) ?? [])
  if (cells.length > MAX_HIDDEN || equations.length > MAX_LINES)
    return { found: [], hidden: cells.length, lines: lines.length, tooLarge: true }
  // Sums of rounded cells hold only where the totals were made from rounded cells; shown lines tell.
  const additive = base === 1 || lines.some((line) => holds(view, line) === true)
  if (!additive) return { found: [...found.values()], hidden: cells.length, lines: 0, tooLarge: false }
  const bounds = new Map(cells.map((c) => [keyOf(c), { low: c.low, high: c.high }]))
  for (const solved of solveLines(equations, bounds)) {
    const cell = hidden.get(solved.key)
    if (cell === undefined || found.get(solved.key)?.value !== undefined) continue
    if (base === 1)
      found.set(solved.key, { hidden: cell, value: solved.value, derivation: solved.derivation })
    else if (solved.value > 0)
      found.set(solved.key, {
        hidden: cell,
        low: Math.max(0, solved.value - Math.floor(base / 2)),
        high: solved.value + Math.floor(base / 2),
        derivation: `${solved.derivation}, rounded to ${base}`,
      })
  }
  return { found: [...found.values()], hidden: cells.length, lines: lines.length, tooLarge: false }
}

export const recovery: Rule = {
  id: "recovery",
  version: "1",
  severity: "block",
  source: (policy) => policy.sources.threshold,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const violated: Item[] = []
    const unverifiable: Item[] = []
    let hidden = 0
    let lines = 0
    for (const view of context.views) {
      if (!hasCounts(view)) continue
      if (view.table.cells === undefined) {
        const masked = view.counts.reduce((sum, c) => sum + (view.table.columns[c]?.mask ?? 0), 0)
        if (masked > 0)
          unverifiable.push({
            location: placeOf(view),
            message: `${masked} cells are hidden and the table is too large to work out whether its totals give them back. Release fewer rows.`,
          })
        continue
      }
      const result = recoverTable(view, context.policy.parameters.rounding !== null)
      hidden += result.hidden
      lines += result.lines
      if (result.tooLarge)
        unverifiable.push({
          location: placeOf(view),
          message: `${result.hidden} hidden cells in ${result.lines} sums are more than the engine solves. Split the table.`,
        })
      for (const f of result.found) {
        const recovered: Recovered = {
          row: f.hidden.row,
          column: nameOfColumn(view, f.hidden.column),
          ...(f.value === undefined ? {} : { value: f.value }),
          ...(f.low === undefined ? {} : { low: f.low }),
          ...(f.high === undefined ? {} : { high: f.high }),
          derivation: f.derivation,
        }
        violated.push({
          location: placeOf(view, f.hidden.row, f.hidden.column),
          message: `${f.derivation}. Hide a second cell of the same sum, or its total.`,
          recovered: [recovered],
        })
      }
    }
    if (hidden === 0 && violated.length + unverifiable.length === 0)
      return nothingOfThisKind("no count is hidden.")
    return {
      violated,
      unverifiable,
      satisfied: {
        message: `${hidden} counts are hidden; ${lines} sums and the shown shares leave each of them open.`,
        known: "file",
      },
    }
  },
}
