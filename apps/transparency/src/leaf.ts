// Leaves of the access log: a version byte and three salted commitments. What they commit to is shown
// to whoever may see it, group by group, and can be destroyed without touching the tree.
import { concat, equalBytes, FormatError, utf8 } from "./bytes.ts"
import type { Hasher } from "./sha256.ts"

export const LEAF_VERSION = 1
export const LEAF_BYTES = 97
export const SALT_BYTES = 32

export const GROUPS = ["who", "facts", "detail"] as const
export type Group = (typeof GROUPS)[number]

/** A group opened: its salt and the exact bytes that were committed to. */
export interface Opening {
  salt: Uint8Array
  bytes: Uint8Array
}

const DOMAINS: Record<Group, Uint8Array> = {
  who: utf8("glasshouse/leaf/v1/who\n"),
  facts: utf8("glasshouse/leaf/v1/facts\n"),
  detail: utf8("glasshouse/leaf/v1/detail\n"),
}

/** SHA-256(domain ‖ salt ‖ bytes). The salt's fixed length keeps the two apart. */
export function commit(hash: Hasher, group: Group, opening: Opening): Uint8Array {
  if (opening.salt.length !== SALT_BYTES) throw new FormatError("a salt has 32 bytes")
  return hash(concat(DOMAINS[group], opening.salt, opening.bytes))
}

export function formatLeaf(commitments: Record<Group, Uint8Array>): Uint8Array {
  for (const group of GROUPS) {
    if (commitments[group].length !== 32) throw new FormatError("a commitment has 32 bytes")
  }
  return concat(new Uint8Array([LEAF_VERSION]), commitments.who, commitments.facts, commitments.detail)
}

export function parseLeaf(bytes: Uint8Array): Record<Group, Uint8Array> {
  if (bytes[0] !== LEAF_VERSION) throw new FormatError(`leaves of version ${bytes[0]} are not known here`)
  if (bytes.length !== LEAF_BYTES) throw new FormatError(`a leaf of version 1 has ${LEAF_BYTES} bytes`)
  return { who: bytes.subarray(1, 33), facts: bytes.subarray(33, 65), detail: bytes.subarray(65, 97) }
}

/** Whether this opening is what the leaf committed to. */
export function opens(hash: Hasher, leaf: Uint8Array, group: Group, opening: Opening): boolean {
  return equalBytes(commit(hash, group, opening), parseLeaf(leaf)[group])
}
