import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { parseProbes, readProbeOutput } from "./probes.ts"

const read = (name: string): string => readFileSync(join(import.meta.dirname, "../probes", name), "utf8")
const [start, battery] = [read("program.py"), read("battery.py")]
const file: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../policies/workspaces/probes.json"), "utf8"),
)

/** The ids in a part's table. */
function offered(program: string, table: string): string[] {
  const from = program.indexOf(`${table} = {`)
  const text = program.slice(from, program.indexOf("\n}", from))
  return [...text.matchAll(/"([a-z0-9-]+)": /g)].map((match) => match[1] ?? "")
}

test("every probe in the policy is in its part of the program, and the other way round", () => {
  const { probes } = parseProbes(file, start, battery)
  assert.equal(new Set(probes.map((probe) => probe.id)).size, probes.length)
  const ids = (atStart: boolean): string[] =>
    probes
      .filter((probe) => probe.start === atStart)
      .map((probe) => probe.id)
      .toSorted()
  assert.deepEqual(offered(start, "AVAILABLE").toSorted(), ids(true))
  assert.deepEqual(offered(battery, "BATTERY").toSorted(), ids(false))
  assert.ok(ids(false).length >= 40, "forty named kinds and more")
})

test("every probe says what it promises in a sentence", () => {
  for (const probe of parseProbes(file, start, battery).probes)
    assert.match(probe.guarantee, /^[A-Z0-9].*\.$/)
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
