import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { test } from "node:test"
import { IDENTITY_KINDS, makeKeys, personToken } from "./keys.ts"

test("tokens depend on master key and kind, and no two digests share one", () => {
  const digests = randomBytes(16 * 100)
  const keys = makeKeys(Buffer.alloc(32, 1))
  const seen = new Set<string>()
  for (const kind of IDENTITY_KINDS) {
    const tokens = keys.identityTokens(kind, digests)
    assert.equal(tokens.length, digests.length)
    for (let i = 0; i < 100; i++) seen.add(tokens.toString("hex", i * 16, i * 16 + 16))
    assert.deepEqual(keys.identityTokens(kind, digests), tokens)
  }
  const other = makeKeys(Buffer.alloc(32, 2)).identityTokens("subject", digests)
  for (let i = 0; i < 100; i++) seen.add(other.toString("hex", i * 16, i * 16 + 16))
  assert.equal(seen.size, 100 * (IDENTITY_KINDS.length + 1))
})

test("a project's key needs its salt: with another salt people have another order", () => {
  const keys = makeKeys(Buffer.alloc(32, 3))
  const people = Array.from({ length: 50 }, (_, i) => 0x4000_0000_0000_0000n + BigInt(i))
  const order = (project: string, salt: Buffer) => {
    const key = keys.projectKey(project, salt)
    return people.toSorted((a, b) => Buffer.compare(personToken(key, a), personToken(key, b))).join()
  }
  const salt = Buffer.alloc(32, 4)
  assert.equal(order("aaaaaaaaaaaa", salt), order("aaaaaaaaaaaa", salt))
  assert.notEqual(order("aaaaaaaaaaaa", salt), order("bbbbbbbbbbbb", salt))
  assert.notEqual(order("aaaaaaaaaaaa", salt), order("aaaaaaaaaaaa", Buffer.alloc(32, 5)))
  assert.notEqual(order("aaaaaaaaaaaa", salt), people.join())
})
