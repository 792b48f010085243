import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { REQUEST_STATES } from "#contract/vocabulary.ts"
import { loadAccess } from "./decide.ts"
import { REQUEST } from "./lifecycle.ts"
import {
  askMatrix,
  PERSONAS,
  RELEASE_POWERS,
  REQUEST_POWERS,
  requestsMatrix,
  tiesOfState,
} from "./requests-matrix.ts"

const policies = join(import.meta.dirname, "../../../../policies/access")
const access = loadAccess(policies)
const persona = (name: string) => PERSONAS.find((p) => p.name === name)!
const ask = (name: string, power: (typeof REQUEST_POWERS)[number], state: (typeof REQUEST_STATES)[number]) =>
  askMatrix(
    access,
    persona(name),
    power,
    { kind: "Request", id: "cccccccccccc", state },
    { ties: tiesOfState(state) },
  )

test("the page of who may do what is the one that is checked in", () => {
  assert.equal(
    readFileSync(join(policies, "requests-matrix.md"), "utf8"),
    requestsMatrix(access),
    "Who may do what has changed. If that is meant, run `npm run gen` and commit the page.",
  )
})

test("only an output checker without a part in the project lets anything out", () => {
  const letsOut = [
    "file.vote",
    "review.submit",
    "request.return",
    "request.reject",
    "request.release",
  ] as const
  for (const { name } of PERSONAS)
    for (const power of letsOut)
      for (const state of REQUEST_STATES)
        if (ask(name, power, state) === "allow") assert.equal(name, "output checker", `${power} in ${state}`)
})

test("nobody but project members and output checkers may know that a request is there", () => {
  const apart = ["custodian", "data manager", "auditor", "operator", "researcher of another project"]
  for (const name of apart)
    for (const power of REQUEST_POWERS)
      for (const state of REQUEST_STATES)
        assert.equal(ask(name, power, state), "not_found", `${name}: ${power}`)
})

test("what is allowed is in the lifecycle, for every power that the lifecycle speaks of", () => {
  const governed = REQUEST_POWERS.filter((p) => REQUEST_STATES.some((s) => p in REQUEST[s].on))
  assert.equal(governed.length, 10)
  for (const { name } of PERSONAS)
    for (const power of governed)
      for (const state of REQUEST_STATES)
        if (ask(name, power, state) === "allow")
          assert.ok(power in REQUEST[state].on, `${name}: ${power} in ${state}`)
})

test("a release is downloaded by members of its project alone", () => {
  for (const p of PERSONAS)
    for (const power of RELEASE_POWERS) {
      const answer = askMatrix(access, p, power, { kind: "Release", id: "cccccccccccc" })
      if (power === "release.download" && answer === "allow") assert.ok(p.ties.includes("member"), p.name)
    }
})
