// Rounding: every shown count is a multiple of the base (or a midpoint), and shares fit the shown counts
// and not only the unrounded ones.
import type { ColumnScan } from "../table/column.ts"
import {
  cellAt,
  countAt,
  hasCounts,
  isTotalColumn,
  isTotalRow,
  nameOfColumn,
  roleAt,
  type TableView,
} from "../table/view.ts"
import type { Rounding } from "../policy.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"
import { candidates, findShareRelation, shareAt } from "./shares.ts"

interface Base {
  base: number
  midpoint: boolean
}

function basesOf(rounding: Rounding): Base[] {
  return [
    ...rounding.nearest.map((base) => ({ base, midpoint: false })),
    ...rounding.midpoint.map((base) => ({ base, midpoint: true })),
  ]
}

function complies(value: number, base: Base, total: boolean): boolean {
  if (value === 0) return true
  if (!base.midpoint) return value % base.base === 0
  const half = base.base / 2
  return total ? value % half === 0 : (value - half) % base.base === 0
}

interface Off {
  row: number
  column: number
  text: string
}

/** The base that most of a table keeps to, and the counts that do not. */
function bestBase(
  view: TableView,
  bases: readonly Base[],
  threshold: number,
): { base: Base; off: Off[]; total: number; seen: number } {
  let best: { base: Base; off: Off[]; total: number; seen: number } | undefined
  for (const [i, base] of bases.entries()) {
    const off: Off[] = []
    let total = 0
    let seen = 0
    if (view.table.cells === undefined) {
      for (const c of view.counts) {
        const column = view.table.columns[c] as ColumnScan
        const places = base.midpoint
          ? column.unroundedMidpoint[i - bases.filter((b) => !b.midpoint).length]
          : column.unroundedNearest[i]
        seen += column.whole + column.pair
        total += places?.total ?? 0
        for (const [k, row] of (places?.rows ?? []).entries())
          off.push({ row, column: c, text: places?.texts[k] ?? "" })
      }
    } else
      for (let r = 0; r < view.table.rowCount; r++)
        for (let c = 0; c < view.roles.length; c++) {
          if (roleAt(view, r, c).role !== "count") continue
          const value = countAt(view, r, c)
          if (value === undefined) continue
          seen++
          // Small counts are the threshold's business.
          if (value < threshold || complies(value, base, isTotalRow(view, r) || isTotalColumn(view, c)))
            continue
          total++
          off.push({ row: r, column: c, text: view.table.cells[r]?.[c] ?? "" })
        }
    if (best === undefined || total < best.total) best = { base, off, total, seen }
  }
  return best ?? { base: { base: 5, midpoint: false }, off: [], total: 0, seen: 0 }
}

function nameBase(base: Base): string {
  return base.midpoint ? `midpoint ${base.base}` : `the nearest ${base.base}`
}

export const rounding: Rule = {
  id: "rounding",
  version: "1",
  severity: "review",
  source: (policy) => policy.sources.rounding,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const { rounding: demand, threshold } = context.policy.parameters
    if (demand === null)
      return {
        violated: [],
        unverifiable: [],
        satisfied: { message: "This policy does not demand rounding.", known: "file" },
      }
    const bases = basesOf(demand)
    const violated: Item[] = []
    let tables = 0
    let used = ""
    for (const view of context.views) {
      if (!hasCounts(view)) continue
      tables++
      const { base, off, total, seen } = bestBase(view, bases, threshold)
      used = nameBase(base)
      for (const cell of off)
        violated.push({
          location: placeOf(view, cell.row, cell.column),
          message: `“${cell.text.trim()}” is not rounded to ${bases.map(nameBase).join(" or ")} (${total} of ${seen} counts of this table are not).`,
        })
      if (total === 0) violated.push(...checkTotals(view, demand), ...checkLineage(view, base))
    }
    if (tables === 0) return nothingOfThisKind("no counts were found in the file.")
    return {
      violated,
      unverifiable: [],
      satisfied: {
        message: `Every count is rounded to ${used}, and shares fit the rounded counts.`,
        known: "file",
      },
    }
  },
}

/** Totals that are not the sum of the rounded cells they stand over. */
function checkTotals(view: TableView, demand: Rounding): Item[] {
  if (demand.totals !== "sum-of-rounded" || view.table.cells === undefined || view.rowRoles !== undefined)
    return []
  const items: Item[] = []
  const totalRows = Array.from({ length: view.table.rowCount }, (_, r) => r).filter((r) =>
    isTotalRow(view, r),
  )
  // Several totals mean subtotals; which cells each one covers is then not certain enough to accuse.
  if (totalRows.length !== 1 || totalRows[0] !== view.table.rowCount - 1 || view.table.rowCount < 3) return []
  const last = totalRows[0]
  for (const c of view.counts) {
    let sum = 0
    for (let r = 0; r < last; r++) sum += countAt(view, r, c) ?? Number.NaN
    const shown = countAt(view, last, c)
    if (shown === undefined || Number.isNaN(sum) || sum === shown) continue
    // A total far from the sum is a total of something else.
    if (Math.abs(sum - shown) > 5 * last) continue
    items.push({
      location: placeOf(view, last, c),
      message: `The total ${shown} is not the sum of the rounded cells above it (${sum}).`,
    })
  }
  return items
}

/** Shares that the shown count cannot give: they were computed before rounding and let it be undone. */
function checkLineage(view: TableView, base: Base): Item[] {
  if (view.table.cells === undefined || view.rowRoles !== undefined) return []
  const items: Item[] = []
  for (const [c, role] of view.roles.entries()) {
    if (role.role !== "share") continue
    const relation = findShareRelation(view, c)
    if (relation?.numerator === undefined) continue
    for (let r = 0; r < view.table.rowCount; r++) {
      const shown = shareAt(view, r, c)
      const count = countAt(view, r, relation.numerator)
      const total = relation.total(r)
      if (shown === undefined || count === undefined || total === undefined || total <= 0) continue
      const { low, high } = candidates(shown, total, relation.scale)
      if (count >= low - 1e-9 && count <= high + 1e-9) continue
      if (low > high || high < count - base.base || low > count + base.base) continue
      items.push({
        location: placeOf(view, r, c),
        message: `${shown.value} of ${total} fits ${low === high ? low : `${low} to ${high}`}, not the shown count ${count} in “${nameOfColumn(view, relation.numerator)}”: it was computed before rounding. Recompute it from the rounded counts.`,
      })
    }
  }
  for (const c of view.counts) items.push(...checkPairs(view, c, base))
  return items
}

/** The same inside one cell: "20 (12.3%)". */
function checkPairs(view: TableView, column: number, base: Base): Item[] {
  const rows = Array.from({ length: view.table.rowCount }, (_, r) => r)
  const cells = rows.map((r) => cellAt(view, r, column))
  const total = rows
    .map((r) => (isTotalRow(view, r) ? countAt(view, r, column) : undefined))
    .find((v) => v !== undefined)
  if (total === undefined || total < 50) return []
  const fits = (count: number, share: number, half: number): boolean =>
    Math.abs((100 * count) / total - share) <= half + 1e-9
  const pairs = rows.flatMap((r) => {
    const cell = cells[r]
    return cell?.kind === "pair" && cell.form === "bracket" && !isTotalRow(view, r)
      ? [{ r, count: cell.first, share: cell.second, half: 0.5 * 10 ** -cell.decimals }]
      : []
  })
  const close = pairs.filter(
    (p) => Math.abs((100 * p.count) / total - p.share) <= p.half + (100 * base.base) / total,
  )
  if (pairs.length < 2 || close.length < pairs.length) return []
  return pairs
    .filter((p) => !fits(p.count, p.share, p.half))
    .map((p) => ({
      location: placeOf(view, p.r, column),
      message: `${p.share}% of ${total} does not fit the shown count ${p.count}: it was computed before rounding. Recompute it from the rounded counts.`,
    }))
}

/**
 * The base to which shown counts are rounded, 1 when they are exact. Exact counts share a factor by chance,
 * so without a demand for rounding it takes several different numbers.
 */
export function roundedBase(counts: readonly number[], demanded: boolean): number {
  const numbers = [...new Set(counts.filter((n) => n !== 0))]
  for (const base of [10, 5, 3]) {
    if (numbers.length < 2 || !numbers.every((n) => n % base === 0)) continue
    if (demanded && base !== 3) return base
    if (numbers.length >= 4 && base ** -numbers.length < 0.002) return base
  }
  return 1
}
