// Agreements over their whole life: who may decide in which state, one in force, nobody widens alone, and dates
// that begin and end by themselves.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { AgreementDocument } from "#contract/agreements.ts"
import { AGREEMENT_STATES, type AgreementState } from "#contract/vocabulary.ts"
import { newId } from "../src/domain/id.ts"
import { applyExpiry } from "../src/reconcile/expiry.ts"
import { agreementDocument, appoint, PEOPLE, type PersonName } from "./seed.ts"
import { startWorld, type World } from "./walk/world.ts"

let w: World
before(async () => {
  w = await startWorld()
})
after(() => w[Symbol.asyncDispose]())

const path = (rest = "") => `/api/projects/${w.project}/agreement${rest}`
const HEARTS = {
  dataSet: "hearts",
  tables: [{ table: "visits", columns: ["age"], filter: [] }],
  purpose: null,
}

async function propose(changes: Partial<AgreementDocument> = {}, by: PersonName = "admin"): Promise<number> {
  const document = agreementDocument({ title: `Liver disease ${newId()}`, ...changes })
  const { status, body } = await w.call(by, "POST", path(), { document, reason: "More" })
  assert.equal(status, 200, JSON.stringify(body))
  return body.version as number
}

const decide = (by: PersonName, version: number, decision = "approved", dataSet = w.dataSet) =>
  w.call(by, "POST", path(`/${version}/decision`), { dataSet, decision, reason: "Looked at" })

async function stateOf(version: number): Promise<string> {
  const [row] = await w.sql("select state from agreement_version where project_id = $1 and version = $2", [
    w.project,
    version,
  ])
  return String(row?.["state"])
}

const inForce = async () =>
  (
    await w.sql("select version from agreement_version where project_id = $1 and state = 'in_force'", [
      w.project,
    ])
  ).map((r) => r["version"])

/** What each person is told who decides on a version in this state. */
function expected(person: PersonName, state: AgreementState): string {
  if (person === "custodian") return state === "proposed" ? "200 undefined" : "409 already_done"
  if (["author", "colleague", "admin", "lead"].includes(person)) return "403 own_application"
  if (person === "auditor") return "403 not_permitted"
  return "404 not_found"
}

test("state × person: only the data set's custodian decides, and only what is proposed", async () => {
  for (const state of AGREEMENT_STATES) {
    const version = await propose()
    for (const person of PEOPLE) {
      if (state !== "in_force")
        await w.sql("update agreement_version set state = $3 where project_id = $1 and version = $2", [
          w.project,
          version,
          state,
        ])
      else
        await w.sql(
          "update agreement_version set state = 'superseded' where project_id = $1 and version = $2",
          [w.project, version],
        )
      const { status, body } = await decide(person, version, "refused")
      const told = `${status} ${body.code}`
      assert.equal(told, expected(person, state), `${person} on ${state}`)
    }
  }
  assert.deepEqual(await inForce(), [1])
})

test("one is in force: approvals at the same moment leave one, and an older wish never comes back", async () => {
  const older = await propose()
  const newer = await propose()
  const answers = await Promise.all([decide("custodian", older), decide("custodian", newer)])
  assert.ok(answers.every(({ status }) => status === 200 || status === 409))
  assert.deepEqual(await inForce(), [newer])
  assert.equal(await stateOf(older), "superseded")
  const earlier = await propose()
  const later = await propose()
  assert.equal((await decide("custodian", later)).status, 200)
  assert.equal(await stateOf(earlier), "superseded")
  assert.equal((await decide("custodian", earlier)).body.code, "already_done")
  assert.deepEqual(await inForce(), [later])
  const late = await decide("custodian", older)
  assert.equal(`${late.status} ${late.body.code}`, "409 already_done")
  assert.deepEqual(await inForce(), [later])
})

test("nobody widens an agreement alone", async () => {
  // The proposer is no judge of it, even as custodian of everything in it.
  await appoint(w.ctx, w.people.lead, "custodian", "data_set", w.dataSet)
  const own = await propose({}, "lead")
  assert.equal((await decide("lead", own)).body.code, "own_application")
  // A colleague who keeps the data is part of the project as well.
  const asked = await propose({}, "admin")
  assert.equal((await decide("lead", asked)).body.code, "own_application")
  // Two data sets need both their custodians, each for their own.
  const wide = await propose({ dataSets: [...agreementDocument().dataSets, HEARTS] })
  const was = await inForce()
  assert.equal((await decide("custodian", wide, "approved", w.otherDataSet)).status, 404)
  assert.equal((await decide("custodian", wide)).status, 200)
  assert.deepEqual(await inForce(), was)
  assert.equal((await decide("custodian", wide)).body.code, "already_done")
  assert.equal((await decide("keeper", wide, "approved", w.otherDataSet)).status, 200)
  assert.deepEqual(await inForce(), [wide])
  await w.sql("update appointment set state = 'ended' where person_id = $1 and role = 'custodian'", [
    w.people.lead,
  ])
})

test("one refusal refuses the version for good", async () => {
  const version = await propose({ dataSets: [...agreementDocument().dataSets, HEARTS] })
  assert.equal((await decide("keeper", version, "refused", w.otherDataSet)).status, 200)
  assert.equal(await stateOf(version), "refused")
  assert.equal((await decide("custodian", version)).body.code, "already_done")
})

test("what is new is said against what is in force, not against what was refused", async () => {
  const sets = (columns: string[]) => [
    { dataSet: "livers", tables: [{ table: "visits", columns, filter: [] }], purpose: null },
  ]
  await decide("custodian", await propose({ dataSets: sets(["age"]) }))
  await decide("custodian", await propose({ dataSets: sets(["age", "weight"]) }), "refused")
  const again = await propose({ dataSets: sets(["age", "weight"]), territory: ["Scotland"] })
  const { body } = await w.call("custodian", "GET", path(`/${again}`))
  const widened = (body.changes as { path: string; after: string; widens: boolean }[]).filter((c) => c.widens)
  assert.match(JSON.stringify(widened), /weight/)
})

test("a document is kept as it was sent: numbers stay numbers", async () => {
  const filter = [
    { column: "age", is: "greater_or_equal" as const, value: 18 },
    { column: "age", is: "present" as const, value: null },
  ]
  const version = await propose({
    dataSets: [{ dataSet: "livers", tables: [{ table: "visits", columns: ["age"], filter }], purpose: null }],
  })
  const { body } = await w.call("admin", "GET", path(`/${version}`))
  assert.deepEqual(body.document.dataSets[0].tables[0].filter, filter)
})

test("columns and tables that are not published cannot be asked for", async () => {
  for (const [columns, code] of [
    [["nhs_number"], "unknown_column"],
    [["no_such"], "unknown_column"],
  ] as const) {
    const document = agreementDocument({
      dataSets: [
        {
          dataSet: "livers",
          tables: [{ table: "visits", columns: [...columns], filter: [] }],
          purpose: null,
        },
      ],
    })
    const { status, body } = await w.call("admin", "POST", path(), { document, reason: "More" })
    assert.equal(`${status} ${body.code}`, `400 ${code}`)
  }
})

test("a new version binds who signs it, and what is signed is what was read", async () => {
  const version = await propose()
  await decide("custodian", version)
  const open = () => w.call("colleague", "POST", `/api/projects/${w.project}/workspace`)
  assert.equal((await open()).body.code, "agreement_unsigned")
  const { body } = await w.call("colleague", "GET", path(`/${version}`))
  const signing = (sha256: string) => w.call("colleague", "POST", path(`/${version}/signature`), { sha256 })
  assert.equal((await signing("0".repeat(64))).body.code, "stale")
  assert.equal((await signing(body.version.sha256)).status, 200)
  assert.equal((await open()).status, 200)
})

test("a term that begins later begins by itself, and what is in force stays until then", async () => {
  const was = await inForce()
  const day = (days: number) =>
    new Date(w.ctx.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
  const version = await propose({ term: { from: day(10), until: day(400) } })
  await decide("custodian", version)
  await applyExpiry(w.ctx)
  assert.deepEqual(await inForce(), was)
  w.pass(11 * 86_400)
  await applyExpiry(w.ctx)
  assert.deepEqual(await inForce(), [version])
})

test("a term that is over is not approved any more", async () => {
  const day = new Date(w.ctx.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10)
  const version = await propose({ term: { from: "2020-01-01", until: day } })
  w.pass(3 * 86_400)
  const was = await inForce()
  assert.equal((await decide("custodian", version)).body.code, "term_over")
  assert.deepEqual(await inForce(), was)
})

test("the end of an agreement stops at midnight, says why, and ends with a new version", async () => {
  const until = new Date(w.ctx.clock.now().getTime() + 2 * 86_400_000).toISOString().slice(0, 10)
  const version = await propose({ term: { from: "2020-01-01", until } })
  await decide("custodian", version)
  const { body } = await w.call("author", "GET", path(`/${version}`))
  await w.call("author", "POST", path(`/${version}/signature`), { sha256: body.version.sha256 })
  const open = () => w.call("author", "POST", `/api/projects/${w.project}/workspace`)
  assert.equal((await open()).status, 200)
  w.pass(4 * 86_400)
  // Before anything was written: the date itself stops.
  const refused = await open()
  assert.equal(refused.body.code, "agreement_expired")
  const size = w.logSize()
  await applyExpiry(w.ctx)
  await applyExpiry(w.ctx)
  assert.equal(await stateOf(version), "ended")
  const { body: held } = await w.call("author", "GET", "/api/holds")
  const hold = held.holds.filter((h: { cause: string }) => h.cause === "agreement_expired")
  assert.equal(hold.length, 1)
  assert.match(hold[0].reason, /The agreement ended on \d+ [A-Z][a-z]+ \d{4}/)
  const codes = (await w.eventsSince(size)).map((e) => e.code)
  for (const code of ["agreement.ended", "hold.placed"])
    assert.equal(codes.filter((c) => c === code).length, 1)
  const next = await propose()
  await decide("custodian", next)
  const after = await w.call("author", "GET", "/api/holds")
  assert.deepEqual(after.body.holds, [])
  assert.equal((await open()).body.code, "agreement_unsigned")
})
