// Holds: who × what ties them to it × how far lifting it is. What each is told stands here as a person would
// write it down.
import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { ROLES, type Role } from "#contract/vocabulary.ts"
import { readTable } from "./table.ts"
import { loadAccess, type Resource } from "./decide.ts"
import { POWERS, type PowerName } from "./powers.ts"
import { askMatrix } from "./requests-matrix.ts"
import { isRefusalCode, refusalSentence } from "./sentences.ts"

const access = loadAccess(join(import.meta.dirname, "../../../../policies/access"))

/** Those who may stop things at once. */
const WATCHERS: readonly Role[] = ["auditor", "custodian", "operator"]

/** A watcher, by what ties them to the hold, and by whether somebody has proposed to lift it. */
const WATCHER = readTable(`
                       view  propose           confirm, none proposed  confirm, proposed
  nothing              yes   yes               no_lift_proposed        yes
  stopped by it        yes   yes               no_lift_proposed        yes
  placed it            yes   yes               placer_cannot_confirm   placer_cannot_confirm
  proposed it          yes   yes               –                       second_person_needed
  placed, proposed     yes   yes               –                       second_person_needed
  is held by it        yes   own_hold          own_hold                own_hold
  it is an expiry      yes   ends_by_renewal   ends_by_renewal         ends_by_renewal
`)
const TIES: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  "stopped by it": ["stopped"],
  "placed it": ["placer"],
  "proposed it": ["proposer"],
  "placed, proposed": ["placer", "proposer"],
  "is held by it": ["subject", "stopped"],
  "it is an expiry": ["expiry"],
}

/** Everybody else: whom it stops may look, and it is not there for the others. */
const OTHERS = readTable(`
                       view       propose          confirm, none proposed  confirm, proposed
  nothing              not_found  not_found        not_found               not_found
  stopped by it        yes        not_permitted    no_lift_proposed        not_permitted
  is held by it        yes        own_hold         own_hold                own_hold
  it is an expiry      not_found  not_found        not_found               not_found
`)

/** What stops a watcher who has nothing to do with the hold. A hold on everything must not keep itself. */
const STOPPED = readTable(`
                       place           view            propose         confirm, proposed
  person_removed       person_removed  person_removed  person_removed  person_removed
  hold_installation    yes             yes             yes             yes
  hold_person          yes             yes             hold_person     hold_person
  hold_organisation    yes             yes             yes             yes
  training_expired     yes             yes             yes             yes
  terms_expired        yes             yes             terms_expired   terms_expired
`)

interface Who {
  readonly roles: readonly string[]
  readonly ties?: readonly string[]
  readonly blocked?: readonly string[]
}
const HOLD: Resource = { kind: "Hold", id: "cccccccccccc" }
const EVERYTHING: Resource = { kind: "Installation", id: "installation" }

/** yes, or the code; a refusal has a sentence that a person can read. */
function told(who: Who, power: PowerName, on: Resource = HOLD): string {
  const answer = askMatrix(access, { ties: [], ...who }, power, on, { blocked: who.blocked ?? [] })
  if (answer === "allow") return "yes"
  assert.ok(isRefusalCode(answer) && refusalSentence(answer).length > 10, `${answer} has a sentence`)
  return answer
}

/** The four cells of a row. */
function rowOf({ roles, ties = [], blocked = [] }: Who): Record<string, string> {
  return {
    view: told({ roles, ties, blocked }, "hold.view"),
    propose: told({ roles, ties, blocked }, "hold.proposeLift"),
    // Who has proposed it has seen to it that it is proposed.
    "confirm, none proposed": ties.includes("proposer")
      ? "–"
      : told({ roles, ties: [...ties, "not_proposed"], blocked }, "hold.confirmLift"),
    "confirm, proposed": told({ roles, ties, blocked }, "hold.confirmLift"),
  }
}

test("the tables speak of every power there is", () => {
  assert.deepEqual(
    Object.keys(POWERS).filter((name) => name.startsWith("hold.")),
    ["hold.view", "hold.place", "hold.proposeLift", "hold.confirmLift"],
  )
})

test("role: those who watch may stop things at once, and everybody may ask what is stopped", () => {
  for (const role of ROLES) {
    const watches = WATCHERS.includes(role)
    assert.equal(told({ roles: [role] }, "hold.place", EVERYTHING), watches ? "yes" : "not_permitted", role)
    assert.equal(told({ roles: [role] }, "hold.view", EVERYTHING), "yes", role)
  }
  assert.equal(told({ roles: [] }, "hold.place", EVERYTHING), "not_permitted")
})

test("role × ties × how far: lifting takes two who watch, the second not the placer, neither the one held", () => {
  for (const role of ROLES) {
    const table = WATCHERS.includes(role) ? WATCHER : OTHERS
    for (const [tie, row] of Object.entries(table))
      assert.deepEqual(rowOf({ roles: [role], ties: TIES[tie] ?? [] }), row, `${role}, ${tie}`)
  }
  for (const [tie, row] of Object.entries(OTHERS))
    assert.deepEqual(rowOf({ roles: [], ties: TIES[tie] ?? [] }), row, `no role, ${tie}`)
})

test("what stops a watcher × action", () => {
  for (const role of WATCHERS)
    for (const [stop, row] of Object.entries(STOPPED)) {
      const cells = rowOf({ roles: [role], blocked: [stop] })
      assert.deepEqual(
        {
          place: told({ roles: [role], blocked: [stop] }, "hold.place", EVERYTHING),
          view: cells["view"],
          propose: cells["propose"],
          "confirm, proposed": cells["confirm, proposed"],
        },
        row,
        `${role} under ${stop}`,
      )
    }
})
