import assert from "node:assert/strict"
import { hash as digest } from "node:crypto"
import { describe, test } from "node:test"
import { fromHex, toHex } from "./bytes.ts"
import { TreeEdge } from "./edge.ts"
import {
  hashLeaf,
  hashNode,
  proveConsistency,
  proveInclusion,
  ProofError,
  rangeHash,
  splitPoint,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
  type NodeReader,
} from "./merkle.ts"
import { tilesOf } from "./tiles.ts"

const hash = (data: Uint8Array): Uint8Array => digest("sha256", data, "buffer")

/** RFC 6962 §2.1 written down as it stands, without any storage. */
function specRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return hash(new Uint8Array(0))
  if (leaves.length === 1) return only
  const k = splitPoint(leaves.length)
  return hashNode(hash, specRoot(leaves.slice(0, k)), specRoot(leaves.slice(k)))
}

function memoryReader(leaves: readonly Uint8Array[]): NodeReader {
  const known = new Map<string, Uint8Array>()
  const node: NodeReader = (level, index) => {
    if (level === 0) return leaves[index] ?? assert.fail(`no leaf ${index}`)
    const key = `${level}/${index}`
    const found = known.get(key)
    if (found !== undefined) return found
    const made = hashNode(hash, node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
    known.set(key, made)
    return made
  }
  return node
}

const LIMIT = 600
const leaves = Array.from({ length: LIMIT }, (_, i) => hashLeaf(hash, new TextEncoder().encode(`entry ${i}`)))
const reader = memoryReader(leaves)
const roots = Array.from({ length: LIMIT + 1 }, (_, size) => treeRoot(hash, reader, size))

// The certificate-transparency test tree: eight inputs and the roots of its first eight sizes.
const CT_INPUTS = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
]
const CT_ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

describe("the tree of RFC 6962", () => {
  test("has the roots of the certificate-transparency test tree", () => {
    const inputs = CT_INPUTS.map((hex) => hashLeaf(hash, fromHex(hex)))
    for (const [i, expected] of CT_ROOTS.entries()) {
      assert.equal(toHex(treeRoot(hash, memoryReader(inputs), i + 1)), expected)
    }
    assert.equal(
      toHex(treeRoot(hash, memoryReader([]), 0)),
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
  })

  test("has the roots that the definition gives, for every size to 600, read and grown alike", () => {
    const edge = new TreeEdge(hash)
    for (let size = 0; size <= LIMIT; size++) {
      const expected = toHex(specRoot(leaves.slice(0, size)))
      assert.equal(toHex(roots[size]!), expected)
      assert.equal(toHex(edge.root()), expected)
      if (size < LIMIT) edge.add(leaves[size]!)
    }
  })
})

describe("inclusion proofs", () => {
  test("verify for every entry of every size to 600, and for no other index", () => {
    for (let size = 1; size <= LIMIT; size++) {
      for (let index = 0; index < size; index++) {
        const proof = proveInclusion(hash, reader, index, size)
        const given = { index, size, leaf: leaves[index]!, proof, root: roots[size]! }
        verifyInclusion(hash, given)
        if ((index + size) % 37 === 0 && size > 1) {
          const other = (index + 1) % size
          assert.throws(() => verifyInclusion(hash, { ...given, index: other }), ProofError)
          assert.throws(() => verifyInclusion(hash, { ...given, leaf: leaves[other]! }), ProofError)
          assert.throws(() => verifyInclusion(hash, { ...given, root: roots[size - 1]! }), ProofError)
          assert.throws(() => verifyInclusion(hash, { ...given, proof: proof.slice(1) }), ProofError)
          assert.throws(() => verifyInclusion(hash, { ...given, proof: [...proof, leaves[0]!] }), ProofError)
        }
      }
    }
  })

  test("are refused when a hash has another length or the index lies outside", () => {
    const proof = proveInclusion(hash, reader, 3, 10)
    const given = { index: 3, size: 10, leaf: leaves[3]!, proof, root: roots[10]! }
    assert.throws(() => verifyInclusion(hash, { ...given, leaf: new Uint8Array(0) }), ProofError)
    assert.throws(() => verifyInclusion(hash, { ...given, root: new Uint8Array(0) }), ProofError)
    assert.throws(
      () => verifyInclusion(hash, { ...given, proof: [new Uint8Array(31), ...proof] }),
      ProofError,
    )
    // A root made to fit does not help: neither an overlong path nor a hash of another length is a proof.
    const [a, b] = [leaves[0]!, leaves[1]!]
    for (const root of [hashNode(hash, a, b), hashNode(hash, b, a)]) {
      assert.throws(() => verifyInclusion(hash, { index: 0, size: 1, leaf: a, proof: [b], root }), /too many/)
    }
    const short = new Uint8Array(31)
    assert.throws(
      () => verifyInclusion(hash, { index: 0, size: 1, leaf: short, proof: [], root: short }),
      /31 bytes/,
    )
    for (const index of [-1, 10, 0.5, Number.NaN]) {
      assert.throws(() => verifyInclusion(hash, { ...given, index }), ProofError)
      assert.throws(() => proveInclusion(hash, reader, index, 10), RangeError)
    }
  })
})

describe("consistency proofs", () => {
  test("verify between every pair of sizes to 600, and fail when anything is changed", () => {
    for (let size = 1; size <= LIMIT; size++) {
      for (let oldSize = 1; oldSize <= size; oldSize++) {
        const proof = proveConsistency(hash, reader, oldSize, size)
        const given = { oldSize, oldRoot: roots[oldSize]!, size, root: roots[size]!, proof }
        verifyConsistency(hash, given)
        if ((oldSize * 7 + size) % 41 === 0 && oldSize < size) {
          assert.throws(() => verifyConsistency(hash, { ...given, oldRoot: roots[oldSize - 1]! }), ProofError)
          assert.throws(() => verifyConsistency(hash, { ...given, root: roots[size - 1]! }), ProofError)
          assert.throws(() => verifyConsistency(hash, { ...given, proof: proof.slice(1) }), ProofError)
          assert.throws(
            () => verifyConsistency(hash, { ...given, proof: [...proof, leaves[0]!] }),
            ProofError,
          )
        }
      }
    }
  })

  test("say nothing about an empty old tree, and refuse a smaller one", () => {
    const empty = { oldSize: 0, oldRoot: roots[0]!, size: 5, root: roots[5]!, proof: [] }
    assert.throws(() => verifyConsistency(hash, empty), ProofError)
    assert.throws(() => verifyConsistency(hash, { ...empty, oldSize: 6, oldRoot: roots[6]! }), ProofError)
    assert.throws(
      () => verifyConsistency(hash, { ...empty, oldSize: 5, oldRoot: roots[4]! }),
      /two roots for the same size/,
    )
    assert.deepEqual(proveConsistency(hash, reader, 0, 5), [])
    const short = new Uint8Array(31)
    assert.throws(
      () => verifyConsistency(hash, { oldSize: 1, oldRoot: short, size: 1, root: short, proof: [] }),
      /31 bytes/,
    )
  })
})

describe("the edge of a growing tree", () => {
  test("fills exactly the full tiles of the tree, and can be restored at every size to 70,000 that is tried", () => {
    const edge = new TreeEdge(hash)
    const filled = new Map<string, Uint8Array>()
    const check = new Set([0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000, 70_000])
    for (let size = 0; size <= 70_000; size++) {
      if (check.has(size)) {
        const full = [...tilesOf(size)].filter((tile) => tile.width === 256)
        assert.deepEqual(
          [...filled.keys()].toSorted(),
          full.map((tile) => `${tile.level}/${tile.n}`).toSorted(),
        )
        const partial = Array.from({ length: 7 }, (_, level) => edge.partial(level))
        const restored = TreeEdge.restore(hash, size, partial)
        assert.equal(toHex(restored.root()), toHex(edge.root()))
        assert.equal(restored.size, size)
        restored.add(leaves[0]!)
        const other = edge.clone()
        other.add(leaves[0]!)
        assert.equal(toHex(restored.root()), toHex(other.root()))
        assert.notEqual(toHex(edge.root()), toHex(other.root()), "a clone grows alone")
      }
      for (const tile of edge.add(leaves[size % LIMIT]!)) filled.set(`${tile.level}/${tile.n}`, tile.root)
    }
    const level0 = memoryReader(Array.from({ length: 65_536 }, (_, i) => leaves[i % LIMIT]!))
    assert.equal(toHex(filled.get("1/0")!), toHex(rangeHash(hash, level0, 0, 65_536)))
  })

  test("refuses to be restored from the wrong number of hashes", () => {
    assert.throws(() => TreeEdge.restore(hash, 3, [[leaves[0]!, leaves[1]!]]), /needs 3 hashes/)
  })
})
