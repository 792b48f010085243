// The engine: files and a policy in, one report out. Knows no people and keeps no state; the same inputs
// give the same report. A file that breaks a reader or a rule costs only its own verdict.
import { createHash } from "node:crypto"
import { combinePolicies, loadPolicy, parsePolicy, type Policy } from "./policy.ts"
import { readFile } from "./read/read.ts"
import { newReading, type ReadContext, type Reading } from "./read/reading.ts"
import { decideVerdict, type Audience, type FileReport, type Finding, type Report } from "./report.ts"
import { ALL_RULES } from "./rules/all.ts"
import {
  settle,
  type CellEvidence,
  type EarlierTable,
  type FileFacts,
  type Rule,
  type RuleContext,
} from "./rules/rule.ts"
import { viewTable, type TableView } from "./table/view.ts"

export const ENGINE_VERSION = "1.0.0"
/** Larger files are hashed and measured, not read. */
export const MAX_READ_BYTES = 256 * 1024 * 1024
/** What all containers of one file together may unpack to. */
const UNPACK_BYTES = 256 * 1024 * 1024
const UNPACK_PARTS = 2000

export interface Input {
  path: string
  size: number
  /** the bytes, in pieces; may be asked for more than once */
  chunks: () => Iterable<Uint8Array>
}

export interface CheckOptions {
  /** files that support the outputs and are not released */
  supporting?: readonly Input[]
  /** files of earlier releases, each with its release's name; `checkers` for releases of other projects */
  earlier?: readonly { release: string; audience: Audience; input: Input }[]
  /** per file hash, what was computed from the data */
  evidence?: ReadonlyMap<string, CellEvidence[]>
  /** the project's number × 2^32 */
  idsBase?: number
}

export function inputFromBytes(path: string, bytes: Uint8Array): Input {
  return { path, size: bytes.length, chunks: () => [bytes] }
}

/** What readers need to know of a policy while they scan. */
export function scanOptionsFor(policy: Policy, idsBase: number | undefined): ReadContext["scan"] {
  const { threshold, rounding } = policy.parameters
  return {
    threshold,
    nearest: rounding?.nearest ?? [5],
    midpoint: rounding?.midpoint ?? [],
    range: { base: idsBase },
  }
}

interface Loaded {
  facts: FileFacts
  reading: Reading
  views: TableView[]
}

function load(input: Input, policy: Policy, idsBase: number | undefined): Loaded {
  const hash = createHash("sha256")
  const keep = input.size <= MAX_READ_BYTES
  const pieces: Uint8Array[] = []
  let size = 0
  let failure: string | undefined
  try {
    for (const piece of input.chunks()) {
      hash.update(piece)
      size += piece.length
      if (keep && size <= MAX_READ_BYTES) pieces.push(piece)
    }
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  const read = keep && size <= MAX_READ_BYTES
  const facts: FileFacts = { path: input.path, size, sha256: hash.digest("hex"), read }
  if (failure !== undefined || !read) {
    const reading = newReading("unknown", "unknown")
    if (failure !== undefined)
      reading.doubts.push({ location: {}, message: `The file could not be read: ${failure}.`, broken: true })
    return { facts, reading, views: [] }
  }
  const bytes = pieces.length === 1 ? (pieces[0] as Uint8Array) : concat(pieces, size)
  const context: ReadContext = {
    scan: scanOptionsFor(policy, idsBase),
    depth: 0,
    budget: { bytes: UNPACK_BYTES, parts: UNPACK_PARTS },
  }
  const reading = readFile(input.path, bytes, context)
  let views: TableView[] = []
  try {
    views = reading.tables.map(viewTable)
  } catch (error) {
    reading.doubts.push({
      location: {},
      message: `Its tables could not be understood: ${String(error).slice(0, 200)}.`,
      broken: true,
    })
  }
  return { facts, reading, views }
}

function concat(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

function runRule(rule: Rule, context: RuleContext): Finding[] {
  try {
    return settle(rule, context, rule.check(context))
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 200)
    return settle({ ...rule, needsNumbers: false }, context, {
      violated: [],
      unverifiable: [
        {
          location: {},
          message: `The rule could not be applied to this file (${reason}); a person decides.`,
        },
      ],
      satisfied: { message: "", known: "none" },
    })
  }
}

/**
 * Checks files as one request. Order of the report is the order of `inputs`.
 * Never rejects because of what a file holds.
 */
export async function checkFiles(
  inputs: readonly Input[],
  policy: Policy,
  options: CheckOptions = {},
): Promise<Report> {
  const { idsBase } = options
  const supporting = (options.supporting ?? []).flatMap((input) =>
    load(input, policy, idsBase).views.map((view) => ({ path: input.path, view })),
  )
  const earlier: EarlierTable[] = (options.earlier ?? []).flatMap(({ release, audience, input }) =>
    load(input, policy, idsBase).views.map((view) => ({ release, path: input.path, view, audience })),
  )
  const loaded = inputs.map((input) => load(input, policy, idsBase))
  const all = loaded.flatMap((l, index) => l.views.map((view) => ({ index, path: l.facts.path, view })))
  const files: FileReport[] = loaded.map((l, index) => {
    const context: RuleContext = {
      policy,
      range: { base: idsBase },
      file: l.facts,
      reading: l.reading,
      views: l.views,
      supporting,
      siblings: all.filter((other) => other.index !== index),
      earlier,
      earlierFiles: options.earlier?.length ?? 0,
      evidence: options.evidence?.get(l.facts.sha256),
    }
    const findings = ALL_RULES.flatMap((rule) => runRule(rule, context))
    return {
      path: l.facts.path,
      sha256: l.facts.sha256,
      kind: l.reading.kind,
      verdict: decideVerdict(findings),
      findings,
    }
  })
  return {
    engine: ENGINE_VERSION,
    policy: { name: policy.name, version: policy.version, sha256: policy.sha256 },
    files,
  }
}

export { combinePolicies, loadPolicy, parsePolicy }
export type { Policy, Report }
