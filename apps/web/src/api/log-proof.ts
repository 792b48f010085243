// Verifies that an entry is in a log, in this browser, from the log's public tiles alone: no endpoint of the
// console's API is believed. The newest checkpoint of each log is remembered, so that a log that was cut
// back or rewritten between two visits is noticed.
import { equalBytes, fromBase64, toBase64 } from "#transparency/bytes.ts"
import { openCheckpoint, type SignedCheckpoint } from "#transparency/checkpoint.ts"
import { verifyCosignature } from "#transparency/cosignature.ts"
import { commit, parseLeaf, type Group } from "#transparency/leaf.ts"
import { hashLeaf, proveInclusion, verifyInclusion } from "#transparency/merkle.ts"
import { parseVkey } from "#transparency/note.ts"
import { formatProof } from "#transparency/proof.ts"
import { sha256 } from "#transparency/sha256.ts"
import { tileNodeReader, tilesForInclusion } from "#transparency/tile-reader.ts"
import { parseBundle, parseTile, tilePath, TILE_WIDTH, type TileRef } from "#transparency/tiles.ts"

export type LogName = "access" | "register"

interface LogEntry {
  name: string
  origin: string
  vkey: string
  prefix: string
  /** verifier keys of witnesses, where the log lists them */
  witnesses?: string[]
}

export class VerifyError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = "VerifyError"
    this.code = code
  }
}

async function fetchBytes(url: URL): Promise<Uint8Array> {
  let response: Response
  try {
    response = await fetch(url, { credentials: "omit", redirect: "error" })
  } catch {
    throw new VerifyError("log_unreachable", "The log cannot be reached from this browser.")
  }
  if (!response.ok) throw new VerifyError("log_incomplete", `The log does not give ${url.pathname}.`)
  return new Uint8Array(await response.arrayBuffer())
}

/** The logs as the platform lists them, newest year first for each name. */
export async function fetchLogs(): Promise<LogEntry[]> {
  let response: Response
  try {
    response = await fetch("/log/", { headers: { accept: "application/json" }, credentials: "omit" })
  } catch {
    throw new VerifyError("log_unreachable", "The log cannot be reached from this browser.")
  }
  if (!response.ok) throw new VerifyError("log_unreachable", "The list of logs cannot be read.")
  const { logs } = (await response.json()) as { logs: LogEntry[] }
  return logs.toSorted((a, b) => b.origin.localeCompare(a.origin))
}

export async function fetchLog(name: LogName): Promise<{ entry: LogEntry; prefix: URL }> {
  const entry = (await fetchLogs()).find((each) => each.name === name || each.name.startsWith(`${name}`))
  if (!entry) throw new VerifyError("log_unknown", `There is no ${name} log here.`)
  const prefix = entry.prefix.endsWith("/") ? entry.prefix : `${entry.prefix}/`
  return { entry, prefix: new URL(prefix, new URL("/log/", location.origin)) }
}

export interface Witnessed {
  name: string
  /** when this witness signed; undefined when its key is not listed, so that its line is not checked */
  at: string | undefined
}

export interface OpenedCheckpoint {
  origin: string
  size: number
  text: string
  witnesses: Witnessed[]
}

/** The newest checkpoint, its signature checked against the listed key, and compared with the last one seen. */
export async function fetchCheckpoint(
  name: LogName,
): Promise<OpenedCheckpoint & { prefix: URL; root: Uint8Array }> {
  const { entry, prefix } = await fetchLog(name)
  const text = new TextDecoder().decode(await fetchBytes(new URL("checkpoint", prefix)))
  const signed = await openCheckpoint(text, parseVkey(sha256, entry.vkey))
  const { origin, size, root } = signed.checkpoint
  rememberCheckpoint(origin, size, toBase64(root))
  const witnesses = await readWitnesses(signed, entry)
  return { origin, size, root, text, witnesses, prefix }
}

async function readWitnesses(signed: SignedCheckpoint, entry: LogEntry): Promise<Witnessed[]> {
  const names = new Set(
    signed.note.signatures.map((line) => line.name).filter((each) => each !== entry.origin),
  )
  const found: Witnessed[] = []
  for (const vkey of entry.witnesses ?? []) {
    const key = parseVkey(sha256, vkey)
    if (!names.delete(key.name)) continue
    const seconds = await verifyCosignature(signed.note, key)
    found.push({ name: key.name, at: new Date(seconds * 1000).toISOString() })
  }
  return [...found, ...[...names].map((each) => ({ name: each, at: undefined }))]
}

const SEEN_KEY = "glasshouse-seen-checkpoint"

/** Throws when this log is smaller than, or differs from, what this browser saw before. */
export function rememberCheckpoint(
  origin: string,
  size: number,
  root: string,
  storage: Storage = localStorage,
): void {
  const key = `${SEEN_KEY} ${origin}`
  const text = storage.getItem(key)
  if (text) {
    const seen = JSON.parse(text) as { size: number; root: string }
    if (size < seen.size) {
      throw new VerifyError(
        "log_cut_back",
        `The log had ${seen.size} entries when this browser last looked, now ${size}.`,
      )
    }
    if (size === seen.size && root !== seen.root) {
      throw new VerifyError(
        "log_forked",
        `The log shows another root for the same ${size} entries than before.`,
      )
    }
  }
  storage.setItem(key, JSON.stringify({ size, root }))
}

export type Side = "left" | "right"

/** On which side each sibling of an inclusion proof stands, leaf to root (RFC 6962). */
export function sidesOf(index: number, size: number): Side[] {
  const sides: Side[] = []
  let at = index
  let last = size - 1
  while (last > 0) {
    if (at % 2 === 1) sides.push("left")
    else if (at < last) sides.push("right")
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return sides
}

export interface Verified extends OpenedCheckpoint {
  index: number
  /** the entry's bytes as they stand in the log */
  leaf: Uint8Array
  sides: Side[]
  hashes: number
  tookMs: number
  at: string
  /** the proof as a .tlog-proof text, for tools that are not ours */
  proof: string
}

/** A new entry is in a checkpoint within ten seconds; so long a person waits rather than presses again. */
const PATIENCE_MS = 15_000

async function fetchCheckpointOf(name: LogName, index: number, patienceMs: number) {
  const end = performance.now() + patienceMs
  for (;;) {
    const found = await fetchCheckpoint(name)
    if (index < found.size) return found
    if (performance.now() >= end) {
      throw new VerifyError(
        "not_in_checkpoint",
        "This entry is newer than the newest checkpoint. Try again in a moment.",
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

/** Fetches what is needed and proves the entry in. Throws VerifyError, FormatError, SignatureError or ProofError. */
export async function verifyEntry(name: LogName, index: number, patienceMs = PATIENCE_MS): Promise<Verified> {
  const { prefix, origin, size, root, text, witnesses } = await fetchCheckpointOf(name, index, patienceMs)
  const started = performance.now()
  const n = Math.floor(index / TILE_WIDTH)
  const bundle: TileRef = { level: "entries", n, width: Math.min(TILE_WIDTH, size - n * TILE_WIDTH) }
  const tiles = tilesForInclusion(index, size)
  const [bundleBytes, ...tileBytes] = await Promise.all(
    [bundle, ...tiles].map((tile) => fetchBytes(new URL(tilePath(tile), prefix))),
  )
  if (!bundleBytes) throw new VerifyError("log_incomplete", "The log does not give this entry.")
  const leaf = parseBundle(bundleBytes, bundle.width)[index % TILE_WIDTH]
  if (!leaf) throw new VerifyError("log_incomplete", "The log does not give this entry.")
  const hashes = new Map(
    tiles.map((tile, at) => [
      `${tile.level}/${tile.n}`,
      parseTile(tileBytes[at] ?? new Uint8Array(0), tile.width),
    ]),
  )
  const reader = tileNodeReader(sha256, (level, tile) => hashes.get(`${level}/${tile}`))
  const path = proveInclusion(sha256, reader, index, size)
  verifyInclusion(sha256, { index, size, leaf: hashLeaf(sha256, leaf), proof: path, root })
  return {
    origin,
    size,
    text,
    witnesses,
    index,
    leaf,
    sides: sidesOf(index, size),
    hashes: path.length,
    tookMs: performance.now() - started,
    at: new Date().toISOString(),
    proof: formatProof({ index, hashes: path, checkpoint: text }),
  }
}

export interface ShownOpening {
  group: Group
  salt: string
  bytes: string
}

/** Whether what a page shows is what the leaf committed to: every opened group must match. */
export function openingsMatch(leaf: Uint8Array, openings: readonly ShownOpening[]): boolean {
  const commitments = parseLeaf(leaf)
  return openings.every((opening) =>
    equalBytes(
      commitments[opening.group],
      commit(sha256, opening.group, { salt: fromBase64(opening.salt), bytes: fromBase64(opening.bytes) }),
    ),
  )
}

export function leafMatches(leaf: Uint8Array, shown: string): boolean {
  return equalBytes(leaf, fromBase64(shown))
}
