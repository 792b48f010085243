// One-time codes of RFC 6238 as Keycloak checks them: HMAC-SHA1, six digits, 30 seconds.
import { createHmac, randomBytes } from "node:crypto"

export const STEP_SECONDS = 30
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

export function encodeBase32(bytes: Uint8Array): string {
  let text = ""
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET.charAt((held >>> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (5 - bits)) & 31) : text
}

export function decodeBase32(text: string): Uint8Array {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter)
    if (value < 0) throw new Error("not Base32")
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >>> bits) & 255)
      held &= (1 << bits) - 1
    }
  }
  return Uint8Array.from(bytes)
}

export function makeTotpKey(): string {
  return encodeBase32(randomBytes(20))
}

export function stepAt(epochMilliseconds: number): number {
  return Math.floor(epochMilliseconds / 1000 / STEP_SECONDS)
}

/** The six digits for one 30-second step, counted from 1970. */
export function codeForStep(key: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac("sha1", decodeBase32(key)).update(counter).digest()
  const offset = (digest[digest.length - 1] ?? 0) & 15
  const number = digest.readUInt32BE(offset) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, "0")
}
