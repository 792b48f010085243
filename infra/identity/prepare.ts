// Files that the identity server and the control plane read: demo accounts, first appointments, the realm.
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import type { Installation } from "../installation.ts"
import { UIDS } from "../secrets.ts"
import { writeWhole } from "../state.ts"
import { StepFailed } from "../steps.ts"
import { makeBootstrap, makeDemoAccounts, type Bootstrap, type DemoAccount } from "./demo-accounts.ts"
import { issuerOf, renderRealm } from "./realm.ts"

export function accountsFile(state: string): string {
  return path.join(state, "secrets", "demo-accounts.json")
}

export function readDemoAccounts(state: string): DemoAccount[] {
  const file = accountsFile(state)
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as DemoAccount[]) : []
}

/** A site's first people come from a file it names; the shape is that of `Bootstrap` without the issuer. */
function siteBootstrap(issuer: string): Bootstrap {
  const file = process.env["GLASSHOUSE_BOOTSTRAP"]
  if (file === undefined) return { issuer, people: [] }
  try {
    const { people } = JSON.parse(readFileSync(file, "utf8")) as Bootstrap
    if (!Array.isArray(people)) throw new Error("`people` is not a list")
    return { issuer, people }
  } catch (error) {
    throw new StepFailed(
      `GLASSHOUSE_BOOTSTRAP ${file}: ${(error as Error).message}`,
      "See docs/operating.md for its shape.",
    )
  }
}

export function prepareIdentity(installation: Installation): string {
  const { state, site, demo } = installation
  let accounts = readDemoAccounts(state)
  if (demo && accounts.length === 0) {
    accounts = makeDemoAccounts()
    writeWhole(accountsFile(state), `${JSON.stringify(accounts, null, 2)}\n`, 0o600)
  }
  if (!demo) accounts = []
  const app = { uid: UIDS.app, gid: UIDS.app }
  const issuer = issuerOf(site)
  const bootstrapFile = path.join(state, "secrets", "control-plane", "bootstrap.json")
  if (!existsSync(bootstrapFile)) {
    const bootstrap = demo ? makeBootstrap(issuer, accounts) : siteBootstrap(issuer)
    writeWhole(bootstrapFile, `${JSON.stringify(bootstrap, null, 2)}\n`, 0o600, app)
  }
  const realmFile = path.join(state, "keycloak", "glasshouse-realm.json")
  if (!existsSync(realmFile)) {
    const secret = readFileSync(path.join(state, "secrets", "keycloak", "identity-client-secret"), "utf8")
    const keycloak = { uid: UIDS.keycloak, gid: UIDS.keycloak }
    writeWhole(
      realmFile,
      `${JSON.stringify(renderRealm(site, secret, accounts), null, 2)}\n`,
      0o600,
      keycloak,
    )
  }
  return demo ? `${accounts.length} demo accounts` : "no demo people"
}
