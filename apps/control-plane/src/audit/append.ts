// Group commit: one committer per log and process. Whatever arrived while the last batch was being
// committed is the next batch, so an idle log answers in one commit and a busy one in few. Nothing is
// acknowledged before PostgreSQL has synced it; what became of a batch after an error is read back from
// the database and never assumed.
import type { Pool, PoolClient } from "pg"
import { concat, equalBytes } from "#transparency/bytes.ts"
import type { FullTile, TreeEdge } from "#transparency/edge.ts"
import { GROUPS, type Group, type Opening } from "#transparency/leaf.ts"
import { hashLeaf } from "#transparency/merkle.ts"
import { formatBundle } from "#transparency/tiles.ts"
import { nodeHash } from "./hash.ts"
import type { KeyRing } from "./keys.ts"
import { commitBatch, loadEdge, readBatchHashes, readHead, type Batch, type LogHead } from "./log-store.ts"
import { drawSalts, itemBytes, leafOfItem, periodOf, sealGroup, type BatchPlace, type Item } from "./seal.ts"
import { AuditUnavailable, type AuditClock } from "./types.ts"

export const QUEUE_LIMIT = 8_192
export const BATCH_LIMIT = 1_024
export const APPEND_DEADLINE_MS = 2_000
const BATCH_BYTES = 4 * 1024 * 1024
const COMMIT_TIMEOUT_MS = 5_000
const RETRY_MS = [20, 50, 100, 250, 500]

/** Rows that enter the log in the transaction that removes them from where they waited. */
export interface TransactionalSource<T> {
  /** Under a lock that other processes also take; the items in order. */
  take(client: PoolClient): Promise<{ token: T; items: Item[] }>
  placed(client: PoolClient, token: T, start: number): Promise<void>
}

export interface CommitterOptions {
  db: Pool
  log: string
  keys: KeyRing
  clock: AuditClock
  /** Called with the new head after each commit. */
  onCommit?: (head: LogHead) => void
  /** Called when the database cannot be written, and with undefined when it can again. */
  onTrouble?: (error: unknown) => void
}

interface Waiting {
  item: Item
  /** False once the caller has been told that it takes too long. */
  open: boolean
  deadline: ReturnType<typeof setTimeout>
  resolve(index: number): void
  reject(error: Error): void
}

interface Prepared {
  batch: Batch
  edge: TreeEdge
}

export class Committer {
  readonly #options: CommitterOptions
  readonly #queue: Waiting[] = []
  #queued = 0
  /** At the head as this process knows it; undefined = read it again before the next batch. */
  #edge: TreeEdge | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #draining = false
  #closed = false

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  /** Size of the log as last seen by this process. */
  get size(): number {
    return this.#edge?.size ?? 0
  }

  /** Whether callers are waiting just now. */
  get busy(): boolean {
    return this.#queued > 0
  }

  /** Reads the head and checks it against the stored entries; throws LogCorrupt when they disagree. */
  async open(): Promise<void> {
    this.#edge = await loadEdge(this.#options.db, this.#options.log)
  }

  /** The entry's index, once it is durable. Rejects with AuditUnavailable when the queue is full or 2 s have passed. */
  append(item: Item): Promise<number> {
    if (this.#closed) return Promise.reject(new AuditUnavailable("the log is closed"))
    if (this.#queued >= QUEUE_LIMIT) return Promise.reject(new AuditUnavailable("the log's queue is full", 1))
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        item,
        open: true,
        deadline: setTimeout(() => {
          this.#settle(waiting)
          reject(new AuditUnavailable(`not written within ${APPEND_DEADLINE_MS} ms`))
        }, APPEND_DEADLINE_MS),
        resolve,
        reject,
      }
      this.#queue.push(waiting)
      this.#queued++
      this.#drain()
    })
  }

  /** Moves what a source has into the log, exactly once, in one transaction. Returns how many entries that were. */
  commitFrom<T>(source: TransactionalSource<T>): Promise<number> {
    return this.#inTurn(async () => {
      for (;;) {
        const moved = await this.#tryCommitFrom(source)
        if (moved !== undefined) return moved
      }
    })
  }

  /** Waits for what is under way; later appends are refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#turn
  }

  #settle(waiting: Waiting): void {
    if (!waiting.open) return
    waiting.open = false
    clearTimeout(waiting.deadline)
    this.#queued--
  }

  /** One thing at a time touches the edge. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }

  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    // After the callbacks of this turn of the event loop: appends that arrive together travel together.
    setImmediate(() => {
      void this.#inTurn(async () => {
        this.#draining = false
        const taken = this.#takeQueued()
        if (this.#queue.length > 0) this.#drain()
        if (taken.length > 0) await this.#commitQueued(taken)
      })
    })
  }

  #takeQueued(): Waiting[] {
    const taken: Waiting[] = []
    let bytes = 0
    let used = 0
    for (const waiting of this.#queue) {
      if (taken.length >= BATCH_LIMIT || bytes >= BATCH_BYTES) break
      used++
      if (!waiting.open) continue
      taken.push(waiting)
      bytes += itemBytes(waiting.item)
    }
    this.#queue.splice(0, used)
    return taken
  }

  /** Commits these, or goes on trying until nobody waits for them any more. */
  async #commitQueued(taken: Waiting[]): Promise<void> {
    const { db, log } = this.#options
    let prepared: Prepared | undefined
    for (let attempt = 0; taken.some((waiting) => waiting.open); attempt++) {
      try {
        prepared ??= await this.#prepare(taken.map((waiting) => waiting.item))
        if (await commitBatch(db, prepared.batch, COMMIT_TIMEOUT_MS)) {
          this.#acknowledge(taken, prepared)
          return
        }
        // Somebody else has moved the head, or an attempt of ours whose answer was lost has.
        if (await this.#isCommitted(prepared.batch)) {
          this.#acknowledge(taken, prepared)
          return
        }
        this.#edge = await loadEdge(db, log)
        prepared = undefined
      } catch (error) {
        this.#options.onTrouble?.(error)
        // The same batch is tried again, byte for byte: should the lost attempt take effect late, it is
        // found by its hashes and not written twice.
        await pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!)
      }
    }
    if (prepared !== undefined) this.#edge = undefined
  }

  async #isCommitted(batch: Batch): Promise<boolean> {
    const stored = await readBatchHashes(this.#options.db, batch.log, batch.start)
    return stored !== undefined && equalBytes(stored, batch.leafHashes)
  }

  #acknowledge(taken: Waiting[], prepared: Prepared): void {
    this.#advance(prepared)
    for (const [i, waiting] of taken.entries()) {
      if (!waiting.open) continue
      this.#settle(waiting)
      waiting.resolve(prepared.batch.start + i)
    }
  }

  #advance(prepared: Prepared): void {
    this.#edge = prepared.edge
    this.#options.onCommit?.(prepared.batch.after)
    this.#options.onTrouble?.(undefined)
  }

  /** Undefined when another process moved the head in between. */
  async #tryCommitFrom<T>(source: TransactionalSource<T>): Promise<number | undefined> {
    const client = await this.#options.db.connect()
    let broken: Error | undefined
    try {
      await client.query("begin")
      const { token, items } = await source.take(client)
      if (items.length === 0) {
        await client.query("rollback")
        return 0
      }
      // Under the source's lock the head can still be moved by another process's direct appends.
      const head = await readHead(client, this.#options.log)
      if (this.#edge?.size !== head.size) this.#edge = await loadEdge(client, this.#options.log)
      const prepared = await this.#prepare(items)
      if (!(await commitBatch(client, prepared.batch, COMMIT_TIMEOUT_MS))) {
        await client.query("rollback")
        this.#edge = undefined
        return undefined
      }
      await source.placed(client, token, prepared.batch.start)
      await client.query("commit")
      this.#advance(prepared)
      return items.length
    } catch (error) {
      // Whether the commit took effect is not known: the source still has the rows or it does not, and
      // the next attempt sees which.
      broken = error instanceof Error ? error : new Error("the transaction failed", { cause: error })
      this.#edge = undefined
      this.#options.onTrouble?.(error)
      throw broken
    } finally {
      client.release(broken)
    }
  }

  async #prepare(items: Item[]): Promise<Prepared> {
    const { db, log, keys, clock } = this.#options
    this.#edge ??= await loadEdge(db, log)
    const edge = this.#edge.clone()
    const before = edge.root()
    const start = edge.size
    const leaves: Uint8Array[] = []
    const hashes: Uint8Array[] = []
    const tiles: FullTile[] = []
    const openings: Record<Group, Opening>[] = []
    const salts = drawSalts(items.length)
    for (const [i, item] of items.entries()) {
      const made = leafOfItem(item, salts, i)
      if (made.openings !== undefined) openings.push(made.openings)
      const hash = hashLeaf(nodeHash, made.leaf)
      leaves.push(made.leaf)
      hashes.push(hash)
      tiles.push(...edge.add(hash))
    }
    const batch: Batch = {
      log,
      start,
      before,
      after: { size: edge.size, root: edge.root() },
      leaves: formatBundle(leaves),
      leafHashes: concat(...hashes),
      tiles,
    }
    if (openings.length > 0) {
      const place = { log, start, n: items.length, period: periodOf(clock.now()) }
      batch.sealed = { period: place.period, groups: await sealGroups(keys, place, openings) }
    }
    return { batch, edge }
  }
}

async function sealGroups(
  keys: KeyRing,
  place: BatchPlace,
  openings: Record<Group, Opening>[],
): Promise<Record<Group, Buffer>> {
  const seal = async (group: Group): Promise<Buffer> =>
    sealGroup(
      await keys.sealingKey(place.log, group, place.period),
      group,
      place,
      openings.map((opening) => opening[group]),
    )
  const [who, facts, detail] = [await seal(GROUPS[0]), await seal(GROUPS[1]), await seal(GROUPS[2])]
  return { who, facts, detail }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
