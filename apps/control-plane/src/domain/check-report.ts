// The checker's answer comes out of a sandbox that held hostile files: it is believed only as far as this
// schema goes, and cut to what can be kept and shown.
import { Type, type Static } from "typebox"
import { Value } from "typebox/value"
import type { Finding } from "#contract/output-views.ts"

const Status = Type.Union([
  Type.Literal("violated"),
  Type.Literal("satisfied"),
  Type.Literal("not-verifiable"),
])
const Text = Type.String({ maxLength: 100_000 })

const ReportedFinding = Type.Object({
  rule: Type.String({ maxLength: 64 }),
  rule_version: Type.String({ maxLength: 64 }),
  source: Text,
  status: Status,
  known: Type.Union(["file", "supporting", "evidence", "ledger", "none"].map((v) => Type.Literal(v))),
  severity: Type.Union(["block", "review", "info"].map((v) => Type.Literal(v))),
  audience: Type.Union(["all", "checkers"].map((v) => Type.Literal(v))),
  location: Type.Optional(
    Type.Object({
      sheet: Type.Optional(Text),
      row: Type.Optional(Type.Integer()),
      column: Type.Optional(Text),
      path: Type.Optional(Text),
    }),
  ),
  message: Text,
  recovered: Type.Optional(
    Type.Array(
      Type.Object({
        row: Type.Integer(),
        column: Text,
        value: Type.Optional(Type.Number()),
        low: Type.Optional(Type.Number()),
        high: Type.Optional(Type.Number()),
        derivation: Text,
      }),
    ),
  ),
})

const Report = Type.Object({
  engine: Type.String({ maxLength: 64 }),
  policy: Type.Object({
    name: Type.String({ maxLength: 200 }),
    version: Type.String({ maxLength: 200 }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  }),
  files: Type.Array(
    Type.Object({
      path: Type.String({ maxLength: 4_096 }),
      sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
      kind: Type.String({ maxLength: 64 }),
      verdict: Status,
      findings: Type.Array(ReportedFinding, { maxItems: 100_000 }),
    }),
    { maxItems: 2_000 },
  ),
})

export type CheckedFinding = Static<typeof Finding>
export type Verdict = Static<typeof Status>

export interface CheckedFile {
  readonly path: string
  readonly sha256: string
  readonly verdict: Verdict
  readonly findings: CheckedFinding[]
}
export interface CheckedReport {
  readonly engine: string
  readonly policy: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly files: readonly CheckedFile[]
}

const MOST_FINDINGS = 300
const MOST_RECOVERED = 100

/** undefined when the answer is not a report. */
export function readReport(answer: unknown): CheckedReport | undefined {
  if (!Value.Check(Report, answer)) return undefined
  const report = answer as Static<typeof Report>
  return {
    engine: clean(report.engine, 64),
    policy: {
      name: clean(report.policy.name, 200),
      version: clean(report.policy.version, 200),
      sha256: report.policy.sha256,
    },
    files: report.files.map((f) => ({
      path: f.path.replace(/^\.\//, ""),
      sha256: f.sha256,
      verdict: worst(
        f.findings.map((x) => x.status),
        f.verdict,
      ),
      findings: bound(f.findings as Static<typeof ReportedFinding>[]),
    })),
  }
}

/** The verdict follows from the findings; one that says better than they do is not believed. */
export function worst(statuses: readonly Verdict[], stated: Verdict = "satisfied"): Verdict {
  const all = [...statuses, stated]
  if (all.includes("violated")) return "violated"
  return all.includes("not-verifiable") ? "not-verifiable" : "satisfied"
}

const ORDER: Readonly<Record<Verdict, number>> = { violated: 0, "not-verifiable": 1, satisfied: 2 }

function bound(findings: Static<typeof ReportedFinding>[]): CheckedFinding[] {
  const sorted = findings.toSorted((a, b) => ORDER[a.status] - ORDER[b.status])
  const kept = sorted.slice(0, MOST_FINDINGS).map(convert)
  const left = sorted.slice(MOST_FINDINGS)
  if (left.length === 0) return kept
  const status = worst(left.map((f) => f.status))
  kept.push(
    platformFinding(
      "size",
      status === "satisfied" ? "satisfied" : "not-verifiable",
      `${left.length} more findings are not kept.`,
    ),
  )
  return kept
}

function convert(f: Static<typeof ReportedFinding>): CheckedFinding {
  const l = f.location ?? {}
  const location = {
    ...(l.sheet === undefined ? {} : { sheet: clean(l.sheet, 200) }),
    ...(l.row === undefined ? {} : { row: l.row }),
    ...(l.column === undefined ? {} : { column: clean(l.column, 200) }),
    ...(l.path === undefined ? {} : { path: clean(l.path, 300) }),
  }
  return {
    rule: clean(f.rule, 64),
    ruleVersion: clean(f.rule_version, 64),
    source: clean(f.source, 500),
    status: f.status,
    known: f.known as CheckedFinding["known"],
    severity: f.severity as CheckedFinding["severity"],
    audience: f.audience as CheckedFinding["audience"],
    ...(Object.keys(location).length === 0 ? {} : { location }),
    message: clean(f.message, 1_000),
    ...(f.recovered === undefined
      ? {}
      : {
          recovered: f.recovered.slice(0, MOST_RECOVERED).map((r) => ({
            row: r.row,
            column: clean(r.column, 200),
            ...(r.value === undefined ? {} : { value: r.value }),
            ...(r.low === undefined ? {} : { low: r.low }),
            ...(r.high === undefined ? {} : { high: r.high }),
            derivation: clean(r.derivation, 500),
          })),
        }),
  }
}

/** A finding of the platform itself, about what the engine could not be asked. */
export function platformFinding(rule: string, status: Verdict, message: string): CheckedFinding {
  return {
    rule,
    ruleVersion: "1",
    source: "The platform: what the machine did not check is looked at by people",
    status,
    known: "none",
    severity: "review",
    audience: "all",
    message,
  }
}

/** Storable (no NUL, no half characters), no control or direction marks, and not longer than this. */
export function clean(text: string, most: number): string {
  const plain = text.toWellFormed().replace(/[\p{Cc}\p{Cf}]/gu, " ")
  return plain.length <= most ? plain : `${plain.slice(0, most).toWellFormed()}…`
}
