import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { after, test } from "node:test"
import { chooseStep, nextCode, type Clock } from "./next-code.ts"
import { codeForStep, makeTotpKey } from "./totp.ts"

const directory = mkdtempSync(path.join(os.tmpdir(), "demo-codes-"))
after(() => rmSync(directory, { recursive: true }))

function fakeClock(start: number): Clock & { waited: number[] } {
  let now = start
  const waited: number[] = []
  return {
    waited,
    now: () => now,
    until: async (when) => {
      waited.push(when)
      now = Math.max(now, when)
    },
  }
}

test("the current step is taken while it is new", () => {
  assert.equal(chooseStep(90_000, undefined), 3)
  assert.equal(chooseStep(90_000, 2), 3)
})

test("a step that was handed out is never handed out again, even when the clock stepped back", () => {
  assert.equal(chooseStep(90_000, 3), 4)
  assert.equal(chooseStep(90_000, 9), 10)
})

test("the second caller waits for the next step and is told so; another account is not held up", async () => {
  const key = makeTotpKey()
  const clock = fakeClock(100 * 30_000 + 12_000)
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  assert.equal(await nextCode(directory, "priya", key, clock, say), codeForStep(key, 100))
  assert.deepEqual(said, [])
  assert.equal(await nextCode(directory, "priya", key, clock, say), codeForStep(key, 101))
  assert.deepEqual(clock.waited, [101 * 30_000])
  assert.match(said[0] ?? "", /waiting 18 s/)
  assert.equal(await nextCode(directory, "mei", key, clock, say), codeForStep(key, 101))
  assert.equal(said.length, 1)
})

test("callers at the same moment get different codes", async () => {
  const key = makeTotpKey()
  const clock = fakeClock(500 * 30_000)
  const codes = await Promise.all([1, 2, 3, 4].map(() => nextCode(directory, "jonas", key, clock, () => {})))
  assert.deepEqual(codes.toSorted(), [500, 501, 502, 503].map((step) => codeForStep(key, step)).toSorted())
})
