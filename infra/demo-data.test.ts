import assert from "node:assert/strict"
import { test } from "node:test"
import { judge, type DataProgress } from "./demo-data.ts"

const progress = (change: Partial<DataProgress>): DataProgress => ({
  open: 0,
  succeeded: 0,
  failed: [],
  projects: 2,
  ready: 0,
  ...change,
})

test("the demonstration is there when every project has its extract", () => {
  assert.equal(judge(progress({ ready: 2 })), "done")
  assert.equal(judge(progress({ ready: 2, open: 3, failed: ["validate: file_rejected"] })), "done")
  assert.equal(judge(progress({ ready: 1, open: 1 })), "working")
})

test("nothing has begun yet is not the same as finished", () => {
  assert.equal(judge(progress({ projects: 0 })), "working")
})

test("a failed stage with nothing left to do is said at once", () => {
  assert.equal(judge(progress({ ready: 1, failed: ["extract: unavailable"] })), "stuck")
  assert.equal(judge(progress({ ready: 1, failed: ["extract: unavailable"], open: 1 })), "working")
})
