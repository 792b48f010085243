// Live updates: only names of what to fetch again, never contents. Topics travel through PostgreSQL's
// NOTIFY, inside the transaction of the change, so that every instance hears of what was committed and
// of nothing else.
import { EventEmitter } from "node:events"
import { sql } from "kysely"
import pg from "pg"
import type { Tx, Db } from "../store/db.ts"

/**
 * installation · person:<id> · project:<id> · workspace:<id> · request:<id> · release:<id> · dataSet:<id> ·
 * queue · log · holds
 */
export type Topic = string

export async function touch(tx: Tx | Db, ...topics: Topic[]): Promise<void> {
  for (const topic of topics) await sql`select pg_notify('live', ${topic})`.execute(tx)
}

/** A page has fetched what it shows before it says what it wants to hear of; this bridges the gap. */
const RECENT_MS = 10_000

export interface Live extends AsyncDisposable {
  on(listener: (topic: Topic) => void): () => void
  /** whether the topic was named within the last ten seconds */
  namedRecently(topic: Topic): boolean
}

export async function openLive(connectionString: string, warn: (message: string) => void): Promise<Live> {
  const emitter = new EventEmitter()
  emitter.setMaxListeners(0)
  let closed = false
  let client: pg.Client | undefined
  let again: NodeJS.Timeout | undefined
  const recent = new Map<Topic, number>()
  emitter.on("topic", (topic: Topic) => {
    const now = performance.now()
    // In order of time, so that the old ones are at the front.
    recent.delete(topic)
    recent.set(topic, now)
    for (const [each, at] of recent) {
      if (now - at <= RECENT_MS) break
      recent.delete(each)
    }
  })

  async function connect(): Promise<void> {
    const c = new pg.Client({ connectionString, keepAlive: true })
    client = c
    c.on("notification", (message) => emitter.emit("topic", message.payload ?? ""))
    c.on("error", () => {})
    c.on("end", () => {
      if (closed || client !== c) return
      warn("live updates lost the database; connecting again")
      again = setTimeout(() => void connect().catch(() => {}), 1_000)
    })
    try {
      await c.connect()
      await c.query("listen live")
    } catch (error) {
      if (!closed && client === c) again = setTimeout(() => void connect().catch(() => {}), 1_000)
      await c.end().catch(() => {})
      throw error
    }
    // Whoever listened through the gap must fetch everything again.
    emitter.emit("topic", "everything")
  }
  await connect()
  return {
    on(listener) {
      emitter.on("topic", listener)
      return () => emitter.off("topic", listener)
    },
    namedRecently(topic) {
      const at = recent.get(topic)
      return at !== undefined && performance.now() - at <= RECENT_MS
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearTimeout(again)
      await client?.end()
    },
  }
}
