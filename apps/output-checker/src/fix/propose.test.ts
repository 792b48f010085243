import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkFiles, inputFromBytes } from "../check.ts"
import { loadPolicy } from "../policy.ts"
import { explain, statusOf } from "../testing.ts"
import { proposeFixes, type Fix } from "./propose.ts"

async function fixesFor(text: string, name: string): Promise<{ fixes: Fix[]; texts: string[] }> {
  const bytes = new TextEncoder().encode(text)
  const policy = loadPolicy(name)
  const report = await checkFiles([inputFromBytes("t.csv", bytes)], policy)
  const fixes = await proposeFixes({ path: "t.csv", bytes }, report.files[0] as never, policy)
  return { fixes, texts: fixes.map((f) => new TextDecoder().decode(f.bytes)) }
}

test("a small count is masked together with a second one, so that the total does not give it back", async () => {
  const { fixes, texts } = await fixesFor("age,n\n0-17,145\n18-64,8\n65+,60\nTotal,213\n", "ons-srs")
  assert.equal(texts[0], "age,n\n0-17,145\n18-64,*\n65+,*\nTotal,213\n")
  assert.deepEqual(fixes[0]?.resolves, ["threshold"])
  assert.deepEqual(
    fixes[0]?.changes.map((c) => [c.location.row, c.before, c.after]),
    [
      [1, "8", "*"],
      [2, "60", "*"],
    ],
  )
  assert.equal(fixes[0]?.after.verdict, "satisfied")
})

test("a table that gives a mask back gets one more mask", async () => {
  const { texts, fixes } = await fixesFor("age,n\n0-17,145\n18-64,*\n65+,60\nTotal,213\n", "ons-srs")
  assert.equal(texts[0], "age,n\n0-17,145\n18-64,*\n65+,*\nTotal,213\n")
  assert.deepEqual(fixes[0]?.resolves, ["recovery"])
})

test("rounding makes totals and shares from the rounded cells", async () => {
  const { texts, fixes } = await fixesFor(
    "group,n,percent\na,147,49.0\nb,93,31.0\nc,60,20.0\nTotal,300,100.0\n",
    "opensafely",
  )
  assert.equal(texts[0], "group,n,percent\na,145,48.3\nb,95,31.7\nc,60,20.0\nTotal,300,100.0\n")
  assert.equal(fixes[0]?.after.verdict, "satisfied", explain(fixes[0]?.after as never))
})

test("masked counts take their shares and means with them", async () => {
  const { texts } = await fixesFor(
    "group,n,percent,mean_age\na,145,48.3,41.5\nb,5,1.7,39.5\nc,150,50.0,40.5\n",
    "ons-srs",
  )
  assert.match(texts[0] ?? "", /b,\*,\*,\*/)
})

test("formulas get a quote; extremes lose their columns; quoting and line ends are kept", async () => {
  const defused = await fixesFor('label,n\r\n"=1+1, a",150\r\nb,45\r\n', "ons-srs")
  assert.equal(defused.texts[0], 'label,n\r\n"\'=1+1, a",150\r\nb,45\r\n')
  const dropped = await fixesFor("region,n,min_age\nNorth,50,1\nSouth,60,2\n", "ons-srs")
  assert.deepEqual(
    dropped.fixes.map((f) => f.kind),
    ["drop-extremes"],
  )
  assert.equal(dropped.texts[0], "region,n\nNorth,50\nSouth,60\n")
})

test("nothing is offered for a clean file, nor for one that is not understood", async () => {
  assert.deepEqual((await fixesFor("age,n\na,150\nb,60\n", "nhs-england-sde")).fixes, [])
  assert.deepEqual((await fixesFor('age,n\n"a,15\nb,6\n', "nhs-england-sde")).fixes, [])
})

test("where almost all is masked, a rounded total does not say that the rest is nothing", async () => {
  const { texts, fixes } = await fixesFor(
    "group,north,south,east,total\ng0,1,1,1,3\ng1,1,1,1,3\ng2,1,1,10,12\nTotal,3,3,12,18\n",
    "nhs-england-sde",
  )
  assert.equal(texts[0], "group,north,south,east,total\ng0,*,*,*,*\ng1,*,*,*,*\ng2,*,*,10,*\nTotal,*,*,*,*\n")
  assert.equal(statusOf(fixes[0]?.after as never, "recovery"), "satisfied")
})

test("property: whatever the table, the offered fix leaves no small count and nothing to recover", async () => {
  const count = fc.integer({ min: 1, max: 60 })
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((w) => fc.array(fc.array(count, { minLength: w, maxLength: w }), { minLength: 2, maxLength: 5 }))
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom("ons-srs", "opensafely", "nhs-england-sde"),
      async (rows, policy) => {
        const names = ["north", "south", "east", "west"].slice(0, rows[0]?.length ?? 0)
        const body = rows.map((r, i) => [`g${i}`, ...r, r.reduce((a, b) => a + b, 0)])
        const total = [
          "Total",
          ...Array.from({ length: names.length + 1 }, (_, c) =>
            body.reduce((sum, r) => sum + Number(r[c + 1]), 0),
          ),
        ]
        const text = `${[["group", ...names, "total"], ...body, total].map((r) => r.join(",")).join("\n")}\n`
        const { fixes } = await fixesFor(text, policy)
        for (const fix of fixes.filter((f) => f.kind !== "drop-extremes"))
          for (const rule of ["threshold", "recovery", "rounding"] as const)
            assert.notEqual(
              statusOf(fix.after, rule),
              "violated",
              `${text}\n${new TextDecoder().decode(fix.bytes)}\n${explain(fix.after)}`,
            )
        const small = rows.flat().some((n) => n < (policy === "opensafely" ? 8 : 10))
        if (small) assert.ok(fixes.length > 0, text)
      },
    ),
    { numRuns: 60, seed: 20261125 },
  )
})
