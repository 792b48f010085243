// Letters and sweeps as jobs, on the real queue under the application's role.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Client } from "pg"
import { writeTo } from "../src/actions/letters.ts"
import { postForgotten } from "../src/reconcile/mail.ts"
import { startJobs, sweep } from "../src/reconcile/jobs.ts"
import { startStack, type Stack } from "./stack.ts"

let stack: Stack
let admin: Client
before(async () => {
  stack = await startStack()
  admin = new Client({ connectionString: stack.databaseUrl })
  await admin.connect()
  await startJobs(stack.ctx)
})
after(async () => {
  await admin.end()
  await stack[Symbol.asyncDispose]()
})

const letter = {
  subject: "Something to look at",
  text: "Here:",
  link: "http://glasshouse.localhost/x#secret",
}
const post = (to: string) => stack.ctx.db.transaction().execute((tx) => writeTo(stack.ctx, tx, to, letter))

/** Hurries what waits for its next try. */
const hurry = () => admin.query("update jobs.job set start_after = now() where state in ('created', 'retry')")

async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    assert.ok(performance.now() < deadline, "it did not come about within a minute")
    await hurry()
  }
}

const row = async (to: string) =>
  (await admin.query("select * from mail where recipient = $1", [to])).rows[0] as Record<string, unknown>

test("a letter goes out once, and its words do not stay", async () => {
  await post("one@example.org")
  await until(async () => (await row("one@example.org"))["sent_at"] !== null)
  assert.equal(stack.letters.filter((l) => l.to === "one@example.org").length, 1)
  assert.match(stack.letters.find((l) => l.to === "one@example.org")?.text ?? "", /#secret/)
  assert.equal((await row("one@example.org"))["body"], "")
  const { rows } = await admin.query(
    "select count(*)::int as n from jobs.job where data::text like '%secret%' or data::text like '%example.org%'",
  )
  assert.equal(rows[0].n, 0, "a job carries an id only")
})

test("what is not committed is not posted", async () => {
  const was = (await admin.query("select count(*)::int as n from jobs.job where name = 'mail'")).rows[0].n
  await assert.rejects(
    stack.ctx.db.transaction().execute(async (tx) => {
      await writeTo(stack.ctx, tx, "never@example.org", letter)
      throw new Error("changed my mind")
    }),
  )
  assert.equal(
    (await admin.query("select count(*)::int as n from jobs.job where name = 'mail'")).rows[0].n,
    was,
  )
  assert.equal(await row("never@example.org"), undefined)
})

test("a mail server that is away is tried again until it answers", async () => {
  let tries = 0
  stack.mail.breaks = (l) =>
    l.to === "later@example.org" && ++tries < 4 ? new Error("connection refused") : undefined
  await post("later@example.org")
  await until(async () => (await row("later@example.org"))["sent_at"] !== null)
  stack.mail.breaks = undefined
  assert.equal(tries, 4)
  assert.equal((await row("later@example.org"))["attempts"], 3)
})

test("what can never be delivered is given up and shown, without its words", async () => {
  stack.mail.breaks = (l) => (l.to === "nowhere@example.org" ? new Error("no such mailbox") : undefined)
  await post("nowhere@example.org")
  await admin.query("update jobs.job set retry_limit = 1 where name = 'mail' and state <> 'completed'")
  await until(async () => (await row("nowhere@example.org"))["failed_at"] !== null)
  stack.mail.breaks = undefined
  assert.equal((await row("nowhere@example.org"))["body"], "")
  const platform = await stack.api("operator")("platformGet")
  assert.equal(platform.queues.find((q) => q.name === "letters")?.failed, 1)
  assert.equal(platform.mail.waiting, 0)
})

test("a letter that lost its job gets another, and never two", async () => {
  await admin.query(
    "insert into mail (id, recipient, subject, body) values ('aaaaaaaaaaab', 'lost@example.org', 'x', 'y')",
  )
  await Promise.all([postForgotten(stack.ctx), postForgotten(stack.ctx)])
  await postForgotten(stack.ctx)
  await until(async () => (await row("lost@example.org"))["sent_at"] !== null)
  assert.equal(stack.letters.filter((l) => l.to === "lost@example.org").length, 1)
})

test("a sweep takes what has had its time and nothing else", async () => {
  await stack.call("author", "POST", "/api/session/ticket")
  stack.pass(3_600)
  await sweep(stack.ctx)
  const count = async (table: string) =>
    (await admin.query(`select count(*)::int as n from ${table}`)).rows[0].n as number
  assert.equal(await count("ticket"), 1)
  const letters = await count("mail")
  stack.pass(2 * 86_400)
  await sweep(stack.ctx)
  assert.equal(await count("ticket"), 0)
  assert.equal(await count("mail"), letters)
  stack.pass(31 * 86_400)
  await sweep(stack.ctx)
  assert.equal(await count("mail"), 0)
})

test("the timetable has the sweep", async () => {
  const { rows } = await admin.query("select name, cron, timezone from jobs.schedule")
  assert.deepEqual(rows, [{ name: "sweep", cron: "17 * * * *", timezone: "Europe/London" }])
})
