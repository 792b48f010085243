// The witness's key: one file, made at the first start and never replaced. It holds the name too, since a
// key that changed its name would be another witness.
import { createPrivateKey, createPublicKey, hash, randomBytes, sign } from "node:crypto"
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs"
import path from "node:path"
import { concat, fromBase64, toBase64, toHex } from "#transparency/bytes.ts"
import { makeKey, SIGNATURE_COSIGNATURE, type NoteSigner } from "#transparency/note.ts"

const SEED_BYTES = 32
/** DER of a PKCS #8 Ed25519 private key up to its 32-byte seed (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex")

export const sha256 = (data: Uint8Array): Uint8Array => hash("sha256", data, "buffer")

export class KeyProblem extends Error {}

/** Undefined when there is no key yet. Throws KeyProblem when others may read it or it is not a key. */
export function readKey(directory: string): NoteSigner | undefined {
  const file = path.join(directory, "key")
  let text: string
  try {
    if ((statSync(file).mode & 0o077) !== 0)
      throw new KeyProblem(`${file} may be read by others: chmod 600 it, or make a new witness`)
    text = readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
  const match = /^PRIVATE\+KEY\+([^+\n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n$/.exec(text)
  const [type, ...seed] = fromBase64(match?.[3] ?? "")
  if (match === null || type !== SIGNATURE_COSIGNATURE || seed.length !== SEED_BYTES)
    throw new KeyProblem(`${file} is not the key of a witness`)
  const signer = signerOf(match[1]!, Buffer.from(seed))
  if (toHex(signer.key.keyId) !== match[2]) throw new KeyProblem(`${file} is damaged`)
  return signer
}

/** Makes the key, durably, unless one is there already: of two first starts at once one wins. */
export function makeKeyFile(directory: string, name: string): void {
  const seed = randomBytes(SEED_BYTES)
  const { key } = signerOf(name, seed)
  const secret = toBase64(concat(new Uint8Array([SIGNATURE_COSIGNATURE]), seed))
  const file = path.join(directory, "key")
  const next = `${file}.next-${process.pid}`
  rmSync(next, { force: true })
  const handle = openSync(next, "wx", 0o600)
  try {
    writeSync(handle, `PRIVATE+KEY+${name}+${toHex(key.keyId)}+${secret}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  try {
    linkSync(next, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
  rmSync(next)
  const parent = openSync(directory, "r")
  fsyncSync(parent)
  closeSync(parent)
}

function signerOf(name: string, seed: Buffer): NoteSigner {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  })
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" }).subarray(-SEED_BYTES)
  return {
    key: makeKey(sha256, name, SIGNATURE_COSIGNATURE, publicKey),
    sign: (message) => sign(null, message, privateKey),
  }
}
