// What is public of the logs, as answers without a web framework: `GET /log/` and the tlog-tiles paths
// under each log's prefix. Only published sizes are served, so that reading tells nothing about the
// seconds since the last checkpoint.
import { fromUtf8, utf8 } from "#transparency/bytes.ts"
import { parseCheckpoint } from "#transparency/checkpoint.ts"
import { parseNote } from "#transparency/note.ts"
import { formatBundle, parseTilePath, TILE_WIDTH, treeHasTile } from "#transparency/tiles.ts"
import { listLogs, readEntries, readTile, type Queryable } from "./log-store.ts"
import { newestCosigned } from "./proof.ts"

export interface PublicAnswer {
  status: 200 | 404
  headers: Record<string, string>
  body: Uint8Array
}

export interface ListedLog {
  name: string
  origin: string
  vkey: string
  prefix: string
  /** Verifier keys of the witnesses that are asked to cosign. */
  witnesses: readonly string[]
}

const CORS = { "access-control-allow-origin": "*" }
const IMMUTABLE = "public, max-age=31536000, immutable"
const FRESH = "public, max-age=2"

export function logPrefix(log: string): string {
  return `/log/${log}/`
}

export async function listPublicLogs(db: Queryable, witnesses: readonly string[]): Promise<ListedLog[]> {
  const logs = await listLogs(db)
  return logs.map(({ id, origin, vkey }) => ({ name: id, origin, vkey, prefix: logPrefix(id), witnesses }))
}

/** `GET /log/` for readers that do not prefer HTML. */
export async function serveLogList(db: Queryable, witnesses: readonly string[]): Promise<PublicAnswer> {
  return answer(
    "application/json; charset=utf-8",
    FRESH,
    utf8(JSON.stringify({ logs: await listPublicLogs(db, witnesses) })),
  )
}

/** `path` is the request's path from `/log/` on, not decoded. Anything that is not the one spelling of something public is 404. */
export async function serveLogPath(
  db: Queryable,
  path: string,
  witnesses: readonly string[],
): Promise<PublicAnswer> {
  const match = /^\/log\/+((?:access|register)-[0-9]{4})\/+([a-z0-9./]+)$/.exec(path)
  const log = match?.[1]
  const rest = match?.[2]
  if (log === undefined || rest === undefined) return notFound()
  const note = await newestCosigned(db, log, witnesses)
  if (note === undefined) return notFound()
  if (rest === "checkpoint") return answer("text/plain; charset=utf-8", FRESH, utf8(note))
  const tile = parseTilePath(rest)
  if (tile === undefined || !treeHasTile(parseCheckpoint(parseNote(note).text).size, tile)) return notFound()
  const start = tile.n * TILE_WIDTH
  const body =
    tile.level === "entries"
      ? formatBundle(await readEntries(db, log, start, start + tile.width))
      : await readTile(db, log, tile.level, tile.n, tile.width)
  return answer("application/octet-stream", IMMUTABLE, body)
}

/** Register entries [from, to) as they were published, parsed. */
export async function readRegister(
  db: Queryable,
  log: string,
  from: number,
  to: number,
): Promise<{ index: number; entry: Record<string, unknown> }[]> {
  const entries = await readEntries(db, log, from, to)
  return entries.map((bytes, i) => ({
    index: from + i,
    entry: JSON.parse(fromUtf8(bytes)) as Record<string, unknown>,
  }))
}

function answer(type: string, cache: string, body: Uint8Array): PublicAnswer {
  return { status: 200, headers: { "content-type": type, "cache-control": cache, ...CORS }, body }
}

function notFound(): PublicAnswer {
  return {
    status: 404,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...CORS },
    body: utf8("not found\n"),
  }
}
