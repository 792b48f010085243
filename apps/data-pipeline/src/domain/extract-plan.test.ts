import assert from "node:assert/strict"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import type { ExtractParams } from "../contract.ts"
import { loadDataSet } from "../data-set.ts"
import { planExtract } from "./extract-plan.ts"

const directory = fileURLToPath(new URL("../../../../policies/data", import.meta.url))
const sets = new Map(["nafld", "hes", "demographics"].map((c) => [c, loadDataSet(directory, c).dataSet]))
const ID = "abcdefgh2345"
const params = (over: Partial<ExtractParams>): ExtractParams => ({
  project: ID,
  extract: ID,
  agreement: { id: ID, version: 1, sha256: "0".repeat(64) },
  tables: [],
  ...over,
})
const apc = { dataSet: "hes", snapshot: ID, table: "apc" }

test("columns come in the contract's order, person_id is never asked for, absent means all", () => {
  const [one] = planExtract(
    params({ tables: [{ ...apc, columns: ["DIAG_4_01", "person_id", "EPISTART"] }] }),
    sets,
  ).tables
  assert.deepEqual(
    one?.columns.map((c) => c.name),
    ["EPISTART", "DIAG_4_01"],
  )
  const [all] = planExtract(params({ tables: [apc] }), sets).tables
  assert.ok((all?.columns.length ?? 0) > 10)
})

test("dates bound only tables that have a date; they join the row filter", () => {
  const dates = { from: "2020-01-01", to: "2021-01-01" }
  const where = { column: "SEX", op: "eq" as const, value: "1" }
  const plan = planExtract(
    params({
      dates,
      tables: [
        { ...apc, where },
        { dataSet: "nafld", snapshot: ID, table: "nafld1" },
      ],
    }),
    sets,
  )
  assert.equal(
    plan.tables[0]?.where,
    `("EPISTART" >= DATE '2020-01-01') AND ("EPISTART" <= DATE '2021-01-01') AND ("SEX" = '1')`.replaceAll(
      "((",
      "(",
    ),
  )
  assert.equal(plan.tables[1]?.where, null)
})

test("whatever the contract does not publish refuses the whole extract", () => {
  const refused: Partial<ExtractParams>[] = [
    { tables: [{ ...apc, columns: ["NHS_NUMBER"] }] },
    { tables: [{ ...apc, columns: ["gh_master"] }] },
    { tables: [{ ...apc, columns: ["EPIKEY"] }] },
    { tables: [{ ...apc, table: "op" }] },
    { tables: [{ ...apc, dataSet: "gdppr" }] },
    { tables: [apc, apc] },
    { tables: [{ ...apc, where: { column: "NHS_NUMBER", op: "eq", value: "9434765919" } }] },
    {
      tables: [
        {
          dataSet: "nafld",
          snapshot: ID,
          table: "nafld1",
          where: { column: "case_person_id", op: "eq", value: 1 },
        },
      ],
    },
    { tables: [apc], cohort: { ...apc, where: { column: "DATE_OF_BIRTH", op: "le", value: "2000-01-01" } } },
  ]
  refused.forEach((p, i) =>
    assert.throws(
      () => planExtract(params(p), sets),
      /extract_refused|filter|column|table|data set/i,
      `case ${i}`,
    ),
  )
})
