// Rules about computed numbers: dominance of single contributors, degrees of freedom of models, and
// smallest, largest and extreme percentiles, which are numbers of single people.
import { wordsOf } from "../table/identifiers.ts"
import type { Role } from "../table/roles.ts"
import { cellAt, countAt, isLabelRole, nameOfColumn, roleAt, type TableView } from "../table/view.ts"
import { countColumnFor } from "./behind.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"

/** Columns or rows with a role, each with the rows where it applies; rows are all when not kept. */
export function placesWithRole(
  view: TableView,
  roles: ReadonlySet<Role>,
): { column: number; rows: number[] }[] {
  const out: { column: number; rows: number[] }[] = []
  for (let c = 0; c < view.roles.length; c++) {
    const own = view.roles[c]?.role ?? "empty"
    if (
      own === "empty" ||
      (own !== "ordinal" && isLabelRole(own)) ||
      (own === "ordinal" && view.rowRoles === undefined)
    )
      continue
    if (view.table.cells === undefined) {
      if (roles.has(own)) out.push({ column: c, rows: [] })
      continue
    }
    const rows: number[] = []
    for (let r = 0; r < view.table.rowCount; r++) if (roles.has(roleAt(view, r, c).role)) rows.push(r)
    if (rows.length > 0) out.push({ column: c, rows })
  }
  return out
}

const MAGNITUDES = new Set<Role>(["sum", "mean", "unknown-number"])

export const dominance: Rule = {
  id: "dominance",
  version: "1",
  severity: "review",
  source: (policy) => policy.sources.dominance,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const limit = context.policy.parameters.dominance
    if (limit === null)
      return {
        violated: [],
        unverifiable: [],
        satisfied: { message: "This policy sets no limit for dominance.", known: "file" },
      }
    const violated: Item[] = []
    const unverifiable: Item[] = []
    let decided = 0
    for (const view of context.views)
      for (const { column, rows } of placesWithRole(view, MAGNITUDES)) {
        const name = nameOfColumn(view, column)
        const open: number[] = []
        for (const row of rows) {
          const kind = cellAt(view, row, column).kind
          if (kind === "empty" || kind === "mask" || kind === "text") continue
          const found = judgeDominance(context, view, row, column)
          if (found === undefined) open.push(row)
          else {
            decided++
            if (found !== "")
              violated.push({
                location: placeOf(view, row, column),
                message: found,
                known: "evidence",
                audience: "checkers",
              })
          }
        }
        if (open.length > 0 || view.table.cells === undefined)
          unverifiable.push({
            location: placeOf(view, undefined, column),
            message:
              view.roles[column]?.role === "unknown-number"
                ? `Whether “${name}” adds up amounts of people cannot be told, so neither can whether one of them dominates. Name the column for what it holds.`
                : `Whether one person dominates “${name}” cannot be told from the file; evidence of the largest contributors, computed from the data, would show it.`,
          })
      }
    if (violated.length + unverifiable.length === 0 && decided === 0)
      return nothingOfThisKind(
        "no column adds up or averages amounts; every column was told to be labels, counts, shares or models.",
      )
    return {
      violated,
      unverifiable,
      satisfied: {
        message: `No contributor dominates any of ${decided} amounts, by evidence from the data.`,
        known: "evidence",
      },
    }
  },
}

/** "" when no contributor dominates, words when one does, undefined when it cannot be told. */
function judgeDominance(
  context: RuleContext,
  view: TableView,
  row: number,
  column: number,
): string | undefined {
  const limit = context.policy.parameters.dominance
  const found = context.evidence?.find((e) => e.row === row && e.column === nameOfColumn(view, column))
  if (limit === null || found?.sum === undefined || found.largest === undefined || found.second === undefined)
    return undefined
  if (found.largest < 0 || found.second < 0 || found.sum <= 0) return undefined
  const top = found.largest + (limit.n >= 2 ? found.second : 0)
  if (top / found.sum >= limit.k)
    return `The ${limit.n} largest contributors hold ${Math.round((100 * top) / found.sum)}% of the amount.`
  if (found.largest > 0 && (found.sum - found.largest - found.second) / found.largest < limit.p)
    return `Without the two largest contributors, less than ${limit.p * 100}% of the largest is left.`
  return ""
}

const MODEL = new Set<Role>(["model"])

const FREEDOM = [
  /\b(?:df residuals?|residual df|residual degrees of freedom|df resid|dof)\s*[:=]?\s*(\d[\d,]*)/gi,
  /\bdegrees of freedom\s*[:=]\s*(\d[\d,]*)/gi,
  /\bresidual[^\n]{0,60}?\son\s+(\d[\d,]*)\s+degrees of freedom/gi,
  /\bon\s+\d+ and\s+(\d[\d,]*)\s+(?:degrees of freedom|DF)\b/gi,
]
const OBSERVATIONS =
  /\b(?:n|no\.? (?:of )?observations|number of (?:obs|observations|subjects)|nobs|num\. obs\.)\s*[:=]\s*(\d[\d,]*)/gi

function stated(text: string, patterns: readonly RegExp[]): { value: number; words: string }[] {
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((m) => ({
      value: Number((m[1] ?? "").replace(/,/g, "")),
      words: m[0].replace(/\s+/g, " ").trim(),
    })),
  )
}

export const degreesOfFreedom: Rule = {
  id: "degrees-of-freedom",
  version: "1",
  severity: "block",
  source: (policy) => policy.sources.degrees_of_freedom,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const limit = context.policy.parameters.degrees_of_freedom
    if (limit === null)
      return {
        violated: [],
        unverifiable: [],
        satisfied: { message: "This policy sets no limit for degrees of freedom.", known: "file" },
      }
    const violated: Item[] = []
    const unverifiable: Item[] = []
    let decided = 0
    let observations: number | undefined
    for (const { location, text, code } of context.reading.prose) {
      if (code === true) continue
      for (const found of stated(text, FREEDOM)) {
        decided++
        if (found.value < limit)
          violated.push({ location, message: `“${found.words}”: fewer than ${limit} degrees of freedom.` })
      }
      for (const found of stated(text, [OBSERVATIONS]))
        observations = Math.min(observations ?? Infinity, found.value)
    }
    for (const view of context.views) {
      const models = placesWithRole(view, MODEL)
      const freedom = view.table.columns.findIndex((c) =>
        /^(?:df|dof|df resid(?:ual)?s?|residual df|df residual|degrees of freedom)$/.test(wordsOf(c.name)),
      )
      if (freedom >= 0 && view.table.cells !== undefined) {
        const cell = wordsOf(nameOfColumn(view, freedom))
        for (let r = 0; r < view.table.rowCount; r++) {
          const value = countAt(view, r, freedom)
          if (value === undefined) continue
          // In a table of tests, "df" are the parameters tested, not what is left.
          if (cell !== "df") decided++
          if (cell !== "df" && value < limit)
            violated.push({
              location: placeOf(view, r, freedom),
              message: `${value} degrees of freedom, fewer than ${limit}.`,
            })
        }
        if (cell !== "df") continue
      }
      if (models.length < 2) continue
      const terms = view.table.rowCount
      const count = view.counts[0]
      const people = count === undefined ? observations : (smallest(view, count) ?? observations)
      if (people !== undefined) {
        decided++
        if (people - terms < limit && people > 0)
          violated.push({
            location: placeOf(view, undefined, count),
            message: `${people} observations less ${terms} terms leave ${people - terms} degrees of freedom, fewer than ${limit}.`,
          })
      } else if (decided === 0)
        unverifiable.push({
          location: placeOf(view),
          message:
            "A table of a model without its number of observations. Add them (n) or state the residual degrees of freedom.",
        })
    }
    if (violated.length + unverifiable.length === 0 && decided === 0)
      return nothingOfThisKind("no model or test was found in the file.")
    return {
      violated,
      unverifiable,
      satisfied: {
        message: `At least ${limit} degrees of freedom in ${decided} places that state them.`,
        known: "file",
      },
    }
  },
}

function smallest(view: TableView, column: number): number | undefined {
  let low: number | undefined
  for (let r = 0; r < view.table.rowCount; r++) {
    const value = countAt(view, r, column)
    if (value !== undefined && (low === undefined || value < low)) low = value
  }
  return low
}

const ENDS = new Set<Role>(["extreme", "quantile"])

export const endpoint: Rule = {
  id: "endpoint",
  version: "1",
  severity: "review",
  source: (policy) => policy.sources.extremes,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const { extremes, threshold } = context.policy.parameters
    const violated: Item[] = []
    const unverifiable: Item[] = []
    let decided = 0
    for (const view of context.views)
      for (const { column, rows } of placesWithRole(view, ENDS)) {
        if (view.table.cells === undefined) {
          unverifiable.push({
            location: placeOf(view, undefined, column),
            message: "The table is too large to judge its extremes.",
          })
          continue
        }
        for (const row of rows) {
          const role = roleAt(view, row, column)
          const kind = cellAt(view, row, column).kind
          if (kind === "empty" || kind === "mask" || kind === "text") continue
          if (role.role === "extreme") {
            decided++
            const message = `A smallest or largest value (${role.why}) is the number of one person. Give a percentile with enough people beyond it instead.`
            if (extremes === "forbid") violated.push({ location: placeOf(view, row, column), message })
            else if (extremes === "review")
              unverifiable.push({
                location: placeOf(view, row, column),
                message: `${message} The policy leaves it to a person.`,
              })
            continue
          }
          const q = role.q ?? 0.5
          if (q === 0.5) continue
          const n = peopleAt(view, row, column)
          if (n === undefined)
            unverifiable.push({
              location: placeOf(view, row, column),
              message: `How many people lie beyond this percentile cannot be told. Add the number of people.`,
            })
          else {
            decided++
            const beyond = Math.min(q, 1 - q) * n
            if (beyond < threshold)
              violated.push({
                location: placeOf(view, row, column),
                message: `About ${Math.round(beyond * 10) / 10} of ${n} people lie beyond this percentile, fewer than ${threshold}.`,
              })
          }
        }
      }
    if (violated.length + unverifiable.length === 0 && decided === 0)
      return nothingOfThisKind("no minimum, maximum, range or percentile was found in the file.")
    return {
      violated,
      unverifiable,
      satisfied: {
        message: `${decided} extremes and percentiles have enough people beyond them.`,
        known: "file",
      },
    }
  },
}

function peopleAt(view: TableView, row: number, column: number): number | undefined {
  if (view.rowRoles !== undefined) {
    for (const [r, role] of view.rowRoles.entries())
      if (role?.role === "count") return countAt(view, r, column)
    return undefined
  }
  const count = countColumnFor(view, column)
  return count === undefined ? undefined : countAt(view, row, count)
}
