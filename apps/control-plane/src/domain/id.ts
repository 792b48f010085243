// Ids: 12 random lower-case base32 characters (60 bits): safe in host names, paths and labels.
import { randomBytes } from "node:crypto"

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

export function newId(): string {
  let id = ""
  for (const byte of randomBytes(12)) id += ALPHABET[byte & 31]
  return id
}

export function isId(text: string): boolean {
  return /^[a-z2-7]{12}$/.test(text)
}

/** 32 random bytes for tickets, links and cookies; only their SHA-256 is stored. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url")
}
