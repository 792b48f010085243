// A walk over the whole contract on a real database. Every operation: without a sign-in, with one that is too
// old, by everybody who may not, with everything that is not an input, twice; nothing changes and the refusal
// is an event. Then by somebody who may: the answer is what the schema says, and the event is written.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { TSchema } from "typebox"
import { Errors } from "typebox/value"
import { operations, type OperationId } from "#contract/index.ts"
import { ErrorBody, type Operation } from "#contract/operation.ts"
import { isRefusalCode } from "../../src/domain/sentences.ts"
import { insertPerson } from "../seed.ts"
import type { Answer } from "../stack.ts"
import { ask, endless, HOSTILE_PARAMS, unknownIds, unstorableBodies, wrongBodies } from "./asking.ts"
import { dataCases } from "./cases-data.ts"
import { outputCases } from "./cases-outputs.ts"
import { peopleCases } from "./cases-people.ts"
import { startWorld, type Ask, type Case, type Cases, type Refused, type World } from "./world.ts"

const CASES: Cases = { ...peopleCases, ...dataCases, ...outputCases }
const OWN_SESSION = new Set(["session.opened", "access.refused"])

let w: World
let removed = ""
before(async () => {
  w = await startWorld()
  const [row] = await w.sql("select organisation_id as id from person where id = $1", [w.people.author])
  removed = await insertPerson(w.ctx, "Rita Removed", String(row?.["id"]))
  await w.sql("update person set state = 'removed' where id = $1", [removed])
})
after(() => w[Symbol.asyncDispose]())

/** An error of ours: a stable code with a sentence, the request's id, and nothing that the schema does not have. */
function assertProblem(answer: Answer, status: number, code: string, about: string): void {
  assert.equal(`${answer.status} ${answer.body?.code}`, `${status} ${code}`, about)
  assert.deepEqual([...Errors(ErrorBody, answer.body)], [], about)
  assert.ok(isRefusalCode(code), `${code} has a sentence`)
}

async function unchanged(about: string, work: () => Promise<void>): Promise<void> {
  const was = await w.fingerprint()
  await work()
  assert.equal(await w.fingerprint(), was, `${about} changed something`)
}

async function withoutSignIn(operation: Operation, good: Ask): Promise<void> {
  w.pass(61)
  assertProblem(await ask(w, operation, good, { token: null }), 401, "unauthenticated", "without a token")
  assertProblem(await ask(w, operation, good, { token: "~" }), 401, "unauthenticated", "not a token")
  assertProblem(await ask(w, operation, good, { token: "UPPER" }), 401, "token_invalid", "a bad token")
  assertProblem(await ask(w, operation, good, { token: "unknown" }), 403, "person_unknown", "of nobody here")
  const gone = await ask(w, operation, { ...good, as: removed, session: "fresh" })
  assertProblem(gone, 403, "person_removed", "of a removed person")
  const [event] = await w.eventsSince(gone.body.index as number)
  assert.equal(`${event?.code} ${event?.actor.id}`, `access.refused ${removed}`)
  if (operation.stepUp) {
    for (const signIn of ["old", "plain"])
      assertProblem(await ask(w, operation, good, { signIn }), 401, "step_up_required", `${signIn} code`)
  }
}

async function wrongInputs(operation: Operation, good: Ask): Promise<void> {
  const tooMuch = await ask(w, operation, { ...good, query: { ...good.query, unexpected: 1 } })
  assertProblem(tooMuch, 400, "invalid_input", "an unknown word in the query")
  if (operation.body === undefined && operation.method !== "GET")
    assertProblem(await ask(w, operation, { ...good, body: { a: 1 } }), 400, "invalid_input", "a body")
  for (const body of operation.body ? wrongBodies(operation.body, good.body) : []) {
    const answer = await ask(w, operation, { ...good, body })
    assertProblem(answer, 400, "invalid_input", (JSON.stringify(body) ?? "").slice(0, 300))
  }
  for (const body of operation.body ? unstorableBodies(operation.body, good.body) : [])
    assertProblem(await ask(w, operation, { ...good, body }), 400, "invalid_input", "unstorable text")
  for (const name of Object.keys(good.params ?? {}))
    for (const value of HOSTILE_PARAMS) {
      const answer = await ask(w, operation, { ...good, params: { ...good.params, [name]: value } })
      const code = answer.status === 404 ? "not_found" : "invalid_input"
      assert.ok([400, 404, 414].includes(answer.status), `${answer.status} for ${value.slice(0, 40)}`)
      assertProblem(answer, answer.status, code, `${name} = ${value.slice(0, 40)}`)
    }
}

async function notThere(operation: Operation, one: Case, good: Ask): Promise<void> {
  for (const nothing of unknownIds(operation, good, one.unknownIds ?? true)) {
    const answer = await ask(w, operation, nothing)
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} for what is not there`)
    assertProblem(answer, answer.status, answer.body.code, "not there")
    if (JSON.stringify(nothing.params) !== JSON.stringify(good.params))
      assert.equal(answer.status, 404, `${JSON.stringify(nothing.params)} is not there`)
  }
}

async function refusals(operation: Operation, good: Ask, denied: readonly Refused[]): Promise<void> {
  for (const refused of denied) {
    // A new minute, so that this refusal is the first of its kind and written at once.
    w.pass(61)
    const asked = { ...good, ...refused.with, as: refused.as }
    const answer = await ask(w, operation, asked, {})
    assertProblem(answer, refused.status, refused.code, `by ${refused.as}`)
    const index: unknown = answer.body.index
    assert.equal(typeof index, "number", `the refusal of ${refused.as} is in the log`)
    const [event] = await w.eventsSince(index as number)
    assert.equal(event?.code, "access.refused")
    assert.equal(event?.outcome, "refused")
    assert.equal(event?.actor.id, w.idOf(refused.as))
    assert.deepEqual(
      { operation: event?.facts["operation"], code: event?.facts["code"] },
      { operation: operation.id, code: refused.code },
    )
    if (refused.status !== 404) continue
    // What may not be known of looks like what is not there.
    const params = Object.fromEntries(Object.keys(asked.params ?? {}).map((k) => [k, "zzzzzzzzzzzz"]))
    const typed = { ...params, ...numbers(asked.params) }
    const nothing = await ask(w, operation, { ...asked, params: typed })
    const said = ({ request: _r, index: _i, ...body }: Record<string, unknown>) => body
    assert.deepEqual(said(answer.body), said(nothing.body))
  }
}

function numbers(params: Ask["params"]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(params ?? {}).flatMap(([k, v]) => (typeof v === "number" ? [[k, 987_654]] : [])),
  )
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!(await holds())) assert.ok(performance.now() < deadline, "it did not come about within 5 s")
}

async function served(operation: Operation, good: Ask): Promise<void> {
  const size = w.logSize()
  const answer = await ask(w, operation, good)
  assert.equal(answer.status, 200, answer.raw.toString("utf8").slice(0, 500))
  if ("raw" in operation.response) assert.ok(answer.raw.length > 0)
  else assert.deepEqual([...Errors(operation.response as TSchema, answer.body)], [])
  assert.ok(answer.headers["x-request-id"])
  if (operation.serves !== "public") assert.equal(answer.headers["cache-control"], "no-store")
  // The event of a session is in the outbox with it and reaches the log a moment later.
  const written = async () => (await w.eventsSince(size)).filter((e) => e.actor.id === w.idOf(good.as))
  if (OWN_SESSION.has(String(operation.event))) await until(async () => (await written()).length > 0)
  const events = await written()
  const codes = events.map((e) => e.code)
  if (typeof operation.event === "string") assert.ok(codes.includes(operation.event), `wrote ${codes.join()}`)
  else
    assert.deepEqual(
      codes.filter((c) => !OWN_SESSION.has(c)),
      [],
      "it says that it writes none",
    )
  const wroteOwn = codes.some((c) => !OWN_SESSION.has(c))
  if (wroteOwn) assert.match(String(answer.headers["audit-index"]), /^\d+$/)
  // Refusals that were counted before are written with whatever comes next.
  for (const event of events.filter((e) => e.code !== "access.refused")) assert.equal(event.outcome, "done")
}

async function twice(operation: Operation, one: Case, good: Ask): Promise<void> {
  const { again, settled } = one
  if (settled) await until(() => settled(w, good))
  if (again === undefined) return
  if (again === "another") return assert.equal((await ask(w, operation, good)).status, 200)
  await unchanged("the second time", async () => {
    const answer = await ask(w, operation, good)
    if (again === "same") assert.equal(answer.status, 200)
    else assertProblem(answer, again.status, again.code, "the second time")
  })
}

for (const operation of operations) {
  const one = CASES[operation.id as OperationId]
  test(operation.id, async (t) => {
    const good = await one.allowed(w)
    const denied = typeof one.denied === "function" ? await one.denied(w, good) : one.denied
    const isOpen = operation.serves === "public"
    if (!isOpen)
      await t.test("not without a sign-in that holds", () =>
        unchanged("asking without", () => withoutSignIn(operation, good)),
      )
    await t.test("not with what is no input", () =>
      unchanged("a wrong input", () => wrongInputs(operation, good)),
    )
    await t.test("not for what is not there", () =>
      unchanged("asking for nothing", () => notThere(operation, one, good)),
    )
    await t.test("not by who may not, and that is an event", () =>
      unchanged("a refusal", () => refusals(operation, good, denied)),
    )
    await t.test("as the contract says, with its event", () => served(operation, good))
    await t.test("twice", () => twice(operation, one, good))
  })
}

test("no operation is without a denied case", (t) => {
  const without = operations.filter((operation) => {
    const one: Case | undefined = CASES[operation.id as OperationId]
    if (operation.serves === "public") return one === undefined
    return one === undefined || (Array.isArray(one.denied) && one.denied.length === 0 && !one.everyone)
  })
  t.diagnostic(`operations without a denied-case test: ${without.length}`)
  assert.deepEqual(
    without.map((o) => o.id),
    [],
  )
})

test("a change says what its repetition does", () => {
  const silent = operations.filter(
    (o) => o.method !== "GET" && o.id !== "invitationGet" && CASES[o.id as OperationId].again === undefined,
  )
  assert.deepEqual(
    silent.map((o) => o.id),
    [],
  )
})

test("every text and list that comes in has an end", () => {
  const open = operations.flatMap((o) =>
    [o.params, o.query, o.body].flatMap((s) => endless(s)).map((path) => `${o.id}${path}`),
  )
  assert.deepEqual(open, [])
})
