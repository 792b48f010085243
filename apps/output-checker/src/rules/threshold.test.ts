import assert from "node:assert/strict"
import { test } from "node:test"
import { checkText, explain, placesOf, statusOf, type Extra } from "../testing.ts"

async function planted(text: string, places: string[], extra: Extra = {}): Promise<void> {
  const file = await checkText(text, extra)
  assert.deepEqual(placesOf(file, "threshold").sort(), [...places].sort(), `${text}\n${explain(file)}`)
}
async function benign(text: string, extra: Extra = {}): Promise<void> {
  const file = await checkText(text, extra)
  assert.equal(statusOf(file, "threshold"), "satisfied", `${text}\n${explain(file)}`)
}
async function open(text: string, extra: Extra = {}): Promise<void> {
  const file = await checkText(text, extra)
  assert.equal(statusOf(file, "threshold"), "not-verifiable", explain(file))
}

test("a small count is found at its cell", async () => {
  await planted("age,n\n0-17,150\n18-64,3\n65+,1205\n", ["1/n"])
  await benign("age,n\n0-17,150\n18-64,10\n65+,1205\n")
})

test("the threshold is the policy's: 10 in one, 7 and fewer in another", async () => {
  await planted("a,n\nx,9\ny,10\n", ["0/n"], { policy: "nhs-england-sde" })
  await planted("a,n\nx,7\ny,8\n", ["0/n"], { policy: "opensafely" })
  await benign("a,n\nx,8\ny,10\n", { policy: "opensafely" })
})

test("counts under every usual way of writing them", async () => {
  for (const cell of [
    "3",
    " 3 ",
    "3.0",
    "3.",
    "03",
    "3 (1.2)",
    "3 (1.2%)",
    "3 [1.2%]",
    "3/153",
    "3 / 153",
    "3 of 153",
    "3/153 (2.0%)",
    "n=3",
    "N = 3",
    "(n=3)",
    "(3)",
    "3*",
    "3†",
    "3¹",
    "3 patients",
    "3 people",
    "1.2% (3)",
    "\u00a03",
    "３",
    "٣",
    "~3",
    "three",
    "3 (1.2-2.4)",
    "3e0",
    "+3",
    "3; 1.2%",
  ])
    await planted(`group,n\nx,"${cell}"\ny,150\nz,1205\n`, ["0/n"])
  for (const cell of [
    "30",
    "1,204",
    "1 204",
    "1'204",
    "30 (1.2)",
    "30/153",
    "n=30",
    "<10",
    "*",
    "<5",
    "≤9",
    "[REDACTED]",
    "1-9",
    "less than 10",
    "fewer than 5",
    "0",
    "c",
    "-",
    "..",
    "suppressed",
    "",
  ])
    await benign(`group,n\nx,"${cell}"\ny,150\nz,1205\n`)
})

test("a mask that leaves one number is that number", async () => {
  await planted("group,n\nx,<2\ny,150\nz,40\n", ["0/n"])
  await planted("group,n\nx,1-1\ny,150\nz,40\n", ["0/n"])
  await benign("group,n\nx,<10\ny,150\nz,40\n")
})

test("columns are told to be counts by name, by level, by mask, by rounding and by their neighbours", async () => {
  await planted("region,Number of patients\nNorth,4\nSouth,300\n", ["0/Number of patients"])
  await planted("region,n_events\nNorth,4\nSouth,300\n", ["0/n_events"])
  await planted("region,Deaths\nNorth,4\nSouth,300\n", ["0/Deaths"])
  await planted("region,atRisk\nNorth,4\nSouth,300\n", ["0/atRisk"])
  await planted("region,Yes,No\nNorth,4,60\nSouth,300,20\n", ["0/Yes"])
  await planted("region,asthma,copd\nNorth,40,60\nSouth,300,2\n", ["1/copd"])
  await planted("region,2019,2020\nNorth,40,60\nSouth,300,2\n", ["1/2020"])
  await planted("region,zz\nNorth,40\nSouth,300\nEast,25\nWest,<10\nMid,5\n", ["4/zz"])
  await planted("region,zz\nNorth,40\nSouth,300\nEast,25\nWest,60\nMid,5\n", ["4/zz"])
})

test("labels that are numbers are no counts", async () => {
  await benign("year,n\n2019,150\n2020,200\n")
  await benign("month,n\n1,150\n2,200\n3,300\n")
  await benign("dose,stage,n\n1,2,150\n2,1,200\n3,4,300\n")
  await benign(",group,n\n0,a,150\n1,b,200\n2,c,300\n")
})

test("a column whose kind cannot be told is not verifiable, and only when it matters", async () => {
  await open("region,zz\nNorth,4\nSouth,301\n")
  await open("region,zz\nNorth,4.5\nSouth,30.1\n")
  await benign("region,zz\nNorth,41\nSouth,301\n")
})

test("a mean, a rate, a share without its number of people is not verifiable; with it, it is decided", async () => {
  await open("region,mean_age\nNorth,41.2\nSouth,30.1\n")
  await open("region,rate\nNorth,41.2\nSouth,30.1\n")
  await open("region,percent\nNorth,41.2\nSouth,30.1\n")
  await benign("region,n,mean_age\nNorth,50,41.2\nSouth,300,30.1\n")
  await planted("region,n,mean_age\nNorth,5,41.2\nSouth,300,30.1\n", ["0/n"])
  await planted("region,n,mean_age\nNorth,*,41.2\nSouth,300,30.1\n", ["0/mean_age"])
})

test("a supporting file gives the counts behind", async () => {
  const means = "region,mean_age\nNorth,41.2\nSouth,30.1\n"
  await benign(means, { supporting: { "n.csv": "region,n\nNorth,50\nSouth,40\n" } })
  await planted(means, ["0/mean_age"], { supporting: { "n.csv": "region,n\nSouth,40\nNorth,5\n" } })
  await open(means, { supporting: { "n.csv": "region,n\nNorth,50\nEast,40\n" } })
})

test("shares of a known total imply counts", async () => {
  await planted("region,denominator,percent\nNorth,80,5.0\nSouth,300,40.0\n", ["0/percent"])
  await planted("region,population,pct\nNorth,80,5.0%\nSouth,300,40.0%\n", ["0/pct"])
  await benign("region,denominator,percent\nNorth,80,50.0\nSouth,300,40.0\n")
  await benign("group,n,percent\nx,20,20.0\ny,30,30.0\nz,50,50.0\nTotal,100,100.0\n")
})

test("statistics laid out in rows", async () => {
  await planted("stat,age,bmi\ncount,150,4\nmean,41.2,25.3\nstd,10.1,3.2\n", ["0/bmi"])
  await benign("stat,age,bmi\ncount,150,140\nmean,41.2,25.3\nstd,10.1,3.2\n")
  await open("stat,age,bmi\nmean,41.2,25.3\nstd,10.1,3.2\nmedian,40,24\n")
})

test("a weighted count asks for the unweighted one", async () => {
  await open("region,weighted_n\nNorth,41.2\nSouth,30.1\n")
})

test("counts in titles and notes of a table", async () => {
  await planted("Only 3 patients were excluded\n\nregion,n\nNorth,150\nSouth,300\n", ["0/"])
})
