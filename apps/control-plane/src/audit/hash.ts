// Node's own SHA-256 for the tree's code, which imports nothing of Node's.
import { hash } from "node:crypto"

export function nodeHash(data: Uint8Array): Uint8Array {
  return hash("sha256", data, "buffer")
}
