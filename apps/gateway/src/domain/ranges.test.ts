import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { addRange, capRanges, type Range, readRange } from "./ranges.ts"

test("one range of each form", () => {
  assert.deepEqual(readRange("bytes=0-9", 100), { kind: "range", range: [0, 10] })
  assert.deepEqual(readRange("bytes=90-", 100), { kind: "range", range: [90, 100] })
  assert.deepEqual(readRange("bytes=-10", 100), { kind: "range", range: [90, 100] })
  assert.deepEqual(readRange("bytes=-1000", 100), { kind: "range", range: [0, 100] })
  assert.deepEqual(readRange("bytes=50-1000", 100), { kind: "range", range: [50, 100] })
  assert.deepEqual(readRange(undefined, 100), { kind: "whole" })
})

test("nothing to give is unsatisfiable; several ranges are; nonsense asks for all", () => {
  for (const header of ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=0-1,5-6"]) {
    assert.equal(readRange(header, 100).kind, "unsatisfiable", header)
  }
  assert.equal(readRange("bytes=0-", 0).kind, "unsatisfiable")
  for (const header of ["lines=1-2", "bytes=-", "bytes=9-1", "bytes=a-b", "bytes=1-2x"]) {
    assert.equal(readRange(header, 100).kind, "whole", header)
  }
})

const range = fc.tuple(fc.nat(300), fc.nat(40)).map(([from, length]): Range => [from, from + length])

test("merged ranges cover exactly the bytes that were added", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (added) => {
      const merged = added.reduce<Range[]>((ranges, one) => addRange(ranges, one), [])
      const bytes = (ranges: readonly Range[]): Set<number> =>
        new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)))
      assert.deepEqual(
        [...bytes(merged)].sort((a, b) => a - b),
        [...bytes(added)].sort((a, b) => a - b),
      )
      for (const [index, one] of merged.entries()) {
        const next = merged[index + 1]
        assert.ok(one[0] < one[1] && (next === undefined || one[1] < next[0]))
      }
    }),
  )
})

test("a capped list loses no byte and joins the smallest gaps", () => {
  assert.deepEqual(
    capRanges(
      [
        [0, 1],
        [2, 3],
        [10, 11],
        [12, 13],
      ],
      3,
    ),
    [
      [0, 3],
      [10, 11],
      [12, 13],
    ],
  )
  fc.assert(
    fc.property(fc.array(range, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (added, most) => {
      const merged = added.reduce<Range[]>((ranges, one) => addRange(ranges, one), [])
      const capped = capRanges(merged, most)
      assert.ok(capped.length <= Math.max(most, 0))
      for (const [from, to] of merged) assert.ok(capped.some((one) => one[0] <= from && to <= one[1]))
    }),
  )
})
