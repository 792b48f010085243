import assert from "node:assert/strict"
import { test } from "node:test"
import { civilDate, daysBetween, endOfDay, startOfDay } from "./dates.ts"

test("a civil date ends at its own midnight, in summer and in winter time", () => {
  assert.equal(endOfDay("2026-07-01", "Europe/London").toISOString(), "2026-07-01T23:00:00.000Z")
  assert.equal(endOfDay("2026-12-01", "Europe/London").toISOString(), "2026-12-02T00:00:00.000Z")
  assert.equal(civilDate(new Date("2026-07-01T23:30:00Z"), "Europe/London"), "2026-07-02")
})

test("days on which clocks change have one beginning", () => {
  assert.equal(startOfDay("2026-03-29", "Europe/London").toISOString(), "2026-03-29T00:00:00.000Z")
  assert.equal(startOfDay("2026-03-30", "Europe/London").toISOString(), "2026-03-29T23:00:00.000Z")
  assert.equal(startOfDay("2026-10-25", "Europe/London").toISOString(), "2026-10-24T23:00:00.000Z")
  assert.equal(startOfDay("2026-10-26", "Europe/London").toISOString(), "2026-10-26T00:00:00.000Z")
  assert.equal(daysBetween("2026-10-24", "2026-10-27"), 3)
})
