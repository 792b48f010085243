import { expect, test } from "vitest"
import { readTopic, waitBeforeTry } from "./events.ts"

test("only a named topic is believed", () => {
  expect(readTopic('{"topic":"project:abc"}')).toBe("project:abc")
  expect(readTopic('{"topic":{"x":1}}')).toBeUndefined()
  expect(readTopic("<html>")).toBeUndefined()
})

test("tries wait longer each time, and never longer than a quarter of a minute", () => {
  expect([0, 1, 2, 10].map(waitBeforeTry)).toEqual([500, 1000, 2000, 15_000])
})
