import { expect, test } from "vitest"
import { placeMarks, warnAgreement } from "./agreement-bar.tsx"

test("amber from 90 days, red from 7", () => {
  expect(warnAgreement(91)).toBeUndefined()
  expect(warnAgreement(90)).toEqual({ kind: "waits", words: "Under 90 days" })
  expect(warnAgreement(30)?.words).toBe("Under 30 days")
  expect(warnAgreement(7)?.kind).toBe("blocked")
  expect(warnAgreement(0)?.words).toBe("Ended")
})

test("marks stand where the days are, and only inside the bar", () => {
  expect(placeMarks(100)).toEqual([
    { days: 90, at: 10 },
    { days: 30, at: 70 },
    { days: 7, at: 93 },
  ])
  expect(placeMarks(60).map((mark) => mark.days)).toEqual([30, 7])
})
