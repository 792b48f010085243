// Faults at the one step that matters: the commit. Each is injected before and after it took effect.
// Whatever happens, what was acknowledged is in the log under its index, once, and the next append works.
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import type { Pool } from "pg"
import { Committer, QUEUE_LIMIT } from "./append.ts"
import { KeyRing } from "./keys.ts"
import { ensureLog, loadEdge } from "./log-store.ts"
import { openEntries, readOpening } from "./read.ts"
import { itemOfEvent } from "./seal.ts"
import { outboxSource, insertOutbox } from "./sequencer.ts"
import { eventually, makeEvent, makeTestDatabase, type TestDatabase } from "./testing.ts"
import { AuditUnavailable } from "./types.ts"

const LOG = "access-2026"
const clock = { now: () => Date.UTC(2026, 10, 25), monotonic: () => performance.now() }

let db: TestDatabase
let keys: KeyRing
before(async () => {
  db = await makeTestDatabase()
  keys = new KeyRing(db.pool, db.keys.master)
  await ensureLog(db.pool, { id: LOG, name: "access", origin: "o", vkey: "v" }, 2026)
})
after(() => db.close())

type Fault = "none" | "before" | "after" | "after-and-blind" | "hang"

/** A pool whose commits go wrong as told, one fault an attempt; `blind` = the next look fails as well. */
function faultyPool(pool: Pool, faults: Fault[]): Pool {
  let blind = false
  const query = async (target: { query: Pool["query"] }, args: unknown[]): Promise<unknown> => {
    const run = (): Promise<unknown> => (target.query as (...all: unknown[]) => Promise<unknown>)(...args)
    const isCommit = (args[0] as { name?: string }).name === "log-commit"
    if (!isCommit) {
      if (!blind) return run()
      blind = false
      throw new Error("injected: the database does not answer")
    }
    const fault = faults.shift() ?? "none"
    if (fault === "before") throw new Error("injected: before")
    if (fault === "hang") return new Promise(() => {})
    const answer = await run()
    if (fault === "none") return answer
    blind = fault === "after-and-blind"
    throw new Error("injected: after")
  }
  return new Proxy(pool, {
    get(target, name): unknown {
      if (name === "query") return (...args: unknown[]) => query(target as { query: Pool["query"] }, args)
      const value: unknown = Reflect.get(target, name)
      return typeof value === "function" ? value.bind(target) : value
    },
  })
}

async function openCommitter(pool: Pool, troubles: unknown[] = []): Promise<Committer> {
  const committer = new Committer({
    db: pool,
    log: LOG,
    keys,
    clock,
    onTrouble: (error) => troubles.push(error),
  })
  await committer.open()
  return committer
}

let words = 0
function word(): string {
  return `word-${++words}`
}

/** Index → word, of the whole log; also rebuilds the tree and holds it against the head. */
async function readWords(): Promise<string[]> {
  const { size } = await loadEdge(db.pool, LOG)
  const entries = await openEntries(db.pool, keys, LOG, 0, size, ["detail"])
  assert.equal(entries.length, size)
  return entries.map((entry) => String(readOpening(entry.groups.detail!)["word"]))
}

describe("a fault at the commit", () => {
  const schedules: Fault[][] = [
    ["before"],
    ["after"],
    ["after-and-blind"],
    ["before", "before", "after"],
    ["after", "before"],
    ["before", "after-and-blind", "before"],
  ]
  for (const faults of schedules) {
    test(`${faults.join(", ")}: acknowledged once, found once`, async () => {
      const troubles: unknown[] = []
      const committer = await openCommitter(faultyPool(db.pool, [...faults]), troubles)
      const said = Array.from({ length: 5 }, word)
      const indexes = await Promise.all(
        said.map((w) => committer.append(itemOfEvent(makeEvent({ detail: { word: w } })))),
      )
      const next = word()
      const nextIndex = await committer.append(itemOfEvent(makeEvent({ detail: { word: next } })))
      const found = await readWords()
      for (const [i, w] of said.entries()) {
        assert.equal(found[indexes[i]!], w)
        assert.equal(found.filter((other) => other === w).length, 1)
      }
      assert.equal(found[nextIndex], next)
      assert.ok(troubles.some((trouble) => trouble instanceof Error))
      assert.equal(troubles.at(-1), undefined, "the trouble is over")
      await committer.close()
    })
  }

  test("another writer in between changes nothing for either", async () => {
    const one = await openCommitter(faultyPool(db.pool, ["after", "none"]))
    const two = await openCommitter(db.pool)
    const said = Array.from({ length: 40 }, word)
    const indexes = await Promise.all(
      said.map((w, i) => (i % 2 === 0 ? one : two).append(itemOfEvent(makeEvent({ detail: { word: w } })))),
    )
    const found = await readWords()
    assert.deepEqual(
      indexes.map((index) => found[index]),
      said,
    )
    await one.close()
    await two.close()
  })

  test("a database that does not answer: refused after two seconds, and never a word of success", async () => {
    const committer = await openCommitter(faultyPool(db.pool, ["hang"]))
    const start = performance.now()
    const results = await Promise.allSettled(
      Array.from({ length: 3 }, () => committer.append(itemOfEvent(makeEvent({ detail: { word: word() } })))),
    )
    const took = performance.now() - start
    assert.ok(took >= 1_990 && took < 3_000, `${took} ms`)
    for (const result of results) {
      assert.ok(result.status === "rejected" && result.reason instanceof AuditUnavailable)
      assert.equal(result.reason.code, "audit_unavailable")
    }
  })

  test("a full queue refuses at once, with a time to come back", async () => {
    const committer = await openCommitter(faultyPool(db.pool, ["hang"]))
    const item = itemOfEvent(makeEvent())
    const waiting = Array.from({ length: QUEUE_LIMIT }, () => committer.append(item))
    const start = performance.now()
    await assert.rejects(
      committer.append(item),
      (error: AuditUnavailable) => error.retryAfter > 0 && error.status === 503,
    )
    assert.ok(performance.now() - start < 500)
    const results = await Promise.allSettled(waiting)
    assert.ok(results.every((result) => result.status === "rejected"))
  })

  test("a killed connection in the middle of work: everything acknowledged is there", async () => {
    const committer = await openCommitter(db.pool)
    const acknowledged = new Map<number, string>()
    let stop = false
    const writers = Array.from({ length: 8 }, async () => {
      while (!stop) {
        const w = word()
        try {
          acknowledged.set(await committer.append(itemOfEvent(makeEvent({ detail: { word: w } }))), w)
        } catch (error) {
          assert.ok(error instanceof AuditUnavailable)
        }
      }
    })
    for (let i = 0; i < 12; i++) {
      const seen = acknowledged.size
      await db.admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and query like '%log_head set size%' and pid <> pg_backend_pid()",
        [db.name],
      )
      await eventually("appends go on", () => acknowledged.size > seen + 20)
    }
    stop = true
    await Promise.all(writers)
    const found = await readWords()
    for (const [index, w] of acknowledged) assert.equal(found[index], w)
    assert.equal(new Set(found).size, found.length, "nothing twice")
    assert.ok(acknowledged.size > 200)
    await committer.close()
  })
})

describe("a fault in the sequencer's transaction", () => {
  const put = (w: string): Promise<number> =>
    db.kysely
      .transaction()
      .execute((tx) =>
        insertOutbox(
          tx,
          keys,
          { name: "access", log: LOG, now: clock.now() },
          itemOfEvent(makeEvent({ detail: { word: w } })),
        ),
      )

  for (const step of [
    "delete from audit_outbox",
    "log_head set size",
    "insert into audit_sequenced",
    "commit",
  ]) {
    for (const when of ["before", "after"] as const) {
      test(`${when} "${step}": moved exactly once by the next attempt`, async () => {
        const said = [word(), word(), word()]
        const ids: number[] = []
        for (const w of said) ids.push(await put(w))
        let armed = true
        const pool = new Proxy(db.pool, {
          get(target, name): unknown {
            const value: unknown = Reflect.get(target, name)
            if (name !== "connect") return typeof value === "function" ? value.bind(target) : value
            return async () => {
              const client = await target.connect()
              const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
              const faulty = async (...args: unknown[]): Promise<unknown> => {
                const text = typeof args[0] === "string" ? args[0] : (args[0] as { text: string }).text
                if (!armed || !text.includes(step)) return query(...args)
                armed = false
                if (when === "after") await query(...args)
                throw new Error("injected")
              }
              client.query = faulty as typeof client.query
              const release = client.release.bind(client)
              client.release = (error) => {
                client.query = query as typeof client.query
                release(error)
              }
              return client
            }
          },
        })
        const committer = await openCommitter(pool)
        const source = outboxSource("access", LOG, keys)
        await assert.rejects(committer.commitFrom(source), /injected/)
        await committer.commitFrom(source)
        assert.equal(armed, false)
        const found = await readWords()
        assert.deepEqual(
          found.filter((w) => said.includes(w)),
          said,
        )
        const { rows } = await db.admin.query<{ idx: string }>(
          "select idx from audit_sequenced where outbox_id = any($1) order by outbox_id",
          [ids],
        )
        assert.deepEqual(
          rows.map((row) => found[Number(row.idx)]),
          said,
        )
        await committer.close()
      })
    }
  }
})
