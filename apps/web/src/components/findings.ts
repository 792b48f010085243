// Findings of the disclosure engine in the console's words: a title for each rule, order, and counts. The
// verdicts and messages are the engine's.
import type { Answer } from "../api/client.ts"

export type RequestView = Answer<"requestGet">
export type RequestFile = RequestView["files"][number]
export type Finding = RequestFile["check"]["findings"][number]

const titles: Record<string, readonly [violated: string, notVerifiable: string, satisfied: string]> = {
  threshold: ["A count is below the threshold", "Counts could not be told", "No small counts"],
  "zero-cell": [
    "An empty cell says something about everyone",
    "Empty cells could not be told",
    "No telling zeros",
  ],
  "class-disclosure": [
    "Everyone in a group shares a value",
    "Groups could not be told",
    "No group gives itself away",
  ],
  dominance: [
    "One or two people make up a total",
    "Who makes up a total is not known",
    "Nobody dominates a total",
  ],
  "degrees-of-freedom": [
    "A model fits too few people",
    "A model without its counts",
    "Models rest on enough people",
  ],
  endpoint: [
    "A smallest or largest value is one person's",
    "Ends of ranges could not be told",
    "No single person's extremes",
  ],
  recovery: [
    "A hidden cell can be worked out",
    "Whether hidden cells can be worked out is not known",
    "Hidden cells stay hidden",
  ],
  differencing: [
    "It differs too little from an earlier release",
    "Earlier releases could not be compared",
    "Differs safely from earlier releases",
  ],
  rounding: ["Numbers are not rounded as asked", "Rounding could not be told", "Rounded as asked"],
  "unit-record": ["It holds one row per person", "Rows could be people", "Not one row per person"],
  identifier: ["It holds an identifier", "Identifiers could not be ruled out", "No identifiers"],
  "hidden-content": [
    "It holds more than it shows",
    "Hidden content could not be ruled out",
    "Nothing hidden inside",
  ],
  "file-type": [
    "This kind of file cannot be released",
    "The kind of file is not certain",
    "A kind of file that may leave",
  ],
  unreadable: ["It cannot be read", "It cannot be read completely", "It can be read"],
  size: ["It is too large", "Its size could not be judged", "A size that can be reviewed"],
  formula: ["It holds formulas", "Formulas could not be ruled out", "No formulas"],
}

export function titleOf(finding: Pick<Finding, "rule" | "status">): string {
  const words = titles[finding.rule]
  if (!words) return finding.rule
  return finding.status === "violated" ? words[0] : finding.status === "not-verifiable" ? words[1] : words[2]
}

const knownWords: Record<Finding["known"], string> = {
  file: "seen in the file",
  supporting: "from a supporting file",
  evidence: "from evidence of the workspace",
  ledger: "compared with earlier releases",
  none: "",
}

export function describeKnown(finding: Pick<Finding, "known">): string {
  return knownWords[finding.known]
}

const order: Record<Finding["status"], number> = { violated: 0, "not-verifiable": 1, satisfied: 2 }

/** Violated first, then not verifiable, then satisfied; the engine's order inside each. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => order[a.status] - order[b.status])
}

export function countFindings(findings: readonly Finding[]): Record<Finding["status"], number> {
  const counts = { violated: 0, "not-verifiable": 0, satisfied: 0 }
  for (const finding of findings) counts[finding.status] += 1
  return counts
}

interface Place {
  sheet?: string | undefined
  row?: number | undefined
  column?: string | undefined
  path?: string | undefined
}

/** Where a finding points: "row 2, subunit". Rows are counted from 1 for people. */
export function placeOf(finding: { location?: Place }): string {
  const { location } = finding
  if (!location) return ""
  return [
    location.path,
    location.sheet,
    location.row === undefined ? undefined : `row ${location.row + 1}`,
    location.column,
  ]
    .filter(Boolean)
    .join(", ")
}

/** Numbers that a derivation uses, as written there; for outlining the cells that it was worked out from. */
export function numbersIn(derivation: string): string[] {
  return [...derivation.matchAll(/-?\d[\d,]*(?:\.\d+)?/g)].map((match) => match[0].replaceAll(",", ""))
}

/** What one rule says about several places, told once. */
export interface FindingGroup {
  first: Finding
  all: readonly Finding[]
}

/** Findings of one rule and status stand together, in the order of their first one. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.status}`
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  return [...groups.values()].flatMap((all) => (all[0] ? [{ first: all[0], all }] : []))
}
