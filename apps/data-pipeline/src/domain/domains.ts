// Domains of coded fields as SQL over a text expression that is not null. Formats and check digits only: whether
// a code exists in a release of its terminology is asked of the terminology, not here.
import type { Domain } from "../data-set.ts"

/** Verhoeff's dihedral group, a row a running sum; an eleventh column leaves the sum as it is (no digit there). */
const MULTIPLY = [
  "01234567890",
  "12340678951",
  "23401789562",
  "34012895673",
  "40123956784",
  "59876043215",
  "65987104326",
  "76598210437",
  "87659321048",
  "98765432109",
].join("")
const PERMUTE = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
] as const
const LONGEST_SCTID = 18

function verhoeffSql(value: string): string {
  let sum = "0"
  for (let i = 0; i < LONGEST_SCTID; i++) {
    const digit = `(ascii(substr(${value}, length(${value}) - ${i}, 1)) - 48)`
    const permuted = `ascii(substr('${PERMUTE[i % 8]}', ${digit} + 1, 1)) - 48`
    const column = `CASE WHEN length(${value}) > ${i} THEN ${permuted} ELSE 10 END`
    sum = `(ascii(substr('${MULTIPLY}', ${sum} * 11 + (${column}) + 1, 1)) - 48)`
  }
  return sum
}

const POSTCODE = "[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}"

/** Modulus 11 with weights 10 to 2; a check value of 10 is never issued. */
function nhsNumberSql(value: string): string {
  const digit = (i: number) => `(ascii(substr(${value}, ${i + 1}, 1)) - 48)`
  const sum = Array.from({ length: 9 }, (_, i) => `${10 - i} * ${digit(i)}`).join(" + ")
  return `(regexp_full_match(${value}, '[0-9]{10}') AND (11 - (${sum}) % 11) % 11 = ${digit(9)})`
}

/** True for a member of the domain. `value` is SQL text of a non-null VARCHAR; needs DOMAIN_MACROS. */
export function domainSql(domain: Domain, value: string): string {
  switch (domain) {
    case "nhs-number":
      return nhsNumberSql(value)
    case "postcode":
      return `regexp_full_match(${value}, '${POSTCODE}')`
    case "ods":
      return `regexp_full_match(${value}, '[A-Z0-9]{3,10}')`
    case "icd10":
      return `regexp_full_match(${value}, '[A-Z][0-9][0-9A-Z]([0-9X][0-9]?)?[DA]?')`
    case "bnf":
      return `regexp_full_match(${value}, '[0-9]{4}[0-9A-Z]{3,11}')`
    case "snomed":
    case "dmd":
      return `CASE WHEN regexp_full_match(${value}, '[1-9][0-9]{5,17}') THEN gh_verhoeff(${value}) = 0 ELSE false END`
  }
}

/** Made once per database, before external access is closed. */
export const DOMAIN_MACROS = [`CREATE MACRO gh_verhoeff(v) AS ${verhoeffSql("v")}`]
