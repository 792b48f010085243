// C2SP cosignature/v1: a witness's dated Ed25519 statement that it has seen a checkpoint.
import { concat, utf8 } from "./bytes.ts"
import { signaturesBy, SIGNATURE_COSIGNATURE, SignatureError, verifyEd25519 } from "./note.ts"
import type { Note, NoteSignature, NoteSigner, VerifierKey } from "./note.ts"

const TIMESTAMP_BYTES = 8

/** Seconds since the epoch at which the witness signed. Throws SignatureError unless a valid cosignature of `key` is there, and no invalid one. */
export async function verifyCosignature(note: Note, key: VerifierKey): Promise<number> {
  if (key.type !== SIGNATURE_COSIGNATURE) throw new SignatureError("this key is not a witness's")
  const lines = signaturesBy(note, key)
  let newest: number | undefined
  for (const line of lines) {
    const time = readTimestamp(line.signature)
    const signature = line.signature.subarray(TIMESTAMP_BYTES)
    if (
      time === undefined ||
      !(await verifyEd25519(key.publicKey, cosignedMessage(note.text, time), signature))
    ) {
      throw new SignatureError(`the cosignature of ${key.name} does not verify`)
    }
    newest = Math.max(newest ?? 0, time)
  }
  if (newest === undefined) throw new SignatureError(`not cosigned by ${key.name}`)
  return newest
}

/** `seconds` since the epoch. The caller has checked that the checkpoint is consistent with all it cosigned before. */
export async function cosign(text: string, seconds: number, signer: NoteSigner): Promise<NoteSignature> {
  const timestamp = new Uint8Array(TIMESTAMP_BYTES)
  new DataView(timestamp.buffer).setBigUint64(0, BigInt(seconds))
  const signature = await signer.sign(cosignedMessage(text, seconds))
  return { name: signer.key.name, keyId: signer.key.keyId, signature: concat(timestamp, signature) }
}

function cosignedMessage(text: string, seconds: number): ReturnType<typeof utf8> {
  return utf8(`cosignature/v1\ntime ${seconds}\n${text}`)
}

function readTimestamp(blob: Uint8Array): number | undefined {
  if (blob.length !== TIMESTAMP_BYTES + 64) return undefined
  const seconds = new DataView(blob.buffer, blob.byteOffset, TIMESTAMP_BYTES).getBigUint64(0)
  return seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : undefined
}
