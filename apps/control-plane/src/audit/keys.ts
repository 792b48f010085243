// The log's keys. Signing and master keys are files that only this process reads and that no backup of
// data holds; data keys lie in the database, wrapped by the master key. Destroying a data key erases its
// group of that month for ever, backups included.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
  sign,
} from "node:crypto"
import { readFile } from "node:fs/promises"
import type { Pool } from "pg"
import type { Group } from "#transparency/leaf.ts"
import { makeKey, SIGNATURE_ED25519, type NoteSigner } from "#transparency/note.ts"
import { nodeHash } from "./hash.ts"

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** DER of a PKCS #8 Ed25519 private key up to its 32-byte seed (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex")

export type KeyGroup = Group | "outbox"

/** A key file: an Ed25519 key as PKCS #8 PEM (its seed is read), or 32 bytes raw or as base64 or hexadecimal text. Throws with the path when it is anything else. */
export async function readKeyFile(path: string): Promise<Buffer> {
  const content = await readFile(path)
  if (content.length === KEY_BYTES) return content
  const text = content.toString("latin1").trim()
  if (text.startsWith("-----BEGIN PRIVATE KEY-----")) {
    const der = createPrivateKey(text).export({ type: "pkcs8", format: "der" })
    if (der.length === PKCS8_ED25519.length + KEY_BYTES && der.indexOf(PKCS8_ED25519) === 0) {
      return der.subarray(PKCS8_ED25519.length)
    }
  }
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, "hex")
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, "base64")
  throw new Error(
    `${path} is not a key: it must hold an Ed25519 key as PEM, or 32 bytes, raw or as base64 or hexadecimal`,
  )
}

/** One key per origin, all from one file: policies may not list the same key twice. */
export function deriveSigner(secret: Buffer, origin: string): NoteSigner {
  const seed = Buffer.from(hkdfSync("sha256", secret, "", `glasshouse/log-signing/v1\n${origin}`, KEY_BYTES))
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  })
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" }).subarray(-KEY_BYTES)
  return {
    key: makeKey(nodeHash, origin, SIGNATURE_ED25519, publicKey),
    sign: (message) => sign(null, message, privateKey),
  }
}

/** AES-256-GCM; answer = nonce ‖ ciphertext ‖ tag. `context` must be given again to open it. */
export function encrypt(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv("aes-256-gcm", key, nonce)
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Throws when the bytes, the key or the context are not those of `encrypt`. */
export function decrypt(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error("too short to be sealed")
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
}

export class KeyRing {
  readonly #db: Pool
  readonly #master: Buffer
  readonly #known = new Map<string, Buffer>()

  constructor(db: Pool, master: Buffer) {
    if (master.length !== KEY_BYTES) throw new Error("the master key has 32 bytes")
    this.#db = db
    this.#master = master
  }

  /** The key to seal with; made when the month has none yet. Two processes that make one at once end up with the same. */
  async sealingKey(log: string, group: KeyGroup, period: string): Promise<Buffer> {
    const found = await this.openingKey(log, group, period)
    if (found !== undefined) return found
    const wrapped = encrypt(this.#master, randomBytes(KEY_BYTES), wrapContext(log, group, period))
    await this.#db.query(
      "insert into log_key (log_id, grp, period, wrapped) values ($1, $2, $3, $4) on conflict do nothing",
      [log, group, period, wrapped],
    )
    const made = await this.openingKey(log, group, period)
    if (made === undefined) throw new Error(`the key ${log}/${group}/${period} vanished while it was made`)
    return made
  }

  /** Undefined when the key was destroyed: what it sealed is erased. */
  async openingKey(log: string, group: KeyGroup, period: string): Promise<Buffer | undefined> {
    const context = wrapContext(log, group, period)
    const known = this.#known.get(context)
    if (known !== undefined) return known
    const { rows } = await this.#db.query<{ wrapped: Buffer }>(
      "select wrapped from log_key where log_id = $1 and grp = $2 and period = $3",
      [log, group, period],
    )
    const [row] = rows
    if (row === undefined) return undefined
    const key = decrypt(this.#master, row.wrapped, context)
    this.#known.set(context, key)
    return key
  }
}

function wrapContext(log: string, group: KeyGroup, period: string): string {
  return `glasshouse/log-key/v1\n${log}\n${group}\n${period}`
}
