import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Value } from "typebox/value"
import { Finding } from "#contract/output-views.ts"
import { readReport } from "./check-report.ts"

const finding = (more: Record<string, unknown> = {}) => ({
  rule: "threshold",
  rule_version: "1",
  source: "rules",
  status: "violated",
  known: "file",
  severity: "block",
  audience: "all",
  location: { row: 2, column: "count" },
  message: "3 is below 10",
  ...more,
})
const report = (findings: unknown[], more: Record<string, unknown> = {}) => ({
  engine: "1.0.0",
  policy: { name: "p", version: "1", sha256: "a".repeat(64) },
  files: [
    { path: "./a.csv", sha256: "b".repeat(64), kind: "table", verdict: "satisfied", findings, ...more },
  ],
})

test("an answer becomes findings that the contract knows", () => {
  const read = readReport(
    report([finding({ recovered: [{ row: 1, column: "n", value: 8, derivation: "153 − 145" }] })]),
  )
  const file = read?.files[0]
  assert.equal(file?.path, "a.csv")
  assert.ok(file?.findings.every((f) => Value.Check(Finding, f)))
  assert.equal(file?.findings[0]?.ruleVersion, "1")
})

test("a verdict that is better than its findings is not believed", () => {
  assert.equal(readReport(report([finding()]))?.files[0]?.verdict, "violated")
  assert.equal(
    readReport(report([finding({ status: "not-verifiable" })]))?.files[0]?.verdict,
    "not-verifiable",
  )
  assert.equal(readReport(report([], { verdict: "violated" }))?.files[0]?.verdict, "violated")
})

test("what is not a report is not one", () => {
  for (const bad of [
    null,
    [],
    {},
    "x",
    { ...report([]), engine: 1 },
    report([finding({ status: "fine" })]),
    report([], { sha256: "zz" }),
  ])
    assert.equal(readReport(bad), undefined)
})

test("floods and control characters are cut, and the violations are what is kept", () => {
  const many = [
    ...Array.from({ length: 500 }, () => finding({ status: "satisfied" })),
    finding({ message: `x\u0000\u202e${"y".repeat(5_000)}` }),
  ]
  const file = readReport(report(many))?.files[0]
  assert.equal(file?.findings.length, 301)
  assert.equal(file?.findings[0]?.status, "violated")
  assert.doesNotMatch(file?.findings[0]?.message ?? "\u0000", /[\u0000\u202e]/)
  assert.ok((file?.findings[0]?.message.length ?? 9_999) <= 1_001)
})

test("nothing that a sandbox can print throws here", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      readReport(a)
      readReport(report([finding({ message: a, location: b })]))
      readReport({ ...report([]), files: a })
    }),
    { numRuns: 500 },
  )
})
