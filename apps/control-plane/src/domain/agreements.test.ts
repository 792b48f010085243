import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { Value } from "typebox/value"
import { AgreementDocument } from "#contract/agreements.ts"
import { canonicalJson, compareAgreements, compileExtract, hashDocument } from "./agreements.ts"

const demo = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../policies/demo/projects.json"), "utf8"),
) as { projects: { agreement: AgreementDocument }[] }
const liver = demo.projects[0]!.agreement

test("the demonstration agreements fit the schema, and unknown keys do not", () => {
  for (const { agreement } of demo.projects) assert.ok(Value.Check(AgreementDocument, agreement))
  assert.equal(Value.Check(AgreementDocument, { ...liver, extra: null }), false)
  const { cohort: _, ...without } = liver
  assert.equal(Value.Check(AgreementDocument, without), false)
})

test("order of keys does not change the hash; any value does", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (o) => {
      const reversed = Object.fromEntries(Object.entries(o).reverse())
      assert.equal(canonicalJson(o), canonicalJson(reversed))
      assert.deepEqual(JSON.parse(canonicalJson(o)), JSON.parse(JSON.stringify(o)))
    }),
  )
  assert.notEqual(hashDocument(liver).sha256, hashDocument({ ...liver, title: "Another" }).sha256)
})

test("no plan while a data set has no snapshot; filters compile to structure, never to text", () => {
  assert.equal(compileExtract(liver, []), undefined)
  const filtered = structuredClone(liver)
  filtered.dataSets[0]!.tables[0]!.filter = [
    { column: "age", is: "greater_or_equal", value: 18 },
    { column: "male", is: "one_of", value: [0, 1] },
  ]
  const plan = compileExtract(filtered, [{ dataSet: "nafld", snapshot: "aaaaaaaaaaaa" }])
  assert.equal(plan?.tables.length, 3)
  assert.deepEqual(plan?.tables[0]?.where, {
    all: [
      { column: "age", op: "ge", value: 18 },
      { column: "male", op: "in", values: [0, 1] },
    ],
  })
})

test("a column more, a later end or another territory widens; a column less does not", () => {
  const more = structuredClone(liver)
  more.dataSets[0]!.tables[0]!.columns.push("secret")
  assert.deepEqual(
    compareAgreements(liver, more).map((c) => [c.path, c.widens]),
    [["columns.nafld.nafld1.secret", true]],
  )
  assert.deepEqual(
    compareAgreements(more, liver).map((c) => c.widens),
    [false],
  )
  assert.equal(
    compareAgreements(liver, { ...liver, term: { from: liver.term.from, until: "2099-01-01" } })[0]?.widens,
    true,
  )
})
