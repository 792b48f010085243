import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { readStageLine, stageStatus, type StageProcess } from "./stage-output.ts"

const ok = { exitCode: 0, outOfMemory: false }

function read(...lines: string[]): StageProcess {
  const process: StageProcess = { stage: "land" }
  for (const line of lines) readStageLine(process, line)
  return process
}

test("progress while it runs, then the last result", () => {
  const process = read('{"progress":{"done":1,"total":4,"unit":"rows"}}', "noise", '{"result":{"rows":4}}')
  assert.deepEqual(stageStatus("j", process, null).progress, { done: 1, total: 4, unit: "rows" })
  assert.deepEqual(stageStatus("j", process, ok), {
    job: "j",
    stage: "land",
    state: "succeeded",
    result: { rows: 4 },
  })
})

test("an error line, a non-zero end, silence and lack of memory all fail with a code", () => {
  const error = read('{"error":{"code":"no_such_file","message":"x"}}')
  assert.equal(stageStatus("j", error, { exitCode: 1, outOfMemory: false }).code, "no_such_file")
  assert.equal(stageStatus("j", error, ok).state, "failed")
  const result = read('{"result":1}')
  assert.equal(stageStatus("j", result, { exitCode: 1, outOfMemory: false }).code, "stage_died")
  assert.equal(stageStatus("j", read(), { exitCode: 137, outOfMemory: true }).code, "out_of_memory")
  assert.equal(stageStatus("j", read(), ok).code, "stage_died")
})

test("no line makes it throw or succeed by itself", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (lines) => {
      fc.pre(lines.every((line) => !line.includes('"result"')))
      assert.equal(stageStatus("j", read(...lines), ok).state, "failed")
    }),
  )
})
