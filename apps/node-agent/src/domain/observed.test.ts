import assert from "node:assert/strict"
import { test } from "node:test"
import type { RunRecord } from "./run-record.ts"
import { observe, type PairState } from "./observed.ts"

const states: PairState[] = ["running", "stopped", "absent"]
const record: RunRecord = {
  run: "abcdefghijkl",
  request: {
    workspace: "",
    project: "",
    person: "",
    profile: "standard",
    homeMegabytes: 64,
    sharedMegabytes: 64,
  },
  phase: "ready",
  step: "notebook",
}

test("a run runs only while door and workspace both do", () => {
  for (const door of states) {
    for (const workspace of states) {
      const { observed, reason } = observe(record, door, workspace)
      const both = door === "running" && workspace === "running"
      assert.equal(observed, both ? "running" : "exited", `${door} ${workspace}`)
      assert.equal(reason, both ? undefined : door === "running" ? "workspace_died" : "door_died")
    }
  }
})

test("what was recorded of an unfinished, failed or ended run does not depend on containers", () => {
  for (const door of states) {
    for (const workspace of states) {
      assert.equal(observe({ ...record, phase: "preparing" }, door, workspace).observed, "preparing")
      assert.deepEqual(observe({ ...record, phase: "failed", reason: "probe_failed" }, door, workspace), {
        observed: "failed",
        reason: "probe_failed",
      })
      assert.deepEqual(observe({ ...record, phase: "ended", reason: "out_of_memory" }, door, workspace), {
        observed: "exited",
        reason: "out_of_memory",
      })
    }
  }
})
