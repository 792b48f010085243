// Every key of custody is derived from one master file by HKDF-SHA256; none is stored or leaves the process.
// A project's key also needs its salt from the database: with the salt destroyed it can never be made again.
import { createCipheriv, createHmac, hkdfSync } from "node:crypto"
import { DIGEST_BYTES } from "../protocol.ts"

export type Keys = {
  /**
   * Keyed tokens of packed digests, block by block. A digest is one cipher block, so AES-256 is a keyed
   * permutation of it: no two digests share a token, and it is a hundred times faster than an HMAC each.
   * Every kind has its own key, so that equal digests of two kinds never meet.
   */
  readonly identityTokens: (kind: IdentityKind, digests: Buffer) => Buffer
  readonly projectKey: (project: string, salt: Uint8Array) => Buffer
}

export const IDENTITY_KINDS = ["subject", "nhsDob", "nhsName", "nameDobPostcode"] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

const NO_SALT = Buffer.alloc(0)

function derive(master: Buffer, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", master, salt, `glasshouse/custody/1/${info}`, 32))
}

export function makeKeys(master: Buffer): Keys {
  const identity = Object.fromEntries(
    IDENTITY_KINDS.map((kind) => [kind, derive(master, NO_SALT, `identity/${kind}`)]),
  ) as Record<IdentityKind, Buffer>
  return {
    identityTokens(kind, digests) {
      if (digests.length % DIGEST_BYTES !== 0) throw new RangeError("digests are not whole blocks")
      const cipher = createCipheriv("aes-256-ecb", identity[kind], null).setAutoPadding(false)
      return Buffer.concat([cipher.update(digests), cipher.final()])
    },
    projectKey: (project, salt) => derive(master, salt, `project/${project}/person`),
  }
}

/** Order of people within a project: HMAC-SHA256 over the domain tag and the master, under the project's key. */
export function personToken(projectKey: Buffer, master: bigint): Buffer {
  const message = Buffer.alloc(14)
  message.write("person", 0, "ascii")
  message.writeBigInt64LE(master, 6)
  return createHmac("sha256", projectKey).update(message).digest()
}
