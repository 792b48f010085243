import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { parseGrowth } from "./add-checkpoint.ts"
import { proveGrowth } from "./growth.ts"
import { hashLeaf, treeRoot, verifyConsistency } from "./merkle.ts"
import { makeTestLog, nodeSha256, publish } from "./testing.ts"
import { foldPerfect } from "./edge.ts"

const SIZE = 66_000
const log = makeTestLog("access-2026", SIZE)
const leaves = log.entries.map((entry) => hashLeaf(nodeSha256, entry))
const rootOf = (size: number): Uint8Array =>
  treeRoot(
    nodeSha256,
    (level, index) => foldPerfect(nodeSha256, leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    size,
  )

test("growth is proved between any two sizes from the tiles of the newest alone", async () => {
  const files = await publish([log])
  const source = {
    listPath: "/logs.json",
    fetch: async (requested: string) => files.get(requested.slice(1)),
  }
  const root = rootOf(SIZE)
  const sizes = fc.oneof(fc.constantFrom(1, 255, 256, 257, 65_535, 65_536, SIZE - 1, SIZE), fc.nat(SIZE))
  await fc.assert(
    fc.asyncProperty(sizes, async (old) => {
      const { oldSize, proof } = await proveGrowth(nodeSha256, source, "access-2026", old)
      assert.equal(oldSize, old)
      if (old === 0) return assert.deepEqual(proof, [])
      verifyConsistency(nodeSha256, { oldSize, oldRoot: rootOf(old), size: SIZE, root, proof })
    }),
    { numRuns: 25 },
  )
  await assert.rejects(proveGrowth(nodeSha256, source, "access-2026", SIZE + 1), /fewer than/)
  await assert.rejects(proveGrowth(nodeSha256, source, "access-2027", 1), /no log/)
})

test("the command writes what a witness reads", async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), "growth-"))
  t.after(() => rmSync(directory, { recursive: true }))
  const small = makeTestLog("register-2026", 300)
  for (const [name, body] of await publish([small])) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), body)
  }
  const call = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(import.meta.dirname, "cli.ts"), "growth", ...args], {
      encoding: "utf8",
    })
  const { stdout, status } = call("register-2026", "--from", "7", "--dir", directory)
  assert.equal(status, 0)
  const { oldSize, proof } = parseGrowth(stdout)
  const at = (size: number): Uint8Array => {
    const hashes = small.entries.slice(0, size).map((entry) => hashLeaf(nodeSha256, entry))
    return treeRoot(
      nodeSha256,
      (level, index) => foldPerfect(nodeSha256, hashes.slice(index * 2 ** level, (index + 1) * 2 ** level)),
      size,
    )
  }
  verifyConsistency(nodeSha256, { oldSize, oldRoot: at(7), size: 300, root: at(300), proof })
  assert.equal(call("register-2026", "--from", "301", "--dir", directory).status, 1)
  assert.equal(call("register-2026", "--from", "x", "--dir", directory).status, 1)
  assert.equal(call("register-2026", "--dir", directory).status, 2)
})
