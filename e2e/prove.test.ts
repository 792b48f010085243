import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { test } from "node:test"
import { findBatteries, readWish, WrongUse } from "./prove.ts"
import { Findings, randomFrom } from "./support/battery.ts"

const KNOWN = ["faults", "walls"]

test("without a name every battery is run, with names those, each once", () => {
  assert.deepEqual(readWish([], KNOWN).names, KNOWN)
  assert.deepEqual(readWish(["all"], KNOWN).names, KNOWN)
  assert.deepEqual(readWish(["walls", "walls"], KNOWN).names, ["walls"])
  assert.deepEqual(readWish(["faults", "--parts", "log,stops"], KNOWN).parts, ["log", "stops"])
  const wish = readWish(["faults", "--seed", "7", "--rounds", "3", "--running"], KNOWN)
  assert.deepEqual(wish, { names: ["faults"], seed: 7, rounds: 3, parts: undefined, running: true })
})

test("an unknown name, option or number is refused and says what is wrong", () => {
  assert.throws(() => readWish(["fautls"], KNOWN), { name: "WrongUse", message: /no battery fautls/ })
  assert.throws(() => readWish(["--fast"], KNOWN), WrongUse)
  assert.throws(() => readWish(["--seed", "x"], KNOWN), { name: "WrongUse", message: /--seed/ })
  assert.throws(() => readWish(["--rounds", "0"], KNOWN), { name: "WrongUse", message: /--rounds/ })
})

test("a battery is a file of the folder; its parts and its tests are none", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "prove-"))
  try {
    for (const name of ["walls.ts", "faults.ts", "faults.test.ts", "note.md"])
      writeFileSync(path.join(folder, name), "")
    mkdirSync(path.join(folder, "more.ts"))
    assert.deepEqual(findBatteries(folder), KNOWN)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("one seed gives one sequence, spread over the whole range", () => {
  const draw = (seed: number) => Array.from({ length: 2_000 }, randomFrom(seed))
  assert.deepEqual(draw(5), draw(5))
  assert.notDeepEqual(draw(5), draw(6))
  const numbers = draw(5)
  assert.ok(numbers.every((n) => n >= 0 && n < 1))
  for (let tenth = 0; tenth < 10; tenth += 1)
    assert.ok(numbers.filter((n) => Math.floor(n * 10) === tenth).length > 140, `tenth ${tenth}`)
})

test("findings count what held and keep what did not", () => {
  const lines: string[] = []
  const findings = new Findings((line) => lines.push(line))
  findings.check(true, "a")
  findings.check(false, "b")
  assert.deepEqual(findings.tally(), { passed: 1, failed: 1 })
  assert.deepEqual(lines, ["  ✗ b"])
})
