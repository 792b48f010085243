// Publishing: signs what is committed and puts it where others can keep it. The newest checkpoint also
// lies outside the database, and a tree that does not begin with it is never signed: that is what keeps
// a restored backup or a second writer from becoming two histories.
import { mkdir, readFile, rm } from "node:fs/promises"
import path from "node:path"
import type { Pool } from "pg"
import { equalBytes, utf8 } from "#transparency/bytes.ts"
import { openCheckpoint, signCheckpoint, type Checkpoint } from "#transparency/checkpoint.ts"
import { TreeEdge } from "#transparency/edge.ts"
import type { NoteSigner } from "#transparency/note.ts"
import { tilesForRoot } from "#transparency/tile-reader.ts"
import { formatBundle, levelSize, TILE_WIDTH, tilePath, type TileRef } from "#transparency/tiles.ts"
import { replaceFile } from "./files.ts"
import { nodeHash } from "./hash.ts"
import { LogCorrupt, readEntries, readHashes, readHead, readTile, type Queryable } from "./log-store.ts"
import type { AuditClock } from "./types.ts"
import { newestCheckpoint } from "./proof.ts"

export const GROWN_MS = 10_000
export const IDLE_MS = 600_000
const CLOCK_TOLERANCE_MS = 2_000
const LOCK = 7_202_614

export type RefusalCode = "log_rolled_back" | "log_forked" | "clock_stepped_back"

/** Why nothing is signed. The log stays readable; nothing may be added to it. */
export class SigningRefused extends Error {
  readonly code: RefusalCode
  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface Published {
  size: number
  /** Milliseconds since the epoch. */
  at: number
  note: string
}

export interface PublisherOptions {
  db: Pool
  log: string
  signer: NoteSigner
  /** `<state>/published` */
  directory: string
  clock: AuditClock
}

export class Publisher {
  readonly #options: PublisherOptions
  #published: Published | undefined
  /** Monotonic time of the last publication by this process. */
  #publishedTick: number | undefined
  #latestWallTime = 0

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  get published(): Published | undefined {
    return this.#published
  }

  /** Publishes when it is time: 10 s after growth, 10 min without. Throws SigningRefused or what went wrong. */
  async publishIfDue(size: number): Promise<void> {
    const since =
      this.#publishedTick === undefined ? Infinity : this.#options.clock.monotonic() - this.#publishedTick
    const grown = this.#published === undefined || size > this.#published.size
    if (since >= (grown ? GROWN_MS : IDLE_MS)) await this.publish()
  }

  /** Publishes the head now, unless another process is just doing so. */
  async publish(): Promise<void> {
    this.#assertClock()
    const client = await this.#options.db.connect()
    let broken: Error | undefined
    try {
      await client.query("begin")
      const { rows } = await client.query<{ free: boolean }>(
        "select pg_try_advisory_xact_lock($1, hashtext($2)) as free",
        [LOCK, this.#options.log],
      )
      if (rows[0]?.free === true) await this.#publishHead(client)
      await client.query("commit")
    } catch (error) {
      broken = error instanceof Error ? error : new Error("publishing failed", { cause: error })
      throw broken
    } finally {
      client.release(broken)
    }
  }

  async #publishHead(db: Queryable): Promise<void> {
    const { log, signer, directory, clock } = this.#options
    const head = await readHead(db, log)
    if (!equalBytes(await rootAt(db, log, head.size), head.root)) {
      throw new LogCorrupt(`the entries of ${log} do not make the root of its head at size ${head.size}`)
    }
    const kept = await this.#readKept()
    const known = [kept, await this.#readStored(db)].filter((c) => c !== undefined)
    for (const checkpoint of known) await assertBeginsWith(db, log, head.size, checkpoint)

    const target = path.join(directory, log)
    await writeTiles(db, log, target, kept?.size ?? 0, head.size)
    const note = await signCheckpoint({ origin: signer.key.name, size: head.size, root: head.root }, signer)
    await replaceFile(path.join(target, "checkpoint"), utf8(note))
    await db.query("insert into checkpoint (log_id, size, note, published_at) values ($1, $2, $3, $4)", [
      log,
      head.size,
      note,
      new Date(clock.now()),
    ])
    this.#published = { size: head.size, at: clock.now(), note }
    this.#publishedTick = clock.monotonic()
  }

  async #readKept(): Promise<Checkpoint | undefined> {
    const { directory, log } = this.#options
    let note: string
    try {
      note = await readFile(path.join(directory, log, "checkpoint"), "utf8")
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
      throw error
    }
    return this.#open(note, "the published checkpoint")
  }

  async #readStored(db: Queryable): Promise<Checkpoint | undefined> {
    const note = await newestCheckpoint(db, this.#options.log)
    return note === undefined ? undefined : this.#open(note, "the newest stored checkpoint")
  }

  async #open(note: string, what: string): Promise<Checkpoint> {
    try {
      return (await openCheckpoint(note, this.#options.signer.key)).checkpoint
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new SigningRefused("log_forked", `${what} of ${this.#options.log} is not ours: ${reason}`)
    }
  }

  #assertClock(): void {
    const now = this.#options.clock.now()
    if (now < this.#latestWallTime - CLOCK_TOLERANCE_MS) {
      const seconds = Math.ceil((this.#latestWallTime - now) / 1000)
      throw new SigningRefused("clock_stepped_back", `the clock has stepped back by ${seconds} s`)
    }
    this.#latestWallTime = Math.max(this.#latestWallTime, now)
  }
}

/** Root of the first `size` entries, from the stored hashes. */
export async function rootAt(db: Queryable, log: string, size: number): Promise<Uint8Array> {
  const partial: Uint8Array[][] = []
  for (const { level, n, width } of tilesForRoot(size)) {
    partial[level] = await readHashes(db, log, level, n * TILE_WIDTH, n * TILE_WIDTH + width)
  }
  return TreeEdge.restore(nodeHash, size, partial).root()
}

async function assertBeginsWith(db: Queryable, log: string, size: number, known: Checkpoint): Promise<void> {
  if (size < known.size) {
    throw new SigningRefused(
      "log_rolled_back",
      `the log ${log} has ${size} entries, but ${known.size} were published: entries are missing`,
    )
  }
  if (!equalBytes(await rootAt(db, log, known.size), known.root)) {
    throw new SigningRefused(
      "log_forked",
      `the first ${known.size} entries of ${log} are not those that were published`,
    )
  }
}

/** Writes every tile and bundle that the tree of `size` has beyond the tree of `from`, then drops partial ones that became full. */
async function writeTiles(
  db: Queryable,
  log: string,
  target: string,
  from: number,
  size: number,
): Promise<void> {
  await mkdir(target, { recursive: true })
  for (let level = 0; levelSize(size, level) > 0; level++) {
    for (const tile of newTiles(levelSize(from, level), levelSize(size, level))) {
      await writeTile(target, { level, ...tile }, await readTile(db, log, level, tile.n, tile.width))
    }
  }
  for (const { n, width } of newTiles(from, size)) {
    const entries = await readEntries(db, log, n * TILE_WIDTH, n * TILE_WIDTH + width)
    await writeTile(target, { level: "entries", n, width }, formatBundle(entries))
  }
}

function* newTiles(from: number, to: number): Generator<{ n: number; width: number }> {
  for (let n = Math.floor(from / TILE_WIDTH); n * TILE_WIDTH < to; n++) {
    const width = Math.min(TILE_WIDTH, to - n * TILE_WIDTH)
    if (n * TILE_WIDTH + width > from) yield { n, width }
  }
}

async function writeTile(target: string, tile: TileRef, body: Uint8Array): Promise<void> {
  const file = path.join(target, tilePath(tile))
  await replaceFile(file, body)
  if (tile.width === TILE_WIDTH) await rm(`${file}.p`, { recursive: true, force: true })
}
