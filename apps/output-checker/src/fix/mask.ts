// Masks for small counts, and the fewest people's worth of further masks so that no sum, total or share of
// the table gives a masked count back. Proved by the same elimination that finds recoveries.
import type { Policy } from "../check.ts"
import { findSums, keyOf, type CellRef } from "../rules/additive.ts"
import { recoverTable } from "../rules/recovery.ts"
import { findShareRelation } from "../rules/shares.ts"
import {
  cellAt,
  countAt,
  isTotalColumn,
  isTotalRow,
  smallCounts,
  zeroCounts,
  type TableView,
} from "../table/view.ts"
import { withEdits, type Edit } from "./edit.ts"

export const MASK = "*"
const MAX_STEPS = 400

/** @returns edits that mask; empty when nothing is small. Needs kept cells and a table laid out by columns. */
export function maskSafely(view: TableView, policy: Policy): Edit[] {
  if (view.table.cells === undefined || view.rowRoles !== undefined) return []
  const { threshold, zeros } = policy.parameters
  const edits = new Map<string, Edit>()
  const mask = (cell: CellRef, why: string): void => {
    if (!edits.has(keyOf(cell))) edits.set(keyOf(cell), { ...cell, after: MASK, why })
  }
  for (const cell of smallCounts(view, threshold)) mask(cell, `A count below ${threshold}.`)
  if (zeros === "small") for (const cell of zeroCounts(view)) mask(cell, "This policy counts zero as small.")
  const hidden = view.counts.some((c) => (view.table.columns[c]?.mask ?? 0) > 0)
  if (edits.size === 0 && !hidden) return []
  const lines = findSums(view)
  for (let step = 0; step < MAX_STEPS; step++) {
    for (const cell of dependents(view, [...edits.values()]))
      mask(cell, "It was computed from a masked count.")
    const now = withEdits(view, [...edits.values()], policy)
    const found = recoverTable(now, false).found
    if (found.length === 0) break
    const partner = choosePartner(
      view,
      lines,
      edits,
      found.map((f) => f.hidden),
    )
    if (partner === undefined) break
    mask(partner, "Shown, it would give a masked count back.")
  }
  return [...edits.values()]
}

/**
 * The same masks and every total over a masked cell. Rounded, such a total is the sum of what is shown, so
 * where little is shown it says that the masked rest is nothing.
 */
export function maskTotalsToo(view: TableView, masks: readonly Edit[]): Edit[] {
  const edits = new Map(masks.map((e) => [keyOf(e), e]))
  const lines = findSums(view)
  // A total that is masked here may itself be a part of another.
  for (let before = -1; before !== edits.size;) {
    before = edits.size
    for (const { parts, total } of lines)
      if (!edits.has(keyOf(total)) && parts.some((p) => edits.has(keyOf(p))))
        edits.set(keyOf(total), {
          ...total,
          after: MASK,
          why: "Its masked parts could be worked out from it.",
        })
  }
  return [...edits.values()]
}

/** The smallest shown cell of a sum that gives a masked one back; a total only when nothing else is left. */
function choosePartner(
  view: TableView,
  lines: ReturnType<typeof findSums>,
  edits: ReadonlyMap<string, Edit>,
  found: readonly CellRef[],
): CellRef | undefined {
  let best: { cell: CellRef; cost: number } | undefined
  const targets = new Set(found.map(keyOf))
  for (const line of lines) {
    const members = [...line.parts, line.total]
    if (!members.some((m) => targets.has(keyOf(m)))) continue
    for (const cell of members) {
      if (edits.has(keyOf(cell))) continue
      const value = countAt(view, cell.row, cell.column)
      if (value === undefined) continue
      const total =
        isTotalRow(view, cell.row) || isTotalColumn(view, cell.column) || keyOf(cell) === keyOf(line.total)
      const cost = value + (total ? 1e9 : 0) + (value === 0 ? 1e6 : 0)
      if (best === undefined || cost < best.cost) best = { cell, cost }
    }
  }
  return best?.cell
}

/** Shares and statistics of the same row that belong to a masked count. */
function dependents(view: TableView, edits: readonly Edit[]): CellRef[] {
  const out: CellRef[] = []
  for (const [c, role] of view.roles.entries()) {
    if (role.role === "share") {
      const relation = findShareRelation(view, c)
      for (const e of edits) if (e.column === relation?.numerator) out.push({ row: e.row, column: c })
    } else if (["mean", "spread", "sum", "quantile", "rate"].includes(role.role) && view.counts.length > 0) {
      for (const e of edits) if (e.column === nearestCount(view, c)) out.push({ row: e.row, column: c })
    }
  }
  return out.filter((cell) => !["empty", "mask", "text"].includes(cellAt(view, cell.row, cell.column).kind))
}

function nearestCount(view: TableView, column: number): number | undefined {
  return view.counts.filter((c) => c < column).at(-1) ?? view.counts[0]
}
