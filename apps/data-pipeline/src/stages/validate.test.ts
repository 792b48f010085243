import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import type { Table } from "../data-set.ts"
import { openBench, type Bench } from "../testing.ts"
import { checkFile } from "./validate.ts"

const TABLE: Table = {
  name: "visits",
  title: "Visits",
  description: "",
  person: { identifiers: { nhsNumber: "NHS", dateOfBirth: "DOB" } },
  key: ["VISIT"],
  order: [],
  file: { minRows: 1, maxAsideShare: 1 },
  fields: [
    { name: "NHS", label: "", type: "text", domain: "nhs-number", required: true, publish: "drop" },
    { name: "DOB", label: "", type: "date", required: true, notAfterReceipt: true, publish: "drop" },
    { name: "VISIT", label: "", type: "integer", required: true, publish: "drop" },
    { name: "DAY", label: "", type: "date", severity: "warn", publish: "keep" },
    { name: "CODE", label: "", type: "text", domain: "icd10", publish: "keep" },
    { name: "SCORE", label: "", type: "number", min: 0, max: 10, publish: "keep" },
    { name: "KIND", label: "", type: "text", values: { a: "", b: "" }, publish: "keep" },
  ],
  rules: [
    {
      id: "seen-after-birth",
      severity: "reject-row",
      says: "",
      expect: { column: "DAY", op: "ge", other: "DOB" },
    },
  ],
}
const HEADER = "NHS,DOB,VISIT,DAY,CODE,SCORE,KIND"
const NHS = "9434765919"

async function check(bench: Bench, lines: readonly string[], table = TABLE) {
  const path = join(bench.directory, "visits.csv")
  await writeFile(path, `${lines.join("\n")}\n`)
  await bench.db.run(
    `CREATE TABLE findings ("table" VARCHAR, file VARCHAR, "row" BIGINT, "column" VARCHAR, rule VARCHAR, severity VARCHAR)`,
  )
  const outcome = await checkFile(bench.db, table, path, "2024-06-01T00:00:00Z")
  const findings = await bench.db.all(`SELECT "row", "column", rule, severity FROM findings ORDER BY ALL`)
  return {
    outcome,
    findings: findings.map((f) =>
      [f.row === null ? null : Number(f.row), f.column, f.rule, f.severity].join(" "),
    ),
  }
}

test("each broken rule is named by row and column; the rest of the file stays", async () => {
  await using bench = await openBench()
  const { outcome, findings } = await check(bench, [
    HEADER,
    `${NHS},1980-02-29,1,2020-01-01,I269,5,a`,
    `9434765918,1980-01-01,2,2020-01-01,I269,5,a`,
    `${NHS},1980-02-30,3,2020-01-01,I269,5,a`,
    `${NHS},2025-01-01,4,2026-01-01,I269,5,a`,
    `${NHS},1980-01-01,1,2020-01-01,I269,5,a`,
    `${NHS},1980-01-01,six,2020-01-01,I269,5,a`,
    `${NHS},1980-01-01,7,01/02/2020,I269,5,a`,
    `${NHS},1980-01-01,8,2020-01-01,26.9,5,a`,
    `${NHS},1980-01-01,9,2020-01-01,I269,10.5,a`,
    `${NHS},1980-01-01,10,2020-01-01,I269,5,c`,
    `${NHS},1980-01-01,11,1979-01-01,I269,5,a`,
    `,1980-01-01,12,2020-01-01,I269,5,a`,
    `${NHS},1980-01-01,13,,,,`,
  ])
  assert.deepEqual(findings, [
    "2 NHS domain-nhs-number reject-row",
    "3 DOB type-date reject-row",
    "4 DOB after-receipt reject-row",
    "5 VISIT duplicate-key reject-row",
    "6 VISIT type-integer reject-row",
    "7 DAY type-date warn",
    "8 CODE domain-icd10 reject-row",
    "9 SCORE above-maximum reject-row",
    "10 KIND value reject-row",
    "11  seen-after-birth reject-row",
    "12 NHS required reject-row",
  ])
  assert.deepEqual(outcome, { table: "visits", rows: 13, accepted: 3, aside: 10, warnings: 1 })
  const kept = await bench.db.all("SELECT _row, DAY::VARCHAR AS day FROM visits ORDER BY _row")
  assert.deepEqual(
    kept.map((r) => [Number(r._row), r.day]),
    [
      [1, "2020-01-01"],
      [7, null],
      [13, null],
    ],
  )
  const aside = await bench.db.all(`SELECT count(*)::INTEGER AS n FROM "aside visits"`)
  assert.equal(aside[0]?.n, 10)
})

test("a file whose columns are not the contract's is refused, and unknown names are not repeated", async () => {
  await using bench = await openBench()
  const { outcome, findings } = await check(bench, [
    "NHS,DOB,VISIT,DAY,CODE,SCORE,9434765919,NHS",
    `${NHS},x,1,,,,,`,
  ])
  assert.deepEqual(findings, [
    " KIND column-missing reject-file",
    " NHS column-twice reject-file",
    "  column-unknown reject-file",
  ])
  assert.equal(outcome.accepted, 0)
})

test("columns may come in any order, quoted, with a mark and Windows lines", async () => {
  await using bench = await openBench()
  const { outcome, findings } = await check(bench, [
    `\uFEFF"KIND","NHS","DOB","VISIT","DAY","CODE","SCORE"\r`,
    `"a","${NHS}","1980-01-01","1","2020-01-01","I269","1e0"\r`,
  ])
  assert.deepEqual(findings, [])
  assert.equal(outcome.accepted, 1)
  const [row] = await bench.db.all("SELECT * FROM visits")
  assert.equal(row?.KIND, "a")
  assert.equal(row?.SCORE, 1)
})

test("lines that are no CSV are counted and do not stop the rest", async () => {
  await using bench = await openBench()
  const { outcome, findings } = await check(bench, [
    HEADER,
    `${NHS},1980-01-01,1,2020-01-01,I269,5,a`,
    "too,few",
    `${NHS},1980-01-01,2,2020-01-01,I269,5,a,extra`,
    `${NHS},1980-01-01,3,2020-01-01,I269,5,"a"`,
  ])
  assert.deepEqual(findings, ["2  unreadable-line warn", "3  unreadable-line warn"])
  assert.equal(outcome.accepted, 2)
})

test("too few rows, or too many set aside, refuse the file", async () => {
  await using empty = await openBench()
  assert.deepEqual((await check(empty, [HEADER])).findings, ["  too-few-rows reject-file"])
  await using bench = await openBench()
  const strict = { ...TABLE, file: { minRows: 1, maxAsideShare: 0.4 } }
  const lines = [HEADER, `${NHS},1980-01-01,1,,,,`, `x,1980-01-01,2,,,,`]
  assert.ok((await check(bench, lines, strict)).findings.includes("  too-many-aside reject-file"))
})

test("numbers that only look like numbers, control characters and blanks", async () => {
  await using bench = await openBench()
  const { findings } = await check(bench, [
    HEADER,
    `${NHS},1980-01-01,1,,,NaN,`,
    `${NHS},1980-01-01,2,,,Infinity,`,
    `${NHS},1980-01-01,3,,,0x10,`,
    `${NHS},1980-01-01,99999999999999999999,,,,`,
    ` ${NHS} , 1980-01-01 , 5 , , , 1 , a `,
    `${NHS},1980-01-01,6,,"I2\t69",,`,
  ])
  assert.deepEqual(findings, [
    "1 SCORE type-number reject-row",
    "2 SCORE type-number reject-row",
    "3 SCORE type-number reject-row",
    "4 VISIT type-integer reject-row",
    "6 CODE domain-icd10 reject-row",
  ])
})
