// The judges must be able to say no: each is shown what it looks for.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Findings, randomFrom } from "../../support/battery.ts"
import { checkEvents, checkReleases, unfinished, type LogRow } from "./afterwards.ts"
import type { Crew } from "./crew.ts"
import { planRounds } from "./kills.ts"
import { Ledger, type Fact } from "./ledger.ts"

const row = (index: number, code: string, actorId: string, facts: LogRow["facts"], more = {}): LogRow => ({
  index,
  time: "2026-01-01T00:00:00.000Z",
  code,
  outcome: "done",
  actorId,
  intent: null,
  facts,
  ...more,
})

const vote = (index: number, who: string, choice = "approve", turn = 1) =>
  row(index, "output.voted", who, { request: "r", turn, file: "f", vote: choice })
const reviewed = (index: number, who: string, turn = 1) =>
  row(index, "output.reviewed", who, { request: "r", turn })
const released = (index: number, turn = 1) => row(index, "output.released", "b", { request: "r", turn })

function failuresOf(rows: LogRow[]): string[] {
  const findings = new Findings(() => {})
  checkReleases(rows, findings)
  return findings.failures
}

test("a release of what two people approved is right; every other one is found", () => {
  const good = [vote(1, "a"), vote(2, "b"), reviewed(3, "a"), reviewed(4, "b")]
  assert.deepEqual(failuresOf([...good, released(5)]), [])
  assert.match(failuresOf([vote(1, "a"), reviewed(3, "a"), released(5)]).join(), /without two approvals/)
  assert.match(
    failuresOf([vote(1, "a"), vote(2, "a"), reviewed(3, "a"), reviewed(4, "b"), released(5)]).join(),
    /without two/,
  )
  assert.match(
    failuresOf([vote(1, "a"), vote(2, "b", "change"), ...good.slice(2), released(5)]).join(),
    /without two/,
  )
  assert.match(failuresOf([...good, released(5, 2)]).join(), /without two approvals/)
  assert.match(failuresOf([...good, released(5), released(6)]).join(), /released 2 times/)
})

test("a file that left twice is found, one that broke off and left once is not", () => {
  const left = (index: number, outcome: string) =>
    row(index, "intent.finished", "p", { release: "x", file: "f" }, { outcome })
  assert.deepEqual(failuresOf([left(1, "unknown"), left(2, "done")]), [])
  assert.match(failuresOf([left(1, "done"), left(2, "done")]).join(), /downloaded 2 times/)
})

test("what was begun and has no end is found by the index of its beginning", () => {
  const begun = [row(7, "data.readIntended", "p", {}), row(8, "output.downloaded", "p", {})]
  assert.deepEqual(
    unfinished(begun).map(({ index }) => index),
    [7, 8],
  )
  const ended = [
    ...begun,
    row(9, "data.read", "p", {}, { intent: 7 }),
    row(10, "intent.finished", "p", {}, { intent: 8 }),
  ]
  assert.deepEqual(unfinished(ended), [])
  assert.deepEqual(unfinished([...begun, row(9, "data.listed", "p", {}, { intent: 7 })]).length, 2)
})

function crewWith(...facts: Partial<Fact>[]): Crew {
  const ledger = new Ledger()
  for (const fact of facts)
    ledger.facts.push({
      who: "priya",
      person: "p",
      what: "requestComment",
      key: "k",
      index: 3,
      given: {},
      value: { id: "c" },
      ...fact,
    })
  return { ledger } as unknown as Crew
}

function eventFailures(crew: Crew, rows: LogRow[]): string[] {
  const findings = new Findings(() => {})
  checkEvents(crew, rows, findings)
  return findings.failures
}

test("an acknowledged write without its event, with another's, or with two is found", () => {
  const crew = crewWith({})
  const mine = row(3, "output.commented", "p", { comment: "c" })
  assert.deepEqual(eventFailures(crew, [mine]), [])
  assert.match(eventFailures(crew, []).join(), /is not its output.commented/)
  assert.match(eventFailures(crew, [{ ...mine, actorId: "q" }]).join(), /is not its/)
  assert.match(eventFailures(crew, [{ ...mine, facts: { comment: "other" } }]).join(), /is not its/)
  assert.match(eventFailures(crew, [mine, { ...mine, index: 4 }]).join(), /more than one/)
  assert.match(eventFailures(crewWith({ index: undefined }), []).join(), /no output.commented is in the log/)
  assert.deepEqual(eventFailures(crewWith({ index: undefined }), [{ ...mine, index: 9 }]), [])
})

test("a cell has exactly one entry", () => {
  const crew = crewWith({ what: "cell", index: undefined, given: { message: "m" } })
  const entry = row(1, "notebook.message", "p", { message: "m" })
  assert.deepEqual(eventFailures(crew, [entry]), [])
  assert.match(eventFailures(crew, []).join(), /0 entries for one cell/)
  assert.match(eventFailures(crew, [entry, { ...entry, index: 2 }]).join(), /2 entries for one cell/)
})

test("every target has its share of the rounds, in an order that the seed gives", () => {
  const targets = ["control-plane", "gateway", "door"] as const
  const plan = planRounds(targets, 9, randomFrom(3))
  for (const target of targets) assert.equal(plan.filter((one) => one === target).length, 3)
  assert.deepEqual(plan, planRounds(targets, 9, randomFrom(3)))
  assert.notDeepEqual(plan, planRounds(targets, 9, randomFrom(4)))
})
