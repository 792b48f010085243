import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { findDelimiter, readRows, readTable } from "./delimited.ts"

const rows = (text: string, delimiter = ",") => [...readRows(text, delimiter)]

test("quotes, line endings and empty cells", () => {
  assert.deepEqual(rows('a,"b,1"\r\n"c ""d""",\n'), [
    ["a", "b,1"],
    ['c "d"', ""],
  ])
  assert.deepEqual(rows('a\n"never closed\nb'), [["a"], ["never closed\nb"]])
  assert.deepEqual(rows("\uFEFFa,b\n1,2"), [
    ["a", "b"],
    ["1", "2"],
  ])
})

test("what is written by the rules is read back", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "=", "é") })
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      (table) => {
        const text = table.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(",")).join("\n")
        assert.deepEqual(rows(text), table)
      },
    ),
  )
})

test("any text is read to its end", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", ";") }), (text) => {
      assert.ok(rows(text).flat().join("").length <= text.length)
    }),
    { numRuns: 2_000 },
  )
})

test("a page, the number of rows and the summary of all of them", () => {
  const text = "group,count,note\nA,20,x\nB,<10,\n\nC,35,=1+1\n"
  const page = readTable(text, "csv", 1, 1)
  assert.deepEqual(page.columns, ["group", "count", "note"])
  assert.deepEqual(page.rows, [["B", "<10", ""]])
  assert.equal(page.totalRows, 3)
  assert.deepEqual(page.summary[1], {
    column: "count",
    type: "number",
    missing: 0,
    redacted: 1,
    min: "20",
    minNonZero: "20",
    max: "35",
    sum: "55",
    roundedTo: 5,
  })
  assert.equal(page.summary[2]?.missing, 1)
  assert.equal(page.summary[2]?.type, "text")
})

test("rounding that is seen: to ten, to the midpoints of six, none", () => {
  const rounded = (...numbers: number[]) =>
    readTable(`n\n${numbers.join("\n")}\n`, "csv", 0, 10).summary[0]?.roundedTo
  assert.equal(rounded(0, 10, 120), 10)
  assert.equal(rounded(0, 3, 9, 15), 6)
  assert.equal(rounded(5, 15), 5)
  assert.equal(rounded(7, 15), null)
  assert.equal(rounded(0, 0), null)
})

test("the delimiter is the one of the first line", () => {
  assert.equal(findDelimiter('"a,b";c;d\n', "csv"), ";")
  assert.equal(findDelimiter("a,b\n", "tsv"), "\t")
})
