// Verifies whole logs from what anyone can fetch: signature, origin, size, every entry bundle, every full
// and partial tile, root, and what was seen of the log before. Believes nothing it has not recomputed.
import { concat, equalBytes, FormatError, fromUtf8, toBase64 } from "./bytes.ts"
import { openCheckpoint, parseCheckpoint, type Checkpoint } from "./checkpoint.ts"
import { TreeEdge } from "./edge.ts"
import { hashLeaf } from "./merkle.ts"
import { formatVkey, parseNote, parseVkey, SignatureError, verifyNote, type VerifierKey } from "./note.ts"
import { verifyQuorum, type TlogPolicy } from "./policy.ts"
import type { Hasher } from "./sha256.ts"
import { bundlesOf, parseBundle, parseTile, tilePath, tilesOf, TILE_WIDTH, type TileRef } from "./tiles.ts"

/** Undefined when there is nothing at that path. Paths begin with a slash. Throws when it cannot tell. */
export type Fetcher = (path: string) => Promise<Uint8Array | undefined>

export interface ListedLog {
  name: string
  origin: string
  vkey: string
  prefix: string
}

export type ProblemCode =
  | "malformed"
  | "missing"
  | "signature_invalid"
  | "origin_mismatch"
  | "key_not_trusted"
  | "quorum_not_reached"
  | "bundle_invalid"
  | "tile_invalid"
  | "root_mismatch"
  | "rolled_back"
  | "forked"
  | "log_missing"

export interface Problem {
  /** Name of the log; empty when it is about the list. */
  log: string
  code: ProblemCode
  message: string
}

export interface VerifiedLog {
  name: string
  origin: string
  size: number
  root: string
  /** Whether the key was pinned by a policy or only came from the log itself. */
  keyFrom: "policy" | "log"
  cosignedBy: string[]
  /** How many earlier checkpoints the log was found to continue. */
  continues: number
  bundles: number
  tiles: number
}

export interface VerifyOptions {
  fetch: Fetcher
  /** Body of `/log/` or `logs.json`. */
  list: Uint8Array
  hash: Hasher
  policy?: TlogPolicy | undefined
  /** Earlier checkpoints, as signed notes. */
  known?: readonly string[] | undefined
  onProgress?: ((log: string, done: number, size: number) => void) | undefined
}

export interface VerifyReport {
  logs: VerifiedLog[]
  problems: Problem[]
}

class VerifyError extends Error {
  readonly code: ProblemCode
  constructor(code: ProblemCode, message: string) {
    super(message)
    this.code = code
  }
}

const MAX_LOGS = 1_000
const WINDOW = 16

export async function verifyLogs(options: VerifyOptions): Promise<VerifyReport> {
  const report: VerifyReport = { logs: [], problems: [] }
  const run = async (log: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work()
    } catch (error) {
      report.problems.push({ log, code: problemCode(error), message: messageOf(error) })
    }
  }
  let listed: ListedLog[] = []
  await run("", () => {
    listed = parseLogList(options.list)
    assertPolicyCovers(options.policy, listed)
  })
  for (const log of listed) {
    await run(log.name, async () => void report.logs.push(await verifyLog(options, log)))
  }
  for (const note of options.known ?? []) {
    await run("", () => {
      const { origin } = parseCheckpoint(parseNote(note).text)
      if (listed.some((log) => log.origin === origin)) return
      throw new VerifyError(
        "log_missing",
        `a checkpoint of ${origin} is known, and that log is not listed any more`,
      )
    })
  }
  return report
}

export function parseLogList(body: Uint8Array): ListedLog[] {
  let value: unknown
  try {
    value = JSON.parse(fromUtf8(body))
  } catch {
    throw new FormatError("the list of logs is not JSON")
  }
  const logs = (value as { logs?: unknown } | null)?.logs
  if (!Array.isArray(logs) || logs.length > MAX_LOGS) throw new FormatError("the list of logs has no logs")
  const listed = logs.map(parseListed)
  for (const key of ["name", "origin", "prefix"] as const) {
    if (new Set(listed.map((log) => log[key])).size !== listed.length) {
      throw new FormatError(`two logs have the same ${key}`)
    }
  }
  return listed
}

function parseListed(value: unknown): ListedLog {
  const field = (name: keyof ListedLog): string => {
    const text = (value as Record<string, unknown> | null)?.[name]
    if (typeof text !== "string" || text === "") throw new FormatError(`a listed log has no ${name}`)
    return text
  }
  const prefix = field("prefix")
  if (!/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+\/?$/.test(prefix))
    throw new FormatError("a log's prefix is not a path")
  return {
    name: field("name"),
    origin: field("origin"),
    vkey: field("vkey"),
    prefix: prefix.endsWith("/") ? prefix : `${prefix}/`,
  }
}

function assertPolicyCovers(policy: TlogPolicy | undefined, listed: readonly ListedLog[]): void {
  for (const { key } of policy?.logs ?? []) {
    if (listed.some((log) => log.origin === key.name)) continue
    throw new VerifyError("log_missing", `the policy names the log ${key.name}, which is not listed`)
  }
}

async function verifyLog(options: VerifyOptions, log: ListedLog): Promise<VerifiedLog> {
  const { hash, policy } = options
  const key = parseVkey(hash, log.vkey)
  assertTrusted(policy, log, key)
  const body = await need(options.fetch, `${log.prefix}checkpoint`, "missing")
  const source = fromUtf8(body)
  const origin = parseCheckpoint(parseNote(source).text).origin
  if (origin !== log.origin) {
    throw new VerifyError("origin_mismatch", `the checkpoint is of ${origin}, listed is ${log.origin}`)
  }
  const { checkpoint, note } = await openCheckpoint(source, key)
  const cosignedBy = policy === undefined ? [] : await checkQuorum(policy, note)
  const known = await openKnown(options.known ?? [], log, key)
  for (const earlier of known) {
    if (earlier.size > checkpoint.size) {
      const sizes = `${checkpoint.size} entries, and had ${earlier.size} before`
      throw new VerifyError("rolled_back", `the log has ${sizes}: entries are missing`)
    }
  }
  const counts = await verifyTree(options, log, checkpoint, known)
  return {
    name: log.name,
    origin: log.origin,
    size: checkpoint.size,
    root: toBase64(checkpoint.root),
    keyFrom: policy === undefined ? "log" : "policy",
    cosignedBy,
    continues: known.length,
    ...counts,
  }
}

function assertTrusted(policy: TlogPolicy | undefined, log: ListedLog, key: VerifierKey): void {
  if (key.name !== log.origin) {
    throw new VerifyError("origin_mismatch", `the key is of ${key.name}, listed is ${log.origin}`)
  }
  if (policy === undefined || policy.logs.some((trusted) => formatVkey(trusted.key) === log.vkey)) return
  throw new VerifyError("key_not_trusted", `the policy does not name the key ${log.vkey}`)
}

async function checkQuorum(policy: TlogPolicy, note: Parameters<typeof verifyQuorum>[1]): Promise<string[]> {
  try {
    return await verifyQuorum(policy, note)
  } catch (error) {
    if (error instanceof SignatureError) throw new VerifyError("quorum_not_reached", error.message)
    throw error
  }
}

async function openKnown(notes: readonly string[], log: ListedLog, key: VerifierKey): Promise<Checkpoint[]> {
  const known: Checkpoint[] = []
  for (const source of notes) {
    const note = parseNote(source)
    const checkpoint = parseCheckpoint(note.text)
    if (checkpoint.origin !== log.origin) continue
    try {
      await verifyNote(note, key)
    } catch (error) {
      const message = `the known checkpoint of size ${checkpoint.size} is not signed by this log's key: ${messageOf(error)}`
      throw new VerifyError("signature_invalid", message)
    }
    known.push(checkpoint)
  }
  return known
}

async function verifyTree(
  options: VerifyOptions,
  log: ListedLog,
  checkpoint: Checkpoint,
  known: readonly Checkpoint[],
): Promise<{ bundles: number; tiles: number }> {
  const { fetch, hash } = options
  const { size } = checkpoint
  const edge = new TreeEdge(hash)
  let tiles = 0
  const checkTile = async (tile: TileRef, expected: Uint8Array): Promise<void> => {
    const hashes = await fetchTile(fetch, log.prefix, tile)
    if (!equalBytes(concat(...hashes), expected)) {
      throw new VerifyError("tile_invalid", `${log.prefix}${tilePath(tile)} is not what the entries make`)
    }
    tiles++
  }
  checkKnown(edge, known)
  const bundles = bundlesOf(size)
  for await (const { bundle, entries } of fetchBundles(fetch, log.prefix, bundles)) {
    const checks: Promise<void>[] = []
    for (const entry of entries) {
      for (const { level, n, data } of edge.add(hashLeaf(hash, entry))) {
        checks.push(checkTile({ level, n, width: TILE_WIDTH }, data))
      }
      checkKnown(edge, known)
    }
    await Promise.all(checks)
    options.onProgress?.(log.name, bundle.n * TILE_WIDTH + bundle.width, size)
  }
  for (const tile of tilesOf(size)) {
    if (tile.width < TILE_WIDTH) await checkTile(tile, concat(...edge.partial(tile.level)))
  }
  if (!equalBytes(edge.root(), checkpoint.root)) {
    throw new VerifyError("root_mismatch", `the ${size} entries do not make the root of the checkpoint`)
  }
  return { bundles: bundles.length, tiles }
}

function checkKnown(edge: TreeEdge, known: readonly Checkpoint[]): void {
  for (const earlier of known) {
    if (earlier.size === edge.size && !equalBytes(earlier.root, edge.root())) {
      throw new VerifyError(
        "forked",
        `the first ${earlier.size} entries are not those that were known before`,
      )
    }
  }
}

/** In order, some of them fetched ahead. */
async function* fetchBundles(
  fetch: Fetcher,
  prefix: string,
  bundles: readonly TileRef[],
): AsyncGenerator<{ bundle: TileRef; entries: Uint8Array[] }> {
  const ahead: { bundle: TileRef; entries: Promise<Uint8Array[]> }[] = []
  const start = (bundle: TileRef | undefined): void => {
    if (bundle === undefined) return
    const entries = fetchBundle(fetch, prefix, bundle)
    // Awaited in its turn; until then a failure must not count as unhandled.
    entries.catch(() => {})
    ahead.push({ bundle, entries })
  }
  for (const bundle of bundles.slice(0, WINDOW)) start(bundle)
  for (let next = WINDOW; ahead.length > 0; next++) {
    const { bundle, entries } = ahead.shift()!
    start(bundles[next])
    yield { bundle, entries: await entries }
  }
}

async function fetchBundle(fetch: Fetcher, prefix: string, bundle: TileRef): Promise<Uint8Array[]> {
  const { path, body, width } = await needTile(fetch, prefix, bundle, "bundle_invalid")
  try {
    return parseBundle(body, width).slice(0, bundle.width)
  } catch (error) {
    throw new VerifyError("bundle_invalid", `${path}: ${messageOf(error)}`)
  }
}

async function fetchTile(fetch: Fetcher, prefix: string, tile: TileRef): Promise<Uint8Array[]> {
  const { path, body, width } = await needTile(fetch, prefix, tile, "tile_invalid")
  try {
    return parseTile(body, width).slice(0, tile.width)
  } catch (error) {
    throw new VerifyError("tile_invalid", `${path}: ${messageOf(error)}`)
  }
}

/** A partial tile may have been dropped for the full one (tlog-tiles, "Partial Tiles"). */
async function needTile(
  fetch: Fetcher,
  prefix: string,
  tile: TileRef,
  code: ProblemCode,
): Promise<{ path: string; body: Uint8Array; width: number }> {
  const path = prefix + tilePath(tile)
  const body = await fetch(path)
  if (body !== undefined) return { path, body, width: tile.width }
  if (tile.width < TILE_WIDTH) {
    const fullPath = prefix + tilePath({ ...tile, width: TILE_WIDTH })
    const full = await fetch(fullPath)
    if (full !== undefined) return { path: fullPath, body: full, width: TILE_WIDTH }
  }
  throw new VerifyError(code, `${path} is missing`)
}

async function need(fetch: Fetcher, path: string, code: ProblemCode): Promise<Uint8Array> {
  const body = await fetch(path)
  if (body === undefined) throw new VerifyError(code, `${path} is missing`)
  return body
}

function problemCode(error: unknown): ProblemCode {
  if (error instanceof VerifyError) return error.code
  if (error instanceof SignatureError) return "signature_invalid"
  if (error instanceof FormatError) return "malformed"
  return "missing"
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
