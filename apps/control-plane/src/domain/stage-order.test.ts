import assert from "node:assert/strict"
import { test } from "node:test"
import { readyJobs, type OpenJob } from "./stage-order.ts"

const FIRST = new Set(["demographics"])
const job = (stage: string, dataSet: string, state: OpenJob["state"] = "waits"): OpenJob => ({
  id: `${stage}-${dataSet}`,
  stage,
  state,
  params: stage === "land" ? { submissions: [{ dataSet }] } : { dataSet },
})
const ready = (jobs: OpenJob[]) => readyJobs(jobs, FIRST).map((j) => j.id)

test("others are linked when the data set that knows people best has been", () => {
  for (const stage of ["land", "validate", "link"])
    for (const state of ["waits", "running"] as const)
      assert.ok(!ready([job("link", "hes"), job(stage, "demographics", state)]).includes("link-hes"), stage)
  assert.deepEqual(ready([job("link", "hes"), job("deidentify", "demographics")]), [
    "link-hes",
    "deidentify-demographics",
  ])
  assert.deepEqual(ready([job("link", "hes"), job("link", "gdppr")]), ["link-hes", "link-gdppr"])
})

test("only linking waits, and never for itself", () => {
  assert.deepEqual(
    ready([
      job("validate", "hes"),
      job("link", "demographics"),
      job("extract", "x"),
      job("validate", "ons", "running"),
    ]),
    ["validate-hes", "link-demographics", "extract-x"],
  )
})
