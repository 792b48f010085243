import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Value } from "typebox/value"
import { COMPARISONS, Filter, type Condition } from "../contract.ts"
import { openBench } from "../testing.ts"
import { compileFilter, type FilterColumns } from "./filter.ts"

const COLUMNS: FilterColumns = new Map([
  ["code", "text"],
  ["other", "text"],
  ["n", "integer"],
  ["x", "number"],
  ["day", "date"],
])

type Cell = string | number | null
type TestRow = { code: Cell; other: Cell; n: Cell; x: Cell; day: Cell }
const hostile = [
  "'",
  "''",
  "\\'",
  '"',
  "; DROP TABLE t; --",
  "%",
  "_",
  "' OR 1=1 --",
  "é",
  "\u{1F600}",
  "",
  "a",
  "A",
  "ab",
  "\n",
  "$1",
]
const word = fc
  .oneof(fc.constantFrom(...hostile), fc.string({ maxLength: 6, unit: "grapheme" }))
  .filter((s) => !s.includes("\0"))
const day = fc
  .integer({ min: 0, max: 400 })
  .map((d) => new Date(Date.UTC(2020, 0, 1) + d * 86_400_000).toISOString().slice(0, 10))
const integer = fc.integer({ min: -5, max: 5 })
const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
const orNull = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: null, freq: 4 })
const row: fc.Arbitrary<TestRow> = fc.record({
  code: orNull(word),
  other: orNull(word),
  n: orNull(integer),
  x: orNull(double),
  day: orNull(day),
})

const valueOf: Record<string, fc.Arbitrary<string | number>> = {
  code: word,
  other: word,
  n: integer,
  x: double,
  day,
}
const columnName = fc.constantFrom("code", "other", "n", "x", "day")
const condition: fc.Arbitrary<Condition> = columnName.chain((column) => {
  const value = valueOf[column] as fc.Arbitrary<string | number>
  const options: fc.Arbitrary<Condition>[] = [
    fc.record({ column: fc.constant(column), op: fc.constantFrom(...COMPARISONS), value }),
    fc.record({
      column: fc.constant(column),
      op: fc.constant("in" as const),
      values: fc.array(value, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ column: fc.constant(column), op: fc.constantFrom("null" as const, "not-null" as const) }),
  ]
  if (column === "code") {
    options.push(
      fc.record({
        column: fc.constant(column),
        op: fc.constant("prefix" as const),
        value: word.filter((w) => w !== ""),
      }),
      fc.record({
        column: fc.constant(column),
        op: fc.constantFrom(...COMPARISONS),
        other: fc.constant("other"),
      }),
    )
  }
  return fc.oneof(...options)
})
const filter = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthIdentifier: "filter" },
    condition,
    fc.record({ all: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie("filter") }),
  ),
})).filter

function compare(op: string, a: Cell, b: Cell): boolean | null {
  if (a === null || b === null) return null
  const [l, r] = typeof a === "string" ? [Buffer.from(a), Buffer.from(String(b))] : [a, b]
  const sign = Buffer.isBuffer(l) ? Buffer.compare(l, r as Buffer) : Math.sign((l as number) - (r as number))
  return (
    { eq: sign === 0, ne: sign !== 0, lt: sign < 0, le: sign <= 0, gt: sign > 0, ge: sign >= 0 }[op] ?? null
  )
}

/** SQL's three values, evaluated without SQL. */
function holds(f: Filter, r: TestRow): boolean | null {
  if ("all" in f) {
    const all = f.all.map((g) => holds(g, r))
    return all.includes(false) ? false : all.includes(null) ? null : true
  }
  if ("any" in f) {
    const any = f.any.map((g) => holds(g, r))
    return any.includes(true) ? true : any.includes(null) ? null : false
  }
  if ("not" in f) {
    const inner = holds(f.not, r)
    return inner === null ? null : !inner
  }
  const cell = r[f.column as keyof TestRow]
  if (f.op === "null") return cell === null
  if (f.op === "not-null") return cell !== null
  if (f.op === "prefix") return cell === null ? null : String(cell).startsWith(f.value)
  if (f.op === "in")
    return cell === null ? null : f.values.some((v) => compare("eq", cell, v as Cell) === true)
  if ("other" in f) return compare(f.op, cell, r[f.other as keyof TestRow])
  return compare(f.op, cell, (f as { value: Cell }).value)
}

test("a compiled filter means what it says, whatever the values are", async () => {
  await using bench = await openBench()
  const { db } = bench
  await db.run("CREATE TABLE t (i BIGINT, code VARCHAR, other VARCHAR, n BIGINT, x DOUBLE, day DATE)")
  const cell = (v: Cell) => (v === null ? null : String(v))
  await fc.assert(
    fc.asyncProperty(filter, fc.array(row, { minLength: 1, maxLength: 6 }), async (f, rows) => {
      assert.ok(Value.Check(Filter, f))
      await db.run("DELETE FROM t")
      await db.run(
        "CREATE OR REPLACE TABLE s (i VARCHAR, code VARCHAR, other VARCHAR, n VARCHAR, x VARCHAR, day VARCHAR)",
      )
      const columns = [
        rows.map((_, i) => String(i)),
        ...(["code", "other", "n", "x", "day"] as const).map((c) => rows.map((r) => cell(r[c]))),
      ]
      await db.append("s", columns)
      await db.run("INSERT INTO t SELECT * FROM s")
      const found = await db.all(`SELECT i FROM t WHERE ${compileFilter(f, COLUMNS)} ORDER BY i`)
      const wanted = rows.flatMap((r, i) => (holds(f, r) === true ? [i] : []))
      assert.deepEqual(
        found.map((r) => Number(r.i)),
        wanted,
      )
      const [{ n } = { n: -1 }] = await db.all("SELECT count(*)::INTEGER AS n FROM t")
      assert.equal(n, rows.length, "the table is untouched")
    }),
    { numRuns: 150 },
  )
})

test("what is not a filter over listed columns is refused", () => {
  const refused: Filter[] = [
    { column: "gh_master", op: "eq", value: 1 },
    { column: 'n" OR 1=1 --', op: "eq", value: 1 },
    { column: "n", op: "eq", value: "1 OR 1=1" },
    { column: "n", op: "eq", value: 1.5 },
    { column: "x", op: "gt", value: Number.POSITIVE_INFINITY },
    { column: "day", op: "ge", value: "2020-02-30" },
    { column: "day", op: "ge", value: "2020-01-01' OR true" },
    { column: "code", op: "eq", value: true },
    { column: "n", op: "prefix", value: "1" },
    { column: "n", op: "eq", other: "code" },
    { column: "n", op: "toString" as "eq", value: 1 },
    { column: "code", op: "eq", value: "a\0b" },
  ]
  for (const f of refused) assert.throws(() => compileFilter(f, COLUMNS), JSON.stringify(f))
  let deep: Filter = { column: "n", op: "null" }
  for (let i = 0; i < 10; i++) deep = { not: deep }
  assert.throws(() => compileFilter(deep, COLUMNS), { code: "filter_invalid" })
  const wide: Filter = { any: Array.from({ length: 501 }, () => ({ column: "n", op: "null" as const })) }
  assert.throws(() => compileFilter(wide, COLUMNS), { code: "filter_invalid" })
})

test("the form of a filter is closed", () => {
  for (const bad of [
    null,
    [],
    {},
    "n = 1",
    { sql: "1=1" },
    { all: [] },
    { column: "n", op: "eq" },
    { column: "n", op: "like", value: "%" },
    { column: "n", op: "eq", value: 1, sql: "x" },
    { column: "a b", op: "null" },
    { not: { all: [{}] } },
  ]) {
    assert.equal(Value.Check(Filter, bad), false, JSON.stringify(bad))
  }
})
