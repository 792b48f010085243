import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { BadTarget, readTarget } from "./path.ts"

test("a plain target is read as it is", () => {
  const target = readTarget("/api/contents/my%20file%20%C3%A9.ipynb?content=1")
  assert.equal(target.path, "/api/contents/my file é.ipynb")
  assert.equal(target.rawPath, "/api/contents/my%20file%20%C3%A9.ipynb")
  assert.equal(target.query.get("content"), "1")
  assert.equal(readTarget("/data/").path, "/data/")
})

const refused = [
  "",
  "data",
  "http://elsewhere/data",
  "//elsewhere/data",
  "/data//x",
  "/data/../x",
  "/data/..",
  "/./data",
  "/data/%2e%2e/x",
  "/data/.%2E/x",
  "/data/%2e%2e%2fx",
  "/data/x%2f..%2fy",
  "/data/%252e%252e/x",
  "/data/%2525",
  "/data\\x",
  "/data/%5c..%5cx",
  "/data/x%00",
  "/data/x%0a",
  "/data/%ff",
  "/data/%c0%ae%c0%ae/x",
  "/data/%",
  "/data/x%7f",
  "/data/x%c2%85",
  "/data/é",
  "/data/x y",
  "/data#x",
  "/data?a=%00",
  `/${"x".repeat(9000)}`,
]

for (const target of refused) {
  test(`refused: ${JSON.stringify(target.slice(0, 40))}`, () => {
    assert.throws(() => readTarget(target), BadTarget)
  })
}

test("an encoded slash is the slash it stands for", () => {
  assert.equal(readTarget("/data%2Flabs%2Fpart-0.parquet").path, "/data/labs/part-0.parquet")
})

test("whatever is accepted has no dots, no backslash, no control character and decodes to itself", () => {
  const piece = fc.constantFrom(
    "/",
    ".",
    "..",
    "%2e",
    "%2f",
    "%5c",
    "%25",
    "%00",
    "a",
    "data",
    "\\",
    "%",
    "é",
    "%c3%a9",
    "~",
    "+",
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      let path: string
      try {
        path = readTarget(`/${pieces.join("")}`).path
      } catch (error) {
        return assert.ok(error instanceof BadTarget)
      }
      assert.ok(path.split("/").every((segment) => segment !== ".." && segment !== "."))

      assert.ok(!/[\\\u0000-\u001f]|%[0-9a-f]{2}/i.test(path))
      assert.equal(
        new URL(
          `http://x${path.replaceAll("%", "%25").replaceAll("?", "%3f").replaceAll("#", "%23")}`,
        ).pathname.split("/").length,
        path.split("/").length,
      )
    }),
    { numRuns: 3000 },
  )
})
