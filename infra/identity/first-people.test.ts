import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import path from "node:path"
import { after, test } from "node:test"
import { readInstallation } from "../installation.ts"
import { ensureSecrets, ensureState } from "../state.ts"
import { StepFailed } from "../steps.ts"
import { makeFirstAccounts, parsePeople } from "./first-people.ts"
import { accountsFile, firstAccountsFile, prepareIdentity } from "./prepare.ts"
import { renderRealm } from "./realm.ts"

const parent = mkdtempSync("/var/tmp/people-")
after(() => rmSync(parent, { recursive: true }))

const anna = {
  username: "anna",
  name: "Anna Berg",
  email: "anna@site.example",
  organisation: "Site",
  roles: [{ role: "operator", scope: "installation" }],
}
const bela = {
  ...anna,
  username: "bela",
  email: "bela@site.example",
  roles: [{ role: "custodian", scope: "data-set:*" }],
}
const file = (...people: unknown[]) => JSON.stringify({ people })

test("a file that would lock everybody out, or name somebody badly, is refused with the person and the field", () => {
  assert.deepEqual(parsePeople(file(anna, bela)), [anna, bela])
  const wrong: [string, RegExp][] = [
    ["{", /JSON/],
    [file(), /two or more/],
    [file(anna), /two or more/],
    [file(anna, { ...bela, username: "Bela Berg" }), /person 2: username/],
    [file(anna, { ...bela, email: "nobody" }), /person 2: email/],
    [file(anna, { ...bela, name: "a\u0000b" }), /person 2: name/],
    [file(anna, null), /person 2: username/],
    [file(anna, { ...bela, roles: "operator" }), /person 2: roles/],
    [
      file(anna, { ...bela, roles: [{ role: "researcher", scope: "project:x" }] }),
      /person 2: role is "researcher"/,
    ],
    [file(anna, { ...bela, roles: [{ role: "auditor", scope: "everywhere" }] }), /person 2: scope/],
    [file(anna, { ...bela, username: "anna" }), /anna is there twice/],
    [file(anna, { ...bela, email: "ANNA@site.example" }), /twice/],
    [file({ ...anna, roles: [] }, bela), /nobody is operator/],
  ]
  for (const [text, said] of wrong) assert.throws(() => parsePeople(text), said, text)
  assert.throws(() => makeFirstAccounts("/nowhere.json", "a.b"), StepFailed)
})

test("a first password is good for one sign-in, at which a second factor is enrolled", () => {
  const { site, mail } = readInstallation({})
  const accounts = makeFirstAccounts(undefined, site.host)
  assert.equal(accounts.length, 2)
  for (const user of renderRealm(site, "secret", accounts, mail).users) {
    if (!("credentials" in user)) continue
    assert.deepEqual(user.requiredActions, ["UPDATE_PASSWORD", "CONFIGURE_TOTP"])
    assert.deepEqual(
      user.credentials.map((one) => [one.type, "temporary" in one && one.temporary]),
      [["password", true]],
    )
  }
})

test("demonstration people are never mixed into an installation made without them, nor taken out of one", () => {
  for (const first of ["on", "off"]) {
    const name = `made-${first}`
    const at = (demo: string) =>
      readInstallation({ GLASSHOUSE_STATE: parent, GLASSHOUSE_INSTALLATION: name, GLASSHOUSE_DEMO: demo })
    const { state } = at(first)
    ensureState(state, name)
    ensureSecrets(state)
    const said = prepareIdentity(at(first))
    assert.equal(said, first === "on" ? "10 demo accounts" : "2 first accounts")
    assert.equal(existsSync(accountsFile(state)), first === "on")
    assert.equal(existsSync(firstAccountsFile(state)), first === "off")
    const before = readFileSync(path.join(state, "secrets/control-plane/bootstrap.json"), "utf8")
    assert.throws(() => prepareIdentity(at(first === "on" ? "off" : "on")), /was made with/)
    assert.equal(prepareIdentity(at(first)), said)
    assert.equal(readFileSync(path.join(state, "secrets/control-plane/bootstrap.json"), "utf8"), before)
    assert.doesNotMatch(before, /password/)
  }
})
