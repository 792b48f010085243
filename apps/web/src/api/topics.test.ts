import { expect, test } from "vitest"
import { concerns, topicOf } from "./topics.ts"

const project = ["projectGet", { params: { project: "a" } }]

test("a page listens to what it shows", () => {
  expect(topicOf(project)).toBe("project:a")
  expect(topicOf(["requestGet", { params: { request: "r" } }])).toBe("request:r")
  expect(topicOf(["queueGet", {}])).toBe("queue")
  expect(topicOf(["homeGet", {}])).toBeUndefined()
})

test("a topic concerns the operations of its thing, and of no other", () => {
  expect(concerns("project:a", project)).toBe(true)
  expect(concerns("project:b", project)).toBe(false)
  expect(concerns("request:a", project)).toBe(false)
  expect(concerns("holds", project)).toBe(true)
  expect(concerns("person:x", ["homeGet", {}])).toBe(true)
  expect(concerns("unheard-of", project)).toBe(false)
})

test("what is an entry of the log when it is read is never pushed", () => {
  expect(concerns("everything", project)).toBe(true)
  expect(concerns("everything", ["logSearch", { query: {} }])).toBe(false)
  expect(concerns("everything", ["fileView", {}])).toBe(false)
})
