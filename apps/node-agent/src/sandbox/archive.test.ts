import assert from "node:assert/strict"
import { resolve } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { placeOf } from "./archive.ts"

test("files keep their names inside one of the agreed folders", () => {
  assert.deepEqual(placeOf("file", "files/a/b.csv"), { folder: "files", path: "a/b.csv" })
  assert.deepEqual(placeOf("file", "previous/r1/äöü 1.csv"), { folder: "previous", path: "r1/äöü 1.csv" })
})

test("links, devices, folders and names that lead elsewhere end the check", () => {
  for (const type of ["symlink", "link", "fifo", "block-device", "character-device"]) {
    assert.throws(() => placeOf(type, "files/a"))
  }
  for (const name of [
    "a.csv",
    "/files/a",
    "files",
    "files/",
    "files/../a",
    "files/a/../../../etc",
    "files//a",
    "other/a",
    "files/.",
    `files/${"x".repeat(256)}`,
  ]) {
    assert.throws(() => placeOf("file", name), name)
  }
})

test("no name leaves its folder", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom("..", ".", "", "files")), { maxLength: 6 }),
      (parts) => {
        let place
        try {
          place = placeOf("file", parts.join("/"))
        } catch {
          return
        }
        assert.ok(resolve("/in", place.folder, place.path).startsWith(`/in/${place.folder}/`))
      },
    ),
    { numRuns: 2_000 },
  )
})
