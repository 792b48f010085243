import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { identifiersOf, loadDataSet, parseDataSet, publishedColumns, type DataSet } from "./data-set.ts"

const directory = fileURLToPath(new URL("../../../policies/data", import.meta.url))
const codes = readdirSync(directory)
  .filter((f) => f.endsWith(".json"))
  .map((f) => f.slice(0, -5))

test("every contract of the installation is valid and publishes no identifier", () => {
  assert.ok(codes.length >= 7)
  for (const code of codes) {
    const { dataSet } = loadDataSet(directory, code)
    for (const table of dataSet.tables) {
      const published = publishedColumns(table).map((c) => c.name.toLowerCase())
      const { sex, ...others } = identifiersOf(table)
      assert.ok(sex === undefined || typeof sex === "string")
      for (const column of Object.values(others))
        assert.ok(!published.includes(column.toLowerCase()), `${code} ${column}`)
      for (const name of published)
        assert.doesNotMatch(name, /nhs|surname|forename|postcode|date_of_birth|person_id$(?<!_person_id)/i)
    }
  }
})

test("names outside the form never become a path", () => {
  for (const bad of ["../nafld", "nafld.json", "", "NAFLD", "/etc/passwd", "a/b"])
    assert.throws(() => loadDataSet(directory, bad))
})

const base = JSON.parse(readFileSync(join(directory, "nafld.json"), "utf8")) as DataSet

function changed(change: (d: DataSet) => void): string {
  const copy = structuredClone(base)
  change(copy)
  return JSON.stringify(copy)
}

test("a contract that would publish an identifier, or contradicts itself, is refused", () => {
  const field = (d: DataSet, name: string) => {
    const found = d.tables[0]?.fields.find((f) => f.name === name)
    assert.ok(found)
    return found
  }
  assert.equal(parseDataSet(JSON.stringify(base)).code, "nafld")
  const refused: ((d: DataSet) => void)[] = [
    (d) => (field(d, "nhs_number").publish = "keep"),
    (d) => (field(d, "surname").publish = "keep"),
    (d) => (field(d, "postcode").publish = "keep"),
    (d) => (field(d, "date_of_birth").publish = "keep"),
    (d) => (field(d, "date_of_birth").publish = "year"),
    (d) => delete field(d, "age").cap,
    (d) => (field(d, "age").name = "status"),
    (d) => (field(d, "bmi").as = "person_id"),
    (d) => (field(d, "bmi").as = "weight"),
    (d) => d.tables[0]?.key.push("nothing"),
    (d) => Object.assign(d, { unknown: 1 }),
    (d) => Object.assign(field(d, "bmi"), { domain: "free-text" }),
    (d) => ((d.tables[1] as DataSet["tables"][0]).person = { reference: { table: "nafld3", column: "id" } }),
  ]
  refused.forEach((change, i) => assert.throws(() => parseDataSet(changed(change)), `case ${i}`))
})
