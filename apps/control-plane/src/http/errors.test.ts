import assert from "node:assert/strict"
import { test } from "node:test"
import { IdentityFailed } from "../drivers/identity.ts"
import { mapError } from "./errors.ts"

test("an identity server that does not answer is 503 with its own code, never an internal error", () => {
  const { status, code, retryAfter } = mapError(new IdentityFailed("away"))
  assert.deepEqual([status, code, retryAfter], [503, "identity_unavailable", 3])
})

test("what the database says when it cannot write is 503, with a stable code", () => {
  for (const code of ["25006", "53100", "57P01", "ECONNREFUSED"])
    assert.deepEqual(mapError(Object.assign(new Error("no"), { code })).code, "database_unavailable", code)
  assert.equal(mapError(new Error("a bug")).code, "internal")
})
