// What the tests of several parts share: a hasher, signers and small logs in memory. Nothing that runs
// in the product imports this.
import {
  hash as digest,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto"
import { signCheckpoint } from "./checkpoint.ts"
import { TreeEdge } from "./edge.ts"
import { hashLeaf } from "./merkle.ts"
import { formatVkey, makeKey, SIGNATURE_ED25519, type NoteSigner } from "./note.ts"
import { bundlesOf, formatBundle, TILE_WIDTH, tilePath, tilesOf } from "./tiles.ts"
import { concat } from "./bytes.ts"

export function nodeSha256(data: Uint8Array): Uint8Array {
  return digest("sha256", data, "buffer")
}

export function makeTestSigner(name: string, type = SIGNATURE_ED25519, privateKey?: KeyObject): NoteSigner {
  const secret = privateKey ?? generateKeyPairSync("ed25519").privateKey
  const raw = createPublicKey(createPrivateKey(secret.export({ type: "pkcs8", format: "pem" })))
    .export({ type: "spki", format: "der" })
    .subarray(-32)
  return { key: makeKey(nodeSha256, name, type, raw), sign: (message) => sign(null, message, secret) }
}

export interface TestLog {
  name: string
  prefix: string
  signer: NoteSigner
  entries: Uint8Array[]
}

export function makeTestLog(name: string, count: number, seed = "entry"): TestLog {
  return {
    name,
    prefix: `/log/${name}/`,
    signer: makeTestSigner(`glasshouse/test/${name}`),
    entries: Array.from({ length: count }, (_, i) => new TextEncoder().encode(`${seed} ${i}`)),
  }
}

/** Everything a mirror holds, by path from its root. */
export async function publish(logs: readonly TestLog[]): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const listed = logs.map((log) => ({
    name: log.name,
    origin: log.signer.key.name,
    vkey: formatVkey(log.signer.key),
    prefix: log.prefix,
  }))
  files.set("logs.json", new TextEncoder().encode(JSON.stringify({ logs: listed })))
  for (const log of logs) {
    for (const [path, bytes] of await publishLog(log)) files.set(log.prefix.slice(1) + path, bytes)
  }
  return files
}

async function publishLog(log: TestLog): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const size = log.entries.length
  const levels: Uint8Array[][] = []
  const edge = new TreeEdge(nodeSha256)
  for (const entry of log.entries) {
    const leaf = hashLeaf(nodeSha256, entry)
    ;(levels[0] ??= []).push(leaf)
    for (const tile of edge.add(leaf)) (levels[tile.level + 1] ??= []).push(tile.root)
  }
  for (const tile of tilesOf(size)) {
    const start = tile.n * TILE_WIDTH
    files.set(tilePath(tile), concat(...levels[tile.level]!.slice(start, start + tile.width)))
  }
  for (const bundle of bundlesOf(size)) {
    const start = bundle.n * TILE_WIDTH
    files.set(tilePath(bundle), formatBundle(log.entries.slice(start, start + bundle.width)))
  }
  const checkpoint = await signCheckpoint(
    { origin: log.signer.key.name, size, root: edge.root() },
    log.signer,
  )
  files.set("checkpoint", new TextEncoder().encode(checkpoint))
  return files
}
