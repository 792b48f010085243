// A service identity holds no human power, whatever roles or ties somebody writes beside it; and system work
// has the one power that names it.
import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { ROLES } from "#contract/vocabulary.ts"
import type { Actor } from "./actor.ts"
import { loadAccess } from "./decide.ts"
import { POWERS, type PowerName } from "./powers.ts"

const access = loadAccess(join(import.meta.dirname, "../../../../policies/access"))
const TIES = ["member", "owner", "author", "subject", "proposer", "placer", "installation_role", "active"]

function powersOf(actor: Actor): PowerName[] {
  return (Object.keys(POWERS) as PowerName[]).filter((power) =>
    [[], ...TIES.map((tie) => [tie]), TIES].some(
      (ties) =>
        access.decide(actor, power, { kind: POWERS[power].on, id: "x" }, { roles: ROLES, ties, blocked: [] })
          .allow,
    ),
  )
}

test("a service can do nothing that a person decides", () => {
  const scopes = Object.keys(POWERS)
  assert.deepEqual(powersOf({ kind: "service", id: "aaaaaaaaaaaa", scopes }), [])
})

test("system work has only what a policy names it for", () => {
  assert.deepEqual(powersOf({ kind: "system", id: "gateway" }), ["data.read"])
  for (const id of ["runs", "expiry", "holds", "bootstrap", "checks"])
    assert.deepEqual(powersOf({ kind: "system", id }), [], id)
})
