// C2SP signed notes and their verifier keys. Of the signature types, Ed25519 (0x01) and the timestamped
// cosignature (0x04, cosignature.ts) are known; lines of other keys are ignored, as the format asks.
import { concat, equalBytes, FormatError, fromBase64, toBase64, toHex, utf8, type Bytes } from "./bytes.ts"
import type { Hasher } from "./sha256.ts"

export const SIGNATURE_ED25519 = 0x01
export const SIGNATURE_COSIGNATURE = 0x04

const MAX_NOTE_CHARACTERS = 100_000
const MAX_SIGNATURES = 64

export interface NoteSignature {
  name: string
  /** 4 bytes. */
  keyId: Uint8Array
  signature: Uint8Array
}

export interface Note {
  /** Signed text, its final newline included. */
  text: string
  signatures: NoteSignature[]
}

export interface VerifierKey {
  name: string
  type: number
  keyId: Bytes
  publicKey: Bytes
}

/** Signs a message with Ed25519; the private key stays with whoever made this. */
export interface NoteSigner {
  key: VerifierKey
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
}

export class SignatureError extends Error {
  readonly code = "signature_invalid"
  constructor(message: string) {
    super(message)
    this.name = "SignatureError"
  }
}

export function isKeyName(name: string): boolean {
  return name.length > 0 && name.isWellFormed() && !/[\s+\p{White_Space}\p{Cc}]/u.test(name)
}

export function parseNote(source: string): Note {
  if (source.length > MAX_NOTE_CHARACTERS) throw new FormatError("the note is too long")
  // oxlint-disable-next-line no-control-regex -- control characters are what the format forbids
  if (/[\u0000-\u0009\u000b-\u001f]/.test(source) || !source.isWellFormed()) {
    throw new FormatError("the note has characters that notes must not have")
  }
  const split = source.lastIndexOf("\n\n")
  if (split < 0 || !source.endsWith("\n") || split + 2 >= source.length) {
    throw new FormatError("the note has no signatures")
  }
  const lines = source.slice(split + 2, -1).split("\n")
  if (lines.length > MAX_SIGNATURES) throw new FormatError("the note has too many signatures")
  return { text: source.slice(0, split + 1), signatures: lines.map(parseSignatureLine) }
}

export function parseSignatureLine(line: string): NoteSignature {
  const match = /^\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)$/.exec(line)
  const name = match?.[1]
  const encoded = match?.[2]
  if (name === undefined || encoded === undefined || !isKeyName(name)) {
    throw new FormatError("a signature line is malformed")
  }
  const blob = fromBase64(encoded)
  if (blob.length < 5) throw new FormatError("a signature is too short")
  return { name, keyId: blob.subarray(0, 4), signature: blob.subarray(4) }
}

export function formatSignatureLine(signature: NoteSignature): string {
  return `\u2014 ${signature.name} ${toBase64(concat(signature.keyId, signature.signature))}\n`
}

export function formatNote(note: Note): string {
  return `${note.text}\n${note.signatures.map(formatSignatureLine).join("")}`
}

export function makeKey(hash: Hasher, name: string, type: number, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new FormatError("a key name must not be empty nor have spaces or plus signs")
  if (publicKey.length !== 32) throw new FormatError("an Ed25519 key has 32 bytes")
  const keyId = hash(concat(utf8(`${name}\n`), new Uint8Array([type]), publicKey)).slice(0, 4)
  return { name, type, keyId: new Uint8Array(keyId), publicKey: new Uint8Array(publicKey) }
}

/** `NAME+8 hex digits+base64(type ‖ key)`. */
export function formatVkey(key: VerifierKey): string {
  return `${key.name}+${toHex(key.keyId)}+${toBase64(concat(new Uint8Array([key.type]), key.publicKey))}`
}

export function parseVkey(hash: Hasher, text: string): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text)
  const name = match?.[1]
  const material = fromBase64(match?.[3] ?? "")
  const type = material[0]
  if (name === undefined || type === undefined) throw new FormatError("the verifier key is malformed")
  if (type !== SIGNATURE_ED25519 && type !== SIGNATURE_COSIGNATURE) {
    throw new FormatError(`verifier keys of type ${type} are not supported`)
  }
  const key = makeKey(hash, name, type, material.subarray(1))
  if (toHex(key.keyId) !== match?.[2]) throw new FormatError("the verifier key's id does not belong to it")
  return key
}

export async function signNote(text: string, signer: NoteSigner): Promise<NoteSignature> {
  const signature = await signer.sign(utf8(text))
  return { name: signer.key.name, keyId: signer.key.keyId, signature }
}

/** Signature lines that name this key, by name and id; both compared literally. */
export function signaturesBy(note: Note, key: VerifierKey): NoteSignature[] {
  return note.signatures.filter((line) => line.name === key.name && equalBytes(line.keyId, key.keyId))
}

/** Throws SignatureError unless the note carries a valid Ed25519 signature of `key`, and no invalid one. */
export async function verifyNote(note: Note, key: VerifierKey): Promise<void> {
  if (key.type !== SIGNATURE_ED25519) throw new SignatureError("this key does not sign notes")
  const lines = signaturesBy(note, key)
  if (lines.length === 0) throw new SignatureError(`not signed by ${formatVkey(key)}`)
  for (const line of lines) {
    if (!(await verifyEd25519(key.publicKey, utf8(note.text), line.signature))) {
      throw new SignatureError(`the signature of ${key.name} does not verify`)
    }
  }
}

export async function verifyEd25519(
  publicKey: Bytes,
  message: Bytes,
  signature: Uint8Array,
): Promise<boolean> {
  if (signature.length !== 64) return false
  const subtle = globalThis.crypto.subtle
  let key
  try {
    key = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"])
  } catch {
    return false
  }
  return subtle.verify({ name: "Ed25519" }, key, new Uint8Array(signature), message)
}
