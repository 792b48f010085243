// What a stop at the wrong moment, a database that goes away and a second click leave behind: one effect,
// an answer that is true, and an end for everything that was begun.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Client } from "pg"
import { change } from "../src/actions/change.ts"
import { listGatewayRuns } from "../src/actions/notebooks.ts"
import { checkParts, noteGateway } from "../src/actions/platform.ts"
import type { Ctx } from "../src/context.ts"
import { sealOrphanIntents } from "../src/reconcile/intents.ts"
import { startStack, type Stack } from "./stack.ts"

let stack: Stack
before(async () => {
  stack = await startStack()
})
after(() => stack[Symbol.asyncDispose]())

/** The same control plane with one answer of its log replaced. */
function withAudit(ctx: Ctx, replaced: Record<string, unknown>): Ctx {
  return {
    ...ctx,
    audit: new Proxy(ctx.audit, {
      get: (audit, name) => {
        if (Object.hasOwn(replaced, name)) return replaced[String(name)]
        const value: unknown = Reflect.get(audit, name)
        return typeof value === "function" ? (value.bind(audit) as unknown) : value
      },
    }),
  }
}

test("what is committed is answered as done, though its place in the log cannot be told", async () => {
  const ctx = withAudit(stack.ctx, {
    waitForIndex: () => Promise.reject(new Error("Connection terminated unexpectedly")),
  })
  const asked = await stack.as("author")
  const { value, index } = await change(ctx, asked, async (_tx, { record }) => {
    await record({ code: "output.commented", project: stack.project, facts: { comment: "aaaaaaaaaaaa" } })
    return "kept"
  })
  assert.deepEqual([value, index], ["kept", null])
})

const ends = async (index: number) => {
  const rows = await stack.ctx.audit.search({ code: "intent.finished" }, 100)
  return rows.filter((row) => row.intent === index)
}

test("an intent that a stop left without its row gets an end, once, and only when nothing can end it any more", async () => {
  const { ctx } = stack
  const { actor } = await stack.as("author")
  const begin = (code: "data.readIntended" | "output.downloaded", secondsAgo: number) =>
    ctx.audit.append({
      code,
      time: new Date(ctx.clock.now().getTime() - secondsAgo * 1_000).toISOString(),
      outcome: "done",
      actor: { kind: "person", id: actor.person },
      project: stack.project,
      facts: { intent: "bbbbbbbbbbbb" },
    })
  const old = await begin("data.readIntended", 400)
  const download = await begin("output.downloaded", 400)
  const young = await begin("data.readIntended", 100)
  const settle = async () => {
    for (;;) {
      await ctx.audit.projectNow()
      const { rows } = await ctx.pool.query("select 1 from audit_outbox limit 1")
      if (rows.length === 0) return await ctx.audit.projectNow()
    }
  }
  await settle()
  await sealOrphanIntents(ctx)
  await settle()
  await sealOrphanIntents(ctx)
  await settle()
  for (const { index } of [old, download]) {
    const rows = await ends(index)
    assert.deepEqual(
      rows.map(({ outcome, subject }) => [outcome, subject]),
      [["unknown", actor.person]],
    )
  }
  assert.deepEqual(await ends(young.index), [])
})

test("a search table that is behind the log seals nothing", async () => {
  const { ctx } = stack
  const { actor } = await stack.as("author")
  await ctx.audit.append({
    code: "data.readIntended",
    time: new Date(ctx.clock.now().getTime() - 400_000).toISOString(),
    outcome: "done",
    actor: { kind: "person", id: actor.person },
    facts: {},
  })
  await ctx.audit.projectNow()
  // As after a crash of the database: rebuilt up to some entry, not yet to the last.
  const owner = new Client({ connectionString: stack.databaseUrl })
  await owner.connect()
  const recorded = async () =>
    (
      await owner.query(
        "select (select count(*) from audit_outbox) + (select count(*) from audit_sequenced) as n",
      )
    ).rows[0].n as string
  await owner.query("update audit_projection set next_idx = next_idx - 1")
  const before = await recorded()
  await sealOrphanIntents(ctx)
  assert.equal(await recorded(), before)
  await owner.query("update audit_projection set next_idx = next_idx + 1")
  await sealOrphanIntents(ctx)
  assert.notEqual(await recorded(), before)
  await owner.end()
})

test("two invitations of one new person at once are one, and the others say that it is open", async () => {
  const path = `/api/projects/${stack.project}/invitations`
  const body = { email: "twice@example.org", name: "Asked Twice", role: "researcher", until: "2100-01-01" }
  const answers = await Promise.all([1, 2, 3].map(() => stack.call("admin", "POST", path, body)))
  assert.deepEqual(
    answers.map(({ status, body: told }) => (status === 200 ? "done" : told.code)).toSorted(),
    ["done", "invitation_open", "invitation_open"],
  )
})

test("a log that cannot be written is known within seconds though nobody writes, ends reads, and heals", async () => {
  const { ctx, run } = stack
  const reads = async () => (await listGatewayRuns(ctx)).runs.find((one) => one.run === run)?.reads
  const becomes = async (ok: boolean) => {
    const end = performance.now() + 5_000
    while (ctx.audit.healthy().ok !== ok && performance.now() < end)
      await new Promise((resolve) => setImmediate(resolve))
    assert.equal(ctx.audit.healthy().ok, ok)
  }
  await becomes(true)
  assert.equal(await reads(), true)
  const owner = new Client({ connectionString: stack.databaseUrl })
  await owner.connect()
  await owner.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$`)
  await owner.query(
    "create trigger fault before insert or update on log_head for each statement execute function refuse()",
  )
  await becomes(false)
  assert.equal(await reads(), false)
  await owner.query("drop trigger fault on log_head")
  await owner.end()
  await becomes(true)
  assert.equal(await reads(), true)
})

test("readiness says when the gateway and custody are away", async () => {
  const { ctx } = stack
  // Another control plane, whom no gateway has asked yet.
  const fresh = { ...ctx, drivers: { ...ctx.drivers, custody: { ...ctx.drivers.custody } } }
  const ready = async (part: string) => (await checkParts(fresh)).find((one) => one.part === part)?.ready
  assert.equal(await ready("gateway"), false)
  noteGateway(fresh)
  assert.equal(await ready("gateway"), true)
  assert.equal(await ready("custody"), true)
  fresh.drivers.custody.ready = async () => {
    throw new Error("connection refused")
  }
  assert.equal(await ready("custody"), false)
})
