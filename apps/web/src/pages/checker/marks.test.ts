import { expect, test } from "vitest"
import type { Finding } from "../../components/findings.ts"
import { cellKey, isTotalRow, numericColumns, placeMarks } from "./marks.ts"

const base = {
  ruleVersion: "1",
  source: "engine",
  known: "file",
  severity: "block",
  audience: "all",
  message: "",
} as const

const columns = ["sex", "vector", "mrna", "subunit", "all"]
const rows = [
  ["Female", "22", "58", "13", "93"],
  ["Female", "41", "104", "[c]", "153"],
]
const hidden: Finding = {
  ...base,
  rule: "recovery",
  status: "violated",
  recovered: [{ row: 1, column: "subunit", value: 8, derivation: "153 − 41 − 104 = 8" }],
}

test("the hidden cell is solid, what it was worked out from is dashed", () => {
  const { cells } = placeMarks([hidden], hidden, columns, rows)
  expect(cells.get(cellKey(1, "subunit"))).toBe("violates")
  expect(cells.get(cellKey(1, "vector"))).toBe("used")
  expect(cells.get(cellKey(1, "all"))).toBe("used")
  expect(cells.get(cellKey(0, "vector"))).toBeUndefined()
})

test("nothing is dashed for a finding that is not open", () => {
  expect([...placeMarks([hidden], undefined, columns, rows).cells.values()]).toEqual(["violates"])
})

test("a column that cannot be verified is marked as a whole", () => {
  const doubt: Finding = { ...base, rule: "endpoint", status: "not-verifiable", location: { column: "mrna" } }
  expect(placeMarks([doubt], undefined, columns, rows).columns).toEqual(new Set(["mrna"]))
})

test("totals and numbers are told by what stands in them", () => {
  expect(isTotalRow(["Female", "All", "3"])).toBe(true)
  expect(isTotalRow(["Female", "18-29", "3"])).toBe(false)
  expect(numericColumns(columns, rows)).toEqual([false, true, true, true, true])
})
