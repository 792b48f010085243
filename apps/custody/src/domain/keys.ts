// Every key of custody is derived from one master file by HKDF-SHA256; none is stored or leaves the process.
// A project's key also needs its salt from the database: with the salt destroyed it can never be made again.
import { createHmac, hkdfSync } from "node:crypto"
import { DIGEST_BYTES } from "../protocol.ts"

export type Keys = {
  /** Keyed token of a digest; `domain` keeps kinds apart, so that equal bytes of two kinds never meet. */
  readonly identityToken: (domain: IdentityDomain, digest: Uint8Array) => Buffer
  readonly projectKey: (project: string, salt: Uint8Array) => Buffer
}

export const IDENTITY_DOMAINS = { subject: 1, nhsDob: 2, nhsName: 3, nameDobPostcode: 4 } as const
export type IdentityDomain = keyof typeof IDENTITY_DOMAINS

const NO_SALT = Buffer.alloc(0)

function derive(master: Buffer, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", master, salt, `glasshouse/custody/1/${info}`, 32))
}

export function makeKeys(master: Buffer): Keys {
  const identity = derive(master, NO_SALT, "identity")
  const message = Buffer.alloc(1 + DIGEST_BYTES)
  return {
    identityToken(domain, digest) {
      message[0] = IDENTITY_DOMAINS[domain]
      message.set(digest, 1)
      return createHmac("sha256", identity).update(message).digest().subarray(0, DIGEST_BYTES)
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
