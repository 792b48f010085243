import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { resolveSubject, type KeyIndex, type SubjectTokens } from "./ladder.ts"

const nobody: SubjectTokens = {
  nhsDob: undefined,
  nhsDobSwapped: undefined,
  nhsName: undefined,
  nameDobPostcode: undefined,
}

function ladder() {
  const index: KeyIndex = new Map()
  let next = 1n
  return {
    index,
    link: (tokens: Partial<SubjectTokens>) => resolveSubject({ ...nobody, ...tokens }, index, () => next++),
  }
}

test("number and birth date decide first; the same person comes back", () => {
  const { link } = ladder()
  const first = link({ nhsDob: "a", nhsName: "n", nameDobPostcode: "p" })
  assert.deepEqual(first, { master: 1n, method: "new-person", minted: true, conflict: false })
  assert.equal(link({ nhsDob: "a" }).method, "nhs-dob")
  assert.equal(link({ nhsDob: "a" }).master, 1n)
})

test("each cross-check finds the person and says how", () => {
  const { link } = ladder()
  link({ nhsDob: "a", nhsName: "n", nameDobPostcode: "p" })
  assert.equal(link({ nhsDob: "b", nhsDobSwapped: "a" }).method, "nhs-dob-swapped")
  assert.equal(link({ nhsDob: "c", nhsName: "n" }).method, "nhs-name")
  assert.equal(link({ nameDobPostcode: "p" }).method, "name-dob-postcode")
  const superseded = link({ nhsDob: "d", nameDobPostcode: "p" })
  assert.equal(superseded.method, "superseded-nhs")
  assert.equal(superseded.master, 1n)
  assert.equal(link({ nhsDob: "d" }).method, "nhs-dob", "a superseded number is known from then on")
})

test("a swapped date is looked up but never kept", () => {
  const { link, index } = ladder()
  link({ nhsDob: "a", nhsDobSwapped: "s" })
  assert.equal(index.has("s"), false)
})

test("whoever lacks every identifier is somebody new each time", () => {
  const { link } = ladder()
  assert.deepEqual(link({}), { master: 1n, method: "one-time", minted: true, conflict: false })
  assert.equal(link({}).master, 2n)
})

test("a rung that two people share points at nobody", () => {
  const { link, index } = ladder()
  link({ nhsDob: "a", nameDobPostcode: "p" })
  link({ nhsDob: "b", nameDobPostcode: "q" })
  const twin = link({ nhsDob: "a", nameDobPostcode: "q" })
  assert.equal(twin.master, 1n)
  assert.equal(twin.conflict, true)
  assert.equal(index.get("q"), null)
  assert.equal(link({ nameDobPostcode: "q" }).method, "new-person")
  assert.equal(index.get("q"), null, "it stays shared")
})

test("whatever comes, number and birth date name one person for ever", () => {
  const token = fc.option(fc.integer({ min: 0, max: 6 }).map(String), { nil: undefined })
  const subject = fc.record({ nhsDob: token, nhsDobSwapped: token, nhsName: token, nameDobPostcode: token })
  const kinds = ["nhsDob", "nhsDobSwapped", "nhsName", "nameDobPostcode"] as const
  fc.assert(
    fc.property(fc.array(subject, { maxLength: 40 }), (subjects) => {
      const { link, index } = ladder()
      const owner = new Map<string, bigint>()
      for (const s of subjects) {
        // tokens of different kinds never collide: each kind has its own key
        const tagged = Object.fromEntries(
          kinds.map((k) => [
            k,
            s[k] === undefined ? undefined : `${k === "nhsDobSwapped" ? "nhsDob" : k}:${s[k]}`,
          ]),
        ) as unknown as SubjectTokens
        const { master } = link(tagged)
        if (tagged.nhsDob === undefined) continue
        assert.equal(owner.get(tagged.nhsDob) ?? master, master)
        owner.set(tagged.nhsDob, master)
        assert.equal(index.get(tagged.nhsDob), master)
      }
    }),
  )
})
