import { describe, expect, test } from "vitest"
import {
  formatBytes,
  formatDate,
  formatDateTime,
  formatDuration,
  formatMany,
  formatNear,
  formatRelative,
  initials,
  joinWords,
} from "./format.ts"

describe("times", () => {
  const now = Date.parse("2026-11-23T14:05:00Z")

  test("are written in the site's zone, summer time included", () => {
    expect(formatDateTime("2026-11-23T14:05:00Z")).toBe("23 Nov 2026, 14:05")
    expect(formatDateTime("2026-07-01T23:30:00Z")).toBe("2 Jul 2026, 00:30")
  })

  test("a civil date has no zone", () => {
    expect(formatDate("2027-02-14")).toBe("14 Feb 2027")
  })

  test("near times drop what is known", () => {
    expect(formatNear("2026-11-23T13:41:00Z", now)).toBe("13:41")
    expect(formatNear("2026-11-20T13:41:00Z", now)).toBe("20 Nov")
    expect(formatNear("2025-11-20T13:41:00Z", now)).toBe("20 Nov 2025")
  })

  test("durations use two units at most", () => {
    expect(formatDuration(14)).toBe("14 s")
    expect(formatDuration(59.4)).toBe("59 s")
    expect(formatDuration(7800)).toBe("2 h 10 min")
    expect(formatDuration(97_200)).toBe("1 day 3 h")
    expect(formatDuration(86_400 * 24)).toBe("24 days")
    expect(formatRelative("2026-11-23T14:04:54Z", now)).toBe("6 s ago")
    expect(formatRelative("2026-11-23T14:15:00Z", now)).toBe("in 10 min")
  })
})

describe("amounts", () => {
  test("bytes keep three figures", () => {
    expect(formatBytes(0)).toBe("0 bytes")
    expect(formatBytes(1)).toBe("1 byte")
    expect(formatBytes(1100)).toBe("1.1 kB")
    expect(formatBytes(214_000_000)).toBe("214 MB")
    expect(formatBytes(999_600)).toBe("1 MB")
  })

  test("counts carry their noun", () => {
    expect(formatMany(1, "file")).toBe("1 file")
    expect(formatMany(1204, "person", "people")).toBe("1,204 people")
  })
})

test("initials leave titles out", () => {
  expect(initials("Dr Amara Osei")).toBe("AO")
  expect(initials("Plato")).toBe("P")
})

test("words are joined as they are said", () => {
  expect(joinWords(["a"])).toBe("a")
  expect(joinWords(["a", "b", "c"])).toBe("a, b and c")
})
