import assert from "node:assert/strict"
import { test } from "node:test"
import { describeFailure, runSteps, StepFailed, type Step } from "./steps.ts"

const step = (name: string, run: Step["run"]): Step => ({ name, run, advice: `mend ${name}` })

test("each step is shown with its time and what it says", async () => {
  const lines: string[] = []
  await runSteps(
    [step("one", async () => "fine"), step("three", async (note) => (note("half way"), "done"))],
    (line) => void lines.push(line),
  )
  assert.match(lines[0] ?? "", /✓ one +\d+\.\d s {2}fine/)
  assert.deepEqual(
    lines.slice(1).map((line) => line.trim().split(/ {2,}/)[0]),
    ["half way", "✓ three"],
  )
})

test("a failed step ends the start, keeps the later ones from running and says what to do", async () => {
  const ran: string[] = []
  const steps = [
    step("good", async () => (ran.push("good"), "")),
    step("bad", () => Promise.reject(new Error("disk full"))),
    step("never", async () => (ran.push("never"), "")),
  ]
  const failure = await runSteps(steps, () => {}).catch((error: unknown) => error)
  assert.deepEqual(ran, ["good"])
  assert.ok(failure instanceof StepFailed)
  assert.match(describeFailure(failure), /disk full[\s\S]*What to do: mend bad/)
})

test("a step's own advice wins over the general one", async () => {
  const failure = await runSteps(
    [step("x", () => Promise.reject(new StepFailed("no room", "free some")))],
    () => {},
  ).catch((error: unknown) => error)
  assert.match(describeFailure(failure), /What to do: free some/)
})
