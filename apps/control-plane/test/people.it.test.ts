// People of a project: invited, joined, renewed, removed; and what runs out stops, says why, and ends.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { newId } from "../src/domain/id.ts"
import { applyExpiry } from "../src/reconcile/expiry.ts"
import { stopForbiddenRuns } from "../src/reconcile/forbidden-runs.ts"
import { appoint, insertPerson, insertWorkspace, sign } from "./seed.ts"
import { startWorld, type World } from "./walk/world.ts"

let w: World
before(async () => {
  w = await startWorld()
})
after(() => w[Symbol.asyncDispose]())

const at = (rest: string) => `/api/projects/${w.project}/${rest}`
const day = (days: number) =>
  new Date(w.ctx.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
const as = (person: string, method: "GET" | "POST", path: string, body?: unknown) =>
  w.send(w.tokenOf(person), method, path, body)
const told = ({ status, body }: { status: number; body?: { code?: string } }) => `${status} ${body?.code}`

async function someone(): Promise<string> {
  const [row] = await w.sql("select organisation_id as id from person where id = $1", [w.people.author])
  return insertPerson(w.ctx, `Someone ${newId()}`, String(row?.["id"]))
}

async function invite(person: string, more: object = {}) {
  const email = `${person}@example.org`
  const body = { email, name: "Someone New", role: "researcher", until: day(300), ...more }
  const answer = await w.call("admin", "POST", at("invitations"), body)
  return { answer, token: String(answer.body.link ?? "").split("#")[1] ?? "" }
}
const accept = (person: string, token: string) => as(person, "POST", "/api/invitations/accept", { token })
const holdsOn = async (person: string) =>
  await w.sql(
    "select cause, within_project as within from hold where subject_id = $1 and lifted_at is null order by 1, 2",
    [person],
  )

test("an invitation is for one address, once, for seven days", async () => {
  const person = await someone()
  const other = await someone()
  const { token } = await invite(person)
  assert.equal(told(await accept(other, token)), "403 invitation_other_person")
  const both = await Promise.all([accept(person, token), accept(person, token)])
  assert.equal(both.filter((a) => a.status === 200).length, 1)
  assert.equal(told(await accept(person, token)), "403 invitation_invalid")
  const late = await someone()
  const old = await invite(late)
  w.pass(8 * 86_400)
  assert.equal(told(await accept(late, old.token)), "403 invitation_invalid")
  await applyExpiry(w.ctx)
  const [row] = await w.sql("select state from invitation where email = $1", [`${late}@example.org`])
  assert.equal(row?.["state"], "expired")
  // It ran out, so another may be sent.
  assert.equal((await accept(late, (await invite(late)).token)).status, 200)
})

test("a withdrawn invitation opens nothing", async () => {
  const person = await someone()
  const { answer, token } = await invite(person)
  assert.equal((await w.call("admin", "POST", at(`invitations/${answer.body.id}/withdraw`))).status, 200)
  assert.equal(told(await accept(person, token)), "403 invitation_invalid")
  assert.equal(told(await as(person, "POST", "/api/invitations/read", { token })), "403 invitation_invalid")
})

test("one open invitation to an address: the next says what to do about it, and works when that is done", async () => {
  const person = await someone()
  const { answer } = await invite(person)
  const next = await invite(person)
  assert.equal(told(next.answer), "409 invitation_open")
  assert.match(String(next.answer.body.message), /still open.*Withdraw it, then invite again/)
  await w.call("admin", "POST", at(`invitations/${answer.body.id}/withdraw`))
  const { token } = await invite(person)
  assert.equal((await accept(person, token)).status, 200)
  assert.equal(told((await invite(person)).answer), "409 already_member")
})

test("the letter carries the link and nothing of the project", async () => {
  const person = await someone()
  const { token } = await invite(person)
  const [row] = await w.sql("select body, subject from mail where recipient = $1", [`${person}@example.org`])
  assert.match(String(row?.["body"]), new RegExp(token))
  assert.doesNotMatch(`${row?.["body"]}${row?.["subject"]}`, /Liver|P-0001|Ada/)
})

test("who runs the platform does not become a researcher, and a researcher not an operator", async () => {
  const { token } = await invite(w.people.operator)
  assert.equal(told(await accept("operator", token)), "403 exclusive_roles")
  const proposal = await w.call("operator", "POST", "/api/appointments", {
    person: w.people.author,
    role: "operator",
    scope: "installation",
    scopeId: null,
    until: null,
    reason: "Needed",
  })
  assert.equal(told(proposal), "403 exclusive_roles")
})

test("inviting does not widen how many people an agreement allows", async () => {
  const [row] = await w.sql("select document from agreement_version where project_id = $1", [w.project])
  const [taken] = await w.sql(
    `select (select count(distinct person_id) from appointment where scope_id = $1 and state = 'active')
      + (select count(*) from invitation where project_id = $1 and state = 'sent') as n`,
    [w.project],
  )
  const document = {
    ...(JSON.parse(String(row?.["document"])) as object),
    people: { roles: [], most: Number(taken?.["n"]) + 1 },
  }
  await w.sql("update agreement_version set document = $2 where project_id = $1", [
    w.project,
    JSON.stringify(document),
  ])
  assert.equal((await invite(await someone())).answer.status, 200)
  assert.equal(told((await invite(await someone())).answer), "409 people_limit")
  await w.sql("update agreement_version set document = $2 where project_id = $1", [
    w.project,
    row?.["document"],
  ])
})

test("a membership ends on its day, says so, and is renewed within the agreement", async () => {
  const person = await someone()
  await accept(person, (await invite(person, { until: day(5) })).token)
  await sign(w.ctx, w.project, person)
  const open = () => as(person, "POST", at("workspace"))
  assert.equal((await open()).status, 200)
  w.pass(6 * 86_400)
  assert.equal(told(await open()), "403 membership_expired")
  await applyExpiry(w.ctx)
  await applyExpiry(w.ctx)
  assert.deepEqual(await holdsOn(person), [{ cause: "membership_expired", within: w.project }])
  const renew = (until: string, by: "admin" = "admin") =>
    w.call(by, "POST", at(`members/${person}/renew`), { until })
  assert.equal(told(await renew("2199-01-02")), "400 date_after_agreement")
  assert.equal(told(await renew(day(-1))), "400 date_in_past")
  assert.equal((await renew(day(30))).status, 200)
  assert.deepEqual(await holdsOn(person), [])
  assert.equal((await open()).status, 200)
})

test("each project's membership runs out by itself; two roles run out with the last", async () => {
  const person = await someone()
  const soon = new Date(w.ctx.clock.now().getTime() + 86_400_000)
  const later = new Date(soon.getTime() + 10 * 86_400_000)
  await appoint(w.ctx, person, "researcher", "project", w.project, soon)
  await appoint(w.ctx, person, "project_admin", "project", w.project, later)
  await appoint(w.ctx, person, "researcher", "project", w.elsewhere, soon)
  w.pass(2 * 86_400)
  await applyExpiry(w.ctx)
  assert.deepEqual(await holdsOn(person), [{ cause: "membership_expired", within: w.elsewhere }])
  w.pass(10 * 86_400)
  await applyExpiry(w.ctx)
  assert.equal((await holdsOn(person)).length, 2)
})

test("who comes back is not stopped by the end of their last time", async () => {
  const person = await someone()
  await accept(person, (await invite(person, { until: day(2) })).token)
  w.pass(4 * 86_400)
  await applyExpiry(w.ctx)
  assert.equal((await holdsOn(person)).length, 1)
  assert.equal(
    (await w.call("admin", "POST", at(`members/${person}/remove`), { reason: "Gone" })).status,
    200,
  )
  assert.deepEqual(await holdsOn(person), [])
  assert.equal((await as(person, "GET", at("members"))).status, 404)
  assert.equal((await accept(person, (await invite(person)).token)).status, 200)
  await sign(w.ctx, w.project, person)
  assert.equal((await as(person, "POST", at("workspace"))).status, 200)
})

test("a removed member's notebook is cut in one pass, and the project is not there for them", async () => {
  const person = await w.member()
  const { workspace, run } = await insertWorkspace(w.ctx, w.project, person)
  await stopForbiddenRuns(w.ctx)
  const wanted = async () => (await w.sql("select wanted, code from run where id = $1", [run]))[0]
  assert.equal((await wanted())?.["wanted"], "running")
  await w.call("admin", "POST", at(`members/${person}/remove`), { reason: "Left" })
  await stopForbiddenRuns(w.ctx)
  assert.deepEqual(await wanted(), { wanted: "stopped", code: "not_member" })
  assert.equal((await as(person, "GET", `/api/workspaces/${workspace}`)).status, 404)
})

test("who is removed from the installation is out of everything at once, and stays out", async () => {
  const person = await w.member()
  const { workspace, run } = await insertWorkspace(w.ctx, w.project, person)
  assert.equal((await as(person, "GET", "/api/home")).status, 200)
  const remove = () => w.call("operator", "POST", `/api/people/${person}/remove`, { reason: "Left" })
  const answers = await Promise.all([remove(), remove()])
  assert.deepEqual(answers.map(told).toSorted(), ["200 undefined", "409 already_done"])
  assert.equal(told(await as(person, "GET", "/api/home")), "403 person_removed")
  assert.equal(told(await as(person, "GET", `/api/workspaces/${workspace}`)), "403 person_removed")
  const count = async (sql: string) => Number((await w.sql(sql, [person]))[0]?.["n"])
  assert.equal(
    await count("select count(*) as n from appointment where person_id = $1 and state <> 'ended'"),
    0,
  )
  assert.equal(await count("select count(*) as n from session where person_id = $1 and ended_at is null"), 0)
  await stopForbiddenRuns(w.ctx)
  assert.deepEqual(await w.sql("select wanted from run where id = $1", [run]), [{ wanted: "stopped" }])
  const { token } = await invite(person)
  assert.equal(told(await accept(person, token)), "403 person_removed")
})

test("the last who leads a project is not removed", async () => {
  assert.equal(
    (await w.call("admin", "POST", at(`members/${w.people.lead}/remove`), { reason: "x" })).status,
    200,
  )
  for (const row of await w.sql(
    "select person_id as id from appointment where scope_id = $1 and role = 'project_admin' and state = 'active' and person_id <> $2",
    [w.project, w.people.admin],
  ))
    await w.call("admin", "POST", at(`members/${String(row["id"])}/remove`), { reason: "x" })
  assert.equal(
    told(await w.call("admin", "POST", at(`members/${w.people.admin}/remove`), { reason: "x" })),
    "409 last_project_admin",
  )
})

test("training runs out, stops use and decisions, and ends when it is recorded anew", async () => {
  const person = await w.member()
  await w.sql("update training set until = $2 where person_id = $1", [person, day(1)])
  w.pass(3 * 86_400)
  assert.equal(told(await as(person, "POST", at("workspace"))), "403 training_expired")
  await applyExpiry(w.ctx)
  await applyExpiry(w.ctx)
  assert.deepEqual(await holdsOn(person), [{ cause: "training_expired", within: null }])
  const body = { kind: "safe_researcher", until: day(300), evidence: "Certificate seen" }
  await w.call("admin", "POST", at(`members/${person}/training`), body)
  assert.deepEqual(await holdsOn(person), [])
  assert.equal((await as(person, "POST", at("workspace"))).status, 200)
})

test("terms run out or are replaced, stop, and end when the new ones are accepted", async () => {
  const person = await w.member()
  await w.sql("insert into terms (version, text, from_at) values (2, 'New terms', $1)", [
    new Date(w.ctx.clock.now().getTime() + 86_400_000),
  ])
  // Announced, and not yet what counts.
  assert.equal((await as(person, "POST", at("workspace"))).status, 200)
  assert.equal((await as(person, "GET", "/api/session")).body.terms.version, 1)
  w.pass(2 * 86_400)
  assert.equal(told(await as(person, "POST", at("workspace"))), "403 terms_expired")
  await applyExpiry(w.ctx)
  assert.deepEqual(await holdsOn(person), [{ cause: "terms_expired", within: null }])
  assert.equal(told(await as(person, "POST", "/api/terms", { version: 1 })), "409 stale")
  assert.equal((await as(person, "POST", "/api/terms", { version: 2 })).status, 200)
  assert.deepEqual(await holdsOn(person), [])
  w.pass(366 * 86_400)
  await applyExpiry(w.ctx)
  assert.equal(
    (await holdsOn(person)).some((h) => h["cause"] === "terms_expired"),
    true,
  )
})

test("a role ends with its term and can be given again", async () => {
  const person = await someone()
  await appoint(
    w.ctx,
    person,
    "output_checker",
    "installation",
    null,
    new Date(w.ctx.clock.now().getTime() + 1_000),
  )
  assert.equal((await as(person, "GET", "/api/checker/queue")).status, 200)
  w.pass(60)
  assert.equal((await as(person, "GET", "/api/checker/queue")).status, 403)
  await w.sql(
    "delete from terms where version = 2 and not exists (select 1 from terms_acceptance where version = 2)",
  )
  await applyExpiry(w.ctx)
  const [row] = await w.sql("select state from appointment where person_id = $1", [person])
  assert.equal(row?.["state"], "ended")
})
