// The right edge of a growing tree: all that is needed to add leaves, know the root and hand out each
// tile when it fills. At most 255 hashes a level stay in memory, whatever the size of the tree.
import { concat } from "./bytes.ts"
import { emptyRoot, hashNode, HASH_BYTES } from "./merkle.ts"
import type { Hasher } from "./sha256.ts"
import { levelSize, TILE_HEIGHT, TILE_WIDTH } from "./tiles.ts"

export interface FullTile {
  level: number
  n: number
  /** Hash of the whole tile: its entry in the tile above. */
  root: Uint8Array
  data: Uint8Array<ArrayBuffer>
}

interface Peak {
  height: number
  hash: Uint8Array
}

export class TreeEdge {
  readonly #hash: Hasher
  #size = 0
  /** Per level the hashes of the tile that is not full yet. */
  #partial: Uint8Array[][] = []
  /** Complete subtrees from left (largest) to right (smallest). */
  #peaks: Peak[] = []

  constructor(hash: Hasher) {
    this.#hash = hash
  }

  /** From what a store keeps: the hashes of the partial tile at each level (`levelSize(size, L) mod 256` of them). */
  static restore(hash: Hasher, size: number, partial: readonly (readonly Uint8Array[])[]): TreeEdge {
    const edge = new TreeEdge(hash)
    edge.#size = size
    for (let level = 0; levelSize(size, level) > 0; level++) {
      const hashes = partial[level] ?? []
      const expected = levelSize(size, level) % TILE_WIDTH
      if (hashes.length !== expected) {
        throw new Error(`level ${level} of a tree of ${size} needs ${expected} hashes, not ${hashes.length}`)
      }
      edge.#partial[level] = [...hashes]
    }
    for (let level = edge.#partial.length - 1; level >= 0; level--) {
      for (const node of edge.#partial[level] ?? []) edge.#addPeak(level * TILE_HEIGHT, node)
    }
    return edge
  }

  get size(): number {
    return this.#size
  }

  clone(): TreeEdge {
    const copy = new TreeEdge(this.#hash)
    copy.#size = this.#size
    copy.#partial = this.#partial.map((hashes) => [...hashes])
    copy.#peaks = [...this.#peaks]
    return copy
  }

  /** Adds a leaf hash; returns the tiles that it filled, lowest level first (almost always none). */
  add(leaf: Uint8Array): FullTile[] {
    if (leaf.length !== HASH_BYTES) throw new RangeError("a leaf hash has 32 bytes")
    const filled: FullTile[] = []
    const complete = this.#addPeak(0, leaf)
    this.#size++
    let node = leaf
    for (let level = 0; ; level++) {
      const hashes = (this.#partial[level] ??= [])
      hashes.push(node)
      if (hashes.length < TILE_WIDTH) return filled
      node = complete.get((level + 1) * TILE_HEIGHT)!
      filled.push({ level, n: levelSize(this.#size, level + 1) - 1, root: node, data: concat(...hashes) })
      this.#partial[level] = []
    }
  }

  root(): Uint8Array {
    let computed: Uint8Array | undefined
    for (const peak of this.#peaks.toReversed()) {
      computed = computed === undefined ? peak.hash : hashNode(this.#hash, peak.hash, computed)
    }
    return computed ?? emptyRoot(this.#hash)
  }

  /** The partial tile at a level; empty when the level has none. */
  partial(level: number): readonly Uint8Array[] {
    return this.#partial[level] ?? []
  }

  /** Hashes, by height, of the subtrees that became complete. */
  #addPeak(height: number, hash: Uint8Array): Map<number, Uint8Array> {
    const complete = new Map<number, Uint8Array>()
    let peak: Peak = { height, hash }
    for (let last = this.#peaks.at(-1); last?.height === peak.height; last = this.#peaks.at(-1)) {
      this.#peaks.pop()
      peak = { height: last.height + 1, hash: hashNode(this.#hash, last.hash, peak.hash) }
      complete.set(peak.height, peak.hash)
    }
    this.#peaks.push(peak)
    return complete
  }
}

/** Root of a power-of-two number of hashes. */
export function foldPerfect(hash: Hasher, hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes
  while (row.length > 1) {
    const next: Uint8Array[] = []
    for (let i = 0; i + 1 < row.length; i += 2) next.push(hashNode(hash, row[i]!, row[i + 1]!))
    row = next
  }
  const [root] = row
  if (root === undefined) throw new RangeError("nothing to fold")
  return root
}
