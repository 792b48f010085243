// The Merkle tree of RFC 6962 §2.1: hashes, roots, inclusion and consistency proofs, made and verified.
// Sizes and indexes are numbers up to 2^53 − 1, so nothing here uses 32-bit operators on them.
import { concat, equalBytes } from "./bytes.ts"
import type { Hasher } from "./sha256.ts"

export const HASH_BYTES = 32

/** The hash of the complete subtree over leaves [index·2^level, (index+1)·2^level). */
export type NodeReader = (level: number, index: number) => Uint8Array

export class ProofError extends Error {
  readonly code = "proof_invalid"
  constructor(message: string) {
    super(message)
    this.name = "ProofError"
  }
}

const LEAF_PREFIX = new Uint8Array([0])
/** 0x01 ‖ left ‖ right, filled anew for every node: hashers are synchronous and keep nothing. */
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1)

export function hashLeaf(hash: Hasher, entry: Uint8Array): Uint8Array {
  return hash(concat(LEAF_PREFIX, entry))
}

export function hashNode(hash: Hasher, left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + HASH_BYTES)
  return hash(nodeInput)
}

export function emptyRoot(hash: Hasher): Uint8Array {
  return hash(new Uint8Array(0))
}

/** The largest power of two below n (n ≥ 2). */
export function splitPoint(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

/** Root of leaves [start, end), where start is a multiple of the subtree's size: how RFC 6962 always cuts. */
export function rangeHash(hash: Hasher, node: NodeReader, start: number, end: number): Uint8Array {
  const size = end - start
  if (size === 1) return node(0, start)
  const level = exactLog2(size)
  if (level !== undefined && start % size === 0) return node(level, start / size)
  const k = splitPoint(size)
  return hashNode(hash, rangeHash(hash, node, start, start + k), rangeHash(hash, node, start + k, end))
}

function exactLog2(n: number): number | undefined {
  let level = 0
  let power = 1
  while (power < n) {
    power *= 2
    level++
  }
  return power === n ? level : undefined
}

export function treeRoot(hash: Hasher, node: NodeReader, size: number): Uint8Array {
  return size === 0 ? emptyRoot(hash) : rangeHash(hash, node, 0, size)
}

/** Sibling hashes from the leaf's up to the root's child. */
export function proveInclusion(hash: Hasher, node: NodeReader, index: number, size: number): Uint8Array[] {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new RangeError(`no entry ${index} in a tree of ${size}`)
  }
  const proof: Uint8Array[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitPoint(end - start)
    if (index < middle) {
      proof.push(rangeHash(hash, node, middle, end))
      end = middle
    } else {
      proof.push(rangeHash(hash, node, start, middle))
      start = middle
    }
  }
  return proof.reverse()
}

/** What shows that the tree of `size` begins with the tree of `old` (RFC 6962 §2.1.2). Empty for old = 0 and old = size. */
export function proveConsistency(hash: Hasher, node: NodeReader, old: number, size: number): Uint8Array[] {
  if (!Number.isSafeInteger(old) || !Number.isSafeInteger(size) || old < 0 || old > size) {
    throw new RangeError(`no tree of ${old} in a tree of ${size}`)
  }
  if (old === 0 || old === size) return []
  const proof: Uint8Array[] = []
  let start = 0
  let end = size
  let whole = true
  while (old !== end) {
    const middle = start + splitPoint(end - start)
    if (old <= middle) {
      proof.push(rangeHash(hash, node, middle, end))
      end = middle
    } else {
      proof.push(rangeHash(hash, node, start, middle))
      start = middle
      whole = false
    }
  }
  if (!whole) proof.push(rangeHash(hash, node, start, end))
  return proof.reverse()
}

/** Throws ProofError unless `proof` shows `leaf` (a leaf hash) at `index` under `root`. */
export function verifyInclusion(
  hash: Hasher,
  given: { index: number; size: number; leaf: Uint8Array; proof: readonly Uint8Array[]; root: Uint8Array },
): void {
  const { index, size, leaf, proof, root } = given
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new ProofError(`index ${index} is outside a tree of ${size}`)
  }
  assertHashes([leaf, root, ...proof])
  let at = index
  let last = size - 1
  let computed = leaf
  for (const sibling of proof) {
    if (last === 0) throw new ProofError("the proof has too many hashes")
    if (at % 2 === 1 || at === last) {
      computed = hashNode(hash, sibling, computed)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = Math.floor(last / 2)
      }
    } else {
      computed = hashNode(hash, computed, sibling)
    }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new ProofError("the proof has too few hashes")
  if (!equalBytes(computed, root)) throw new ProofError("the proof does not lead to this root")
}

/** Throws ProofError unless `proof` shows that the tree (size, root) begins with (oldSize, oldRoot). An empty old tree proves nothing and is refused. */
export function verifyConsistency(
  hash: Hasher,
  given: {
    oldSize: number
    oldRoot: Uint8Array
    size: number
    root: Uint8Array
    proof: readonly Uint8Array[]
  },
): void {
  const { oldSize, oldRoot, size, root, proof } = given
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size) || oldSize < 1 || oldSize > size) {
    throw new ProofError(`a tree of ${size} cannot be shown to begin with a tree of ${oldSize}`)
  }
  assertHashes([oldRoot, root, ...proof])
  if (oldSize === size) {
    if (proof.length > 0) throw new ProofError("the proof has too many hashes")
    if (!equalBytes(oldRoot, root)) throw new ProofError("two roots for the same size")
    return
  }
  let at = oldSize - 1
  let last = size - 1
  while (at % 2 === 1) {
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  // A perfect old tree is its own first node and the proof leaves it out.
  const path = at === 0 ? [oldRoot, ...proof] : [...proof]
  const first = path.shift()
  if (first === undefined) throw new ProofError("the proof has too few hashes")
  let oldComputed = first
  let computed = first
  for (const sibling of path) {
    if (last === 0) throw new ProofError("the proof has too many hashes")
    if (at % 2 === 1 || at === last) {
      oldComputed = hashNode(hash, sibling, oldComputed)
      computed = hashNode(hash, sibling, computed)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = Math.floor(last / 2)
      }
    } else {
      computed = hashNode(hash, computed, sibling)
    }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new ProofError("the proof has too few hashes")
  if (!equalBytes(oldComputed, oldRoot)) throw new ProofError("the proof does not lead to the old root")
  if (!equalBytes(computed, root)) throw new ProofError("the proof does not lead to the new root")
}

function assertHashes(hashes: readonly Uint8Array[]): void {
  for (const hash of hashes) {
    if (hash.length !== HASH_BYTES) throw new ProofError(`a hash has ${hash.length} bytes, not ${HASH_BYTES}`)
  }
}
