// What a log sends to a witness (C2SP tlog-witness, add-checkpoint): written, and read strictly.
import { FormatError, fromBase64, parseDecimal, toBase64 } from "./bytes.ts"
import { HASH_BYTES } from "./merkle.ts"

const MAX_PROOF_HASHES = 63

/** How the tree grew since the size that the witness knows. */
export interface Growth {
  oldSize: number
  /** RFC 6962 consistency proof; empty from size 0 and for an unchanged size. */
  proof: Uint8Array[]
}

export interface AddCheckpoint extends Growth {
  /** The signed note, as the log published it. */
  checkpoint: string
}

export function formatGrowth(growth: Growth): string {
  return `old ${growth.oldSize}\n${growth.proof.map((hash) => `${toBase64(hash)}\n`).join("")}`
}

export function parseGrowth(text: string): Growth {
  if (!text.endsWith("\n")) throw new FormatError("a line of the proof has no end")
  const [first = "", ...hashes] = text.slice(0, -1).split("\n")
  if (!first.startsWith("old ")) throw new FormatError("the old size is missing")
  const oldSize = parseDecimal(first.slice("old ".length), "the old size")
  if (hashes.length > MAX_PROOF_HASHES) throw new FormatError("the proof has too many hashes")
  const proof = hashes.map((line) => {
    const hash = fromBase64(line)
    if (hash.length !== HASH_BYTES) throw new FormatError("a hash of the proof has not 32 bytes")
    return hash
  })
  return { oldSize, proof }
}

export function formatAddCheckpoint(request: AddCheckpoint): string {
  return `${formatGrowth(request)}\n${request.checkpoint}`
}

export function parseAddCheckpoint(body: string): AddCheckpoint {
  const split = body.indexOf("\n\n")
  if (split < 0) throw new FormatError("the request has no checkpoint")
  return { ...parseGrowth(body.slice(0, split + 1)), checkpoint: body.slice(split + 2) }
}
