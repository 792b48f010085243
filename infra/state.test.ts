import assert from "node:assert/strict"
import { createPrivateKey } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { after, test } from "node:test"
import { KEYS, makeSecret, SECRETS } from "./secrets.ts"
import { ensureSecrets, ensureState, makeId, readIdentity } from "./state.ts"
import { StepFailed } from "./steps.ts"

const parent = mkdtempSync(path.join(os.tmpdir(), "state-"))
after(() => rmSync(parent, { recursive: true }))

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted()
}

const contents = (directory: string) =>
  Object.fromEntries(filesBelow(directory).map((file) => [file, readFileSync(file, "utf8")]))

test("secrets are made once, only their owner can read them, and a second start changes nothing", () => {
  const state = path.join(parent, "once")
  const { id } = ensureState(state, "once")
  assert.match(id, /^[a-z2-7]{12}$/)
  assert.ok(ensureSecrets(state) > 30)
  const before = contents(state)
  for (const file of [...filesBelow(path.join(state, "secrets")), ...filesBelow(path.join(state, "keys"))])
    assert.equal(statSync(file).mode & 0o777, 0o600, file)
  assert.equal(ensureState(state, "once").id, id)
  assert.equal(ensureSecrets(state), 0)
  assert.deepEqual(contents(state), before)
})

test("a start that was cut short is completed, and copies of a secret stay equal", () => {
  const state = path.join(parent, "short")
  ensureState(state, "short")
  ensureSecrets(state)
  const server = path.join(state, "secrets/postgresql/database-app-password")
  const client = path.join(state, "secrets/control-plane/database-app-password")
  const text = readFileSync(client, "utf8")
  rmSync(server)
  assert.equal(ensureSecrets(state), 1)
  assert.equal(readFileSync(server, "utf8"), text)
  assert.equal(readFileSync(client, "utf8"), text)
})

test("state that a newer version wrote, or that is another installation's, is refused unchanged", () => {
  const state = path.join(parent, "newer")
  const identity = ensureState(state, "newer")
  const before = contents(state)
  assert.throws(() => ensureState(state, "older"), StepFailed)
  writeFileSync(path.join(state, "installation.json"), JSON.stringify({ ...identity, format: 999 }))
  assert.throws(() => readIdentity(state), /format 999/)
  assert.throws(() => ensureState(state, "newer"), StepFailed)
  assert.deepEqual(Object.keys(contents(state)), Object.keys(before))
})

test("no two secrets of one installation are equal, and no stage holds another one's", () => {
  const state = path.join(parent, "apart")
  ensureState(state, "apart")
  ensureSecrets(state)
  const byText = new Map<string, Set<string>>()
  for (const [file, text] of Object.entries(contents(state)))
    byText.set(text, (byText.get(text) ?? new Set()).add(path.basename(file)))
  for (const names of byText.values()) assert.equal(names.size, 1, [...names].join(", "))
  for (const stage of ["land", "validate", "snapshot"])
    assert.deepEqual(readdirSync(path.join(state, "secrets", `stage-${stage}`)), [`store-stage-${stage}-key`])
  assert.equal(new Set([...SECRETS, ...KEYS].map(({ name }) => name)).size, SECRETS.length + KEYS.length)
})

test("each kind of secret has its form", () => {
  assert.match(makeSecret("password"), /^[A-Za-z0-9_-]{32}$/)
  assert.equal(Buffer.from(makeSecret("bytes"), "base64").length, 32)
  assert.equal(createPrivateKey(makeSecret("signing-key")).asymmetricKeyType, "ed25519")
  assert.notEqual(makeId(), makeId())
})
