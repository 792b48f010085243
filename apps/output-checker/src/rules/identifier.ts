// Identifiers of people. Judged by column: one in eleven random ten-digit numbers passes the check digit
// of health numbers, so a column is a finding when more pass than chance allows.
import { identifierHeader, looksLikeChi, findShapes, type Shape } from "../table/identifiers.ts"
import type { ColumnScan, Places } from "../table/column.ts"
import type { TableView } from "../table/view.ts"
import { placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"

const CERTAIN: Partial<Record<Shape, string>> = {
  "person-id-own": "a person_id of this project",
  postcode: "a full postcode",
  email: "an e-mail address",
  phone: "a telephone number",
  "ni-number": "a National Insurance number",
}

const INCIDENT =
  "a number in the range of person_id that is not this project's. If it is a person_id of another project, this is an incident: stop and report it"

/** Chance that k or more of m random numbers pass a check that one in eleven passes. */
export function chanceOfPassing(k: number, m: number): number {
  if (k <= 0) return 1
  const p = 1 / 11
  let term = (1 - p) ** m
  if (term === 0) {
    // large m: normal approximation, far out in the tail is all that matters
    const z = (k - 0.5 - m * p) / Math.sqrt(m * p * (1 - p))
    return z <= 0 ? 1 : Math.exp((-z * z) / 2)
  }
  let below = 0
  for (let i = 0; i < k; i++) {
    below += term
    term *= ((m - i) / (i + 1)) * (p / (1 - p))
  }
  return Math.max(0, 1 - below)
}

const NO_PLACES: Places = { total: 0, rows: [], texts: [] }

function each(
  view: TableView,
  column: ColumnScan,
  places: Places,
  what: string,
  severity: "block" | "review" = "block",
): Item[] {
  const items = places.rows.map((row, i) => ({
    location: placeOf(view, row, column.index),
    message: `“${places.texts[i] ?? ""}” is ${what}.`,
    severity,
  }))
  if (places.total > places.rows.length)
    items.push({
      location: placeOf(view, undefined, column.index),
      message: `And ${places.total - places.rows.length} more.`,
      severity,
    })
  return items
}

function checkHealthNumbers(view: TableView, column: ColumnScan): Item[] {
  const valid = column.shapes.get("nhs-number") ?? NO_PLACES
  if (valid.total === 0) return []
  const others = column.shapes.get("ten-digits")?.total ?? 0
  const all = valid.total + others
  const spaced = valid.texts.filter((t) => /^\d{3}[ -]\d{3}[ -]\d{4}$/.test(t)).length
  const chance = chanceOfPassing(valid.total, all)
  if (chance >= 0.001 && spaced === 0 && !(others === 0 && all <= 3)) return []
  const chi = valid.texts.every((t) => looksLikeChi(t.replace(/\D/g, "")))
  const name = chi ? "a valid CHI or NHS number" : "a valid NHS or H&C number"
  const lone = all <= 3 && spaced === 0
  return each(
    view,
    column,
    valid,
    `${name} (${valid.total} of ${all} ten-digit numbers of this column pass the check digit)`,
    lone ? "review" : "block",
  )
}

/** SNOMED CT identifiers are as large as person_id; a whole column of them, check digit and all, is no accident. */
const VERHOEFF_D =
  "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210"
const VERHOEFF_P = "01234567891576283094580379614289160435279453126870428657390127938064157046913258"

export function isSnomedId(text: string): boolean {
  if (!/^\d{6,18}$/.test(text) || !/(?:00|01|02|10|11|12)\d$/.test(text)) return false
  let c = 0
  for (let i = 0; i < text.length; i++) {
    const digit = Number(text[text.length - 1 - i])
    const permuted = Number(VERHOEFF_P[(i % 8) * 10 + digit])
    c = Number(VERHOEFF_D[c * 10 + permuted])
  }
  return c === 0
}

function checkForeignIds(view: TableView, column: ColumnScan, items: Item[]): void {
  const places = column.shapes.get("person-id-other")
  if (places === undefined) return
  const snomed =
    places.total >= 3 &&
    places.total <= places.texts.length &&
    places.texts.every((t) => isSnomedId(t.trim()))
  if (snomed) return
  items.push(...each(view, column, places, INCIDENT))
}

function checkColumn(context: RuleContext, view: TableView, column: ColumnScan): Item[] {
  const items: Item[] = []
  const header = identifierHeader(column.name)
  const listed = context.policy.parameters.identifier_columns.includes(column.name.trim().toLowerCase())
  if ((header !== undefined || listed) && column.filled > 0) {
    const coordinates = header === "coordinates"
    const fine = coordinates ? column.maxDecimals >= 3 : column.numeric + column.text + column.date > 0
    // Outward codes name districts of thousands of people; a birth year is no birth date.
    const outcodes = header === "postcodes" && (column.shapes.get("outcode")?.total ?? 0) === column.filled
    const years =
      header === "dates of birth" && column.dayDate === 0 && column.longest <= 7 && column.text === 0
    // A breakdown by one of these words ("address" in a survey table) has far fewer values than rows.
    if (fine && !outcodes && !years)
      items.push({
        location: placeOf(view, 0, column.index),
        message: `Column “${column.name}” holds ${header ?? "identifiers of people"} (${column.filled} values).`,
      })
  }
  items.push(...checkHealthNumbers(view, column))
  for (const [shape, what] of Object.entries(CERTAIN)) {
    const places = column.shapes.get(shape as Shape)
    if (places !== undefined) items.push(...each(view, column, places, what))
  }
  checkForeignIds(view, column, items)
  const compact = column.shapes.get("postcode-compact")
  if (compact !== undefined && compact.total * 2 >= column.filled && compact.total >= 2)
    items.push(...each(view, column, compact, "a full postcode"))
  for (const shape of ["uuid", "digest"] as const) {
    const places = column.shapes.get(shape)
    if (places !== undefined && places.total >= 2 && places.total * 2 >= column.filled && column.allDistinct)
      items.push(...each(view, column, places, "a pseudonym or key: a different code in every row"))
  }
  const spanYears = (column.lastDay - column.firstDay) / (365.25 * 86_400_000)
  if (
    header === undefined &&
    column.dayDate > 50 &&
    column.distinct.size > 50 &&
    spanYears > 30 &&
    view.counts.length === 0
  )
    items.push({
      location: placeOf(view, 0, column.index),
      message: `Column “${column.name}” holds ${column.distinct.size} different days over ${Math.round(spanYears)} years, as dates of birth do.`,
      severity: "review",
    })
  return items
}

/** Running text has no column, so a lone number is judged by its own shape. */
function checkProse(context: RuleContext): Item[] {
  const items: Item[] = []
  for (const { location, text } of context.reading.prose) {
    const lines = text.split(/\r?\n|\r/)
    const valid: Item[] = []
    let ten = 0
    for (const [i, line] of lines.entries()) {
      if (line.length > 200_000) continue
      for (const hit of findShapes(line, context.range, true)) {
        const item = { location: { ...location, row: i }, message: "" }
        const what = CERTAIN[hit.shape]
        if (what !== undefined) items.push({ ...item, message: `“${hit.text}” is ${what}.` })
        else if (hit.shape === "person-id-other")
          items.push({ ...item, message: `“${hit.text}” is ${INCIDENT}.` })
        else if (hit.shape === "ten-digits") ten++
        else if (hit.shape === "nhs-number")
          valid.push({
            ...item,
            message: `“${hit.text}” is a valid NHS, CHI or H&C number.`,
            severity: /[ -]/.test(hit.text) ? "block" : "review",
          })
        if (items.length > 2000) return items
      }
    }
    if (
      valid.length > 0 &&
      (ten === 0 ||
        chanceOfPassing(valid.length, valid.length + ten) < 0.001 ||
        valid.some((v) => v.severity === "block"))
    )
      items.push(...valid)
  }
  return items
}

export const identifier: Rule = {
  id: "identifier",
  version: "1",
  severity: "block",
  source: (policy) =>
    `NHS Data Dictionary (check digit); design of person_id; ${policy.sources.identifier_columns}`,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const violated = context.views.flatMap((view) =>
      view.table.columns.flatMap((column) => checkColumn(context, view, column)),
    )
    violated.push(...checkProse(context))
    for (const view of context.views)
      for (const name of view.table.header)
        for (const hit of findShapes(name, context.range, true)) {
          const what =
            CERTAIN[hit.shape] ??
            (hit.shape === "nhs-number"
              ? "a valid NHS number"
              : hit.shape === "person-id-other"
                ? INCIDENT
                : undefined)
          if (what !== undefined)
            violated.push({ location: placeOf(view), message: `The header “${hit.text}” is ${what}.` })
        }
    const base = context.range.base
    return {
      violated,
      unverifiable: [],
      satisfied: {
        message: `No health number, postcode, address of a person or date of birth, and no number in ${base === undefined ? "the range of any person_id" : "this project's or another project's person_id range"}; every cell was looked at.`,
        known: "file",
      },
    }
  },
}
