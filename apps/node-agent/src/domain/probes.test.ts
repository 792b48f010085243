import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { parseProbes, readProbeOutput } from "./probes.ts"

const program = readFileSync(join(import.meta.dirname, "../probes/program.py"), "utf8")
const file: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../policies/workspaces/probes.json"), "utf8"),
)

test("every probe in the policy is in the program, and the other way round", () => {
  const ids = parseProbes(file, program).probes.map((probe) => probe.id)
  assert.equal(new Set(ids).size, ids.length)
  const table = program.slice(
    program.indexOf("available = {"),
    program.indexOf("}", program.indexOf("available = {")),
  )
  const offered = [...table.matchAll(/"([a-z0-9-]+)": /g)].map((match) => match[1])
  assert.deepEqual(offered.toSorted(), ids.toSorted())
})

test("every probe says what it promises in a sentence", () => {
  for (const probe of parseProbes(file, program).probes) assert.match(probe.guarantee, /^[A-Z0-9].*\.$/)
})

test("whatever a container prints, only a clear answer to what was asked counts as held", () => {
  assert.deepEqual(readProbeOutput(["a"], '[{"id":"a","held":true,"detail":"refused"}]'), [
    { id: "a", held: true, detail: "refused" },
  ])
  const held = (text: string): boolean => readProbeOutput(["a"], text)[0]?.held === true
  assert.equal(held(""), false)
  assert.equal(held("[]"), false)
  assert.equal(held('[{"id":"a","held":"true","detail":""}]'), false)
  assert.equal(held('[{"id":"b","held":true,"detail":""}]'), false)
  assert.equal(held('[{"id":"a","held":true,"detail":""},{"id":"a","held":false,"detail":""}]'), false)
  assert.equal(held('{"id":"a","held":true,"detail":""}'), false)
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !held(text)))
})
