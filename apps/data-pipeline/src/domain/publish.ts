// What of a checked row may enter the linked zone, as SQL over the checked columns.
import { publishedColumns, type Field, type Table, type PublishedColumn } from "../data-set.ts"
import * as sql from "./sql.ts"

/** Name of the pseudonym column in the linked zone. No extract has a column of this name. */
export const MASTER = "gh_master"

function valueSql(field: Field): string {
  const column = `r.${sql.ident(field.name)}`
  switch (field.publish) {
    case "year":
      return `year(${column})::BIGINT`
    case "month":
      return `strftime(${column}, '%Y-%m')`
    case "cap":
      return `least(${column}, ${sql.number(field.cap ?? 0)})`
    default:
      return column
  }
}

/**
 * Select list of a linked table. `r` is the checked row, `m` its person (master, method), and for every column
 * that names another person by local id a join `ref_<column>` gives that person's master.
 */
export function linkedColumnsSql(table: Table): string[] {
  const kept = table.fields
    .filter((f) => f.publish !== "drop")
    .map((f) => {
      const value = f.publish === "person" ? `${sql.ident(`ref_${f.name}`)}.master` : valueSql(f)
      return `${value} AS ${sql.ident(f.as ?? f.name)}`
    })
  return [`m.master AS ${MASTER}`, ...kept, "coalesce(m.method, 'none') AS link_method"]
}

/** Order of rows in linked objects and extracts: by person, then the contract's order, then everything. */
export function orderSql(table: Table, columns: readonly PublishedColumn[], person: string): string {
  const names = columns.map((c) => c.name)
  const first = table.order.filter((o) => names.includes(o))
  const rest = names.filter((n) => !first.includes(n))
  return sql.list([person, ...[...first, ...rest].map((n) => `${sql.ident(n)} NULLS LAST`)])
}

export function linkedOrderSql(table: Table): string {
  return orderSql(table, publishedColumns(table), `${MASTER} NULLS LAST`)
}
