import { expect, test } from "vitest"
import { countSheets, placeMullions, placeWide } from "./geometry.ts"

test("at full width the rooms stand as drawn", () => {
  expect(placeWide(1376, 367)).toEqual({ width: 1376, height: 367, walls: [336, 797, 1112], door: 304 })
})

test("room widths scale and keep their order", () => {
  const [first, second, third] = placeWide(900, 400).walls
  expect(first).toBeGreaterThan(0)
  expect(second).toBeGreaterThan(first)
  expect(third).toBeGreaterThan(second)
  expect(third).toBeLessThan(900)
})

test("mullions are even, about 42 px apart, and never on the ends", () => {
  const places = placeMullions(0, 420)
  expect(places).toHaveLength(9)
  expect(Math.min(...places)).toBeGreaterThan(30)
  expect(Math.max(...places)).toBeLessThan(390)
  expect(placeMullions(0, 20)).toEqual([])
})

test("more than six waiting files become a number", () => {
  expect(countSheets(4)).toEqual({ sheets: 4, more: 0 })
  expect(countSheets(9)).toEqual({ sheets: 6, more: 3 })
})
