// A contract as SQL: how a landed text becomes a typed value, and which rule it breaks.
import type { Field, Table } from "../data-set.ts"
import type { Severity } from "../contract.ts"
import { domainSql } from "./domains.ts"
import type { FilterColumns } from "./filter.ts"
import * as sql from "./sql.ts"

export const DEFAULT_SEVERITY: Severity = "reject-row"

export function severityOf(field: Field): Severity {
  return field.severity ?? DEFAULT_SEVERITY
}

/** The landed text without surrounding blanks; empty is null. */
export function rawSql(field: Field): string {
  return `nullif(trim(${sql.ident(field.name)}), '')`
}

export function typedSql(field: Field, raw: string): string {
  switch (field.type) {
    case "text":
      return raw
    case "integer":
      return `CASE WHEN regexp_full_match(${raw}, '[+-]?[0-9]{1,18}') THEN TRY_CAST(${raw} AS BIGINT) END`
    case "number":
      return `CASE WHEN regexp_full_match(${raw}, '[+-]?[0-9]{0,18}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?') THEN TRY_CAST(${raw} AS DOUBLE) END`
    case "date":
      return `TRY_CAST(try_strptime(${raw}, ${sql.text(field.format ?? "%Y-%m-%d")}) AS DATE)`
  }
}

/** Name of the first rule that the value breaks, or null. `raw` and `typed` are SQL; `received` is a date. */
export function brokenRuleSql(field: Field, raw: string, typed: string, received: string): string {
  const arms: string[] = []
  if (field.required === true) arms.push(`WHEN ${raw} IS NULL THEN 'required'`)
  arms.push(`WHEN ${raw} IS NULL THEN NULL`)
  if (field.type !== "text") arms.push(`WHEN ${typed} IS NULL THEN 'type-${field.type}'`)
  if (field.domain !== undefined) {
    arms.push(`WHEN NOT ${domainSql(field.domain, raw)} THEN 'domain-${field.domain}'`)
  }
  if (field.values !== undefined) {
    const known = sql.list(Object.keys(field.values).map(sql.text))
    arms.push(`WHEN CAST(${typed} AS VARCHAR) NOT IN (${known}) THEN 'value'`)
  }
  if (field.min !== undefined) arms.push(`WHEN ${typed} < ${sql.number(field.min)} THEN 'below-minimum'`)
  if (field.max !== undefined) arms.push(`WHEN ${typed} > ${sql.number(field.max)} THEN 'above-maximum'`)
  if (field.type === "text") {
    arms.push(`WHEN length(${raw}) > ${field.maxLength ?? 200} THEN 'too-long'`)
    arms.push(`WHEN regexp_matches(${raw}, '[\\x00-\\x1f\\x7f]') THEN 'control-character'`)
  }
  if (field.notAfterReceipt === true) arms.push(`WHEN ${typed} > ${received} THEN 'after-receipt'`)
  return `CASE ${arms.join(" ")} END`
}

export function landedColumns(table: Table): FilterColumns {
  return new Map(table.fields.map((f) => [f.name, f.type]))
}

export type HeaderProblem = { column: string | null; rule: string }

/** A file's header against the contract: every field once, nothing else, any order. */
export function checkHeader(header: readonly string[], table: Table): HeaderProblem[] {
  const problems: HeaderProblem[] = []
  const wanted = new Set(table.fields.map((f) => f.name))
  const seen = new Set<string>()
  for (const name of header) {
    if (seen.has(name)) problems.push({ column: wanted.has(name) ? name : null, rule: "column-twice" })
    // an unknown name is not repeated in the report: a file without a header has values there
    else if (!wanted.has(name)) problems.push({ column: null, rule: "column-unknown" })
    seen.add(name)
  }
  for (const name of wanted) if (!seen.has(name)) problems.push({ column: name, rule: "column-missing" })
  return problems
}
