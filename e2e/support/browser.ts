// Chromium as Debian ships it, and one way to sign in as a demonstration person: password, then the next
// one-time code of the account.
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { chromium, type Browser, type BrowserContext, type Page } from "playwright"

export const SITE = process.env["GLASSHOUSE_SITE"] ?? "http://glasshouse.localhost:8080"
export const STATE = process.env["GLASSHOUSE_STATE_DIR"] ?? "/var/lib/glasshouse/main"

const ROOT = join(import.meta.dirname, "../..")

export const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: CHROMIUM_ARGUMENTS,
  })
}

interface Account {
  readonly username: string
  readonly name: string
  readonly password: string
}

export function readAccount(username: string): Account {
  const file = JSON.parse(readFileSync(join(STATE, "secrets/demo-accounts.json"), "utf8")) as
    | Account[]
    | { accounts: Account[] }
  const account = (Array.isArray(file) ? file : file.accounts).find((a) => a.username === username)
  if (!account) throw new Error(`no demonstration account ${username}`)
  return account
}

/** The account's next one-time code; waits where the last one is still good, since none works twice. */
export async function nextCode(username: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, "infra/cli.js"), "demo-code", username],
    { cwd: ROOT, env: process.env },
  )
  return stdout.trim()
}

/** Fills in the identity server's pages, wherever they are in the sign-in. */
export async function signIn(page: Page, username: string, path = "/"): Promise<void> {
  const account = readAccount(username)
  await page.goto(`${SITE}${path}`)
  await page
    .getByRole("button", { name: "Sign in" })
    .or(page.getByRole("link", { name: "Sign in" }))
    .first()
    .click()
  await page.locator("#username").fill(account.username)
  await page.locator("#password").fill(account.password)
  await page.locator("#kc-login").click()
  await enterCode(page, username)
  await page.waitForURL((url) => url.origin === new URL(SITE).origin)
}

export async function enterCode(page: Page, username: string): Promise<void> {
  await page.locator("#otp").waitFor()
  await page.locator("#otp").fill(await nextCode(username))
  await page.locator("#kc-login").click()
}

/** A person's own browser: separate cookies and storage. */
export async function openPerson(
  browser: Browser,
  username: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  // A busy machine is no defect; what must be quick says so where it is looked at.
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  await signIn(page, username)
  return { context, page }
}
