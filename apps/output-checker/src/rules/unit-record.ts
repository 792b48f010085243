// Tables whose rows are people (or their events) instead of groups.
import type { ColumnScan } from "../table/column.ts"
import { wordsOf } from "../table/identifiers.ts"
import { ATTRIBUTE, isIndividual, type Role } from "../table/roles.ts"
import { hasCounts, nameOfColumn, type TableView } from "../table/view.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"

const KEY =
  /^(?:(?:patient|person|participant|subject|pseudo|individual|respondent|record|episode|spell|encounter|case|study|master|encrypted hes|token person|pat|pt) ?(?:id|identifier|key|no|number|pseudonym)|pseudonym|personid|patientid|patid|hesid|mrn|hospital number|eid|pid|nhs number|nhs no|uid|uuid)$/
const MEASURES = new Set<Role>([
  "mean",
  "spread",
  "sum",
  "rate",
  "share",
  "quantile",
  "model",
  "survival",
  "weighted-count",
])

/** The rows are as different as people are: almost no two alike over the columns that are no counts. */
function distinctShare(view: TableView): number {
  const cells = view.table.cells
  if (cells === undefined || cells.length === 0) return view.table.columns.some((c) => c.allDistinct) ? 1 : 0
  const seen = new Set(cells.map((row) => row.join("\u0000")))
  return seen.size / cells.length
}

function attributesOf(view: TableView): number[] {
  return view.table.columns.flatMap((c, i) => (ATTRIBUTE.test(wordsOf(c.name)) && c.filled > 0 ? [i] : []))
}

function judge(view: TableView, limit: number, maxRows: number): { violated?: Item; unverifiable?: Item } {
  const { table } = view
  const { columns, rowCount } = table
  if (rowCount === 0) return {}
  const key = columns.find(
    (c) => KEY.test(wordsOf(c.name)) && c.filled > 0 && c.distinct.size >= Math.min(3, c.filled),
  )
  const measures = view.roles.some((r) => MEASURES.has(r.role))
  const counts = hasCounts(view)
  const attributes = attributesOf(view)
  if (key !== undefined && !(counts && key.distinct.size < rowCount / 2))
    return {
      violated: {
        location: placeOf(view, 0, key.index),
        message: `Column “${key.name}” is a key of people or their records: each of ${rowCount} rows is about one of them.`,
      },
    }
  if (rowCount > maxRows)
    return {
      violated: {
        location: placeOf(view),
        message: `${rowCount} rows are more than ${maxRows}: a table of results is shorter.`,
      },
    }
  const individual = attributes.filter((i) => isIndividual(columns[i] as ColumnScan))
  const days = columns.filter((c) => c.dayDate > c.filled / 2 && c.filled > 0)
  if (!counts && !measures) {
    const many =
      attributes.length >= 3 ||
      (attributes.length >= 2 && individual.length >= 1) ||
      (attributes.length >= 1 && days.length >= 1 && columns.length >= 3)
    if (many && rowCount >= 2 && distinctShare(view) > 0.5 && (individual.length >= 1 || days.length >= 1))
      return {
        violated: {
          location: placeOf(view, 0),
          message: `Rows look like people: ${attributes.map((i) => `“${nameOfColumn(view, i)}”`).join(", ")} and no number of people (${rowCount} rows, ${Math.round(100 * distinctShare(view))}% of them different).`,
        },
      }
    const numbers = view.roles.filter((r) => r.role === "unknown-number" || r.role === "unknown-whole").length
    const distinct = columns.filter(
      (c) => c.distinct.size > Math.max(10, c.filled / 2) && c.numeric > c.filled / 2,
    ).length
    if (
      rowCount >= 20 &&
      distinctShare(view) > 0.9 &&
      columns.length >= 4 &&
      (distinct >= 2 || days.length >= 1) &&
      numbers + days.length >= 2
    )
      return {
        violated: {
          location: placeOf(view, 0),
          message: `${rowCount} rows, nearly all different over ${columns.length} columns, and no number of people: rows look like records.`,
          severity: "review",
        },
      }
    if ((rowCount >= limit && distinct >= 1 && numbers >= 1) || attributes.length >= 2)
      return {
        unverifiable: {
          location: placeOf(view),
          message: `Whether a row is a person or a group cannot be told: there is no number of people. Add a column with the number of people in each row.`,
        },
      }
    return {}
  }
  // Counts of one or so in every row, beside exact attributes: records with a counter.
  if (counts && individual.length >= 1 && attributes.length >= 2 && rowCount >= 2) {
    const count = columns[view.counts[0] ?? 0] as ColumnScan
    if (count.small.total + count.zeros.total > count.filled * 0.8 && distinctShare(view) > 0.9)
      return {
        violated: {
          location: placeOf(view, 0),
          message: `Rows look like people: exact attributes and numbers below ${limit} in nearly every row.`,
        },
      }
  }
  return {}
}

export const unitRecord: Rule = {
  id: "unit-record",
  version: "1",
  severity: "block",
  source: (policy) => policy.sources.max_rows,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const { threshold, max_rows: maxRows } = context.policy.parameters
    const violated: Item[] = []
    const unverifiable: Item[] = []
    for (const view of context.views) {
      const found = judge(view, threshold, maxRows)
      if (found.violated !== undefined) violated.push(found.violated)
      if (found.unverifiable !== undefined) unverifiable.push(found.unverifiable)
    }
    if (context.views.length === 0)
      return { ...nothingOfThisKind("no table was found in the file."), violated, unverifiable }
    return {
      violated,
      unverifiable,
      satisfied: {
        message:
          "Rows are groups: they have labels and numbers of people or statistics, and no key of people.",
        known: "file",
      },
    }
  },
}
