// Rules about single counts and whole groups: zeros, and groups that share one answer.
import {
  countAt,
  hasCounts,
  isTotalColumn,
  isTotalRow,
  nameOfColumn,
  cellAt,
  zeroCounts,
  type TableView,
} from "../table/view.ts"
import { wordsOf } from "../table/identifiers.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"

export const zeroCell: Rule = {
  id: "zero-cell",
  version: "1",
  severity: "review",
  source: (policy) => policy.sources.zeros,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const zeros: Item[] = []
    for (const view of context.views)
      for (const cell of zeroCounts(view)) {
        if (isTotalRow(view, cell.row) || isTotalColumn(view, cell.column)) continue
        zeros.push({
          location: placeOf(view, cell.row, cell.column),
          message: "A count of zero says that nobody in this group is so.",
        })
      }
    const mode = context.policy.parameters.zeros
    if (!context.views.some(hasCounts)) return nothingOfThisKind("no counts were found in the file.")
    if (zeros.length === 0) return nothingOfThisKind("no count is zero.")
    if (mode === "small")
      return { violated: zeros, unverifiable: [], satisfied: { message: "", known: "file" } }
    if (mode === "review") {
      const first = zeros[0] as Item
      const message = `${zeros.length} zero counts. Say in the context that they are structural (nobody can be so), or mask them.`
      return {
        violated: [],
        unverifiable: [{ ...first, message }],
        satisfied: { message: "", known: "file" },
      }
    }
    return {
      violated: [],
      unverifiable: [],
      satisfied: { message: `${zeros.length} zero counts; this policy allows zeros.`, known: "file" },
    }
  },
}

/** Counts of different things, which are no parts of one whole. */
const NOT_A_LEVEL =
  /^(?:n|count|counts|freq|frequency|total|population|pop|denominator|denom|obs|at risk|cases|events|deaths|(?:n|num|number)(?: of| at)? (?:risk|at risk|events?|censored|censor|obs|observations|deaths))$/

interface Group {
  name: string
  cells: { row: number; column: number; value: number }[]
}

/** Rows and columns of a cross table, without its totals; groups of a long table by each label. */
function groupsOf(view: TableView): Group[] {
  const groups: Group[] = []
  const survival = view.roles.some((r) => r.role === "survival")
  const body = survival
    ? []
    : view.counts.filter((c) => !isTotalColumn(view, c) && !NOT_A_LEVEL.test(wordsOf(nameOfColumn(view, c))))
  const rows = Array.from({ length: view.table.rowCount }, (_, r) => r).filter((r) => !isTotalRow(view, r))
  const cell = (row: number, column: number): { row: number; column: number; value: number } | undefined => {
    const value = countAt(view, row, column)
    return value === undefined ? undefined : { row, column, value }
  }
  const collect = (name: string, places: [number, number][]): void => {
    const cells = places.map(([r, c]) => cell(r, c))
    if (cells.length >= 2 && cells.every((x) => x !== undefined))
      groups.push({ name, cells: cells as Group["cells"] })
  }
  if (body.length >= 2 && view.labels.length > 0) {
    for (const r of rows)
      collect(
        `row ${r}`,
        body.map((c) => [r, c]),
      )
    for (const c of body)
      collect(
        `column “${nameOfColumn(view, c)}”`,
        rows.map((r) => [r, c]),
      )
  } else if (view.counts.length === 1 && view.labels.length === 2 && !survival) {
    for (const label of view.labels) {
      const parts = new Map<string, [number, number][]>()
      for (const r of rows) {
        const key = (view.table.cells?.[r]?.[label] ?? "").trim()
        const list = parts.get(key) ?? []
        list.push([r, view.counts[0] ?? 0])
        parts.set(key, list)
      }
      if (parts.size < rows.length) for (const [key, places] of parts) collect(`“${key}”`, places)
    }
  }
  return groups
}

export const classDisclosure: Rule = {
  id: "class-disclosure",
  version: "1",
  severity: "review",
  source: (policy) => policy.sources.class_share,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const { class_share: limit, threshold } = context.policy.parameters
    if (limit === null)
      return {
        violated: [],
        unverifiable: [],
        satisfied: {
          message: "This policy sets no limit for the share of one answer in a group.",
          known: "file",
        },
      }
    const violated: Item[] = []
    const unverifiable: Item[] = []
    let groups = 0
    for (const view of context.views) {
      if (!hasCounts(view)) continue
      if (view.table.cells === undefined) {
        unverifiable.push({
          location: placeOf(view),
          message: "The table is too large to compare its groups. Release fewer rows.",
        })
        continue
      }
      for (const group of groupsOf(view)) {
        groups++
        const total = group.cells.reduce((sum, c) => sum + c.value, 0)
        if (total < threshold) continue
        for (const c of group.cells)
          if (c.value / total >= limit)
            violated.push({
              location: placeOf(view, c.row, c.column),
              message: `${c.value} of ${total} in ${group.name} (${Math.round((100 * c.value) / total)}%) have the same answer, so it is known of everyone there.`,
            })
      }
      for (const c of view.counts)
        for (let r = 0; r < view.table.rowCount; r++) {
          const cell = cellAt(view, r, c)
          if (
            cell.kind === "pair" &&
            cell.percent &&
            cell.second === 100 &&
            limit <= 1 &&
            !isTotalRow(view, r) &&
            !isTotalColumn(view, c) &&
            cell.first >= threshold
          )
            violated.push({
              location: placeOf(view, r, c),
              message: "100% of a group have the same answer, so it is known of everyone there.",
            })
        }
    }
    if (violated.length + unverifiable.length === 0 && groups === 0)
      return nothingOfThisKind("no table crosses two characteristics.")
    return {
      violated,
      unverifiable,
      satisfied: {
        message: `No answer reaches ${Math.round(limit * 100)}% of its group in ${groups} groups.`,
        known: "file",
      },
    }
  },
}
