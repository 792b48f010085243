// Every secret and key of an installation: who reads it, how it is made, where its only copy lies. Made
// once, at the first start; a file that exists is never replaced. docs/keys.md says the same in words.
import { generateKeyPairSync, randomBytes } from "node:crypto"

/** Numeric users of the containers; files belong to whoever reads them. */
export const UIDS = { app: 5440, agent: 0, postgresql: 5432, keycloak: 5434, minio: 5435, edge: 33 } as const

export const STORE_USERS = [
  "control-plane",
  "gateway",
  "stage-land",
  "stage-validate",
  "stage-link",
  "stage-deidentify",
  "stage-snapshot",
  "stage-extract",
] as const

const CUSTODY_CALLERS = {
  control: "control-plane",
  link: "stage-link",
  deidentify: "stage-deidentify",
  extract: "stage-extract",
}

export type Kind = "password" | "bytes" | "signing-key"

export interface Secret {
  name: string
  kind: Kind
  /** folders under secrets/ that hold a copy; the first one is where it is made */
  owners: string[]
  uid: number[]
}

export interface Key {
  name: string
  kind: Kind
  uid: number
}

const secret = (name: string, kind: Kind, ...owners: [string, number][]): Secret => ({
  name,
  kind,
  owners: owners.map(([owner]) => owner),
  uid: owners.map(([, uid]) => uid),
})

const { app, postgresql, keycloak, minio } = UIDS

export const SECRETS: readonly Secret[] = [
  secret("database-owner-password", "password", ["postgresql", postgresql], ["control-plane", app]),
  secret("database-app-password", "password", ["postgresql", postgresql], ["control-plane", app]),
  secret("database-reader-password", "password", ["postgresql", postgresql], ["control-plane", app]),
  secret("database-custody-password", "password", ["postgresql", postgresql], ["custody", app]),
  secret("database-keycloak-password", "password", ["postgresql", postgresql], ["keycloak", keycloak]),
  secret("identity-admin-password", "password", ["keycloak", keycloak]),
  secret("identity-client-secret", "password", ["keycloak", keycloak], ["control-plane", app]),
  secret("store-root-password", "password", ["minio", minio]),
  secret("store-encryption", "bytes", ["minio", minio]),
  ...STORE_USERS.map((user) => secret(`store-${user}-key`, "password", ["minio", minio], [user, app])),
  ...Object.entries(CUSTODY_CALLERS).map(([caller, owner]) =>
    secret(`custody-${caller}-token`, "bytes", ["custody", app], [owner, app]),
  ),
]

/** Keys of our own processes, kept apart from secrets: these are not in a backup of data. */
export const KEYS: readonly Key[] = [
  { name: "log-signing-access", kind: "signing-key", uid: app },
  { name: "log-signing-register", kind: "signing-key", uid: app },
  { name: "log-master", kind: "bytes", uid: app },
  { name: "custody-master", kind: "bytes", uid: app },
  { name: "ticket", kind: "bytes", uid: app },
]

/** password: 192 bits in letters every system takes; bytes: 32 bytes in Base64; signing-key: Ed25519, PKCS#8 PEM. */
export function makeSecret(kind: Kind): string {
  if (kind === "password") return randomBytes(24).toString("base64url")
  if (kind === "bytes") return randomBytes(32).toString("base64")
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString()
}
