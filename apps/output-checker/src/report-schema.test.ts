import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Value } from "typebox/value"
import { checkFiles, inputFromBytes } from "./check.ts"
import { loadPolicy } from "./policy.ts"
import { ReportSchema, type ReportDocument } from "./report-schema.ts"
import type { Report } from "./report.ts"

/** Compiles only while the two descriptions of the report are the same. */
function same(report: Report): ReportDocument {
  return report
}

test("whatever the engine reports, the schema accepts", async () => {
  const policy = loadPolicy("opensafely")
  const cell = fc.oneof(
    fc.integer({ min: 0, max: 300 }).map(String),
    fc.string({ maxLength: 300 }),
    fc.constantFrom("*", "<5", "Total", "3 (1.2%)"),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
      async (rows) => {
        const text = rows.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(",")).join("\n")
        const report = await checkFiles([inputFromBytes("t.csv", new TextEncoder().encode(text))], policy)
        const first = [...Value.Errors(ReportSchema, same(JSON.parse(JSON.stringify(report)) as Report))][0]
        assert.equal(first, undefined, JSON.stringify(first))
      },
    ),
    { numRuns: 150 },
  )
})
