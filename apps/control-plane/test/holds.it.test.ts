// Holds: one person stops, two let go on, and what is stopped is stopped everywhere at once.
import assert from "node:assert/strict"
import { once } from "node:events"
import { after, before, test } from "node:test"
import { WebSocket } from "ws"
import { listGatewayRuns } from "../src/actions/notebooks.ts"
import { applyExpiry } from "../src/reconcile/expiry.ts"
import { stopForbiddenRuns } from "../src/reconcile/forbidden-runs.ts"
import type { PersonName } from "./seed.ts"
import { startWorld, type World } from "./walk/world.ts"
import { confirmLift as confirm } from "./lifting.ts"

let w: World
let address: string
before(async () => {
  w = await startWorld()
  address = (await w.app.listen({ host: "127.0.0.1", port: 0 })).replace("http:", "ws:")
})
after(() => w[Symbol.asyncDispose]())

const told = ({ status, body }: { status: number; body?: { code?: string } }) => `${status} ${body?.code}`
const place = (by: PersonName, subject: string, subjectId: string | null) =>
  w.call(by, "POST", "/api/holds", { subject, subjectId, kind: "incident", reason: "An incident" })
const proposeLift = (by: PersonName, hold: string, until: string | null = null) =>
  w.call(by, "POST", `/api/holds/${hold}/lift`, { reason: "It was nothing", until })
const confirmLift = (by: PersonName, hold: string, proposedAt?: string) => confirm(w, by, hold, proposedAt)
/** Something that touches the project's data or outputs. */
const open = (by: PersonName) =>
  w.call(by, "POST", `/api/projects/${w.project}/requests`, { title: "Counts" })

test("stop everything: by one at once, everywhere; let go on by two, neither the placer alone", async () => {
  const made = await w.submitted({ "table.csv": "region,count\nnorth,120\n" })
  const out = await w.released({ "other.csv": "region,count\nnorth,130\n" })
  const { person, run } = await w.researcher()
  for (const by of ["author", "admin", "first", "manager"] as const)
    assert.equal(told(await place(by, "installation", null)), "403 not_permitted")
  const reads = async () => (await listGatewayRuns(w.ctx)).runs.find((r) => r.run === run)?.reads
  assert.equal(await reads(), true)

  const { body: hold } = await place("auditor", "installation", null)
  assert.equal(await reads(), false, "leases and intents end with the next second")
  await stopForbiddenRuns(w.ctx)
  const wanted = await w.sql("select wanted, code from run where id = $1", [run])
  assert.deepEqual(wanted, [{ wanted: "stopped", code: "hold_installation" }])
  const file = Object.values(out.files)[0]?.id ?? ""
  const held = [
    await open("author"),
    await w.call("author", "POST", `/api/projects/${w.project}/requests`, { title: "More" }),
    await w.call("author", "POST", `/api/releases/${out.release}/files/${file}/download`),
    await w.call(
      "first",
      "GET",
      `/api/requests/${made.request}/files/${Object.values(made.files)[0]?.id}/view`,
    ),
    await w.call("first", "POST", `/api/requests/${made.request}/return`, { comment: "x" }),
    await w.send(w.tokenOf(person), "POST", `/api/projects/${w.project}/workspace`),
  ]
  for (const answer of held) assert.equal(told(answer), "403 hold_installation")
  assert.match(held[0]?.body.message, /An incident/)
  // Looking, and what makes things safer, go on.
  assert.equal((await w.call("author", "GET", `/api/projects/${w.project}`)).status, 200)
  assert.equal((await w.call("auditor", "GET", `/api/projects/${w.project}`)).status, 200)
  const { body: seen } = await w.call("author", "GET", "/api/holds")
  assert.equal(seen.holds[0].cause, "stop_everything")

  assert.equal(told(await confirmLift("operator", hold.id)), "403 no_lift_proposed")
  assert.equal((await proposeLift("operator", hold.id)).status, 200)
  assert.equal(told(await confirmLift("operator", hold.id)), "403 second_person_needed")
  assert.equal(told(await confirmLift("auditor", hold.id)), "403 placer_cannot_confirm")
  assert.equal(told(await open("author")), "403 hold_installation")
  assert.equal((await confirmLift("engineer", hold.id)).status, 200)
  assert.equal((await open("author")).status, 200)
})

test("the placer may propose, and then another confirms", async () => {
  const { body } = await place("auditor", "project", w.project)
  assert.equal((await proposeLift("auditor", body.id)).status, 200)
  assert.equal(told(await confirmLift("auditor", body.id)), "403 second_person_needed")
  assert.equal((await confirmLift("custodian", body.id)).status, 200)
})

test("nobody confirms another proposal than the one that was looked at", async () => {
  const { body } = await place("auditor", "project", w.project)
  await proposeLift("operator", body.id)
  const { body: seen } = await w.call("engineer", "GET", "/api/holds")
  const { proposedAt } = seen.holds.find((hold: { id: string }) => hold.id === body.id).lift
  w.pass(1)
  await proposeLift("operator", body.id)
  assert.equal(told(await confirmLift("engineer", body.id, proposedAt)), "409 stale")
  assert.equal(told(await open("author")), "403 hold_project")
  assert.equal((await confirmLift("engineer", body.id)).status, 200)
})

test("two clicks are one hold, two people are two, and each of them must be lifted", async () => {
  const answers = await Promise.all([1, 2, 3].map(() => place("auditor", "project", w.project)))
  assert.deepEqual(answers.map((a) => a.status).toSorted(), [200, 409, 409])
  const own = answers.find((a) => a.status === 200)?.body.id as string
  const other = (await place("operator", "project", w.project)).body.id as string
  await proposeLift("engineer", own)
  await confirmLift("operator", own)
  assert.equal(told(await open("author")), "403 hold_project")
  await proposeLift("engineer", other)
  await confirmLift("auditor", other)
  assert.equal((await open("author")).status, 200)
})

test("a hold lifted for a stated time acts again by itself, and is seen again", async () => {
  const { body } = await place("auditor", "project", w.project)
  const ahead = (seconds: number) => new Date(w.ctx.clock.now().getTime() + seconds * 1_000).toISOString()
  assert.equal(told(await proposeLift("operator", body.id, ahead(-1))), "400 date_in_past")
  assert.equal((await proposeLift("operator", body.id, ahead(600))).status, 200)
  assert.equal((await confirmLift("engineer", body.id)).status, 200)
  assert.equal((await open("author")).status, 200)
  w.pass(601)
  assert.equal(told(await open("author")), "403 hold_project", "before anything was written")
  const size = w.logSize()
  await applyExpiry(w.ctx)
  assert.ok((await w.eventsSince(size)).some((e) => e.code === "hold.resumed" && e.facts["hold"] === body.id))
  const { body: seen } = await w.call("author", "GET", "/api/holds")
  assert.equal(seen.holds[0].id, body.id)
  assert.equal(seen.holds[0].lift, null)
  assert.equal(told(await confirmLift("engineer", body.id)), "403 no_lift_proposed")
  await proposeLift("operator", body.id, ahead(60))
  w.pass(120)
  assert.equal(
    told(await confirmLift("engineer", body.id)),
    "409 stale",
    "the time it was proposed for is over",
  )
  await proposeLift("operator", body.id)
  assert.equal((await confirmLift("engineer", body.id)).status, 200)
})

test("nobody lifts a hold on themselves, nor one that only a renewal ends", async () => {
  const { body } = await place("operator", "person", w.people.custodian)
  assert.equal(
    told(
      await w.send(w.tokenOf("custodian", "fresh", "again"), "POST", `/api/holds/${body.id}/lift`, {
        reason: "x",
        until: null,
      }),
    ),
    "403 hold_person",
  )
  await proposeLift("engineer", body.id)
  await confirmLift("auditor", body.id)
  await w.sql("update training set until = '2020-01-01' where person_id = $1", [w.people.insider])
  await applyExpiry(w.ctx)
  const [row] = await w.sql("select id from hold where subject_id = $1 and cause = 'training_expired'", [
    w.people.insider,
  ])
  assert.equal(told(await proposeLift("auditor", String(row?.["id"]))), "403 ends_by_renewal")
})

async function listen(token: string) {
  const { body } = await w.send(token, "POST", "/api/session/ticket")
  const socket = new WebSocket(`${address}/api/live?ticket=${body.ticket}`, {
    origin: w.ctx.config.site.origin,
  })
  const heard: string[] = []
  socket.on("message", (data) => heard.push((JSON.parse(String(data)) as { topic: string }).topic))
  await once(socket, "open")
  return { socket, heard }
}

test("a hold on a person ends sessions and closes sockets within five seconds", async () => {
  const person = await w.member()
  const token = w.tokenOf(person)
  const { socket } = await listen(token)
  const closed = once(socket, "close", { signal: AbortSignal.timeout(5_000) })
  const began = performance.now()
  const { body } = await place("auditor", "person", person)
  assert.equal(told(await w.send(token, "GET", "/api/home")), "401 session_ended")
  const [code] = (await closed) as [number]
  assert.equal(code, 4401)
  assert.ok(performance.now() - began < 5_000)
  // Signing in again shows why, and opens nothing.
  const again = w.tokenOf(person, "fresh", "again")
  assert.equal((await w.send(again, "GET", "/api/holds")).body.holds[0].id, body.id)
  assert.equal(told(await w.send(again, "POST", `/api/projects/${w.project}/workspace`)), "403 hold_person")
})

test("a lost role takes its topics from an open socket", async () => {
  const person = await w.member()
  const { socket, heard } = await listen(w.tokenOf(person))
  const mine = `project:${w.project}`
  socket.send(JSON.stringify({ subscribe: [mine] }))
  const hears = async (topic: string) => {
    while (!heard.includes(topic)) await once(socket, "message", { signal: AbortSignal.timeout(5_000) })
  }
  const change = () => w.call("author", "POST", `/api/projects/${w.project}/requests`, { title: "Counts" })
  while (!heard.includes(mine)) {
    await change()
    await Promise.race([hears(mine), once(socket, "message", { signal: AbortSignal.timeout(5_000) })])
  }
  await w.call("admin", "POST", `/api/projects/${w.project}/members/${person}/remove`, { reason: "Left" })
  await hears(`person:${person}`)
  // The place where topics are dropped is the next turn of the socket; from then on nothing of it is heard.
  const deadline = performance.now() + 5_000
  let quiet = false
  while (!quiet) {
    assert.ok(performance.now() < deadline, "still heard after five seconds")
    heard.length = 0
    await change()
    await w.call("auditor", "GET", "/api/home")
    await w.ctx.db
      .transaction()
      .execute((tx) => import("../src/drivers/live.ts").then((m) => m.touch(tx, "holds")))
    await hears("holds")
    quiet = !heard.includes(mine)
  }
  socket.terminate()
})
