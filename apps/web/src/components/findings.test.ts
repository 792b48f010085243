import { expect, test } from "vitest"
import {
  countFindings,
  groupFindings,
  numbersIn,
  placeOf,
  sortFindings,
  titleOf,
  type Finding,
} from "./findings.ts"

function finding(rule: string, status: Finding["status"]): Finding {
  return {
    rule,
    ruleVersion: "1",
    source: "engine",
    status,
    known: "file",
    severity: "block",
    audience: "all",
    message: rule,
  }
}

test("what is violated comes first, and the engine's order stays within a status", () => {
  const sorted = sortFindings([
    finding("size", "satisfied"),
    finding("recovery", "violated"),
    finding("endpoint", "not-verifiable"),
    finding("threshold", "violated"),
  ])
  expect(sorted.map((each) => each.rule)).toEqual(["recovery", "threshold", "endpoint", "size"])
  expect(countFindings(sorted)).toEqual({ violated: 2, "not-verifiable": 1, satisfied: 1 })
})

test("a rule speaks differently by its status; an unknown rule keeps its name", () => {
  expect(titleOf(finding("identifier", "violated"))).toBe("It holds an identifier")
  expect(titleOf(finding("identifier", "satisfied"))).toBe("No identifiers")
  expect(titleOf(finding("new-rule", "violated"))).toBe("new-rule")
})

test("places count rows from one", () => {
  expect(placeOf({ location: { row: 1, column: "subunit" } })).toBe("row 2, subunit")
  expect(placeOf({})).toBe("")
})

test("numbers of a derivation", () => {
  expect(numbersIn("145 = 153 − 8")).toEqual(["145", "153", "8"])
  expect(numbersIn("1,204 - 3.5")).toEqual(["1204", "3.5"])
})

test("what one rule says about many places is one group", () => {
  const groups = groupFindings([
    finding("threshold", "violated"),
    finding("rounding", "violated"),
    finding("rounding", "violated"),
    finding("rounding", "not-verifiable"),
  ])
  expect(groups.map((group) => [group.first.rule, group.all.length])).toEqual([
    ["threshold", 1],
    ["rounding", 2],
    ["rounding", 1],
  ])
})
