// What each column of a table is: count, share, mean, label… told from header words and measured values,
// with the reason in words. `unknown-*` is an honest answer; rules then end not-verifiable.
import type { ColumnScan } from "./column.ts"
import { wordsOf } from "./identifiers.ts"
import type { Table } from "./table.ts"

export type Role =
  | "label"
  | "ordinal"
  | "date"
  | "count"
  | "weighted-count"
  | "share"
  | "mean"
  | "spread"
  | "sum"
  | "rate"
  | "extreme"
  | "quantile"
  | "mode"
  | "model"
  | "survival"
  | "unknown-whole"
  | "unknown-number"
  | "empty"

export interface ColumnRole {
  role: Role
  why: string
  /** for quantile: its share, 0.25 for the lower quartile */
  q?: number
}

const has = (words: string, list: string): boolean => new RegExp(`(?:^| )(?:${list})(?: |$)`).test(words)

const COUNT =
  "n|ns|count|counts|freq|frequency|frequencies|num|numbers?|no|cases?|events?|deaths?|died|dead|alive|patients?|people|persons?|participants?|subjects?|individuals?|population|pop|denominators?|denom|numerators?|obs|nobs|observations?|admissions?|episodes?|spells?|records?|births?|women|men|males?|females?|boys|girls|children|adults|total|totals|all|overall|exposed|unexposed|vaccinated|unvaccinated|controls?|treated|untreated|size|households?|visits?|prescriptions?|appointments?|infections?|hospitali[sz]ations?|at risk|n risk|nrisk|n event|n events|n censor|n censored|censored|users?|members?|staff|pupils|students|claimants|responses|respondents|sample|freqs|tally|cnt|nr|anzahl|nombre|numero|antal|volume|registered|tested|tests|positive|negative|hits|cell"
const SHARE =
  "%|pct|pcts|percent|percents|percentage|percentages|perc|prop|proportion|proportions|share|shares|fraction|prevalence|incidence proportion|col pct|row pct|coverage|uptake"
const MEAN = "mean|means|avg|average|averages|mu|xbar|arithmetic mean"
const MEDIAN = "median|medians|p50|q50|50%|q2|med"
const SPREAD =
  "sd|std|stdev|std dev|standard deviation|se|sem|stderr|std error|variance|var|iqr|cv|mad|skew|kurtosis|range width|standard error"
const RATE = "rate|rates|ratio|per|index|smr|asr|incidence|density|standardised|standardized|asmr|isr|dsr"
const SUM =
  "sum|sums|amount|cost|costs|spend|spending|expenditure|income|revenue|turnover|price|gbp|eur|usd|bed days|days|hours|minutes|dose total|mg|litres|person years|person days|py|pyears|followup|follow up|exposure"
const EXTREME =
  "min|max|minimum|maximum|range|smallest|largest|lowest|highest|earliest|latest|youngest|oldest|first date|last date|longest|shortest"
const MODEL =
  "estimate|estimates|coef|coefs|coefficient|coefficients|beta|betas|hr|or|rr|irr|hazard ratio|odds ratio|risk ratio|std error|std err|statistic|p value|pvalue|p|pval|pr z|pr t|t value|z value|z|t|wald|ci|lci|uci|lower|upper|conf low|conf high|ci low|ci high|ci lower|ci upper|ll|ul|lower ci|upper ci|loglik|aic|bic|r squared|r2|auc|chi2|chisq|exp coef|odds|f|df|dof|deviance|0 025|0 975|conf int low|conf int high|95% ci|p t|p z|95 ci|exp|se coef|robust se|adj|adjusted hr|unadjusted hr|vif"
const SURVIVAL =
  "surv|survival|km|kaplan meier|km estimate|cumulative incidence|cuminc|survival probability|surv prob|cum hazard|cumhaz"
const ORDINAL =
  "year|years|yr|fy|month|months|week|weeks|day|quarter|qtr|age|ages|date|dose|stage|grade|decile|deciles|quintile|quintiles|quartile|imd|code|codes|id|rank|order|level|levels|wave|cluster|group|groups|time|times|period|follow up time|band|bin|bins|class|step|index|chapter|version|model|seq|row|visit|t|left|right|breaks|edge|from|to|start|end|lag|snomed|icd|opcs|ward|lsoa|region code|site|batch|round|threshold|cut|interval|score|dimension|sheet|page|line"
const CODED = "code|codes|id|key|snomed|icd|opcs|concept|ref|reference|number"

const QUANTILES: [RegExp, number][] = [
  [/(?:^| )(?:p|pct|q|perc|percentile) ?0?(1|5|10|20|25|30|40|50|60|70|75|80|90|95|99)(?: |$)/, -1],
  [/(?:^| )(\d{1,2}) ?(?:%|th percentile|st percentile|nd percentile|rd percentile|percentile)(?: |$)/, -1],
  [/(?:^| )(?:q1|lower quartile|first quartile|lq|1st qu)(?: |$)/, 0.25],
  [/(?:^| )(?:q3|upper quartile|third quartile|uq|3rd qu)(?: |$)/, 0.75],
  [/(?:^| )(?:decile|d) ?1(?: |$)/, 0.1],
  [/(?:^| )(?:decile|d) ?9(?: |$)/, 0.9],
]

export function quantileOf(words: string): number | undefined {
  if (has(words, MEDIAN)) return 0.5
  for (const [pattern, q] of QUANTILES) {
    const m = pattern.exec(words)
    if (m !== null) return q >= 0 ? q : Number(m[1]) / 100
  }
  return undefined
}

/** Words for what is known of one person; several of them beside exact values make rows look like people. */
export const ATTRIBUTE =
  /(?:^| )(?:age|sex|gender|dob|birth|ethnicity|ethnic group|postcode|lsoa|msoa|imd|admission|admitted|discharge|death date|date of death|diagnosis|diag|icd10|bmi|sbp|dbp|height|weight|smoking|smoker|diabetes|gp practice|practice|marital|occupation|religion|systolic|diastolic|cholesterol|hba1c|egfr|creatinine|haemoglobin|futime|followup|status|event|index date|vaccination date|outcome|treatment|arm|stage|dose|drug|procedure|ward|los|length of stay|comorbidity|time)(?: |$)/

/** An attribute of one person, as a value: an exact age, a day, a measured number; bands are groups. */
export function isIndividual(column: ColumnScan): boolean {
  const exact = column.dayDate > 0 || column.whole + column.decimal > column.filled / 2
  return exact && column.distinct.size >= Math.min(8, Math.max(3, column.filled / 4))
}

function looksLikePeople(table: Table): boolean {
  const attributes = table.columns.filter((c) => ATTRIBUTE.test(wordsOf(c.name)) && c.filled > 0)
  return attributes.length >= 2 && attributes.some(isIndividual)
}

/** Role that words claim, whatever the values; undefined when they claim none. */
export function claimOf(header: string): ColumnRole | undefined {
  const words = wordsOf(header)
  const named = (role: Role): ColumnRole => ({ role, why: `it is named “${header}”` })
  if (words === "") return undefined
  if (/^n ?%$|^n (?:col |row )?%|^(?:no|number|count|freq) %$/.test(words)) return named("count")
  const q = quantileOf(words)
  if (q !== undefined && !has(words, "imd|ci")) return { ...named("quantile"), q }
  if (has(words, MEAN)) return named("mean")
  if (has(words, "mode|modal")) return named("mode")
  if (has(words, EXTREME) && !has(words, "n|count")) return named("extreme")
  if (has(words, SURVIVAL) && !has(words, "n|count|events")) return named("survival")
  if (has(words, SHARE)) return named("share")
  if (has(words, "weighted|wt|wtd|weight n") && has(words, COUNT)) return named("weighted-count")
  if (
    has(
      words,
      "n|count|counts|freq|frequency|nobs|n risk|at risk|n event|n censor|denominator|denom|numerator|num",
    )
  )
    return named("count")
  if (has(words, SPREAD)) return named("spread")
  if (has(words, RATE)) return named("rate")
  if (has(words, SUM)) return named("sum")
  if (has(words, MODEL)) return named("model")
  if (has(words, COUNT) && !(has(words, ORDINAL) && has(words, "no|number|num"))) return named("count")
  return undefined
}

function isOrdinalName(words: string): boolean {
  return has(words, ORDINAL)
}

/** Rounded whole numbers or masks among them are what published counts look like. */
function looksRounded(column: ColumnScan): string | undefined {
  if (column.mask - column.looseMask > 0) return "some of its cells are masked as counts are"
  const nonZero = column.whole - column.zeros.total
  const nearest = column.unroundedNearest.some((p) => p.total === 0)
  const midpoint = column.unroundedMidpoint.some((p) => p.total === 0)
  if (nonZero >= 4 && (nearest || midpoint)) return "all its numbers are rounded as counts are"
  return undefined
}

/** Runs 0,1,2… or 1,2,3…: an index, not a measurement. */
function isIndex(table: Table, column: ColumnScan): boolean {
  if (column.index !== 0 || !column.allDistinct || column.whole !== column.rows || column.rows < 2)
    return false
  if (column.max - column.min !== column.rows - 1 || column.min > 1) return false
  if (table.cells === undefined) return true
  return table.cells.every((row, i) => Number(row[0]) === column.min + i)
}

function firstRole(table: Table, column: ColumnScan, people: boolean): ColumnRole {
  const words = wordsOf(column.name)
  if (column.filled === 0) return { role: "empty", why: "it is empty" }
  const numeric = column.numeric
  const own = claimOf(column.name)
  // 0 and 1 under "event" beside exact ages is a mark of a person, not a number of them.
  const mark =
    people &&
    own?.role === "count" &&
    column.max <= 1 &&
    column.decimal === 0 &&
    !has(words, "n|count|number|freq|total")
  const claim = mark ? undefined : own
  const masks = column.mask
  const others = column.text + column.date
  if (column.date > column.filled * 0.5)
    return claim?.role === "extreme" ? claim : { role: "date", why: "it holds dates" }
  if (numeric === 0) {
    // a column of nothing but masks, under a name that claims numbers
    if (masks > 0 && others === 0 && (masks > column.looseMask || claim !== undefined))
      return claim ?? { role: "count", why: "all its cells are masked" }
    return { role: "label", why: "it holds words" }
  }
  if (others > numeric + masks) return { role: "label", why: "it holds mostly words" }
  if (column.percent > 0 && column.percent >= column.whole + column.decimal)
    return claim?.role === "rate" ? claim : { role: "share", why: "its numbers carry a percent sign" }
  const wholeOnly = column.decimal === 0 && column.percent === 0 && column.negative === 0
  if (claim !== undefined) {
    if (claim.role === "count") {
      if (wholeOnly) return claim
      if (column.negative > 0)
        return { role: "unknown-number", why: "it is named as a count and holds negative numbers" }
      // "total" and "all" also stand over decimals; then the values decide
      return has(words, "n|count|counts|freq|frequency|patients|people|persons|denominator|weighted")
        ? { role: "weighted-count", why: "it is named as a count and holds decimals" }
        : (shareByValue(column) ?? {
            role: "unknown-number",
            why: "it holds decimals under the name of a group",
          })
    }
    if (claim.role !== "sum" || !isOrdinalName(words) || column.decimal > 0) return claim
  }
  if (isIndex(table, column)) return { role: "ordinal", why: "it numbers the rows" }
  if (isOrdinalName(words) || (has(words, CODED) && wholeOnly))
    return { role: "ordinal", why: `it is named “${column.name}”` }
  if (wholeOnly) {
    const years =
      column.whole > 0 && column.min >= 1850 && column.max <= 2100 && column.whole + masks === column.filled
    if (years && column.index === 0) return { role: "ordinal", why: "it holds years" }
    const rounded = people ? undefined : looksRounded(column)
    if (rounded !== undefined) return { role: "count", why: rounded }
    return { role: "unknown-whole", why: "it holds whole numbers and its name does not say of what" }
  }
  return { role: "unknown-number", why: "it holds numbers and its name does not say of what" }
}

function shareByValue(column: ColumnScan): ColumnRole | undefined {
  if (column.min >= 0 && column.max <= 1) return { role: "share", why: "its numbers lie between 0 and 1" }
  return undefined
}

/** Levels that stand over the columns of a cross table. */
const LEVEL =
  /^(?:yes|no|true|false|y|n|[0-9]{1,2}|\(?missing\)?|unknown|other|none|white|black|asian|mixed|[<>≥≤]?\s?\d{1,3}(?:\s?(?:-|–|to|\+)\s?\d{0,3})?|(?:18|19|20)\d{2})$/i

/** Decides every column of a table; looks at the columns together where one alone does not tell. */
export function decideRoles(table: Table): ColumnRole[] {
  const people = looksLikePeople(table)
  const roles = table.columns.map((column) => firstRole(table, column, people))
  for (const [i, role] of roles.entries()) {
    // F, T, Z, P are statistics beside estimates and groups elsewhere.
    const column = table.columns[i] as ColumnScan
    if (role.role !== "model" || !/^[ftzp]$/i.test(column.name.trim())) continue
    const others = roles.filter(
      (r, k) => k !== i && r.role === "model" && !/^[ftzp]$/i.test(table.columns[k]?.name.trim() ?? ""),
    )
    if (others.length === 0 && column.decimal === 0 && column.negative === 0)
      roles[i] = { role: "unknown-whole", why: "it holds whole numbers and its name does not say of what" }
  }
  markKeys(table, roles)
  // A standard error beside coefficients belongs to the model, not to a mean of people.
  if (roles.filter((r) => r.role === "model").length >= 2)
    for (const [i, role] of roles.entries()) {
      if (role.role === "spread") role.role = "model"
      // Stars behind coefficients are marks of significance.
      if (role.role === "count" && table.columns[i]?.numeric === 0)
        roles[i] = { role: "label", why: "it holds marks beside a model" }
    }
  const unknown = roles.flatMap((r, i) => (r.role === "unknown-whole" ? [i] : []))
  if (unknown.length === 0) return roles
  const first = roles[0]?.role
  const labelled = first === "label" || first === "ordinal" || first === "date"
  const statistics = roles.some(
    (r) => !["label", "ordinal", "date", "empty", "unknown-whole", "count", "share"].includes(r.role),
  )
  const counts = roles.some((r) => r.role === "count")
  const oneRow =
    table.rowCount === 1 &&
    table.path?.includes("/") !== true &&
    table.columns.length >= 2 &&
    unknown.length === table.columns.length
  for (const i of unknown) {
    const column = table.columns[i] as ColumnScan
    if (oneRow)
      roles[i] = {
        role: "count",
        why: "it is one of a row of whole numbers under names, as frequencies are printed",
      }
    else if (LEVEL.test(column.name.trim()) && labelled && !statistics)
      roles[i] = { role: "count", why: `it stands under the group “${column.name}”` }
    else if (labelled && !statistics && !people && !table.headed)
      roles[i] = { role: "count", why: "it is whole numbers beside row labels, in a table without a header" }
    else if (
      labelled &&
      !statistics &&
      !people &&
      table.headed &&
      table.rowCount >= 2 &&
      (unknown.length >= 2 || counts)
    )
      roles[i] = { role: "count", why: "it is one of several columns of whole numbers beside row labels" }
  }
  return roles
}

/** Whole numbers left of a named count that, together, name each row once: codes of groups. */
function markKeys(table: Table, roles: ColumnRole[]): void {
  const count = roles.findIndex((r) => r.role === "count" && r.why.startsWith("it is named"))
  const codes = roles.flatMap((r, i) => (r.role === "unknown-whole" && i < count ? [i] : []))
  if (codes.length === 0 || table.cells === undefined || table.rowCount < 2) return
  const few = codes.every(
    (i) =>
      (table.columns[i] as ColumnScan).max <= 200 &&
      (codes.length > 1 || (table.columns[i] as ColumnScan).allDistinct || roles[0]?.role === "label"),
  )
  const names = roles.flatMap((r, i) =>
    i < count && (codes.includes(i) || ["label", "ordinal", "date"].includes(r.role)) ? [i] : [],
  )
  const keys = new Set(table.cells.map((row) => names.map((i) => row[i] ?? "").join("\u0000")))
  if (!few || keys.size !== table.rowCount) return
  // Without these columns the rows must not be named already, or they would be results.
  const rest = names.filter((i) => !codes.includes(i))
  const restKeys = new Set(table.cells.map((row) => rest.map((i) => row[i] ?? "").join("\u0000")))
  if (rest.length > 0 && restKeys.size === table.rowCount) return
  for (const i of codes) roles[i] = { role: "ordinal", why: "it is a code that names the groups" }
}

// --- rows that are statistics ---

const ROW_STAT =
  "mean|std|sd|min|max|25%|50%|75%|median|count|n|sum|variance|q1|q3|mode|p25|p75|iqr|average|minimum|maximum|1st qu|3rd qu|nobs|se"

/**
 * Where a column of words names the statistic of each row (describe() and tidy tables), the role of each
 * row; undefined for tables that are laid out by columns.
 */
export function decideRowRoles(
  table: Table,
  roles: readonly ColumnRole[],
): { column: number; roles: (ColumnRole | undefined)[] } | undefined {
  if (table.cells === undefined || table.rowCount === 0) return undefined
  for (const [i, role] of roles.entries()) {
    if (role.role !== "label" || i > 8) continue
    const words = table.cells.map((row) => wordsOf(row[i] ?? ""))
    const hits = words.filter((w) => new RegExp(`^(?:${ROW_STAT}|n %|mean sd|median iqr)$`).test(w))
    const kinds = new Set(hits)
    if (kinds.size < 2 || hits.length < words.length * 0.5) continue
    return { column: i, roles: words.map((_, r) => claimOf(table.cells?.[r]?.[i] ?? "")) }
  }
  return undefined
}

// --- totals ---

export const TOTAL_WORD =
  /^(?:\(?(?:grand |row |column |sub ?)?totals?\)?|all|overall|sum|everyone|any|all (?:ages|sexes|groups|regions|patients|people|persons)|both(?: sexes)?|margin|margins|insgesamt|gesamt|combined|england|uk|united kingdom)$/i

export function isTotalName(text: string): boolean {
  return TOTAL_WORD.test(text.trim().replace(/[:*]+$/, ""))
}
