// Form of a data set's contract (policies/data/<code>.json): what a provider sends, which rules it must keep,
// how identifiers are removed, and what a catalogue says. Read by the stages and the control plane.
import { readFileSync } from "node:fs"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { Type, type Static, type TObject, type TProperties } from "typebox"
import { Value } from "typebox/value"
import { ColumnName, Filter, Name, type Filter as FilterOf } from "./contract.ts"

export const DOMAINS = ["nhs-number", "postcode", "ods", "icd10", "snomed", "dmd", "bnf"] as const
export type Domain = (typeof DOMAINS)[number]
export const SEVERITIES = ["reject-file", "reject-row", "warn"] as const
/** keep as is · drop · year, month of a date · cap a number · person: another person's local id, as a pseudonym */
export const PUBLISH = ["keep", "drop", "year", "month", "cap", "person"] as const
export const IDENTIFIERS = ["nhsNumber", "dateOfBirth", "surname", "forename", "postcode", "sex"] as const
export type Identifier = (typeof IDENTIFIERS)[number]

function closed<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false })
}
function oneOf<T extends string>(values: readonly T[]) {
  return Type.Unsafe<T>(Type.Union(values.map((v) => Type.Literal(v))))
}

export const Field = closed({
  name: ColumnName,
  label: Type.String(),
  type: oneOf(["text", "integer", "number", "date"] as const),
  format: Type.Optional(oneOf(["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y"] as const)),
  unit: Type.Optional(Type.String()),
  domain: Type.Optional(oneOf(DOMAINS)),
  values: Type.Optional(Type.Record(Type.String(), Type.String())),
  required: Type.Optional(Type.Boolean()),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  maxLength: Type.Optional(Type.Integer({ minimum: 1 })),
  notAfterReceipt: Type.Optional(Type.Boolean()),
  severity: Type.Optional(oneOf(SEVERITIES)),
  publish: oneOf(PUBLISH),
  as: Type.Optional(ColumnName),
  cap: Type.Optional(Type.Integer()),
  quasi: Type.Optional(Type.Boolean()),
})
export type Field = Static<typeof Field>

const Identifiers = Type.Partial(
  closed({
    nhsNumber: ColumnName,
    dateOfBirth: ColumnName,
    surname: ColumnName,
    forename: ColumnName,
    postcode: ColumnName,
    sex: ColumnName,
  }),
)

const Rule = closed({
  id: Type.String({ pattern: "^[a-z][a-z0-9-]{1,40}$" }),
  severity: oneOf(SEVERITIES),
  says: Type.String(),
  expect: Type.Unsafe<FilterOf>(Filter),
})

export const Table = closed({
  name: Name,
  title: Type.String(),
  description: Type.String(),
  /** by identifiers in the row, or by a provider's own id that another table of the submission explains */
  person: Type.Union([
    closed({
      identifiers: Identifiers,
      localId: Type.Optional(ColumnName),
      optional: Type.Optional(Type.Boolean()),
    }),
    closed({ reference: closed({ table: Name, column: ColumnName }) }),
  ]),
  key: Type.Array(ColumnName),
  date: Type.Optional(ColumnName),
  order: Type.Array(ColumnName),
  file: closed({ minRows: Type.Integer(), maxAsideShare: Type.Number({ minimum: 0, maximum: 1 }) }),
  fields: Type.Array(Field, { minItems: 1 }),
  rules: Type.Array(Rule),
})
export type Table = Static<typeof Table>

export const DataSet = closed({
  schema: Type.Literal(1),
  code: Name,
  version: Type.Integer({ minimum: 1 }),
  title: Type.String(),
  summary: Type.String(),
  custodian: Type.String(),
  source: Type.String(),
  caution: Type.String(),
  conformsTo: Type.Array(Type.String()),
  frequency: Type.String(),
  coverage: Type.String(),
  accessRights: Type.String(),
  onOptOut: oneOf(["stop_new", "remove_next_snapshot", "remove_now"] as const),
  /** knows its people best: linked before others that came with it, so that nobody is taken for two */
  linkFirst: Type.Optional(Type.Boolean()),
  tables: Type.Array(Table, { minItems: 1 }),
})
export type DataSet = Static<typeof DataSet>

export type PublishedColumn = {
  name: string
  type: "text" | "integer" | "number" | "date"
  label: string
  unit?: string
  values?: Record<string, string>
  quasi: boolean
  /** a person's pseudonym: mapped again for every project */
  person: boolean
}

export const LINK_METHOD_COLUMN = "link_method"

/** Columns that an extract of this table may hold besides `person_id`. */
export function publishedColumns(table: Table): PublishedColumn[] {
  const columns = table.fields
    .filter((f) => f.publish !== "drop")
    .map((f): PublishedColumn => ({
      name: f.as ?? f.name,
      type:
        f.publish === "year" || f.publish === "person" ? "integer" : f.publish === "month" ? "text" : f.type,
      label:
        f.publish === "year" ? `${f.label}: year` : f.publish === "month" ? `${f.label}: month` : f.label,
      ...(f.unit === undefined ? {} : { unit: f.unit }),
      ...(f.values === undefined ? {} : { values: f.values }),
      quasi: f.quasi ?? false,
      person: f.publish === "person",
    }))
  const how: PublishedColumn = {
    name: LINK_METHOD_COLUMN,
    type: "text",
    label: "How the row was linked to the person",
    quasi: false,
    person: false,
  }
  return [...columns, how]
}

/** Reads and checks one contract. Throws with the paths that are wrong. */
export function parseDataSet(text: string): DataSet {
  const value: unknown = JSON.parse(text)
  if (!Value.Check(DataSet, value)) {
    const wrong = [...Value.Errors(DataSet, value)].slice(0, 5).map((e) => `${e.instancePath} ${e.message}`)
    throw new Error(`the contract is not valid: ${wrong.join("; ")}`)
  }
  const dataSet = value as DataSet
  for (const table of dataSet.tables) assertTable(dataSet, table)
  return dataSet
}

function assertTable(dataSet: DataSet, table: Table): void {
  const names = new Set(table.fields.map((f) => f.name.toLowerCase()))
  const where = `${dataSet.code}.${table.name}`
  if (names.size !== table.fields.length) throw new Error(`${where} names a column twice`)
  const used = [...table.key, ...(table.date === undefined ? [] : [table.date])]
  if ("identifiers" in table.person) {
    used.push(...Object.values(table.person.identifiers))
    if (table.person.localId !== undefined) used.push(table.person.localId)
    const kept = table.fields.filter((f) =>
      Object.entries(identifiersOf(table)).some(([kind, n]) => n === f.name && !mayBePublished(kind, f)),
    )
    if (kept.length > 0) throw new Error(`${where} would publish the identifier ${kept[0]?.name}`)
  } else {
    const { reference } = table.person
    used.push(reference.column)
    const target = dataSet.tables.find((t) => t.name === reference.table)
    if (!target || !("identifiers" in target.person) || target.person.localId === undefined) {
      throw new Error(`${where} refers to a table without local ids`)
    }
  }
  for (const f of table.fields) {
    if (f.domain === "nhs-number" || f.domain === "postcode") {
      if (f.publish !== "drop") throw new Error(`${where} would publish ${f.name}`)
    }
    if (f.publish === "cap" && f.cap === undefined) throw new Error(`${where}.${f.name} has no cap`)
    if ((f.publish === "year" || f.publish === "month") && (f.type !== "date" || f.as === undefined)) {
      throw new Error(`${where}.${f.name} cannot be generalised`)
    }
  }
  const published = publishedColumns(table).map((c) => c.name.toLowerCase())
  if (published.includes("person_id")) throw new Error(`${where} publishes a column called person_id`)
  if (new Set(published).size !== published.length) throw new Error(`${where} publishes a column twice`)
  for (const name of used) {
    if (!names.has(name.toLowerCase())) throw new Error(`${where} names the unknown column ${name}`)
  }
}

/** Sex is an identifier for linkage and a variable for research; a birth date leaves only as its year or month. */
function mayBePublished(kind: string, field: Field): boolean {
  if (field.publish === "drop" || kind === "sex") return true
  return kind === "dateOfBirth" && (field.publish === "year" || field.publish === "month")
}

export function identifiersOf(table: Table): Partial<Record<Identifier, string>> {
  return "identifiers" in table.person ? table.person.identifiers : {}
}

export type LoadedDataSet = { readonly dataSet: DataSet; readonly sha256: string }

/** `directory` is policies/data. Only a name of the right form ever becomes a path. */
export function loadDataSet(directory: string, code: string): LoadedDataSet {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(code)) throw new Error("this is no data set code")
  const text = readFileSync(join(directory, `${code}.json`), "utf8")
  const dataSet = parseDataSet(text)
  if (dataSet.code !== code) throw new Error("the contract is of another data set")
  return { dataSet, sha256: createHash("sha256").update(text).digest("hex") }
}

export function getTable(dataSet: DataSet, name: string): Table {
  const table = dataSet.tables.find((t) => t.name === name)
  if (!table) throw new Error(`${dataSet.code} has no table of that name`)
  return table
}
