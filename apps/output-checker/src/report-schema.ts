// The report as a TypeBox schema, for those who receive it from the sandbox and believe nothing: the control
// plane validates before it stores. The engine itself does not import this; a test keeps both in step.
import { Type, type Static } from "typebox"
import { KINDS, RULES, STATUSES } from "./report.ts"

function oneOf<const T extends readonly string[]>(values: T): ReturnType<typeof Type.Unsafe<T[number]>> {
  return Type.Unsafe<T[number]>(Type.Union(values.map((v) => Type.Literal(v))))
}
const exact = { additionalProperties: false } as const

export const RecoveredSchema = Type.Object(
  {
    row: Type.Integer({ minimum: 0 }),
    column: Type.String({ maxLength: 1000 }),
    value: Type.Optional(Type.Number()),
    low: Type.Optional(Type.Number()),
    high: Type.Optional(Type.Number()),
    derivation: Type.String({ maxLength: 4000 }),
  },
  exact,
)

export const LocationSchema = Type.Object(
  {
    sheet: Type.Optional(Type.String({ maxLength: 1000 })),
    row: Type.Optional(Type.Integer({ minimum: 0 })),
    column: Type.Optional(Type.String({ maxLength: 1000 })),
    path: Type.Optional(Type.String({ maxLength: 4000 })),
  },
  exact,
)

export const FindingSchema = Type.Object(
  {
    rule: oneOf(RULES),
    rule_version: Type.String({ maxLength: 20 }),
    source: Type.String({ maxLength: 2000 }),
    status: oneOf(STATUSES),
    known: oneOf(["file", "supporting", "evidence", "ledger", "none"] as const),
    severity: oneOf(["block", "review", "info"] as const),
    audience: oneOf(["all", "checkers"] as const),
    location: LocationSchema,
    message: Type.String({ maxLength: 4000 }),
    recovered: Type.Optional(Type.Array(RecoveredSchema)),
  },
  exact,
)

export const FileReportSchema = Type.Object(
  {
    path: Type.String({ maxLength: 1024 }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    kind: oneOf(KINDS),
    verdict: oneOf(STATUSES),
    findings: Type.Array(FindingSchema),
  },
  exact,
)

export const ReportSchema = Type.Object(
  {
    engine: Type.String({ maxLength: 40 }),
    policy: Type.Object(
      { name: Type.String(), version: Type.String(), sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
      exact,
    ),
    files: Type.Array(FileReportSchema),
  },
  exact,
)

export type ReportDocument = Static<typeof ReportSchema>
