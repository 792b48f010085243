// Canonical identifiers of a row and the digests that the ladder climbs, as SQL. The same text must come out in
// link and in deidentify: it is how a row finds its person again. Digests are SHA-256 cut to 16 bytes, as hex;
// custody keys them, because an unkeyed digest of an NHS number can be searched in minutes.
import type { Table } from "../data-set.ts"
import { identifiersOf, type Identifier } from "../data-set.ts"
import * as sql from "./sql.ts"

const HEX = 32

/** SQL of each canonical identifier, '' where the table or the row has none. */
export function canonicalSql(table: Table): Record<Identifier, string> {
  const columns = identifiersOf(table)
  const of = (kind: Identifier, form: (column: string) => string) => {
    const column = columns[kind]
    return column === undefined ? "''" : `coalesce(${form(sql.ident(column))}, '')`
  }
  const letters = (c: string) => `regexp_replace(upper(strip_accents(${c})), '[^A-Z]', '', 'g')`
  return {
    nhsNumber: of("nhsNumber", (c) => c),
    dateOfBirth: of("dateOfBirth", (c) => `strftime(${c}, '%Y-%m-%d')`),
    surname: of("surname", letters),
    forename: of("forename", letters),
    postcode: of("postcode", (c) => `replace(upper(${c}), ' ', '')`),
    sex: of("sex", (c) => `CASE WHEN ${c} IN ('1', '2') THEN ${c} END`),
  }
}

function digest(tag: string, parts: readonly string[]): string {
  return `substr(sha256(concat_ws('|', '${tag}', ${parts.join(", ")})), 1, ${HEX})`
}

/** Digest of everything that is known of a row's person; null when nothing is. Columns as in `canonicalSql`. */
export function subjectSql(c: Record<Identifier, string>): string {
  const all = [c.nhsNumber, c.dateOfBirth, c.surname, c.forename, c.postcode, c.sex]
  return `CASE WHEN ${all.map((x) => `${x} = ''`).join(" AND ")} THEN NULL ELSE ${digest("subject", all)} END`
}

/** Digests of the rungs; null where the row lacks what the rung needs. Columns are canonical, never null. */
export function rungsSql(
  c: Record<Identifier, string>,
): Record<"nhsDob" | "nhsDobSwapped" | "nhsName" | "nameDobPostcode", string> {
  const has = (...parts: string[]) => parts.map((p) => `${p} <> ''`).join(" AND ")
  const day = `substr(${c.dateOfBirth}, 9, 2)`
  const month = `substr(${c.dateOfBirth}, 6, 2)`
  const year = `substr(${c.dateOfBirth}, 1, 4)`
  const swapped = `concat(${year}, '-', ${day}, '-', ${month})`
  const when = (condition: string, value: string) => `CASE WHEN ${condition} THEN ${value} END`
  return {
    nhsDob: when(has(c.nhsNumber, c.dateOfBirth), digest("nd", [c.nhsNumber, c.dateOfBirth])),
    nhsDobSwapped: when(
      `${has(c.nhsNumber, c.dateOfBirth)} AND ${day} <= '12' AND ${day} <> ${month}`,
      digest("nd", [c.nhsNumber, swapped]),
    ),
    nhsName: when(
      has(c.nhsNumber, c.surname, c.forename, c.dateOfBirth),
      digest("nn", [c.nhsNumber, c.surname, `substr(${c.forename}, 1, 1)`, year]),
    ),
    nameDobPostcode: when(
      has(c.surname, c.forename, c.dateOfBirth, c.postcode, c.sex),
      digest("np", [c.surname, c.forename, c.dateOfBirth, c.postcode, c.sex]),
    ),
  }
}
