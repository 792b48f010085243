// C2SP tlog-proof: an inclusion proof and its checkpoint as one text that verifies offline.
import { FormatError, fromBase64, parseDecimal, toBase64 } from "./bytes.ts"
import { openCheckpoint, type SignedCheckpoint } from "./checkpoint.ts"
import { HASH_BYTES, hashLeaf, verifyInclusion } from "./merkle.ts"
import { parseNote, type VerifierKey } from "./note.ts"
import type { Hasher } from "./sha256.ts"

const HEADER = "c2sp.org/tlog-proof@v1"
const MAX_HASHES = 63
const MAX_EXTRA_CHARACTERS = 200_000

export interface TlogProof {
  index: number
  hashes: Uint8Array[]
  /** The signed note, as the log published it. */
  checkpoint: string
  /** Not authenticated by the proof. */
  extra?: Uint8Array
}

export function formatProof(proof: TlogProof): string {
  const extra = proof.extra === undefined ? "" : `extra ${toBase64(proof.extra)}\n`
  const hashes = proof.hashes.map((hash) => `${toBase64(hash)}\n`).join("")
  return `${HEADER}\n${extra}index ${proof.index}\n${hashes}\n${proof.checkpoint}`
}

export function parseProof(text: string): TlogProof {
  const split = text.indexOf("\n\n")
  if (split < 0) throw new FormatError("the proof has no checkpoint")
  const lines = text.slice(0, split).split("\n")
  const checkpoint = text.slice(split + 2)
  if (lines.shift() !== HEADER) throw new FormatError("not a tlog-proof of version 1")
  let extra: Uint8Array | undefined
  if (lines[0]?.startsWith("extra ")) {
    const encoded = lines.shift()!.slice("extra ".length)
    if (encoded.length > MAX_EXTRA_CHARACTERS) throw new FormatError("the proof's extra data is too long")
    extra = fromBase64(encoded)
  }
  const indexLine = lines.shift()
  if (!indexLine?.startsWith("index ")) throw new FormatError("the proof has no index")
  const index = parseDecimal(indexLine.slice("index ".length), "the proof's index")
  if (lines.length > MAX_HASHES) throw new FormatError("the proof has too many hashes")
  const hashes = lines.map((line) => {
    const hash = fromBase64(line)
    if (hash.length !== HASH_BYTES) throw new FormatError("a hash of the proof has not 32 bytes")
    return hash
  })
  parseNote(checkpoint)
  return extra === undefined ? { index, hashes, checkpoint } : { index, hashes, checkpoint, extra }
}

/** Throws FormatError, SignatureError or ProofError unless `entry` is in the log of `key` as the proof says. */
export async function verifyProof(
  hash: Hasher,
  proof: TlogProof,
  entry: Uint8Array,
  key: VerifierKey,
): Promise<SignedCheckpoint> {
  const signed = await openCheckpoint(proof.checkpoint, key)
  const { size, root } = signed.checkpoint
  verifyInclusion(hash, { index: proof.index, size, leaf: hashLeaf(hash, entry), proof: proof.hashes, root })
  return signed
}
