import fc from "fast-check"
import { expect, test } from "vitest"
import { proveInclusion } from "#transparency/merkle.ts"
import { rememberCheckpoint, sidesOf, VerifyError } from "./log-proof.ts"

function memory(): Storage {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    clear: () => kept.clear(),
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

test("a log that grew is remembered; one that shrank or changed is refused", () => {
  const storage = memory()
  rememberCheckpoint("o", 10, "a", storage)
  rememberCheckpoint("o", 10, "a", storage)
  rememberCheckpoint("o", 12, "b", storage)
  expect(() => rememberCheckpoint("o", 11, "c", storage)).toThrow(VerifyError)
  expect(() => rememberCheckpoint("o", 12, "x", storage)).toThrow(/another root/)
  rememberCheckpoint("other", 1, "z", storage)
})

test("the drawing has one side for each hash of the proof", () => {
  const node = () => new Uint8Array(32)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (size, seed) => {
      const index = seed % size
      const proof = proveInclusion(() => new Uint8Array(32), node, index, size)
      expect(sidesOf(index, size)).toHaveLength(proof.length)
    }),
  )
})

test("the first of two leaves has its sibling on the right, the second on the left", () => {
  expect(sidesOf(0, 2)).toEqual(["right"])
  expect(sidesOf(1, 2)).toEqual(["left"])
  expect(sidesOf(2, 3)).toEqual(["left"])
})
