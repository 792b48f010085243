import assert from "node:assert/strict"
import { test } from "node:test"
import { parseSite, readInstallation } from "../installation.ts"
import { DEMO_PEOPLE, makeBootstrap, makeDemoAccounts } from "./demo-accounts.ts"
import { issuerOf, renderRealm } from "./realm.ts"

const site = parseSite("http://glasshouse.localhost:8080")
const accounts = makeDemoAccounts()
const { mail } = readInstallation({})
const realm = renderRealm(site, "client secret", accounts, mail)

test("the console is a public client with PKCE, exact addresses and no other way in", () => {
  const [console, service] = realm.clients
  assert.equal(console?.publicClient, true)
  assert.equal(console?.attributes?.["pkce.code.challenge.method"], "S256")
  for (const client of realm.clients) {
    assert.equal(client.directAccessGrantsEnabled, false)
    assert.equal(client.implicitFlowEnabled, false)
    for (const uri of [...client.redirectUris, ...client.webOrigins]) assert.doesNotMatch(uri, /\*|^\+$/)
  }
  assert.equal(service?.serviceAccountsEnabled, true)
  assert.equal(service?.standardFlowEnabled, false)
})

test("both factors are asked in the first level: a client that asks for no level gets no shortcut", () => {
  const session = realm.authenticationFlows.find((flow) => flow.alias === "glasshouse session")
  assert.deepEqual(
    session?.authenticationExecutions.map((one) => [one.authenticator, one.requirement]),
    [
      ["conditional-level-of-authentication", "REQUIRED"],
      ["auth-username-password-form", "REQUIRED"],
      ["auth-otp-form", "REQUIRED"],
    ],
  )
  const named = new Set(realm.authenticatorConfig.map((config) => config.alias))
  const flows = new Set(realm.authenticationFlows.map((flow) => flow.alias))
  for (const flow of realm.authenticationFlows)
    for (const one of flow.authenticationExecutions) {
      if (one.authenticatorConfig !== undefined) assert.ok(named.has(one.authenticatorConfig))
      if (one.flowAlias !== undefined) assert.ok(flows.has(one.flowAlias))
    }
})

test("the realm grants nothing: the only rights in it are the control plane's over events and users", () => {
  for (const user of realm.users) {
    const roles = "clientRoles" in user ? user.clientRoles : undefined
    if (user.username === "service-account-control-plane")
      assert.deepEqual(roles, { "realm-management": ["view-events", "view-users", "manage-users"] })
    else assert.equal(roles, undefined)
  }
})

test("every demo account has a password and an enrolled code of its own", () => {
  assert.equal(accounts.length, 10)
  assert.equal(new Set(accounts.flatMap((one) => [one.password, one.totp, one.subject])).size, 30)
  for (const user of realm.users)
    if ("credentials" in user)
      assert.deepEqual(
        user.credentials.map((one) => one.type),
        ["password", "otp"],
      )
})

test("without demo people the realm holds no person", () => {
  const empty = renderRealm(site, "client secret", [], mail)
  assert.deepEqual(
    empty.users.map((user) => user.username),
    ["service-account-control-plane"],
  )
})

test("the first appointments name every role once, hold no secret, and nobody has two that exclude each other", () => {
  const bootstrap = makeBootstrap(issuerOf(site), accounts)
  const text = JSON.stringify(bootstrap)
  for (const { password, totp } of accounts) {
    assert.equal(text.includes(password), false)
    assert.equal(text.includes(totp), false)
  }
  const roles = new Set(bootstrap.people.flatMap((person) => person.roles.map(({ role }) => role)))
  assert.deepEqual([...roles].toSorted(), [
    "auditor",
    "custodian",
    "data_manager",
    "operator",
    "output_checker",
    "project_admin",
    "researcher",
  ])
  for (const { roles: held } of DEMO_PEOPLE) assert.equal(new Set(held.map(({ role }) => role)).size, 1)
})
