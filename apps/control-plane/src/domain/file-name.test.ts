import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { attachment, cleanPath } from "./file-name.ts"

test("plain names stay as they are", () => {
  for (const name of ["table.csv", "out/figure 1.png", "été/Größe.csv", "a/b/c.txt"])
    assert.equal(cleanPath(name), name)
})

test("hostile names lose what is hostile about them", () => {
  assert.equal(cleanPath("../../etc/passwd"), "etc/passwd")
  assert.equal(cleanPath("/root/.ssh/id"), "root/ssh/id")
  assert.equal(cleanPath("a\u0000b.csv"), "a_b.csv")
  assert.equal(cleanPath("safe\u202Evsc.exe"), "safe_vsc.exe")
  assert.equal(cleanPath("a\\..\\b.csv"), "a_.._b.csv")
  assert.equal(cleanPath("con\r\nSet-Cookie: x.csv"), "con__Set-Cookie_ x.csv")
  assert.equal(cleanPath("e\u0301.csv"), "\u00e9.csv")
  for (const nothing of ["", "/", "..", "...", "./.", "\u200b", "___"])
    assert.equal(cleanPath(nothing), undefined, nothing)
})

test("whatever comes in, what is kept is short, relative, and says what it shows", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string().map((s) => `../${s}/x.csv`),
        fc.string({ minLength: 300 }),
      ),
      (raw) => {
        const path = cleanPath(raw)
        if (path === undefined) return
        assert.ok(Buffer.byteLength(path) <= 200, path)
        assert.doesNotMatch(path, /[\p{Cc}\p{Cf}\\]/u)
        assert.ok(path.split("/").every((p) => p !== "" && p !== "." && p !== ".." && !p.startsWith(".")))
        assert.equal(path, path.normalize("NFC"))
        // A name that was kept is kept again.
        assert.equal(cleanPath(path), path)
      },
    ),
    { numRuns: 2_000 },
  )
})

test("a download is always an attachment under a name that ends no header", () => {
  assert.equal(attachment("out/table.csv"), `attachment; filename="table.csv"; filename*=UTF-8''table.csv`)
  fc.assert(
    fc.property(fc.string(), (raw) => {
      const path = cleanPath(raw)
      if (path !== undefined)
        assert.match(
          attachment(path),
          /^attachment; filename="[A-Za-z0-9._-]+"; filename\*=UTF-8''[A-Za-z0-9%._~!-]+$/,
        )
    }),
  )
})
