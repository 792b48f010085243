// Small counts: every way a count can be written, the counts that shares of a known total imply, and the
// counts that stand behind means, rates and percentages without being shown.
import type { ColumnScan } from "../table/column.ts"
import type { Role } from "../table/roles.ts"
import {
  cellAt,
  hasCounts,
  isLabelRole,
  nameOfColumn,
  roleAt,
  smallCounts,
  type TableView,
} from "../table/view.ts"
import { findBehind, type CountSource } from "./behind.ts"
import { checkProse } from "./prose.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"
import { checkShares } from "./shares.ts"

const NEEDS_COUNT = new Set<Role>([
  "mean",
  "spread",
  "sum",
  "rate",
  "quantile",
  "mode",
  "extreme",
  "survival",
])

export const threshold: Rule = {
  id: "threshold",
  version: "1",
  severity: "block",
  source: (policy) => policy.sources.threshold,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const limit = context.policy.parameters.threshold
    const violated: Item[] = []
    const unverifiable: Item[] = []
    let counts = 0
    let known: "file" | "supporting" | "evidence" = "file"
    for (const view of context.views) {
      if (hasCounts(view)) counts++
      for (const cell of smallCounts(view, limit))
        violated.push({
          location: placeOf(view, cell.row, cell.column),
          message: `“${cell.text.trim()}” is a count of ${cell.value}, below the threshold of ${limit}.`,
        })
      checkTightMasks(view, limit, violated)
      const behind = checkBehind(context, view, limit, violated, unverifiable)
      if (behind !== "file") known = behind
    }
    checkProse(context, limit, violated, unverifiable)
    for (const marks of context.reading.marks)
      if (marks.count > 0)
        unverifiable.push({
          location: marks.location,
          message: `${marks.count} ${marks.what} may each stand for one person. Hand in the counts behind the figure as a supporting file, or release the table instead.`,
        })
    if (violated.length + unverifiable.length > 0)
      return { violated, unverifiable, satisfied: { message: "", known } }
    if (counts === 0 && context.views.length === 0)
      return nothingOfThisKind("no table and no count was found in the file.")
    if (counts === 0)
      return nothingOfThisKind("no column holds counts of people, nor anything computed from them.", known)
    return {
      violated,
      unverifiable,
      satisfied: {
        message: `No count from 1 to ${limit - 1} in ${counts === 1 ? "the table" : `${counts} tables`}; every count was read.`,
        known,
      },
    }
  },
}

/** "<2" and "1-1" say the number as plainly as the number does. */
function checkTightMasks(view: TableView, limit: number, violated: Item[]): void {
  for (const c of view.counts) {
    const column = view.table.columns[c] as ColumnScan
    for (const [i, row] of column.masks.rows.entries()) {
      const text = (column.masks.texts[i] ?? "").trim()
      if (!/\d/.test(text)) continue
      const cell = view.table.cells === undefined ? undefined : cellAt(view, row, c)
      if (cell?.kind !== "mask" || cell.high === undefined) continue
      const low = Math.max(1, cell.low ?? 0)
      if (cell.high >= 1 && cell.high < limit && cell.high <= low)
        violated.push({
          location: placeOf(view, row, c),
          message: `“${text}” leaves only ${low} as a possible count, below the threshold of ${limit}.`,
        })
    }
  }
}

/** Everything computed from people without their number beside it. */
function checkBehind(
  context: RuleContext,
  view: TableView,
  limit: number,
  violated: Item[],
  unverifiable: Item[],
): "file" | "supporting" | "evidence" {
  let known: "file" | "supporting" | "evidence" = "file"
  const { columns, cells } = view.table
  for (const [c, role] of view.roles.entries()) {
    const column = columns[c] as ColumnScan
    if (role.role === "unknown-whole" && view.rowRoles === undefined) {
      if (column.small.total > 0)
        unverifiable.push({
          location: placeOf(view, column.small.rows[0], c),
          message: `Column “${column.name}” holds ${column.small.total} numbers below ${limit} and its name does not say whether they count people. Name it (n, count) or say what it holds.`,
        })
    } else if (role.role === "weighted-count")
      unverifiable.push({
        location: placeOf(view, undefined, c),
        message: `Column “${column.name}” looks like a weighted count (${role.why}). Add the unweighted counts as a supporting file.`,
      })
  }
  const shares = checkShares(context, view, limit, violated)
  if (cells === undefined) {
    for (const [c, role] of view.roles.entries())
      if (
        (NEEDS_COUNT.has(role.role) || role.role === "share" || role.role === "unknown-number") &&
        view.counts.length === 0
      )
        unverifiable.push(noCount(view, c, role.role))
    return known
  }
  const needing = neededCells(view, shares)
  for (const [c, rows] of needing) {
    const source: CountSource = findBehind(context, view, c, rows, limit)
    if (source.known === "none") unverifiable.push(noCount(view, c, roleAt(view, rows[0] ?? 0, c).role))
    else {
      known = source.known === "file" ? known : source.known
      for (const small of source.small)
        violated.push({
          location: placeOf(view, small.row, c),
          message: small.message,
          known: source.known,
          ...(source.known === "evidence" ? { audience: "checkers" as const } : {}),
        })
    }
  }
  return known
}

/** Cells that need a count behind them, by column. */
function neededCells(view: TableView, sharesDecided: ReadonlySet<number>): Map<number, number[]> {
  const needing = new Map<number, number[]>()
  for (let c = 0; c < view.roles.length; c++) {
    const own = view.roles[c]?.role
    if (
      own === undefined ||
      own === "empty" ||
      own === "model" ||
      (isLabelRole(own) && view.rowRoles === undefined)
    )
      continue
    if (sharesDecided.has(c)) continue
    for (let r = 0; r < view.table.rowCount; r++) {
      const role = roleAt(view, r, c).role
      const needs = NEEDS_COUNT.has(role) || role === "share" || role === "unknown-number"
      if (!needs) continue
      const cell = cellAt(view, r, c)
      if (cell.kind === "empty" || cell.kind === "mask" || cell.kind === "text") continue
      const rows = needing.get(c)
      if (rows === undefined) needing.set(c, [r])
      else rows.push(r)
    }
  }
  return needing
}

function noCount(view: TableView, column: number, role: Role): Item {
  const name = nameOfColumn(view, column)
  const what =
    role === "unknown-number"
      ? `Column “${name}” holds numbers and its name does not say of what`
      : `Column “${name}” (${role}) says nothing about how many people stand behind each number`
  return {
    location: placeOf(view, undefined, column),
    message: `${what}. Add a column with the number of people, or the counts as a supporting file.`,
  }
}
