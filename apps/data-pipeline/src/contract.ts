// What the stages take and give: one JSON document each. Unknown fields are refused. Results hold counts,
// hashes and rule names, never a value of a record.
import { Type, type Static, type TObject, type TProperties } from "typebox"

export const STAGES = ["land", "validate", "link", "deidentify", "snapshot", "extract"] as const
export type Stage = (typeof STAGES)[number]

function closed<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false })
}

export const Id = Type.String({ pattern: "^[a-z2-7]{12}$" })
export const Name = Type.String({ pattern: "^[a-z][a-z0-9_]{0,40}$" })
export const ColumnName = Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$" })
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" })

const Scalar = Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Boolean()])
export const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const
const Comparison = Type.Union(COMPARISONS.map((op) => Type.Literal(op)))

/** One condition on one column. Values are data: they never become SQL text unquoted. */
const Condition = Type.Union([
  closed({ column: ColumnName, op: Comparison, value: Scalar }),
  closed({ column: ColumnName, op: Comparison, other: ColumnName }),
  closed({
    column: ColumnName,
    op: Type.Literal("in"),
    values: Type.Array(Scalar, { minItems: 1, maxItems: 5000 }),
  }),
  closed({
    column: ColumnName,
    op: Type.Literal("prefix"),
    value: Type.String({ minLength: 1, maxLength: 40 }),
  }),
  closed({ column: ColumnName, op: Type.Union([Type.Literal("null"), Type.Literal("not-null")]) }),
])
export type Scalar = string | number | boolean
export type Condition =
  | { column: string; op: (typeof COMPARISONS)[number]; value: Scalar }
  | { column: string; op: (typeof COMPARISONS)[number]; other: string }
  | { column: string; op: "in"; values: Scalar[] }
  | { column: string; op: "prefix"; value: string }
  | { column: string; op: "null" | "not-null" }
export type Filter = Condition | { all: Filter[] } | { any: Filter[] } | { not: Filter }

/** Row filter: all, any, not over conditions. Depth and size are bounded when it is compiled. */
export const Filter = Type.Cyclic(
  {
    Filter: Type.Union([
      Condition,
      closed({ all: Type.Array(Type.Ref("Filter"), { minItems: 1, maxItems: 100 }) }),
      closed({ any: Type.Array(Type.Ref("Filter"), { minItems: 1, maxItems: 100 }) }),
      closed({ not: Type.Ref("Filter") }),
    ]),
  },
  "Filter",
)

export const StoredObject = closed({
  path: Type.String(),
  sha256: Sha256,
  bytes: Type.Integer(),
  rows: Type.Integer(),
  etag: Type.String(),
})
export type StoredObject = Static<typeof StoredObject>

/** land: the generator stands where a provider's upload will. Identifiers are made up from the seed. */
export const LandParams = closed({
  generator: Type.Union([Type.Literal("nafld"), Type.Literal("national")]),
  seed: Type.Integer({ minimum: 0, maximum: 2 ** 31 }),
  people: Type.Optional(Type.Integer({ minimum: 1000, maximum: 5_000_000 })),
  submissions: Type.Array(closed({ dataSet: Name, submission: Id }), { minItems: 1, maxItems: 20 }),
})
export type LandParams = Static<typeof LandParams>

export const ValidateParams = closed({ dataSet: Name, submission: Id })
export const LinkParams = ValidateParams
export type SubmissionParams = Static<typeof ValidateParams>

export const DeidentifyParams = closed({
  dataSet: Name,
  snapshot: Id,
  submissions: Type.Array(Id, { minItems: 1, maxItems: 1000 }),
})
export type DeidentifyParams = Static<typeof DeidentifyParams>

export const SnapshotParams = closed({
  dataSet: Name,
  snapshot: Id,
  previous: Type.Union([Id, Type.Null()]),
})
export type SnapshotParams = Static<typeof SnapshotParams>

export const ExtractParams = closed({
  project: Id,
  extract: Id,
  agreement: closed({ id: Id, version: Type.Integer({ minimum: 1 }), sha256: Sha256 }),
  tables: Type.Array(
    closed({
      dataSet: Name,
      snapshot: Id,
      table: Name,
      /** absent: every column that the contract publishes */
      columns: Type.Optional(Type.Array(ColumnName, { minItems: 1, maxItems: 500, uniqueItems: true })),
      where: Type.Optional(Filter),
    }),
    { minItems: 1, maxItems: 100 },
  ),
  /** people of this table who satisfy the filter; nobody else is in any table */
  cohort: Type.Optional(closed({ dataSet: Name, snapshot: Id, table: Name, where: Filter })),
  /** first and last civil day, applied to every table that has a date column */
  dates: Type.Optional(
    closed({
      from: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })),
      to: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" })),
    }),
  ),
})
type ExtractStatic = Static<typeof ExtractParams>
export type ExtractTable = Omit<ExtractStatic["tables"][number], "where"> & { where?: Filter }
export type ExtractParams = Omit<ExtractStatic, "tables" | "cohort"> & {
  tables: ExtractTable[]
  cohort?: Omit<NonNullable<ExtractStatic["cohort"]>, "where"> & { where: Filter }
}

export type Severity = "reject-file" | "reject-row" | "warn"

/** One line of a submission's report; `row` counts data rows from 1, null when the rule is about the file. */
export type Finding = {
  file: string
  row: number | null
  column: string | null
  rule: string
  severity: Severity
}

export type ValidateResult = {
  dataSet: string
  submission: string
  verdict: "accepted" | "rejected"
  tables: { table: string; rows: number; accepted: number; aside: number; warnings: number }[]
  rules: { table: string; column: string | null; rule: string; severity: Severity; count: number }[]
  /** the first 500; the whole list lies beside the data */
  findings: Finding[]
  report: string
}

export type LinkResult = {
  dataSet: string
  submission: string
  subjects: number
  people: number
  minted: number
  methods: Record<string, number>
  conflicts: number
}

export type ExtractManifest = {
  format: 1
  id: string
  project: string
  agreement: { id: string; version: number; sha256: string }
  snapshots: { dataSet: string; snapshot: string; sha256: string }[]
  people: number
  tables: {
    name: string
    dataSet: string
    table: string
    snapshot: string
    title: string
    rows: number
    people: number
    columns: { name: string; type: string; label: string; unit?: string; values?: Record<string, string> }[]
    objects: StoredObject[]
    /** share of rows whose combination of quasi-identifiers is shared by fewer than 10 people; null: none kept */
    smallCells: number | null
  }[]
  contentSha256: string
}
