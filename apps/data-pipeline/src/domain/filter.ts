// Compiles a structured row filter to SQL over known columns. Columns must be listed, values are cast to the
// column's type when compiled, and a value that does not fit refuses the filter: nothing is left to the database.
import type { COMPARISONS, Condition, Filter } from "../contract.ts"
import { PipelineError } from "./errors.ts"
import * as sql from "./sql.ts"

export type FilterColumns = ReadonlyMap<string, "text" | "integer" | "number" | "date">

const OPERATORS: Readonly<Record<(typeof COMPARISONS)[number], string>> = {
  eq: "=",
  ne: "<>",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
}
const MAX_DEPTH = 8
const MAX_CONDITIONS = 500

function refuse(message: string): PipelineError {
  return new PipelineError("filter_invalid", message)
}

function literal(value: unknown, type: "text" | "integer" | "number" | "date", column: string): string {
  if (type === "text" && typeof value === "string") return sql.text(value)
  if (type === "integer" && typeof value === "number" && Number.isSafeInteger(value)) return sql.number(value)
  if (type === "number" && typeof value === "number" && Number.isFinite(value)) return sql.number(value)
  if (type === "date" && typeof value === "string" && isDate(value)) return sql.date(value)
  throw refuse(`a value for ${column} is not of type ${type}`)
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const parsed = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value)
}

function compileCondition(condition: Condition, columns: FilterColumns): string {
  const typeOf = (column: string) => {
    const type = columns.get(column)
    if (type === undefined) throw refuse(`there is no column ${column.slice(0, 64)} to filter by`)
    return type
  }
  const type = typeOf(condition.column)
  const left = sql.ident(condition.column)
  switch (condition.op) {
    case "null":
      return `${left} IS NULL`
    case "not-null":
      return `${left} IS NOT NULL`
    case "in":
      return `${left} IN (${sql.list(condition.values.map((v) => literal(v, type, condition.column)))})`
    case "prefix":
      if (type !== "text") throw refuse(`${condition.column} is not text`)
      return `starts_with(${left}, ${literal(condition.value, "text", condition.column)})`
    default: {
      const operator = Object.hasOwn(OPERATORS, condition.op) ? OPERATORS[condition.op] : undefined
      if (operator === undefined) throw refuse("a filter has an unknown operator")
      if ("other" in condition) {
        if (typeOf(condition.other) !== type) throw refuse(`${condition.other} is of another type`)
        return `${left} ${operator} ${sql.ident(condition.other)}`
      }
      return `${left} ${operator} ${literal(condition.value, type, condition.column)}`
    }
  }
}

/** Boolean SQL over the given columns. Throws `filter_invalid`; the filter's form was checked before. */
export function compileFilter(filter: Filter, columns: FilterColumns): string {
  let conditions = 0
  const compile = (node: Filter, depth: number): string => {
    if (depth > MAX_DEPTH) throw refuse(`a filter is nested deeper than ${MAX_DEPTH}`)
    if ("all" in node) return `(${node.all.map((n) => compile(n, depth + 1)).join(" AND ")})`
    if ("any" in node) return `(${node.any.map((n) => compile(n, depth + 1)).join(" OR ")})`
    if ("not" in node) return `(NOT ${compile(node.not, depth + 1)})`
    if (++conditions > MAX_CONDITIONS) throw refuse(`a filter has more than ${MAX_CONDITIONS} conditions`)
    return `(${compileCondition(node, columns)})`
  }
  return compile(filter, 0)
}
