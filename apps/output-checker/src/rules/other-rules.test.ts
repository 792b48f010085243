// The rules beside threshold: each with a planted defect and its benign twin.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { RuleId, Status } from "../report.ts"
import { checkText, explain, findingsOf, placesOf, statusOf, type Extra } from "../testing.ts"

async function expect(rule: RuleId, status: Status, text: string, extra: Extra = {}): Promise<void> {
  const file = await checkText(text, extra)
  assert.equal(statusOf(file, rule), status, `${rule} of\n${text}\n${explain(file)}`)
}
async function places(rule: RuleId, expected: string[], text: string, extra: Extra = {}): Promise<void> {
  const file = await checkText(text, extra)
  assert.deepEqual(placesOf(file, rule).sort(), [...expected].sort(), `${rule} of\n${text}\n${explain(file)}`)
}

test("zero cells: allowed, reviewed or small as the policy says", async () => {
  const text = "region,n\nNorth,0\nSouth,300\n"
  await expect("zero-cell", "satisfied", text)
  await expect("zero-cell", "not-verifiable", text, { policy: "ons-srs" })
  await places("zero-cell", ["0/n"], text, { policy: "sail" })
  await expect("zero-cell", "satisfied", "region,n\nNorth,10\nSouth,300\n", { policy: "sail" })
})

test("class disclosure: everyone in a group has the same answer", async () => {
  await places("class-disclosure", ["0/yes", "1/no"], "region,yes,no\nNorth,40,0\nSouth,30,20\n", {
    policy: "opensafely",
  })
  await expect("class-disclosure", "satisfied", "region,yes,no\nNorth,40,15\nSouth,30,20\n", {
    policy: "opensafely",
  })
  await places("class-disclosure", ["0/yes"], "region,yes,no\nNorth,95,5\nSouth,35,20\n", {
    policy: "ons-srs",
  })
  await places(
    "class-disclosure",
    ["0/n", "3/n"],
    "region,smoker,n\nNorth,yes,40\nNorth,no,0\nSouth,yes,40\nSouth,no,30\n",
    { policy: "opensafely" },
  )
  await expect("class-disclosure", "satisfied", "region,n\nNorth,40\nSouth,30\n", { policy: "opensafely" })
  await expect("class-disclosure", "satisfied", "region,yes,no\nNorth,40,0\nSouth,30,20\n", {
    policy: "nhs-england-sde",
  })
})

test("dominance is not verifiable without evidence and decided with it", async () => {
  const text = "region,n,total_cost\nNorth,50,1200.5\nSouth,60,900.5\n"
  await expect("dominance", "not-verifiable", text)
  await expect("dominance", "satisfied", "region,n\nNorth,50\nSouth,60\n")
  const file = await checkText(text)
  const cell = { row: 0, column: "total_cost", sum: 1200.5, largest: 100, second: 90 }
  const rest = { ...cell, row: 1, sum: 900.5 }
  await expect("dominance", "satisfied", text, { evidence: new Map([[file.sha256, [cell, rest]]]) })
  const dominated = await checkText(text, {
    evidence: new Map([[file.sha256, [{ ...cell, largest: 1000 }, rest]]]),
  })
  assert.deepEqual(placesOf(dominated, "dominance"), ["0/total_cost"])
  assert.equal(findingsOf(dominated, "dominance")[0]?.audience, "checkers")
  assert.equal(findingsOf(dominated, "dominance")[0]?.known, "evidence")
})

test("evidence decides the people behind a mean, for checkers only", async () => {
  const text = "region,mean_age\nNorth,41.2\nSouth,30.1\n"
  const { sha256 } = await checkText(text)
  const cells = [
    { row: 0, column: "mean_age", people: 4 },
    { row: 1, column: "mean_age", people: 40 },
  ]
  const file = await checkText(text, { evidence: new Map([[sha256, cells]]) })
  assert.deepEqual(placesOf(file, "threshold"), ["0/mean_age"])
  assert.equal(findingsOf(file, "threshold")[0]?.audience, "checkers")
})

test("degrees of freedom of a model", async () => {
  const terms = "term,estimate,std_error,p_value"
  await expect("degrees-of-freedom", "not-verifiable", `${terms}\nage,1.2,0.3,0.01\nsex,0.4,0.2,0.04\n`)
  await expect("degrees-of-freedom", "violated", `${terms},n\nage,1.2,0.3,0.01,11\nsex,0.4,0.2,0.04,11\n`)
  await expect("degrees-of-freedom", "satisfied", `${terms},n\nage,1.2,0.3,0.01,150\nsex,0.4,0.2,0.04,150\n`)
  await expect("degrees-of-freedom", "violated", `${terms},df_residual\nage,1.2,0.3,0.01,7\n`)
  await expect("degrees-of-freedom", "satisfied", "region,n\nNorth,40\nSouth,30\n")
})

test("endpoints: extremes of one person, percentiles with too few beyond", async () => {
  await places(
    "endpoint",
    ["0/min_age", "0/max_age", "1/min_age", "1/max_age"],
    "region,n,min_age,max_age\nNorth,50,1,99\nSouth,60,2,98\n",
  )
  await places("endpoint", ["0/p5"], "region,n,p5\nNorth,50,1.5\nSouth,600,2.5\n")
  await expect(
    "endpoint",
    "satisfied",
    "region,n,p25,median,p75\nNorth,50,1.5,2.5,3.5\nSouth,600,2.5,3.5,4.5\n",
  )
  await expect("endpoint", "not-verifiable", "region,p5\nNorth,1.5\nSouth,2.5\n")
  await places(
    "endpoint",
    ["3/age", "7/age"],
    "stat,age\ncount,150\nmean,41.2\nstd,10.1\nmin,18\n25%,30\n50%,40\n75%,50\nmax,99\n",
  )
  await expect("endpoint", "satisfied", "region,n,mean\nNorth,50,1.5\nSouth,600,2.5\n")
  await expect("endpoint", "not-verifiable", "region,n,min\nNorth,50,1.5\nSouth,600,2.5\n", {
    policy: "acro-default",
  })
})

test("recovery: a single hidden cell of a sum", async () => {
  const file = await checkText("age,n\n0-17,145\n18-64,*\nTotal,153\n", { policy: "ons-srs" })
  const found = findingsOf(file, "recovery")[0]
  assert.equal(found?.status, "violated")
  assert.deepEqual(found?.recovered, [
    { row: 1, column: "n", value: 8, derivation: "153 − 145 = 8 in column “n”, so the hidden cell is 8" },
  ])
  await expect("recovery", "satisfied", "age,n\n0-17,145\n18-64,*\n65-79,*\nTotal,163\n", {
    policy: "ons-srs",
  })
  await expect("recovery", "satisfied", "age,n\n0-17,145\n18-64,*\n65-79,60\n", { policy: "ons-srs" })
  await expect("recovery", "satisfied", "age,n\n0-17,145\n18-64,*\nTotal,*\n", { policy: "ons-srs" })
})

test("recovery: along rows, through a hidden total, in two steps", async () => {
  const crossed = "region,yes,no,total\nNorth,41,*,48\nSouth,30,*,*\nTotal,71,31,102\n"
  const file = await checkText(crossed, { policy: "ons-srs" })
  const values = findingsOf(file, "recovery").flatMap((f) => f.recovered ?? [])
  assert.deepEqual(
    values.map((r) => [r.row, r.column, r.value]).sort(),
    [
      [0, "no", 7],
      [1, "no", 24],
      [1, "total", 54],
    ].sort(),
  )
})

test("recovery: only all sums together give it", async () => {
  // Every line has two hidden cells, yet rows North + South less columns a + b leave one.
  const text = "region,a,b,c,total\nNorth,*,*,20,50\nSouth,*,*,*,66\nEast,14,15,16,45\nTotal,51,49,61,161\n"
  const file = await checkText(text, { policy: "ons-srs" })
  const values = findingsOf(file, "recovery").flatMap((f) => f.recovered ?? [])
  assert.deepEqual(
    values.map((r) => [r.row, r.column, r.value]),
    [[1, "c", 25]],
  )
})

test("recovery: whole numbers leave one possibility", async () => {
  await places("recovery", ["0/n", "1/n"], "age,n\n0-17,<10\n18-64,<10\n65+,82\nTotal,100\n", {
    policy: "ons-srs",
  })
  await expect("recovery", "satisfied", "age,n\n0-17,<10\n18-64,<10\n65+,82\nTotal,90\n", {
    policy: "ons-srs",
  })
})

test("recovery: a percentage of a known total", async () => {
  const text = "group,n,percent\na,100,50.0\nb,92,46.0\nc,*,4.0\nTotal,200,100.0\n"
  const file = await checkText(text, { policy: "ons-srs" })
  assert.equal(findingsOf(file, "recovery")[0]?.recovered?.[0]?.value, 8)
})

test("recovery: sums of rounded cells say little, unless totals were made from them", async () => {
  await expect("recovery", "satisfied", "age,n\na,145\nb,*\nc,60\nTotal,215\n")
  await expect("recovery", "satisfied", "age,n\na,145\nb,*\nc,*\nd,60\nTotal,225\n", { policy: "opensafely" })
})

test("differencing: an update of an earlier release by a few people", async () => {
  const now = "age,n\n0-17,153\n18-64,240\n65+,120\n"
  await places("differencing", ["0/n"], now, {
    earlier: { "table.csv": "age,n\n0-17,150\n18-64,240\n65+,120\n" },
  })
  await expect("differencing", "satisfied", now, {
    earlier: { "table.csv": "age,n\n0-17,100\n18-64,140\n65+,60\n" },
  })
  await expect("differencing", "satisfied", now, { earlier: { "other.csv": "sex,n\nF,153\nM,240\n" } })
  await expect("differencing", "satisfied", now)
  const file = await checkText(now, { ledger: { "table.csv": "age,n\n0-17,150\n18-64,240\n65+,120\n" } })
  const found = findingsOf(file, "differencing")[0]
  assert.deepEqual([found?.known, found?.audience, found?.status], ["ledger", "checkers", "violated"])
})

test("rounding: each count, totals and shares", async () => {
  await places("rounding", ["1/n"], "age,n\na,150\nb,43\nc,60\n")
  await expect("rounding", "satisfied", "age,n\na,150\nb,45\nc,60\nd,*\ne,0\n")
  await expect("rounding", "satisfied", "age,n\na,15\nb,9\nc,63\n", { policy: "opensafely" })
  await places("rounding", ["1/n"], "age,n\na,15\nb,12\nc,63\nd,21\n", { policy: "opensafely" })
  await expect("rounding", "satisfied", "age,n\na,151\nb,43\n", { policy: "ons-srs" })
  await places("rounding", ["3/n"], "age,n\na,150\nb,45\nc,60\nTotal,260\n", { policy: "opensafely" })
  await places(
    "rounding",
    ["1/percent"],
    "age,n,percent\na,150,50.0\nb,45,15.7\nc,105,35.0\nTotal,300,100.0\n",
  )
  await expect("rounding", "satisfied", "age,n,percent\na,150,50.0\nb,45,15.0\nc,105,35.0\nTotal,300,100.0\n")
})

test("formula cells", async () => {
  for (const cell of [
    "=1+1",
    "=cmd|'/c calc'!A0",
    "@SUM(A1)",
    "+A1",
    "-A1+B2",
    '=HYPERLINK(""x"")',
    " =1+1",
    "-2+cmd|' /C calc'!A0",
  ])
    await expect("formula", "violated", `label,n\n"${cell}",150\nb,45\n`)
  for (const cell of [
    "-3",
    "+1.5",
    "-",
    "--",
    "- of which male",
    "a=b",
    "x@y",
    "(-1.2, 3.4)",
    "-1.2 (0.3)",
    "=",
    "–",
  ])
    await expect("formula", "satisfied", `label,n\n"${cell}",150\nb,45\n`)
})

test("hidden content: invisible and direction-changing characters", async () => {
  for (const c of ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u0007", "\u{e0041}"])
    await expect("hidden-content", "violated", `label,n\na${c}b,150\nc,45\n`)
  await expect("hidden-content", "satisfied", "label,n\nÅngström – naïve,150\n日本,45\n")
  await expect("hidden-content", "satisfied", "\ufefflabel,n\na,150\nb,45\n")
})

test("size: bytes and rows", async () => {
  const rows = Array.from({ length: 5001 }, (_, i) => `g${i},150`).join("\n")
  await expect("size", "violated", `label,n\n${rows}\n`)
  await expect("size", "satisfied", "label,n\na,150\nb,45\n")
})

test("unreadable: an open quote, ragged rows, an empty file", async () => {
  await expect("unreadable", "violated", 'label,n\n"a,150\nb,45\n')
  await expect("unreadable", "not-verifiable", "label,n\na,150\nb,45,7\nc,50\nd,60\ne,70\n")
  await expect("unreadable", "violated", "")
  await expect("unreadable", "satisfied", 'label,n\n"a ""b"", c",150\nb,45\n')
})

test("file type: content against name and against the policy's list", async () => {
  await expect("file-type", "satisfied", "label,n\na,150\nb,45\n")
  await expect("file-type", "violated", "label,n\na,150\nb,45\n", { name: "table.png" })
  await expect("file-type", "violated", "PAR1xxxxxxxxxxxxxxxxxxxPAR1", { name: "table.csv" })
})

test("degrees of freedom: a print that states only what is left", async () => {
  const name = { name: "fit.txt" }
  await expect("degrees-of-freedom", "violated", "Df Residuals:   7\n", name)
  await expect(
    "degrees-of-freedom",
    "violated",
    "Residual standard error: 3.2 on 7 degrees of freedom\n",
    name,
  )
  await expect("degrees-of-freedom", "satisfied", "Df Residuals:   70\n", name)
})

test("recovery: two hidden cells in every line, and still one of them is determined", async () => {
  const text =
    "region,a,b,c,d,total\nNorth,*,*,40,50,140\nSouth,*,*,*,51,144\nEast,22,32,*,*,148\nWest,23,33,*,*,152\nTotal,86,126,166,206,584\n"
  const file = await checkText(text, { policy: "ons-srs" })
  const values = findingsOf(file, "recovery").flatMap((f) => f.recovered ?? [])
  assert.deepEqual(
    values.map((r) => [r.row, r.column, r.value]),
    [[1, "c", 41]],
  )
})

test("recovery: shares give hidden counts where sums do not", async () => {
  const text = "group,n,percent\na,100,50.0\nb,60,30.0\nc,*,4.0\nd,*,16.0\nTotal,200,100.0\n"
  const file = await checkText(text, { policy: "ons-srs" })
  const values = findingsOf(file, "recovery").flatMap((f) => f.recovered ?? [])
  assert.deepEqual(
    values.map((r) => [r.row, r.value, r.derivation]),
    [
      [2, 8, "4% of 200 is 8, so the hidden cell is 8"],
      [3, 32, "16% of 200 is 32, so the hidden cell is 32"],
    ],
  )
})

test("recovery: a total that shown lines contradict proves nothing", async () => {
  await expect("recovery", "satisfied", "age,yes,no\na,145,10\nb,*,20\nTotal,153,99\n", { policy: "ons-srs" })
})

test("differencing: large differences and accidental nearness are none", async () => {
  const now = "age,n\n0-17,153\n18-64,240\n65+,120\n80+,301\n"
  await expect("differencing", "satisfied", now, {
    earlier: { "table.csv": "age,n\n0-17,103\n18-64,240\n65+,120\n80+,301\n" },
  })
  await expect("differencing", "satisfied", now, {
    earlier: { "cohort.csv": "age,n\n0-17,150\n18-64,101\n65+,502\n80+,703\n" },
  })
})

test("size: more bytes than a person can look through", async () => {
  await expect("size", "violated", `label,n\n${"x".repeat(16_777_300)},150\n`)
})
