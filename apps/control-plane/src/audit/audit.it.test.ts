import assert from "node:assert/strict"
import { readFile, rm } from "node:fs/promises"
import path from "node:path"
import { after, before, describe, test } from "node:test"
import { fromUtf8 } from "#transparency/bytes.ts"
import { GROUPS, opens } from "#transparency/leaf.ts"
import { parseVkey } from "#transparency/note.ts"
import { parseProof, verifyProof } from "#transparency/proof.ts"
import { directoryFetcher } from "#transparency/fetchers.ts"
import { verifyLogs } from "#transparency/verify-log.ts"
import { nodeHash } from "./hash.ts"
import { readOpening } from "./read.ts"
import { eventually, makeEvent, makeTestDatabase, verifyPublic, type TestDatabase } from "./testing.ts"
import { AuditUnavailable, type Audit, type LogPosition } from "./types.ts"

let db: TestDatabase
before(async () => {
  db = await makeTestDatabase()
})
after(() => db.close())

async function withAudit(work: (audit: Audit) => Promise<void>): Promise<void> {
  await using audit = await db.open()
  await work(audit)
}

function assertDistinct(positions: readonly LogPosition[]): void {
  assert.equal(new Set(positions.map(({ log, index }) => `${log}/${index}`)).size, positions.length)
}

describe("appending", () => {
  test("700 events at once: each has its own index, opens to what was said, and the public log verifies", async () => {
    await withAudit(async (audit) => {
      const positions = await Promise.all(
        Array.from({ length: 700 }, (_, i) =>
          audit.append(makeEvent({ facts: { number: i }, detail: { text: `cell ${i}` } })),
        ),
      )
      assertDistinct(positions)
      for (const [i, { log, index }] of positions.entries()) {
        if (i % 50 !== 0) continue
        const entry = (await audit.openEntry(log, index)) ?? assert.fail("no entry")
        assert.equal((readOpening(entry.groups.facts!)["facts"] as { number: number }).number, i)
        assert.equal(readOpening(entry.groups.detail!)["text"], `cell ${i}`)
        assert.deepEqual(readOpening(entry.groups.who!), { id: "aaaaaaaaaaaa", kind: "person" })
        for (const group of GROUPS) assert.ok(opens(nodeHash, entry.leaf, group, entry.groups[group]!))
      }
      await audit.publishNow()
      const report = await verifyPublic(audit)
      assert.deepEqual(report.problems, [])
      assert.deepEqual(report.logs.map((log) => log.size).toSorted(), [0, 700])
    })
  })

  test("register entries are public as they stand", async () => {
    await withAudit(async (audit) => {
      const { log, index } = await audit.appendRegister({
        kind: "project.created",
        version: 1,
        time: "2026-11-25T10:00:00.000Z",
        title: "Liver",
      })
      const [read] = await audit.readRegister(log, index, index + 1)
      assert.equal(read?.entry["title"], "Liver")
    })
  })

  test("an event that is none is the caller's mistake and leaves nothing", async () => {
    await withAudit(async (audit) => {
      const { logs } = audit.healthy()
      await assert.rejects(audit.append(makeEvent({ time: "today" })), TypeError)
      await assert.rejects(audit.append(makeEvent({ detail: { text: "x".repeat(300_000) } })), RangeError)
      await assert.rejects(audit.append(makeEvent({ facts: { number: Number.NaN } })), TypeError)
      assert.deepEqual(audit.healthy().logs, logs)
    })
  })

  test("two processes at once lose and double nothing", async () => {
    await using one = await db.open()
    await using two = await db.open()
    const said = Array.from({ length: 600 }, (_, i) => `word-${i}`)
    const positions = await Promise.all(
      said.map((word, i) => (i % 2 === 0 ? one : two).append(makeEvent({ detail: { word } }))),
    )
    assertDistinct(positions)
    for (const [i, { log, index }] of positions.entries()) {
      const entry = await one.openEntry(log, index)
      assert.equal(readOpening(entry!.groups.detail!)["word"], said[i])
    }
    await one.publishNow()
    assert.deepEqual((await verifyPublic(two)).problems, [])
  })
})

describe("the outbox", () => {
  test("moves the events of committed transactions, each once and in order, also with two processes", async () => {
    await using one = await db.open()
    await using two = await db.open()
    const ids: number[] = []
    for (let i = 0; i < 120; i++) {
      const audit = i % 3 === 0 ? two : one
      const id = await db.kysely
        .transaction()
        .execute((tx) =>
          audit.appendInTransaction(tx, makeEvent({ code: "project.created", facts: { number: i } })),
        )
      ids.push(id)
    }
    const positions = await Promise.all(
      ids.map((id, i) => (i % 2 === 0 ? one : two).waitForIndex(id, 10_000)),
    )
    const found = positions.map((position) => position ?? assert.fail("not sequenced"))
    assertDistinct(found)
    for (const [i, { log, index }] of found.entries()) {
      const facts = readOpening((await one.openEntry(log, index))!.groups.facts!)["facts"] as {
        number: number
      }
      assert.equal(facts.number, i)
      assert.ok(i === 0 || index > found[i - 1]!.index, "later transactions come later in the log")
    }
    const { rows } = await db.admin.query<{ left: string }>("select count(*) as left from audit_outbox")
    assert.equal(Number(rows[0]?.left), 0)
    const { rows: sequenced } = await db.admin.query(
      "select 1 from audit_sequenced where outbox_id = any($1)",
      [ids],
    )
    assert.equal(sequenced.length, ids.length)
    await one.publishNow()
    assert.deepEqual((await verifyPublic(one)).problems, [])
  })

  test("an event of a transaction that was rolled back is never logged", async () => {
    await withAudit(async (audit) => {
      let id = 0
      await assert.rejects(
        db.kysely.transaction().execute(async (tx) => {
          id = await audit.appendInTransaction(tx, makeEvent())
          throw new Error("undone")
        }),
        /undone/,
      )
      const later = await db.kysely.transaction().execute((tx) =>
        audit.registerInTransaction(tx, {
          kind: "project.created",
          version: 1,
          time: "2026-11-25T10:00:00.000Z",
        }),
      )
      assert.match((await audit.waitForIndex(later, 10_000))!.log, /^register-/)
      assert.equal(await audit.waitForIndex(id, 0), undefined)
    })
  })
})

describe("the application's role", () => {
  const forbidden = [
    "log",
    "log_batch",
    "log_event",
    "log_tile",
    "log_key",
    "checkpoint",
    "cosignature",
    "audit_sequenced",
  ]
  for (const table of forbidden) {
    test(`cannot change, delete or truncate ${table}`, async () => {
      await assert.rejects(db.pool.query(`delete from ${table}`), /permission denied/)
      await assert.rejects(db.pool.query(`truncate ${table} cascade`), /permission denied/)
      await assert.rejects(
        db.pool.query(
          `update ${table} set ${table === "log" ? "vkey = ''" : table === "audit_sequenced" ? "idx = 0" : "log_id = log_id"}`,
        ),
        /permission denied/,
      )
      await assert.rejects(db.pool.query(`drop table ${table}`), /must be owner/)
    })
  }
  test("cannot change an outbox row nor delete a head", async () => {
    await assert.rejects(db.pool.query("update audit_outbox set event = ''"), /permission denied/)
    await assert.rejects(db.pool.query("delete from log_head"), /permission denied/)
  })
})

describe("what is stored", () => {
  test("holds no text of an event in tables, projection or write-ahead log", async () => {
    const secret = "zebra-crossing-4711"
    const shown = "plain-sight-4711"
    const { rows: position } = await db.admin.query<{ lsn: string }>(
      "select pg_current_wal_lsn()::text as lsn",
    )
    await withAudit(async (audit) => {
      await audit.append(
        makeEvent({
          actor: { kind: "person", id: secret },
          facts: { said: secret },
          detail: { text: secret },
        }),
      )
      const id = await db.kysely
        .transaction()
        .execute((tx) => audit.appendInTransaction(tx, makeEvent({ detail: { text: secret } })))
      assert.ok(await audit.waitForIndex(id, 10_000))
      await audit.publishNow()
      await db.admin.query("create table control (text text)")
      await db.admin.query("insert into control values ($1)", [shown])
      await db.admin.query("drop table control")
    })
    const wal = async (text: string): Promise<number> => {
      const { rows } = await db.admin.query<{ n: string }>(
        `select count(*) as n from pg_ls_waldir() where name >= pg_walfile_name($2::pg_lsn) and length(name) = 24
           and position(convert_to($1, 'UTF8') in pg_read_binary_file('pg_wal/' || name)) > 0`,
        [text, position[0]?.lsn],
      )
      return Number(rows[0]?.n)
    }
    assert.ok((await wal(shown)) > 0, "the search finds what is there in plain")
    assert.equal(await wal(secret), 0)
    for (const [table, column] of [
      ["log_batch", "leaves"],
      ["log_event", "who"],
      ["log_event", "facts"],
      ["log_event", "detail"],
    ]) {
      const { rows } = await db.admin.query(
        `select 1 from ${table} where position(convert_to($1, 'UTF8') in ${column}) > 0`,
        [secret],
      )
      assert.equal(rows.length, 0)
    }
  })

  test("a destroyed key erases its group; the others and the proof stay", async () => {
    const erased = await makeTestDatabase()
    try {
      let position: LogPosition | undefined
      {
        await using audit = await erased.open()
        position = await audit.append(makeEvent({ project: "pppppppppppp", detail: { text: "x" } }))
        await audit.publishNow()
      }
      await erased.admin.query("delete from log_key where grp in ('who', 'detail')")
      await using audit = await erased.open()
      const entry = await audit.openEntry(position.log, position.index)
      assert.deepEqual(Object.keys(entry!.groups), ["facts"])
      assert.equal(readOpening(entry!.groups.facts!)["project"], "pppppppppppp")
      assert.deepEqual((await verifyPublic(audit)).problems, [])
      await audit.projectNow()
      const [row] = await audit.search({}, 10)
      assert.equal(row?.project, "pppppppppppp")
    } finally {
      await erased.close()
    }
  })

  test("a group moved to another batch does not open", async () => {
    const moved = await makeTestDatabase()
    try {
      await using audit = await moved.open()
      const first = await audit.append(makeEvent({ detail: { text: "a" } }))
      await audit.append(makeEvent({ detail: { text: "b" } }))
      await moved.admin.query(
        "update log_event set detail = (select detail from log_event where start = 1) where start = 0",
      )
      await assert.rejects(audit.openEntry(first.log, first.index))
    } finally {
      await moved.close()
    }
  })
})

describe("publishing and proofs", () => {
  test("every entry proves itself against the newest checkpoint, in the log's own published form", async () => {
    await withAudit(async (audit) => {
      const { log, index } = await audit.append(makeEvent())
      const before = await audit.proveEntry(log, index)
      assert.equal(before, undefined, "no proof before a checkpoint covers it")
      await audit.publishNow()
      const list = JSON.parse(fromUtf8((await audit.serveLogList()).body)) as {
        logs: { name: string; vkey: string }[]
      }
      const key = parseVkey(nodeHash, list.logs.find((listed) => listed.name === log)!.vkey)
      for (const at of [0, 1, 255, 256, 300, index]) {
        const proof = parseProof((await audit.proveEntry(log, at))!)
        const entry = await audit.openEntry(log, at)
        await verifyProof(nodeHash, proof, entry!.leaf, key)
        await assert.rejects(verifyProof(nodeHash, { ...proof, index: at + 1 }, entry!.leaf, key))
      }
    })
  })

  test("the files outside the database are a whole log", async () => {
    await withAudit(async (audit) => {
      await audit.publishNow()
      const { logs } = JSON.parse(fromUtf8((await audit.serveLogList()).body)) as {
        logs: { name: string; prefix: string }[]
      }
      const list = Buffer.from(
        JSON.stringify({ logs: logs.map((log) => ({ ...log, prefix: `/${log.name}/` })) }),
      )
      const report = await verifyLogs({
        fetch: directoryFetcher(db.publishedDirectory),
        list,
        hash: nodeHash,
      })
      assert.deepEqual(report.problems, [])
      assert.ok(report.logs.some((log) => log.size > 1_000))
    })
  })

  test("nothing beyond the published size is served, and no other spelling", async () => {
    await withAudit(async (audit) => {
      await audit.publishNow()
      const log = audit.currentLog("access")
      const { size } = audit.healthy().logs.find((known) => known.log === log)!
      const status = async (rest: string): Promise<number> =>
        (await audit.serveLogPath(`/log/${log}/${rest}`)).status
      const last = Math.floor(size / 256)
        .toString()
        .padStart(3, "0")
      assert.equal(await status(`tile/entries/${last}.p/${size % 256}`), 200)
      assert.equal((await audit.serveLogPath(`/log//${log}//checkpoint`)).status, 200)
      await audit.append(makeEvent())
      assert.equal(await status(`tile/entries/${last}.p/${(size % 256) + 1}`), 404)
      for (const bad of [
        "",
        "check",
        "tile/0/999",
        "tile/0/000.p/0",
        "../../etc/passwd",
        "tile/9/000",
        "checkpoint/",
        "tile/0/00%30",
      ]) {
        assert.equal(await status(bad), 404, bad)
      }
      assert.equal((await audit.serveLogPath("/log/access-1999/checkpoint")).status, 404)
      assert.equal((await audit.serveLogPath("/log/log_key-2026/checkpoint")).status, 404)
    })
  })

  const restore = async (target: TestDatabase, size: number): Promise<void> => {
    // What a restored backup amounts to: rows beyond it are gone and the head stands there.
    await target.admin.query("delete from log_batch where start >= $1", [size])
    await target.admin.query("delete from log_event where start >= $1", [size])
    await target.admin.query("delete from checkpoint where size > $1", [size])
  }

  test("a database that was set back behind the published checkpoint is refused: nothing signed, nothing added", async () => {
    const target = await makeTestDatabase()
    try {
      let kept = { size: 0, root: Buffer.alloc(0) }
      {
        await using audit = await target.open()
        await audit.append(makeEvent())
        const { rows } = await target.admin.query<typeof kept>(
          "select size, root from log_head where log_id like 'access-%'",
        )
        kept = rows[0]!
        await audit.append(makeEvent())
        await audit.publishNow()
      }
      await restore(target, 1)
      await target.admin.query("update log_head set size = $1, root = $2 where log_id like 'access-%'", [
        kept.size,
        kept.root,
      ])
      const file = path.join(target.publishedDirectory, `access-${new Date().getUTCFullYear()}`, "checkpoint")
      const note = await readFile(file, "utf8")
      await using audit = await target.open()
      assert.equal(audit.healthy().code, "log_rolled_back")
      await assert.rejects(audit.append(makeEvent()), AuditUnavailable)
      assert.throws(() => audit.assertHealthy(), AuditUnavailable)
      await assert.rejects(audit.publishNow(), /entries are missing/)
      assert.equal(await readFile(file, "utf8"), note)
    } finally {
      await target.close()
    }
  })

  test("a past other than the published one is refused", async () => {
    const target = await makeTestDatabase()
    try {
      {
        await using audit = await target.open()
        await audit.append(makeEvent())
        await audit.publishNow()
      }
      // The same installation, set up anew over the files of the old one.
      await target.admin.query(
        "truncate log, log_head, log_batch, log_event, log_tile, checkpoint, cosignature, log_key, audit_sequenced",
      )
      await using audit = await target.open()
      assert.equal(audit.healthy().code, "log_rolled_back")
      await rm(path.join(target.publishedDirectory, audit.currentLog("access")), { recursive: true })
    } finally {
      await target.close()
    }
    const other = await makeTestDatabase()
    try {
      {
        await using audit = await other.open()
        await audit.append(makeEvent())
        await audit.publishNow()
      }
      await other.admin.query(
        "delete from log_event; delete from log_batch; delete from checkpoint; update log_head set size = 0, root = sha256('')",
      )
      await other.admin.query("update log_head set size = 0")
      // Without the published files nobody here can know: they are put aside while two entries are written.
      const keptAside = { ...other, publishedDirectory: path.join(other.publishedDirectory, "aside") }
      {
        await using audit = await other.open({ publishedDirectory: keptAside.publishedDirectory })
        await audit.append(makeEvent())
        await audit.append(makeEvent())
      }
      await other.admin.query("delete from checkpoint")
      await using audit = await other.open()
      assert.equal(audit.healthy().code, "log_forked")
      await assert.rejects(audit.append(makeEvent()), AuditUnavailable)
    } finally {
      await other.close()
    }
  })

  test("an edited entry in the database is noticed before anything is added or signed", async () => {
    const target = await makeTestDatabase()
    try {
      {
        await using audit = await target.open()
        await audit.append(makeEvent())
      }
      await target.admin.query("update log_batch set leaf_hashes = sha256('x')")
      await assert.rejects(target.open(), /do not make the root/)
    } finally {
      await target.close()
    }
  })

  test("other signing keys than the log was begun with are refused", async () => {
    await assert.rejects(db.open({ keys: { ...db.keys, access: Buffer.alloc(32) } }), /was begun as/)
  })

  test("a clock that steps back more than two seconds stops signing until it has caught up", async () => {
    const target = await makeTestDatabase()
    try {
      let now = Date.UTC(2026, 10, 25, 10)
      await using audit = await target.open({ clock: { now: () => now, monotonic: () => performance.now() } })
      await audit.append(makeEvent())
      await audit.publishNow()
      now -= 1_500
      await audit.publishNow()
      now -= 1_000
      await assert.rejects(audit.publishNow(), /stepped back/)
      assert.equal(audit.healthy().code, "clock_stepped_back")
      await assert.rejects(audit.append(makeEvent()), AuditUnavailable)
      now += 3_000
      await audit.publishNow()
      await audit.append(makeEvent())
    } finally {
      await target.close()
    }
  })

  test("at the turn of the year entries go to the next log, and the old one stays", async () => {
    const target = await makeTestDatabase()
    try {
      let now = Date.UTC(2026, 11, 31, 23, 59, 59)
      await using audit = await target.open({ clock: { now: () => now, monotonic: () => performance.now() } })
      const old = await audit.append(makeEvent())
      now += 2_000
      const next = await audit.append(makeEvent())
      assert.deepEqual([old.log, next.log, next.index], ["access-2026", "access-2027", 0])
      await audit.publishNow()
      const report = await verifyPublic(audit)
      assert.deepEqual(report.problems, [])
      assert.deepEqual(
        report.logs
          .filter((log) => log.size === 1)
          .map((log) => log.name)
          .toSorted(),
        ["access-2026", "access-2027"],
      )
    } finally {
      await target.close()
    }
  })
})

describe("the search table", () => {
  test("finds by every filter, page by page, and rebuilds itself after a crash emptied it", async () => {
    const target = await makeTestDatabase()
    try {
      await using audit = await target.open()
      const people = ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]
      await Promise.all(
        Array.from({ length: 90 }, (_, i) =>
          audit.append(
            makeEvent({
              code: i % 3 === 0 ? "access.refused" : "data.readIntended",
              outcome: i % 3 === 0 ? "refused" : "done",
              actor: { kind: "person", id: people[i % 2]! },
              subject: i === 7 ? "cccccccccccc" : undefined,
              project: i % 5 === 0 ? "pppppppppppp" : undefined,
              dataSet: "nafld",
              workspace: "wwwwwwwwwwww",
              time: new Date(Date.UTC(2026, 10, 25, 10, i)).toISOString(),
            }),
          ),
        ),
      )
      const check = async (): Promise<void> => {
        await eventually("the projection is complete", async () => (await audit.count({})) === 90)
        assert.equal(await audit.count({ person: "aaaaaaaaaaaa" }), 45)
        assert.equal(await audit.count({ person: "cccccccccccc" }), 1)
        assert.equal(await audit.count({ project: "pppppppppppp" }), 18)
        assert.equal(
          await audit.count({ outcome: "refused", family: "refusals", code: "access.refused" }),
          30,
        )
        assert.equal(await audit.count({ dataSet: "nafld", workspace: "wwwwwwwwwwww", run: "none" }), 0)
        assert.equal(
          await audit.count({ from: "2026-11-25T10:30:00.000Z", until: "2026-11-25T10:40:00.000Z" }),
          10,
        )
        const seen: number[] = []
        let page = await audit.search({}, 40)
        while (page.length > 0) {
          seen.push(...page.map((row) => row.index))
          page = await audit.search({}, 40, page.at(-1))
        }
        assert.deepEqual(
          seen,
          Array.from({ length: 90 }, (_, i) => 89 - i),
        )
        const chart = await audit.chart({}, "hour", "Europe/London")
        assert.deepEqual(
          chart.map((bar) => [bar.events, bar.refusals]),
          [
            [60, 20],
            [30, 10],
          ],
        )
        assert.deepEqual(await audit.families({}), [
          { family: "reads", events: 60 },
          { family: "refusals", events: 30 },
        ])
      }
      await check()
      await target.admin.query("truncate audit_event, audit_projection")
      await audit.append(makeEvent({ code: "access.refused", outcome: "refused" }))
      await eventually("the projection is rebuilt", async () => (await audit.count({})) === 91)
    } finally {
      await target.close()
    }
  })
})
