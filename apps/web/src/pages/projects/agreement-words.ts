// What a new version of an agreement changes, in words: a name for each key of the schema and a sentence for
// its value, for the difference that the server found and for the one that is being written.
import type { Answer } from "../../api/client.ts"
import { formatDate, formatMany, joinWords } from "../../util/format.ts"

export type AgreementDocument = Answer<"agreementVersionGet">["document"]
type Change = Answer<"agreementVersionGet">["changes"][number]
type Key = Exclude<keyof AgreementDocument, "schema" | "dataSets">

export const presetWords: Record<AgreementDocument["outputPolicy"]["preset"], string> = {
  opensafely: "OpenSAFELY",
  "nhs-england-sde": "NHS England SDE",
  "ons-srs": "ONS SRS",
  sail: "SAIL Databank",
  "acro-default": "ACRO default",
}

export const refreshWords: Record<AgreementDocument["refresh"]["every"], string> = {
  never: "Never",
  on_request: "On request",
  month: "Every month",
  quarter: "Every quarter",
  year: "Every year",
}

const optOutWords: Record<AgreementDocument["optOut"]["rule"], string> = {
  national_opt_out_applied: "People who opted out are left out",
  not_applicable: "The national opt-out does not apply",
  exempt: "Exempt from the national opt-out",
}

const NONE = "Nothing said"

/** One value of the document as a person reads it. */
const values: { [K in Key]: (value: AgreementDocument[K]) => string } = {
  title: (title) => title,
  parties: (parties) =>
    parties.map((each) => `${each.organisation} (${each.part.replace("_", " ")})`).join(", "),
  purpose: ({ lay, benefit, research }) => [lay, benefit, research].join(" "),
  legalBasis: ({ article6, article9 }) => joinWords([article6, ...(article9 ? [article9] : [])]),
  confidentialityBasis: (basis) => basis ?? NONE,
  optOut: ({ rule, reason }) => `${optOutWords[rule]}${reason ? `: ${reason}` : ""}`,
  people: (people) =>
    people === null
      ? NONE
      : `${joinWords(people.roles)}${people.most === null ? "" : `, at most ${formatMany(people.most, "person", "people")}`}`,
  cohort: (cohort) => cohort?.words ?? "Everyone in the data sets",
  dates: (dates) =>
    dates === null || (dates.from === null && dates.until === null)
      ? "All dates"
      : [
          dates.from ? `from ${formatDate(dates.from)}` : "",
          dates.until ? `until ${formatDate(dates.until)}` : "",
        ]
          .filter(Boolean)
          .join(" "),
  refresh: ({ every }) => refreshWords[every],
  derivedTables: (tables) => tables?.map((each) => each.name).join(", ") ?? NONE,
  linkage: ({ allowed, words }) => words ?? (allowed ? "Tables may be joined" : "Tables may not be joined"),
  territory: (places) => joinWords(places),
  term: ({ from, until }) => `${formatDate(from)} until ${formatDate(until)}`,
  specialConditions: (conditions) => conditions?.join(" ") || NONE,
  outputPolicy: ({ preset }) => presetWords[preset],
  overrides: (overrides) =>
    [
      overrides?.threshold ? `counts below ${overrides.threshold} hidden` : "",
      overrides?.rounding ? `rounded to ${overrides.rounding}` : "",
    ]
      .filter(Boolean)
      .join(", ") || "As the rules say",
  workspace: (workspace) =>
    workspace?.shownMegabytesPerDay ? `${workspace.shownMegabytesPerDay} MB shown a day` : "The usual size",
}

const names: Record<Key, string> = {
  title: "Title",
  parties: "Organisations",
  purpose: "Purpose",
  legalBasis: "Legal basis",
  confidentialityBasis: "Confidentiality",
  optOut: "People who opted out",
  people: "People",
  cohort: "Who is in the data",
  dates: "Dates of the records",
  refresh: "Renewal of the data",
  derivedTables: "Derived tables",
  linkage: "Joining tables",
  territory: "Where work is done",
  term: "How long",
  specialConditions: "Special conditions",
  outputPolicy: "Rules for outputs",
  overrides: "Small numbers",
  workspace: "Workspaces",
}

const KEYS = Object.keys(names) as Key[]

function isKey(path: string): path is Key {
  return Object.hasOwn(names, path)
}

function sayKey<K extends Key>(key: K, document: AgreementDocument): string {
  return values[key](document[key])
}

export interface ChangeInWords {
  what: string
  before: string
  after: string
}

/** The server's difference in words; what cannot be read is shown as it came. */
export function describeChange(change: Change): ChangeInWords {
  const column = /^columns\.(.+)$/.exec(change.path)?.[1]
  if (column) {
    return change.after === ""
      ? { what: `Column ${column}`, before: "May be used", after: "No longer used" }
      : { what: `Column ${column}`, before: "Not used", after: "May be used" }
  }
  if (change.path === "filters") return { what: "Which rows", before: "As before", after: "Other rows" }
  if (!isKey(change.path)) return { what: change.path, before: change.before, after: change.after }
  return {
    what: names[change.path],
    before: sayText(change.path, change.before),
    after: sayText(change.path, change.after),
  }
}

function sayText<K extends Key>(key: K, text: string): string {
  if (text === "") return values[key](null as AgreementDocument[K])
  try {
    return values[key](JSON.parse(text) as AgreementDocument[K])
  } catch {
    return text
  }
}

/** What is different between a version and what is being written, before it is sent. */
export function compareDrafts(before: AgreementDocument, after: AgreementDocument): ChangeInWords[] {
  const had = new Set(listColumns(before))
  const has = new Set(listColumns(after))
  const columns = [
    ...[...has].filter((each) => !had.has(each)).map((each) => ({ path: `columns.${each}`, after: "added" })),
    ...[...had].filter((each) => !has.has(each)).map((each) => ({ path: `columns.${each}`, after: "" })),
  ].map((each) => describeChange({ ...each, before: "", widens: false }))
  const keys = KEYS.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])).map(
    (key) => ({
      what: names[key],
      before: sayKey(key, before),
      after: sayKey(key, after),
    }),
  )
  return [...columns, ...keys]
}

/** Every column that a version names, as data set, table and column. */
export function listColumns(document: AgreementDocument): string[] {
  return document.dataSets.flatMap((set) =>
    set.tables.flatMap((table) => table.columns.map((column) => `${set.dataSet}.${table.table}.${column}`)),
  )
}
