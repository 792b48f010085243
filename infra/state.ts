// The state directory: the one place an installation lives in. Everything here is idempotent, and files
// appear complete or not at all, so a start that was killed anywhere is simply done again.
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  chownSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs"
import path from "node:path"
import { STATE_FORMAT } from "./installation.ts"
import { KEYS, makeSecret, SECRETS, UIDS } from "./secrets.ts"
import { StepFailed } from "./steps.ts"

const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

export function makeId(): string {
  return Array.from(randomBytes(12), (byte) => ID_ALPHABET.charAt(byte & 31)).join("")
}

export interface Owner {
  uid: number
  gid: number
}

/** Writes a file whole: a reader sees the old text or the new one. */
export function writeWhole(file: string, text: string, mode: number, owner?: Owner): void {
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`
  const handle = openSync(draft, "wx", mode)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  chmodSync(draft, mode)
  if (owner !== undefined && process.getuid?.() === 0) chownSync(draft, owner.uid, owner.gid)
  renameSync(draft, file)
}

function makeDirectory(directory: string, mode: number, owner: Owner): void {
  mkdirSync(directory, { recursive: true, mode })
  if (!lstatSync(directory).isDirectory())
    throw new StepFailed(`${directory} is not a directory`, "Move it away.")
  chmodSync(directory, mode)
  if (process.getuid?.() === 0) chownSync(directory, owner.uid, owner.gid)
}

const own = (uid: number): Owner => ({ uid, gid: uid })
const root: Owner = own(0)
const app: Owner = own(UIDS.app)
const agent: Owner = { uid: 0, gid: UIDS.app }

/** Folder, mode and owner of every part; secrets are made by their own function. */
const DIRECTORIES: readonly [string, number, Owner][] = [
  ["secrets", 0o711, root],
  ["keys", 0o711, root],
  ["sock", 0o711, root],
  ["sock/control", 0o770, app],
  ["sock/agent", 0o770, agent],
  ["sock/custody", 0o770, app],
  ["runs", 0o771, agent],
  ["slots", 0o711, agent],
  ["homes", 0o700, root],
  ["shared", 0o700, root],
  ["scratch", 0o771, agent],
  ["published", 0o750, app],
  ["policies", 0o750, app],
  ["backups", 0o700, app],
  ["mail", 0o700, app],
  ["demo-data", 0o755, root],
  ["edge", 0o755, root],
  ["assets", 0o755, root],
  ["postgresql", 0o700, own(UIDS.postgresql)],
  ["minio", 0o700, own(UIDS.minio)],
  ["keycloak", 0o700, own(UIDS.keycloak)],
]

export interface Identity {
  format: number
  id: string
  name: string
  created: string
}

export function readIdentity(state: string): Identity | undefined {
  const file = path.join(state, "installation.json")
  if (!existsSync(file)) return undefined
  const identity = JSON.parse(readFileSync(file, "utf8")) as Identity
  if (identity.format > STATE_FORMAT)
    throw new StepFailed(
      `the state in ${state} has format ${identity.format}, this version knows ${STATE_FORMAT}`,
      "Start it with the version of Glasshouse that wrote it, or a newer one. Nothing was changed.",
    )
  return identity
}

export function ensureState(state: string, name: string): Identity {
  makeDirectory(state, 0o755, root)
  const found = readIdentity(state)
  if (found !== undefined && found.name !== name)
    throw new StepFailed(
      `${state} belongs to the installation ${found.name}`,
      "Choose another GLASSHOUSE_INSTALLATION or GLASSHOUSE_STATE.",
    )
  for (const [part, mode, owner] of DIRECTORIES) makeDirectory(path.join(state, part), mode, owner)
  if (found !== undefined) return found
  const identity: Identity = { format: STATE_FORMAT, id: makeId(), name, created: new Date().toISOString() }
  writeWhole(path.join(state, "installation.json"), `${JSON.stringify(identity, null, 2)}\n`, 0o644)
  return identity
}

/** Makes what is missing; answers how many files were made. Copies always equal the first owner's file. */
export function ensureSecrets(state: string): number {
  let made = 0
  const provide = (file: string, text: () => string, owner: Owner) => {
    if (existsSync(file)) return
    writeWhole(file, text(), 0o600, owner)
    made += 1
  }
  for (const secret of SECRETS) {
    const places = secret.owners.map((folder, index) => ({ folder, owner: own(secret.uid[index] ?? 0) }))
    const files = places.map(({ folder, owner }) => {
      makeDirectory(path.join(state, "secrets", folder), 0o700, owner)
      return { file: path.join(state, "secrets", folder, secret.name), owner }
    })
    const existing = files.find(({ file }) => existsSync(file))
    const text = existing === undefined ? makeSecret(secret.kind) : readFileSync(existing.file, "utf8")
    for (const { file, owner } of files) provide(file, () => text, owner)
  }
  for (const key of KEYS)
    provide(path.join(state, "keys", key.name), () => makeSecret(key.kind), own(key.uid))
  return made
}
