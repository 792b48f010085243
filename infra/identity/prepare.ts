// Files that the identity server and the control plane read: demo accounts, first appointments, the realm.
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import type { Installation } from "../installation.ts"
import { UIDS } from "../secrets.ts"
import { writeWhole } from "../state.ts"
import { StepFailed } from "../steps.ts"
import { makeBootstrap, makeDemoAccounts, type DemoAccount } from "./demo-accounts.ts"
import { makeFirstAccounts, type FirstAccount } from "./first-people.ts"
import { issuerOf, renderRealm } from "./realm.ts"

export function accountsFile(state: string): string {
  return path.join(state, "secrets", "demo-accounts.json")
}

export function readDemoAccounts(state: string): DemoAccount[] {
  return readAccounts<DemoAccount>(accountsFile(state))
}

export function firstAccountsFile(state: string): string {
  return path.join(state, "secrets", "first-accounts.json")
}

function readAccounts<T>(file: string): T[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T[]) : []
}

/** Made at the first start and never again: what was handed out must stay true. */
function ensureAccounts(installation: Installation): (DemoAccount | FirstAccount)[] {
  const { state, demo, site } = installation
  const file = demo ? accountsFile(state) : firstAccountsFile(state)
  const found = readAccounts<DemoAccount | FirstAccount>(file)
  if (found.length > 0) return found
  // Once the control plane has taken its first people in, new ones are invited, not made here.
  if (!demo && existsSync(bootstrapFile(state))) return []
  const made = demo ? makeDemoAccounts() : makeFirstAccounts(process.env["GLASSHOUSE_BOOTSTRAP"], site.host)
  writeWhole(file, `${JSON.stringify(made, null, 2)}\n`, 0o600)
  return made
}

function bootstrapFile(state: string): string {
  return path.join(state, "secrets", "control-plane", "bootstrap.json")
}

/** Whether this installation was made with demonstration people; undefined before its first start. */
function madeWithDemo(state: string): boolean | undefined {
  if (!existsSync(bootstrapFile(state))) return undefined
  return existsSync(accountsFile(state))
}

export function prepareIdentity(installation: Installation): string {
  const { state, site, demo, mail } = installation
  const before = madeWithDemo(state)
  if (before !== undefined && before !== demo)
    throw new StepFailed(
      `this installation was made ${before ? "with" : "without"} demonstration people and data`,
      `Start it with GLASSHOUSE_DEMO=${before ? "on" : "off"}, or make another one: GLASSHOUSE_INSTALLATION=NAME. Nothing was changed.`,
    )
  const accounts = ensureAccounts(installation)
  const app = { uid: UIDS.app, gid: UIDS.app }
  if (!existsSync(bootstrapFile(state))) {
    const bootstrap = makeBootstrap(issuerOf(site), accounts)
    writeWhole(bootstrapFile(state), `${JSON.stringify(bootstrap, null, 2)}\n`, 0o600, app)
  }
  const realmFile = path.join(state, "keycloak", "glasshouse-realm.json")
  if (!existsSync(realmFile)) {
    const secret = readFileSync(path.join(state, "secrets", "keycloak", "identity-client-secret"), "utf8")
    const realm = `${JSON.stringify(renderRealm(site, secret, accounts, mail), null, 2)}\n`
    writeWhole(realmFile, realm, 0o600, { uid: UIDS.keycloak, gid: UIDS.keycloak })
  }
  return `${accounts.length} ${demo ? "demo" : "first"} accounts`
}
