import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { REQUEST_STATES, VOTES } from "#contract/vocabulary.ts"
import {
  decideFile,
  decideRequest,
  seesComment,
  statesAfter,
  thirdIsNeeded,
  votesAreOpen,
  waitedSeconds,
  workingTurn,
  type CastVote,
} from "./outputs.ts"

const votes = (...list: string[]): CastVote[] =>
  list.map((vote, i) => ({ person: `p${i}`, vote: vote as CastVote["vote"], candidate: "x" }))

test("what two and three votes come to", () => {
  assert.equal(decideFile("x", votes("approve")), null)
  assert.equal(decideFile("x", votes("approve", "approve")), "approved")
  assert.equal(decideFile("x", votes("change", "change")), "change")
  assert.equal(decideFile("x", votes("reject", "reject")), "rejected")
  assert.equal(decideFile("x", votes("approve", "change")), "split")
  assert.equal(decideFile("x", votes("change", "reject")), "split")
  assert.equal(decideFile("x", votes("approve", "reject", "approve")), "approved")
  assert.equal(decideFile("x", votes("approve", "reject", "change")), "split")
})

const someVotes = fc.array(
  fc.record({
    person: fc.constantFrom("a", "b", "c", "d"),
    vote: fc.constantFrom(...VOTES),
    candidate: fc.constantFrom("x", "y"),
  }),
  { maxLength: 8 },
)

test("a file is approved when, and only when, two different people approve these very bytes", () => {
  fc.assert(
    fc.property(someVotes, (cast) => {
      const last = new Map(cast.filter((v) => v.candidate === "x").map((v) => [v.person, v.vote]))
      const approvals = [...last.values()].filter((v) => v === "approve").length
      assert.equal(decideFile("x", cast) === "approved", approvals >= 2)
    }),
    { numRuns: 2_000 },
  )
})

test("votes on other bytes change nothing, and neither does the order of people", () => {
  fc.assert(
    fc.property(someVotes, (cast) => {
      const own = cast.filter((v) => v.candidate === "x")
      assert.equal(decideFile("x", cast), decideFile("x", own))
      const once = [...new Map(own.map((v) => [v.person, v])).values()]
      assert.equal(decideFile("x", once.toReversed()), decideFile("x", once))
    }),
  )
})

test("a request is approved only with two submitted reviews and every output approved", () => {
  const decisions = fc.array(fc.constantFrom("approved", "change", "rejected", "split", null), {
    maxLength: 5,
  })
  fc.assert(
    fc.property(
      fc.constantFrom("independent", "consolidating"),
      fc.nat(4),
      decisions,
      (state, submitted, outputs) => {
        const next = decideRequest(state, submitted, outputs)
        const agreed = submitted >= 2 && outputs.length > 0 && outputs.every((d) => d === "approved")
        assert.equal(next === "approved", agreed)
        if (!agreed && submitted >= 2) assert.equal(next, "consolidating")
        if (submitted < 2) assert.equal(next, state)
      },
    ),
  )
})

test("a third checker is for splits", () => {
  assert.equal(thirdIsNeeded(["approved", "change"]), false)
  assert.equal(thirdIsNeeded(["approved", "split"]), true)
})

test("votes are opened by the second review and not before", () => {
  for (const state of REQUEST_STATES) assert.equal(votesAreOpen(state, 1), false, state)
  assert.equal(votesAreOpen("independent", 2), false)
  assert.equal(votesAreOpen("consolidating", 2), true)
  // Returned early, by one: the other's open vote stays closed.
  assert.equal(votesAreOpen("returned", 0), false)
})

test("checkers are blind to each other's words before both have voted, and the project before the turn is over", () => {
  const word = { turn: 2, part: "checker", visibility: "public", own: false } as const
  const checker = { reviews: true }
  const member = { reviews: false }
  const sees = (state: (typeof REQUEST_STATES)[number], reader: { reviews: boolean }, more = {}) =>
    seesComment({ ...word, ...more }, { state, turn: 2 }, reader)
  assert.equal(sees("independent", checker), false)
  assert.equal(sees("independent", checker, { own: true }), true)
  assert.equal(sees("consolidating", checker), true)
  assert.equal(sees("independent", checker, { turn: 1 }), true)
  for (const state of ["checking", "independent", "consolidating", "approved"] as const)
    assert.equal(sees(state, member), false, state)
  for (const state of ["returned", "released", "rejected", "withdrawn", "revoked"] as const) {
    assert.equal(sees(state, member), true, state)
    assert.equal(sees(state, member, { visibility: "checkers" }), false, state)
  }
  assert.equal(sees("independent", checker, { part: "author" }), true)
})

test("the clock of the queue stops while the author holds the request", () => {
  const at = new Date("2026-11-23T10:00:00Z")
  assert.equal(waitedSeconds(at, 600, new Date("2026-11-23T11:00:00Z")), 3_000)
  assert.equal(waitedSeconds(at, 600, at), 0)
})

test("a double click is told from an attempt at something forbidden", () => {
  assert.deepEqual(statesAfter("request.submit"), ["checking"])
  assert.deepEqual(statesAfter("request.release"), ["released"])
  assert.deepEqual(statesAfter("file.vote"), [])
  assert.equal(workingTurn("returned", 3), 4)
  assert.equal(workingTurn("independent", 3), 3)
})
