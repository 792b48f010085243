import assert from "node:assert/strict"
import { test } from "node:test"
import { isStorable } from "./text.ts"

test("texts that no table and no log can hold are told apart", () => {
  assert.equal(isStorable({ a: ["é", 1, null, true], b: { c: "😀" } }), true)
  assert.equal(isStorable({ a: [{ b: "x\u0000" }] }), false)
  assert.equal(isStorable("\ud800"), false)
  assert.equal(isStorable({ "\u0000": 1 }), false)
})
