// The way of a state change's event into the log. The event is an outbox row of the change's own
// transaction; here rows leave the outbox and enter the log in one transaction, in the order of their
// ids, so that neither a crash nor a second process loses or doubles one.
import { sql, type QueryExecutorProvider } from "kysely"
import type { Client, Pool, PoolClient } from "pg"
import type { Committer, TransactionalSource } from "./append.ts"
import { BATCH_LIMIT } from "./append.ts"
import type { KeyRing } from "./keys.ts"
import { openItem, periodOf, sealItem, type Item } from "./seal.ts"
import type { AuditClock, LogName, LogPosition } from "./types.ts"

const CHANNEL = "audit_outbox"
/** NOTIFY is only a hint: a lost connection must not lose an event. */
const SWEEP_MS = 500
const LOCKS: Record<LogName, number> = { access: 7_202_612, register: 7_202_613 }

/** Writes the outbox row; the caller's commit makes it durable. Returns its id. */
export async function insertOutbox(
  tx: QueryExecutorProvider,
  keys: KeyRing,
  place: { name: LogName; log: string; now: number },
  item: Item,
): Promise<number> {
  const period = periodOf(place.now)
  const key = await keys.sealingKey(place.log, "outbox", period)
  const sealed = sealItem(key, outboxContext(place.name, place.log), item)
  const { rows } = await sql<{ id: number | string }>`
    with added as (
      insert into audit_outbox (log_name, key_log, period, event)
      values (${place.name}, ${place.log}, ${period}, ${sealed}) returning id),
    told as (select pg_notify(${CHANNEL}, '') from added)
    select id from added, told`.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error("the outbox row was not written")
  return Number(row.id)
}

function outboxContext(name: LogName, log: string): string {
  return `glasshouse/outbox/v1\n${name}\n${log}`
}

interface OutboxRow {
  id: string | number
  key_log: string
  period: string
  event: Buffer
}

/** Takes the oldest rows of one log's outbox and remembers where they went. */
export function outboxSource(name: LogName, log: string, keys: KeyRing): TransactionalSource<number[]> {
  return {
    async take(client: PoolClient) {
      await client.query("select pg_advisory_xact_lock($1)", [LOCKS[name]])
      const { rows } = await client.query<OutboxRow>(
        `delete from audit_outbox
         where id in (select id from audit_outbox where log_name = $1 order by id limit $2)
         returning id, key_log, period, event`,
        [name, BATCH_LIMIT],
      )
      rows.sort((a, b) => Number(a.id) - Number(b.id))
      const items: Item[] = []
      for (const row of rows) {
        const key = await keys.openingKey(row.key_log, "outbox", row.period)
        if (key === undefined) throw new Error(`the outbox key ${row.key_log}/${row.period} is gone`)
        items.push(openItem(key, outboxContext(name, row.key_log), row.event))
      }
      return { token: rows.map((row) => Number(row.id)), items }
    },
    async placed(client, ids, start) {
      await client.query(
        `insert into audit_sequenced (outbox_id, log_id, idx)
         select t.id, $2, $3 + t.place - 1 from unnest($1::bigint[]) with ordinality as t (id, place)`,
        [ids, log, start],
      )
    },
  }
}

interface Waiter {
  outboxId: number
  resolve(position: LogPosition | undefined): void
}

export interface SequencerOptions {
  db: Pool
  keys: KeyRing
  clock: AuditClock
  /** The log of this name that is in use now. */
  current(name: LogName): Promise<{ log: string; committer: Committer }>
  /** A connection of its own for LISTEN. */
  listen(): Promise<Client>
  onTrouble(error: unknown): void
}

export class Sequencer {
  readonly #options: SequencerOptions
  readonly #waiters = new Set<Waiter>()
  #listener: Client | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #running: Promise<void> | undefined
  #again = false
  #closed = false
  /** Monotonic time of the last look that left the outbox empty: no row can have waited for longer. */
  #emptyAt: number

  constructor(options: SequencerOptions) {
    this.#options = options
    this.#emptyAt = options.clock.monotonic()
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), SWEEP_MS)
    this.wake()
  }

  /** The longest, in seconds, that a row can have been waiting. */
  waitingSeconds(): number {
    return (this.#options.clock.monotonic() - this.#emptyAt) / 1000
  }

  wake(): void {
    this.#again = true
    if (this.#running !== undefined || this.#closed) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      if (this.#again && !this.#closed) this.wake()
    })
  }

  async waitForIndex(outboxId: number, ms: number): Promise<LogPosition | undefined> {
    const found = await this.#find([outboxId])
    const position = found.get(outboxId)
    if (position !== undefined || ms <= 0) return position
    return new Promise((resolve) => {
      const waiter: Waiter = {
        outboxId,
        resolve: (at) => {
          clearTimeout(timer)
          this.#waiters.delete(waiter)
          resolve(at)
        },
      }
      const timer = setTimeout(() => waiter.resolve(undefined), ms)
      this.#waiters.add(waiter)
      this.wake()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#running
    await this.#listener?.end().catch(() => {})
    for (const waiter of this.#waiters) waiter.resolve(undefined)
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false
      try {
        await this.#ensureListening()
        const lookedAt = this.#options.clock.monotonic()
        for (const name of ["access", "register"] as const) await this.#move(name)
        this.#emptyAt = lookedAt
        await this.#tellWaiters()
      } catch (error) {
        // The sweep tries again; how long that may go on is the caller's rule (30 s).
        this.#options.onTrouble(error)
        return
      }
    }
  }

  async #move(name: LogName): Promise<void> {
    const { log, committer } = await this.#options.current(name)
    const source = outboxSource(name, log, this.#options.keys)
    // Looked at first, so that an idle outbox costs direct appends nothing.
    const { rows } = await this.#options.db.query<{ any: boolean }>(
      "select exists (select from audit_outbox where log_name = $1) as any",
      [name],
    )
    if (rows[0]?.any !== true) return
    while ((await committer.commitFrom(source)) === BATCH_LIMIT) await this.#tellWaiters()
  }

  async #tellWaiters(): Promise<void> {
    if (this.#waiters.size === 0) return
    const waiters = [...this.#waiters]
    const found = await this.#find(waiters.map((waiter) => waiter.outboxId))
    for (const waiter of waiters) {
      const position = found.get(waiter.outboxId)
      if (position !== undefined) waiter.resolve(position)
    }
  }

  async #find(ids: number[]): Promise<Map<number, LogPosition>> {
    const { rows } = await this.#options.db.query<{
      outbox_id: string | number
      log_id: string
      idx: string | number
    }>("select outbox_id, log_id, idx from audit_sequenced where outbox_id = any($1)", [ids])
    return new Map(rows.map((row) => [Number(row.outbox_id), { log: row.log_id, index: Number(row.idx) }]))
  }

  async #ensureListening(): Promise<void> {
    if (this.#listener !== undefined) return
    const client = await this.#options.listen()
    const forget = (): void => {
      if (this.#listener === client) this.#listener = undefined
    }
    client.on("error", forget)
    client.on("end", forget)
    client.on("notification", () => this.wake())
    await client.query(`listen ${CHANNEL}`)
    this.#listener = client
  }
}
