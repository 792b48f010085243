// Shares and what they say about counts: which count a share column belongs to, and which counts a shown
// percentage of a known total leaves possible.
import type { ColumnScan } from "../table/column.ts"
import { wordsOf } from "../table/identifiers.ts"
import { cellAt, countAt, isTotalColumn, isTotalRow, nameOfColumn, type TableView } from "../table/view.ts"
import { placeOf, type Item, type RuleContext } from "./rule.ts"

export interface ShareRelation {
  /** the count column whose share this is; undefined when only the total is known */
  numerator: number | undefined
  /** total for each row */
  total: (row: number) => number | undefined
  /** words for a derivation: "of 153" */
  totalName: string
  scale: 1 | 100
}

export function scaleOf(view: TableView, column: number): 1 | 100 {
  const scan = view.table.columns[column] as ColumnScan
  const words = wordsOf(scan.name)
  if (scan.percent > 0 || /%|pct|perc/.test(words)) return 100
  return scan.max <= 1 ? 1 : 100
}

/** The share a cell shows and how exactly, or undefined. */
export function shareAt(
  view: TableView,
  row: number,
  column: number,
): { value: number; half: number } | undefined {
  const cell = cellAt(view, row, column)
  if (cell.kind !== "number" && cell.kind !== "percent") return undefined
  const digits = Math.max(
    cell.decimals,
    cell.kind === "number" ? commonDecimals(view, column) : cell.decimals,
  )
  return { value: cell.value, half: 0.5 * 10 ** -digits }
}

/** 12 in a column of 12.5 and 13.1 was 12.0: trailing zeros are often dropped. */
function commonDecimals(view: TableView, column: number): number {
  return (view.table.columns[column] as ColumnScan).maxDecimals
}

/** Whole numbers n with scale × n / total rounding to the shown share. */
export function candidates(
  share: { value: number; half: number },
  total: number,
  scale: 1 | 100,
): { low: number; high: number } {
  const slack = 1e-9 * Math.max(1, total)
  return {
    low: Math.max(0, Math.ceil(((share.value - share.half) * total) / scale - slack)),
    high: Math.min(total, Math.floor(((share.value + share.half) * total) / scale + slack)),
  }
}

function statedTotal(view: TableView, column: number): number | undefined {
  const texts = [nameOfColumn(view, column), ...view.table.title.slice(-3)]
  for (const text of texts) {
    const m = /\bN\s*[=:]\s*(\d{1,3}(?:[, ]\d{3})+|\d+)/i.exec(text)
    if (m !== null) return Number((m[1] ?? "").replace(/\D/g, ""))
  }
  return undefined
}

interface TotalChoice {
  total: (row: number) => number | undefined
  name: string
}

function totalChoices(view: TableView, numerator: number): TotalChoice[] {
  const rows = view.table.rowCount
  const choices: TotalChoice[] = []
  let sum = 0
  let complete = true
  let shown: number | undefined
  for (let r = 0; r < rows; r++) {
    const value = countAt(view, r, numerator)
    if (isTotalRow(view, r)) shown = value ?? shown
    else if (value === undefined) complete = false
    else sum += value
  }
  if (shown !== undefined)
    choices.push({ total: () => shown, name: `${shown}, the total of “${nameOfColumn(view, numerator)}”` })
  if (complete && sum > 0 && sum !== shown)
    choices.push({ total: () => sum, name: `${sum}, the sum of “${nameOfColumn(view, numerator)}”` })
  for (const other of view.counts)
    if (other !== numerator)
      choices.push({
        total: (r) => countAt(view, r, other),
        name: `the number in “${nameOfColumn(view, other)}”`,
      })
  const stated = statedTotal(view, numerator)
  if (stated !== undefined) choices.push({ total: () => stated, name: `${stated}, the stated N` })
  return choices
}

/** How many rows fit: 100 × count / total is the shown share, within rounding of the counts themselves. */
function fitOf(
  view: TableView,
  share: number,
  numerator: number,
  choice: TotalChoice,
  scale: 1 | 100,
  slackCounts: number,
): { fit: number; seen: number } {
  let fit = 0
  let seen = 0
  for (let r = 0; r < view.table.rowCount; r++) {
    const shown = shareAt(view, r, share)
    const count = countAt(view, r, numerator)
    const total = choice.total(r)
    if (shown === undefined || count === undefined || total === undefined || total <= 0 || count > total)
      continue
    seen++
    if (Math.abs((scale * count) / total - shown.value) <= shown.half + (scale * slackCounts) / total + 1e-9)
      fit++
  }
  return { fit, seen }
}

/** Finds the count and total that a column of shares was computed from. Needs the table's cells. */
export function findShareRelation(view: TableView, column: number): ShareRelation | undefined {
  if (view.table.cells === undefined) return undefined
  const scale = scaleOf(view, column)
  for (const slack of [0, 2.5]) {
    let best: { relation: ShareRelation; fit: number } | undefined
    for (const numerator of view.counts) {
      if (Math.abs(numerator - column) > 6) continue
      for (const choice of totalChoices(view, numerator)) {
        const { fit, seen } = fitOf(view, column, numerator, choice, scale, slack)
        if (seen < 2 || fit < Math.max(2, seen * 0.7)) continue
        if (best === undefined || fit > best.fit)
          best = { relation: { numerator, total: choice.total, totalName: choice.name, scale }, fit }
      }
    }
    if (best !== undefined) return best.relation
  }
  const stated = statedTotal(view, column)
  if (stated !== undefined)
    return { numerator: undefined, total: () => stated, totalName: `${stated}, the stated N`, scale }
  const denominator =
    view.counts.find((c) => isDenominator(view, c)) ?? (view.counts.length === 1 ? view.counts[0] : undefined)
  if (denominator === undefined) return undefined
  return {
    numerator: undefined,
    total: (r) => countAt(view, r, denominator),
    totalName: `the number in “${nameOfColumn(view, denominator)}”`,
    scale,
  }
}

function isDenominator(view: TableView, column: number): boolean {
  return (
    /denom|population|\bpop\b|\btotal\b|^n$|\bsize\b/.test(wordsOf(nameOfColumn(view, column))) ||
    isTotalColumn(view, column)
  )
}

/**
 * Finds shares that leave only small counts possible.
 * @returns the share columns about which the counts of the file decide
 */
export function checkShares(
  context: RuleContext,
  view: TableView,
  limit: number,
  violated: Item[],
): Set<number> {
  const decided = new Set<number>()
  for (const [c, role] of view.roles.entries()) {
    if (role.role !== "share" || view.rowRoles !== undefined) continue
    const relation = findShareRelation(view, c)
    if (relation === undefined) continue
    decided.add(c)
    if (relation.numerator !== undefined) continue
    for (let r = 0; r < view.table.rowCount; r++) {
      const shown = shareAt(view, r, c)
      const total = relation.total(r)
      if (shown === undefined || total === undefined || total <= 0) continue
      const { low, high } = candidates(shown, total, relation.scale)
      if (low >= 1 && high < limit && low <= high)
        violated.push({
          location: placeOf(view, r, c),
          message: `${shown.value}${relation.scale === 100 ? "%" : ""} of ${total} is ${low === high ? low : `${low} to ${high}`} people, below the threshold of ${limit} (total: ${relation.totalName}).`,
        })
    }
  }
  return decided
}
