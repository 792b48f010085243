// What the tests of rules share: check a text under a policy, and ask what one rule said.
import { checkFiles, inputFromBytes, type CheckOptions } from "./check.ts"
import { loadPolicy } from "./policy.ts"
import type { FileReport, Finding, RuleId, Status } from "./report.ts"

export interface Extra {
  policy?: string
  name?: string
  idsBase?: number
  supporting?: Record<string, string>
  earlier?: Record<string, string>
  ledger?: Record<string, string>
  evidence?: CheckOptions["evidence"]
}

const encoder = new TextEncoder()

export async function checkBytes(bytes: Uint8Array, extra: Extra = {}): Promise<FileReport> {
  const report = await checkFiles(
    [inputFromBytes(extra.name ?? "table.csv", bytes)],
    loadPolicy(extra.policy ?? "nhs-england-sde"),
    {
      ...(extra.idsBase === undefined ? {} : { idsBase: extra.idsBase }),
      ...(extra.evidence === undefined ? {} : { evidence: extra.evidence }),
      supporting: Object.entries(extra.supporting ?? {}).map(([path, text]) =>
        inputFromBytes(path, encoder.encode(text)),
      ),
      earlier: [
        ...Object.entries(extra.earlier ?? {}).map(([path, text]) => ({
          release: "R-0001",
          audience: "all" as const,
          input: inputFromBytes(path, encoder.encode(text)),
        })),
        ...Object.entries(extra.ledger ?? {}).map(([path, text]) => ({
          release: "R-0002",
          audience: "checkers" as const,
          input: inputFromBytes(path, encoder.encode(text)),
        })),
      ],
    },
  )
  return report.files[0] as FileReport
}

export async function checkText(text: string, extra: Extra = {}): Promise<FileReport> {
  return checkBytes(encoder.encode(text), extra)
}

export function findingsOf(file: FileReport, rule: RuleId): Finding[] {
  return file.findings.filter((f) => f.rule === rule)
}

export function statusOf(file: FileReport, rule: RuleId): Status {
  const statuses = findingsOf(file, rule).map((f) => f.status)
  if (statuses.includes("violated")) return "violated"
  if (statuses.includes("not-verifiable")) return "not-verifiable"
  return "satisfied"
}

/** "row/column" of every violated finding of a rule. */
export function placesOf(file: FileReport, rule: RuleId): string[] {
  return findingsOf(file, rule)
    .filter((f) => f.status === "violated")
    .map(
      (f) =>
        `${f.location.path === undefined ? "" : `${f.location.path}:`}${f.location.row ?? ""}/${f.location.column ?? ""}`,
    )
}

/** One line a rule that is not satisfied, for messages of failing tests. */
export function explain(file: FileReport): string {
  return file.findings
    .filter((f) => f.status !== "satisfied")
    .map((f) => `${f.rule} ${f.status} ${f.location.row ?? ""}/${f.location.column ?? ""}: ${f.message}`)
    .join("\n")
}
