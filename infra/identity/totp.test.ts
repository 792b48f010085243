import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { codeForStep, decodeBase32, encodeBase32, makeTotpKey, stepAt } from "./totp.ts"

test("codes are those of RFC 6238, appendix B", () => {
  const key = encodeBase32(Buffer.from("12345678901234567890"))
  const published: [number, string][] = [
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ]
  for (const [seconds, code] of published) assert.equal(codeForStep(key, stepAt(seconds * 1000)), code)
})

test("Base32 comes back as it went in", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.deepEqual(decodeBase32(encodeBase32(bytes)), bytes)
    }),
  )
})

test("a key has 160 bits and no padding", () => {
  assert.match(makeTotpKey(), /^[A-Z2-7]{32}$/)
})
