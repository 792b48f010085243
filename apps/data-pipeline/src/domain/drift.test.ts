import assert from "node:assert/strict"
import { test } from "node:test"
import type { TableStats } from "../documents.ts"
import { findDrift } from "./drift.ts"
import { controlCount } from "./counts.ts"

const object = { path: "p", sha256: "0".repeat(64), bytes: 1, rows: 1, etag: "" }
const stats = (over: Partial<TableStats>): TableStats => ({
  table: "t",
  rows: 1000,
  people: 500,
  object,
  columns: [{ name: "c", complete: 0.9 }],
  latest: "2021-03-01",
  ...over,
})

test("a snapshot like the one before raises nothing", () => {
  assert.deepEqual(findDrift([stats({})], [stats({ rows: 990, latest: "2021-03-02" })]), [])
  assert.deepEqual(findDrift([], [stats({})]), [])
})

test("the four things that people check by hand each raise their alarm", () => {
  const alarm = (over: Partial<TableStats>) => findDrift([stats({})], [stats(over)]).map((a) => a.alarm)
  assert.deepEqual(alarm({ rows: 870 }), ["rows-dropped"])
  assert.deepEqual(alarm({ people: 400 }), ["people-dropped"])
  assert.deepEqual(alarm({ latest: "2021-02-01" }), ["latest-event-earlier"])
  assert.deepEqual(alarm({ columns: [{ name: "c", complete: 0.5 }] }), ["missingness-jumped"])
  assert.deepEqual(
    findDrift([stats({})], []).map((a) => a.alarm),
    ["table-gone"],
  )
})

test("counts in a profile are hidden below ten and rounded to five", () => {
  assert.deepEqual([0, 1, 9, 10, 12, 13, 1004].map(controlCount), [null, null, null, 10, 10, 15, 1005])
})
