// The way in: the public pages without a sign-in, a sign-in with a second factor, a sealed notebook that
// reads linked data, and nothing at all of another project.
import { expect, test } from "playwright/test"
import { signIn, SITE } from "./support/browser.ts"
import { openNotebook, runAllCells, waitForLab } from "./support/notebook.ts"

const LIVER = "Liver disease and survival"

test("anyone reads the register and the log without signing in", async ({ page }) => {
  await page.goto(`${SITE}/register`)
  await expect(page.getByText(LIVER).first()).toBeVisible()
  await page.goto(`${SITE}/log/`)
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible()
  await expect(page.getByText("nobody outside countersigns this log yet")).toBeVisible()
  expect(await page.evaluate(async () => (await fetch("/api/projects")).status)).toBe(401)
})

test("a researcher runs the first notebook on linked data; another researcher sees nothing of it", async ({
  browser,
  page,
}) => {
  await signIn(page, "priya")
  await page.goto(`${SITE}/projects`)
  await page
    .getByRole("link", { name: new RegExp(LIVER) })
    .first()
    .click()
  await expect(page.getByRole("heading", { level: 1, name: LIVER })).toBeVisible()
  const address = page.url()
  await page
    .getByRole("button", { name: "Enter workspace" })
    .or(page.getByRole("link", { name: "Enter workspace" }))
    .first()
    .click()
  await page.waitForURL(/\/workspaces\//)
  const lab = await waitForLab(page)
  await openNotebook(lab, "first-notebook.ipynb")
  await runAllCells(page, lab)
  await expect(lab.getByText(/log-rank test: chi-squared/).last()).toBeVisible()

  const other = await (await browser.newContext()).newPage()
  await signIn(other, "hannah")
  await other.goto(address)
  await expect(other.getByText(/nothing here/i).first()).toBeVisible()
})
