// Holds over HTTP and a real database: subject × who placed × who proposes to lift × who confirms.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { HOLD_SUBJECTS, type HoldSubject } from "#contract/vocabulary.ts"
import { isRefusalCode } from "../src/domain/sentences.ts"
import { PEOPLE, type PersonName } from "./seed.ts"
import { startWorld, type World } from "./walk/world.ts"
import { proposalOf } from "./lifting.ts"

let w: World
let subjects: Record<HoldSubject, string | null>
before(async () => {
  w = await startWorld()
  const { release } = await w.released({ "table.csv": "region,count\nnorth,120\n" })
  const [organisation] = await w.sql("select id from organisation where name = 'A university'")
  subjects = {
    person: w.people.colleague,
    project: w.project,
    data_set: w.dataSet,
    organisation: String(organisation?.["id"]),
    release,
    installation: null,
  }
})
after(() => w[Symbol.asyncDispose]())

/** One of each kind of those who may stop things, and one more who may go on after any of them. */
const WATCHERS = ["auditor", "custodian", "operator"] as const
const SECOND = "engineer"
const WATCH: readonly PersonName[] = [...WATCHERS, SECOND, "keeper"]
const HELD = "colleague"

/** Whom a hold stops, besides those who watch: they may know of it. */
const STOPS: Readonly<Record<HoldSubject, readonly PersonName[]>> = {
  person: [HELD],
  project: ["author", "colleague", "admin", "lead"],
  data_set: [],
  organisation: ["author", "colleague", "admin", "lead", "insider"],
  release: [],
  installation: PEOPLE,
}

// A hold on a person ends their session, so each asks from a new one.
let sittings = 0
const as = (person: PersonName, path: string, body?: unknown) =>
  w.send(w.tokenOf(person, "fresh", `sitting${(sittings += 1)}`), "POST", path, body)
const place = (by: PersonName, subject: HoldSubject) =>
  as(by, "/api/holds", { subject, subjectId: subjects[subject], kind: "incident", reason: "An incident" })
const propose = (by: PersonName, hold: string) =>
  as(by, `/api/holds/${hold}/lift`, { reason: "It was nothing", until: null })
const confirm = async (by: PersonName, hold: string) =>
  as(by, `/api/holds/${hold}/lift/confirm`, { proposedAt: await proposalOf(w, hold) })

interface Told {
  readonly status: number
  readonly body: { readonly code?: string; readonly message?: string }
}
function told({ status, body }: Told): string {
  if (status === 200) return "200"
  assert.ok(isRefusalCode(body.code ?? "") && (body.message?.length ?? 0) > 10, `${body.code} has a sentence`)
  return `${status} ${body.code}`
}

/** What a person is told who proposes to lift it; `200` for those who watch. */
function proposing(person: PersonName, subject: HoldSubject): string {
  if (WATCH.includes(person)) return "200"
  if (subject === "person" && person === HELD) return "403 hold_person"
  return STOPS[subject].includes(person) ? "403 not_permitted" : "404 not_found"
}

/** What a person is told who confirms, when `placer` placed it and `proposer`, if anybody, wants it lifted. */
function confirming(
  person: PersonName,
  subject: HoldSubject,
  placer: PersonName,
  proposer: PersonName | undefined,
): string {
  if (WATCH.includes(person)) {
    if (person === proposer) return "403 second_person_needed"
    if (person === placer) return "403 placer_cannot_confirm"
    return proposer === undefined ? "403 no_lift_proposed" : "200"
  }
  if (subject === "person" && person === HELD) return "403 hold_person"
  if (!STOPS[subject].includes(person)) return "404 not_found"
  return proposer === undefined ? "403 no_lift_proposed" : "403 not_permitted"
}

test("subject × person: only those who watch place one, on what there is", async () => {
  for (const subject of HOLD_SUBJECTS) {
    for (const person of PEOPLE.filter((one) => !WATCH.includes(one)))
      assert.equal(told(await place(person, subject)), "403 not_permitted", `${person} on ${subject}`)
    const nothing = { subject, subjectId: "aaaaaaaaaaaa", kind: "incident", reason: "An incident" }
    const answer = told(await as("auditor", "/api/holds", nothing))
    assert.equal(answer, subject === "installation" ? "400 invalid_input" : "404 not_found", subject)
  }
  assert.deepEqual(await w.sql("select id from hold where lifted_at is null"), [])
})

for (const subject of HOLD_SUBJECTS)
  test(`${subject}: who placed × who proposes × who confirms`, async () => {
    for (const placer of WATCHERS)
      for (const proposer of [placer, SECOND] as const) {
        const about = `${subject}, placed by ${placer}, proposed by ${proposer}`
        const { body } = await place(placer, subject)
        const hold = String(body.id)
        // Who will propose it makes no difference before they do.
        for (const person of proposer === placer ? PEOPLE : [])
          assert.equal(
            told(await confirm(person, hold)),
            confirming(person, subject, placer, undefined),
            `${about}: ${person} confirms what nobody has proposed`,
          )
        for (const person of PEOPLE.filter((one) => !WATCH.includes(one)))
          assert.equal(told(await propose(person, hold)), proposing(person, subject), `${about}: ${person}`)
        assert.equal(told(await propose(proposer, hold)), "200", about)
        const may = PEOPLE.filter((one) => confirming(one, subject, placer, proposer) === "200")
        assert.ok(may.length >= 3, "somebody is left")
        for (const person of PEOPLE.filter((one) => !may.includes(one)))
          assert.equal(
            told(await confirm(person, hold)),
            confirming(person, subject, placer, proposer),
            `${about}: ${person} confirms`,
          )
        const [row] = await w.sql("select lifted_at from hold where id = $1", [hold])
        assert.equal(row?.["lifted_at"], null, `${about}: still there`)
        const last = may[sittings % may.length] as PersonName
        assert.equal(told(await confirm(last, hold)), "200", `${about}: ${last} confirms`)
        assert.equal(told(await confirm(last, hold)), "409 already_done", about)
      }
  })

test("the list shows a hold to those whom it stops and to those who watch, and to nobody else", async () => {
  for (const subject of HOLD_SUBJECTS) {
    const { body } = await place("auditor", subject)
    for (const person of PEOPLE) {
      const seen = await w.send(w.tokenOf(person, "fresh", `sitting${(sittings += 1)}`), "GET", "/api/holds")
      const shown = (seen.body.holds as { id: string }[]).some(({ id }) => id === body.id)
      const should = WATCH.includes(person) || STOPS[subject].includes(person)
      assert.equal(shown, should, `${person}, a hold on ${subject}`)
    }
    await propose("auditor", body.id)
    assert.equal(told(await confirm("operator", body.id)), "200")
  }
})
