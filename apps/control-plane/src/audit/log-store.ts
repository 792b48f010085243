// The log's tables: opening a log, moving its head, and reading hashes, tiles and bundles back.
// A batch enters by one statement that moves the head from the size and root the writer knows; when
// the head is elsewhere, nothing at all is written.
import type { Pool, PoolClient } from "pg"
import { concat, equalBytes } from "#transparency/bytes.ts"
import { TreeEdge, type FullTile } from "#transparency/edge.ts"
import { emptyRoot, HASH_BYTES } from "#transparency/merkle.ts"
import { levelSize, parseBundle, TILE_WIDTH } from "#transparency/tiles.ts"
import { nodeHash } from "./hash.ts"
import type { SealedGroups } from "./seal.ts"
import type { LogName } from "./types.ts"

export type Queryable = Pool | PoolClient

export interface LogRow {
  id: string
  name: LogName
  origin: string
  vkey: string
}

export interface LogHead {
  size: number
  root: Uint8Array
}

export interface Batch {
  log: string
  start: number
  /** Head before and after. */
  before: Uint8Array
  after: LogHead
  leaves: Uint8Array
  leafHashes: Uint8Array
  tiles: readonly FullTile[]
  sealed?: { period: string; groups: SealedGroups }
}

/** The stored tree contradicts itself or its head: nothing may be added to or signed from it. */
export class LogCorrupt extends Error {
  readonly code = "log_corrupt" as const
}

/** Makes the log when it is not there. Throws when it is there under another origin or key. */
export async function ensureLog(db: Queryable, log: LogRow, year: number): Promise<void> {
  await db.query(
    "insert into log (id, name, year, origin, vkey) values ($1, $2, $3, $4, $5) on conflict do nothing",
    [log.id, log.name, year, log.origin, log.vkey],
  )
  await db.query("insert into log_head (log_id, size, root) values ($1, 0, $2) on conflict do nothing", [
    log.id,
    emptyRoot(nodeHash),
  ])
  const { rows } = await db.query<LogRow>("select id, name, origin, vkey from log where id = $1", [log.id])
  const [stored] = rows
  if (stored?.origin !== log.origin || stored.vkey !== log.vkey) {
    throw new LogCorrupt(
      `the log ${log.id} was begun as ${stored?.vkey}, and the keys in place make it ${log.vkey}`,
    )
  }
}

export async function listLogs(db: Queryable): Promise<LogRow[]> {
  const { rows } = await db.query<LogRow>("select id, name, origin, vkey from log order by name, year desc")
  return rows
}

export async function readHead(db: Queryable, log: string): Promise<LogHead> {
  const { rows } = await db.query<{ size: string | number; root: Buffer }>(
    "select size, root from log_head where log_id = $1",
    [log],
  )
  const [row] = rows
  if (row === undefined) throw new LogCorrupt(`the log ${log} has no head`)
  return { size: Number(row.size), root: row.root }
}

/** The edge at the head, rebuilt from at most 255 hashes a level and held against the head's root. */
export async function loadEdge(db: Queryable, log: string): Promise<TreeEdge> {
  const head = await readHead(db, log)
  const partial: Uint8Array[][] = []
  for (let level = 0; levelSize(head.size, level) > 0; level++) {
    const end = levelSize(head.size, level)
    partial.push(await readHashes(db, log, level, end - (end % TILE_WIDTH), end))
  }
  const edge = TreeEdge.restore(nodeHash, head.size, partial)
  if (!equalBytes(edge.root(), head.root)) {
    throw new LogCorrupt(`the entries of ${log} do not make the root of its head at size ${head.size}`)
  }
  return edge
}

const COMMIT = `
  with head as (
    update log_head set size = $2, root = $3, updated_at = now()
    where log_id = $1 and size = $4 and root = $5
    returning log_id),
  batch as (
    insert into log_batch (log_id, start, n, leaves, leaf_hashes)
    select log_id, $4, $6, $7, $8 from head),
  event as (
    insert into log_event (log_id, start, n, period, who, facts, detail)
    select log_id, $4, $6, $9, $10, $11, $12 from head where $9::text is not null),
  tile as (
    insert into log_tile (log_id, level, n, root, data)
    select head.log_id, t.level, t.n, t.root, t.data
    from head, unnest($13::int[], $14::bigint[], $15::bytea[], $16::bytea[]) as t (level, n, root, data))
  select count(*)::int as moved from head`

/** False when the head was not where the batch expects it; nothing is written then. */
export async function commitBatch(db: Queryable, batch: Batch, timeout: number): Promise<boolean> {
  const { tiles, sealed } = batch
  const query = {
    name: "log-commit",
    text: COMMIT,
    query_timeout: timeout,
    values: [
      batch.log,
      batch.after.size,
      batch.after.root,
      batch.start,
      batch.before,
      batch.after.size - batch.start,
      batch.leaves,
      batch.leafHashes,
      sealed?.period ?? null,
      sealed?.groups.who ?? null,
      sealed?.groups.facts ?? null,
      sealed?.groups.detail ?? null,
      tiles.map((tile) => tile.level),
      tiles.map((tile) => tile.n),
      tiles.map((tile) => Buffer.from(tile.root)),
      tiles.map((tile) => Buffer.from(tile.data)),
    ],
  }
  const { rows } = await db.query<{ moved: number }>(query)
  return rows[0]?.moved === 1
}

/** Leaf hashes of the batch that begins at `start`; undefined when none does. */
export async function readBatchHashes(
  db: Queryable,
  log: string,
  start: number,
): Promise<Uint8Array | undefined> {
  const { rows } = await db.query<{ leaf_hashes: Buffer }>(
    "select leaf_hashes from log_batch where log_id = $1 and start = $2",
    [log, start],
  )
  return rows[0]?.leaf_hashes
}

/** Hashes [from, to) of a tile level. Throws LogCorrupt when one is missing. */
export async function readHashes(
  db: Queryable,
  log: string,
  level: number,
  from: number,
  to: number,
): Promise<Uint8Array[]> {
  if (from >= to) return []
  const hashes =
    level === 0 ? await readLeafHashes(db, log, from, to) : await readRoots(db, log, level, from, to)
  if (hashes.length !== to - from) {
    throw new LogCorrupt(`the log ${log} lacks hashes of level ${level} between ${from} and ${to}`)
  }
  return hashes
}

const OVERLAPPING = `
  where log_id = $1 and start < $3
    and start >= coalesce((select max(start) from log_batch where log_id = $1 and start <= $2), 0)
  order by start`

async function readLeafHashes(db: Queryable, log: string, from: number, to: number): Promise<Uint8Array[]> {
  const { rows } = await db.query<{ start: string | number; n: number; leaf_hashes: Buffer }>(
    `select start, n, leaf_hashes from log_batch ${OVERLAPPING}`,
    [log, from, to],
  )
  const hashes: Uint8Array[] = []
  for (const row of rows) {
    const start = Number(row.start)
    for (let i = Math.max(from, start); i < Math.min(to, start + row.n); i++) {
      hashes.push(row.leaf_hashes.subarray((i - start) * HASH_BYTES, (i - start + 1) * HASH_BYTES))
    }
  }
  return hashes
}

async function readRoots(
  db: Queryable,
  log: string,
  level: number,
  from: number,
  to: number,
): Promise<Uint8Array[]> {
  const { rows } = await db.query<{ root: Buffer }>(
    "select root from log_tile where log_id = $1 and level = $2 and n >= $3 and n < $4 order by n",
    [log, level - 1, from, to],
  )
  return rows.map((row) => row.root)
}

/** Entries [from, to). Throws LogCorrupt when one is missing. */
export async function readEntries(
  db: Queryable,
  log: string,
  from: number,
  to: number,
): Promise<Uint8Array[]> {
  const { rows } = await db.query<{ start: string | number; n: number; leaves: Buffer }>(
    `select start, n, leaves from log_batch ${OVERLAPPING}`,
    [log, from, to],
  )
  const entries: Uint8Array[] = []
  for (const row of rows) {
    const start = Number(row.start)
    entries.push(
      ...parseBundle(row.leaves, row.n).slice(Math.max(0, from - start), Math.min(row.n, to - start)),
    )
  }
  if (entries.length !== to - from) {
    throw new LogCorrupt(`the log ${log} lacks entries between ${from} and ${to}`)
  }
  return entries
}

/** Body of a hash tile of any width. */
export async function readTile(
  db: Queryable,
  log: string,
  level: number,
  n: number,
  width: number,
): Promise<Uint8Array> {
  if (width === TILE_WIDTH) {
    const { rows } = await db.query<{ data: Buffer }>(
      "select data from log_tile where log_id = $1 and level = $2 and n = $3",
      [log, level, n],
    )
    const [row] = rows
    if (row === undefined) throw new LogCorrupt(`the log ${log} lacks the tile ${level}/${n}`)
    return row.data
  }
  return concat(...(await readHashes(db, log, level, n * TILE_WIDTH, n * TILE_WIDTH + width)))
}
