// C2SP checkpoints: origin, size and root of a log as the text of a signed note.
import { FormatError, fromBase64, parseDecimal, toBase64 } from "./bytes.ts"
import { HASH_BYTES } from "./merkle.ts"
import { formatNote, isKeyName, parseNote, SignatureError, signNote, verifyNote } from "./note.ts"
import type { Note, NoteSigner, VerifierKey } from "./note.ts"

export interface Checkpoint {
  origin: string
  size: number
  root: Uint8Array
}

export function formatCheckpoint(checkpoint: Checkpoint): string {
  if (!isKeyName(checkpoint.origin)) throw new FormatError("the origin cannot name a key")
  if (!Number.isSafeInteger(checkpoint.size) || checkpoint.size < 0) throw new FormatError("not a tree size")
  if (checkpoint.root.length !== HASH_BYTES) throw new FormatError("a root has 32 bytes")
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`
}

/** Extension lines are refused: ours have none, and cosignatures say nothing about them. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n")
  const [origin, size, root, end] = lines
  if (lines.length !== 4 || end !== "" || origin === undefined || size === undefined || root === undefined) {
    throw new FormatError("a checkpoint has three lines")
  }
  if (origin === "") throw new FormatError("the checkpoint has no origin")
  const hash = fromBase64(root)
  if (hash.length !== HASH_BYTES) throw new FormatError("the checkpoint's root has not 32 bytes")
  return { origin, size: parseDecimal(size, "the checkpoint's size"), root: hash }
}

export interface SignedCheckpoint {
  checkpoint: Checkpoint
  note: Note
}

/** Parses and checks the log's signature; the key's name must be the origin. */
export async function openCheckpoint(source: string, key: VerifierKey): Promise<SignedCheckpoint> {
  const note = parseNote(source)
  const checkpoint = parseCheckpoint(note.text)
  if (checkpoint.origin !== key.name) {
    throw new SignatureError(`the checkpoint's origin is ${checkpoint.origin}, not ${key.name}`)
  }
  await verifyNote(note, key)
  return { checkpoint, note }
}

export async function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): Promise<string> {
  if (checkpoint.origin !== signer.key.name) throw new SignatureError("the signer's name is not the origin")
  const text = formatCheckpoint(checkpoint)
  return formatNote({ text, signatures: [await signNote(text, signer)] })
}
