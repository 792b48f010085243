// The report: one document for one request of files. Its JSON is the interface of `check-output`, so
// names and values here never change meaning; the order of files is the order of the inputs.

export const KINDS = [
  "table",
  "text",
  "image",
  "vector-image",
  "notebook",
  "html",
  "code",
  "spreadsheet",
  "document",
  "model",
  "archive",
  "unknown",
] as const
export type Kind = (typeof KINDS)[number]

export const STATUSES = ["violated", "satisfied", "not-verifiable"] as const
export type Status = (typeof STATUSES)[number]

export const RULES = [
  "threshold",
  "zero-cell",
  "class-disclosure",
  "dominance",
  "degrees-of-freedom",
  "endpoint",
  "recovery",
  "differencing",
  "rounding",
  "unit-record",
  "identifier",
  "hidden-content",
  "file-type",
  "unreadable",
  "size",
  "formula",
] as const
export type RuleId = (typeof RULES)[number]

export type Known = "file" | "supporting" | "evidence" | "ledger" | "none"
export type Severity = "block" | "review" | "info"
export type Audience = "all" | "checkers"

/** Where in a file. `row` counts data rows from 0, the header not among them. */
export interface Location {
  sheet?: string
  row?: number
  column?: string
  /** inside a container: a zip entry, a notebook's cell and output, the second table of a text */
  path?: string
}

/** A hidden cell that the rest of the output gives back, with arithmetic a person can follow. */
export interface Recovered {
  row: number
  column: string
  value?: number
  low?: number
  high?: number
  derivation: string
}

export interface Finding {
  rule: RuleId
  rule_version: string
  /** where the rule and its number come from */
  source: string
  status: Status
  /** what the status rests on; `none` for not-verifiable */
  known: Known
  severity: Severity
  audience: Audience
  location: Location
  message: string
  recovered?: Recovered[]
}

export interface FileReport {
  path: string
  sha256: string
  kind: Kind
  verdict: Status
  findings: Finding[]
}

export interface Report {
  engine: string
  policy: { name: string; version: string; sha256: string }
  files: FileReport[]
}

/** A file is violated, else not verifiable, else satisfied, whatever the severity. */
export function decideVerdict(findings: readonly Finding[]): Status {
  if (findings.some((f) => f.status === "violated")) return "violated"
  if (findings.some((f) => f.status === "not-verifiable")) return "not-verifiable"
  return "satisfied"
}

/** 0 nothing violated and all verifiable, 1 something violated, 3 something not verifiable. */
export function decideExitCode(report: Report): 0 | 1 | 3 {
  if (report.files.some((f) => f.verdict === "violated")) return 1
  if (report.files.some((f) => f.verdict === "not-verifiable")) return 3
  return 0
}
