// What a rule is, and how its outcome becomes findings. A rule never throws for a strange file: it says
// violated with places, not verifiable with the way to make it so, or satisfied with the grounds.
import type { Audience, Finding, Known, Location, Recovered, RuleId, Severity } from "../report.ts"
import type { Policy } from "../policy.ts"
import type { Reading } from "../read/reading.ts"
import type { IdRange } from "../table/identifiers.ts"
import type { TableView } from "../table/view.ts"

export interface FileFacts {
  path: string
  size: number
  sha256: string
  /** false when the file was too large to be read */
  read: boolean
}

/** Evidence computed by the platform from the data, bound to a file's hash. */
export interface CellEvidence {
  row: number
  column: string
  /** distinct people behind the cell, unweighted */
  people?: number
  sum?: number
  largest?: number
  second?: number
}

export interface EarlierTable {
  release: string
  path: string
  view: TableView
  audience: Audience
}

export interface RuleContext {
  policy: Policy
  range: IdRange
  file: FileFacts
  reading: Reading
  views: TableView[]
  /** tables handed in as support, never released */
  supporting: { path: string; view: TableView }[]
  /** tables of the other files of this request */
  siblings: { path: string; view: TableView }[]
  earlier: EarlierTable[]
  earlierFiles: number
  evidence: CellEvidence[] | undefined
}

export interface Item {
  location: Location
  message: string
  known?: Known
  severity?: Severity
  audience?: Audience
  recovered?: Recovered[]
}

export interface Outcome {
  violated: Item[]
  unverifiable: Item[]
  satisfied: { message: string; known: Known }
}

export interface Rule {
  id: RuleId
  version: string
  severity: Severity
  source: (policy: Policy) => string
  /** true: needs the numbers of the file, so pixels and refused files leave it not verifiable */
  needsNumbers: boolean
  check: (context: RuleContext) => Outcome
}

export const MAX_VIOLATED = 1000
export const MAX_UNVERIFIABLE = 40

export function nothingOfThisKind(message: string, known: Known = "file"): Outcome {
  return { violated: [], unverifiable: [], satisfied: { message: `Nothing of this kind: ${message}`, known } }
}

export function placeOf(view: TableView, row?: number, column?: number): Location {
  const { table } = view
  return {
    ...(table.sheet === undefined ? {} : { sheet: table.sheet }),
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column: table.columns[column]?.name ?? `column ${column + 1}` }),
    ...(table.path === undefined ? {} : { path: table.path }),
  }
}

function toFinding(rule: Rule, policy: Policy, status: Finding["status"], known: Known, item: Item): Finding {
  return {
    rule: rule.id,
    rule_version: rule.version,
    source: rule.source(policy),
    status,
    known,
    severity: item.severity ?? rule.severity,
    audience: item.audience ?? "all",
    location: item.location,
    message: item.message,
    ...(item.recovered === undefined ? {} : { recovered: item.recovered }),
  }
}

/** Findings of one rule; long lists end with a line that says how many were left out. */
export function settle(rule: Rule, context: RuleContext, outcome: Outcome): Finding[] {
  const { policy } = context
  const unverifiable = [...outcome.unverifiable]
  if (rule.needsNumbers) unverifiable.push(...unreadParts(context))
  const findings: Finding[] = []
  for (const item of outcome.violated.slice(0, MAX_VIOLATED))
    findings.push(toFinding(rule, policy, "violated", item.known ?? "file", item))
  const left = outcome.violated.length - MAX_VIOLATED
  if (left > 0)
    findings.push(
      toFinding(rule, policy, "violated", "file", {
        location: {},
        message: `And ${left} more places like these.`,
      }),
    )
  for (const item of unverifiable.slice(0, MAX_UNVERIFIABLE))
    findings.push(toFinding(rule, policy, "not-verifiable", "none", item))
  const more = unverifiable.length - MAX_UNVERIFIABLE
  if (more > 0)
    findings.push(
      toFinding(rule, policy, "not-verifiable", "none", {
        location: {},
        message: `And ${more} more places like these.`,
      }),
    )
  if (findings.length === 0)
    findings.push(
      toFinding(rule, policy, "satisfied", outcome.satisfied.known, {
        location: {},
        message: outcome.satisfied.message,
        severity: "info",
      }),
    )
  return findings
}

/** Parts of the file that no rule about numbers can speak about. */
function unreadParts(context: RuleContext): Item[] {
  const { reading, file } = context
  if (!file.read)
    return [
      {
        location: {},
        message: "The file is too large to be read, so this was not looked at. Hand in a smaller file.",
      },
    ]
  if (reading.refused !== undefined)
    return [
      {
        location: {},
        message: `Not looked at, because ${reading.refused.what} is refused unread. ${reading.refused.wayOut}`,
      },
    ]
  const items: Item[] = reading.opaque.map((note) => ({ location: note.location, message: note.message }))
  for (const doubt of reading.doubts)
    if (doubt.broken)
      items.push({ location: doubt.location, message: `Not all of it could be read: ${doubt.message}` })
  return items
}
