import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { drawProjectNumber, fromPersonId, LAST_RANK, projectRange, toPersonId } from "./person-id.ts"

const projectNumber = fc.integer({ min: 1, max: 2 ** 20 - 1 })
const rank = fc.integer({ min: 1, max: LAST_RANK })

test("a person id is exact in a double and leads back to its project and rank", () => {
  fc.assert(
    fc.property(projectNumber, rank, (n, r) => {
      const id = toPersonId(n, r)
      assert.ok(id < 2 ** 53)
      assert.equal(BigInt(id), (BigInt(n) << 32n) + BigInt(r))
      assert.deepEqual(fromPersonId(id), { number: n, rank: r })
    }),
  )
})

test("ranges of two projects never meet, and ids stay inside their own", () => {
  fc.assert(
    fc.property(projectNumber, projectNumber, rank, (a, b, r) => {
      fc.pre(a !== b)
      const own = projectRange(a)
      const other = projectRange(b)
      const id = toPersonId(a, r)
      assert.ok(id >= own.from && id <= own.to)
      assert.ok(id < other.from || id > other.to)
    }),
  )
})

test("a range ends where the next one begins", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 20 - 2 }), (n) => {
      assert.equal(projectRange(n).to + 1, projectRange(n + 1).from)
    }),
  )
})

test("project 0, rank 0 and what lies outside are no ids", () => {
  for (const n of [0, -1, 2 ** 20, 1.5, Number.NaN]) assert.throws(() => projectRange(n), RangeError)
  for (const r of [0, -1, 2 ** 32, 0.5]) assert.throws(() => toPersonId(1, r), RangeError)
  for (const id of [0, 1, 2 ** 32, 2 ** 52 + 1, 2 ** 33, -1])
    assert.throws(() => fromPersonId(id), RangeError)
})

test("drawn project numbers are 20 bits and never 0", () => {
  for (let i = 0; i < 2000; i++) {
    const n = drawProjectNumber()
    assert.ok(Number.isInteger(n) && n >= 1 && n < 2 ** 20)
  }
})
