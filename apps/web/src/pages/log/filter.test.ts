import { expect, test } from "vitest"
import { nextDay, readFilter, startOfDay } from "./filter.ts"

test("a civil day begins at its midnight in the site's zone, summer and winter", () => {
  expect(startOfDay("2026-11-23", "Europe/London")).toBe("2026-11-23T00:00:00.000Z")
  expect(startOfDay("2026-07-01", "Europe/London")).toBe("2026-06-30T23:00:00.000Z")
  expect(startOfDay("2026-07-01", "America/New_York")).toBe("2026-07-01T04:00:00.000Z")
  expect(startOfDay("rubbish", "Europe/London")).toBeUndefined()
})

test("the day the clocks change still ends at midnight", () => {
  expect(startOfDay("2026-10-25", "Europe/London")).toBe("2026-10-24T23:00:00.000Z")
  expect(startOfDay(nextDay("2026-10-25"), "Europe/London")).toBe("2026-10-26T00:00:00.000Z")
})

test("only what is spelled rightly reaches the server", () => {
  const query = new URLSearchParams({
    project: "abcdefghijkl",
    person: "../../etc",
    outcome: "refused",
    family: "nonsense",
    from: "2026-11-16",
    until: "2026-11-23",
  })
  expect(readFilter(query, "Europe/London")).toEqual({
    project: "abcdefghijkl",
    outcome: "refused",
    from: "2026-11-16T00:00:00.000Z",
    until: "2026-11-24T00:00:00.000Z",
  })
})
