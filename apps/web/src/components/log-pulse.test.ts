import { expect, test } from "vitest"
import { describeWitness, tickHeights } from "./log-pulse.tsx"

test("who countersigns is said as it is: nobody, nobody yet, or how long ago", () => {
  const now = Date.parse("2026-11-28T12:00:00Z")
  expect(describeWitness({ witness: null, witnesses: 0 }, now)).toBe("no witness")
  expect(describeWitness({ witness: "2026-11-28T11:00:00Z", witnesses: 0 }, now)).toBe("no witness")
  expect(describeWitness({ witness: null, witnesses: 2 }, now)).toBe("no witness yet")
  expect(describeWitness({ witness: "2026-11-28T11:59:52Z", witnesses: 2 }, now)).toBe("witness 8 s ago")
})

test("ticks are as tall as their checkpoint had events, and never nothing", () => {
  expect(tickHeights([0, 5, 10])).toEqual([2, 7, 13])
})
