// The only way out: a table with a small count is asked for, returned once, mended, approved by two people
// who see nothing of each other, released, downloaded once and never again, and found in the log by an auditor.
import { readFileSync } from "node:fs"
import { expect, test, type Page } from "playwright/test"
import { SITE } from "./support/browser.ts"
import { openNotebook, waitForLab } from "./support/notebook.ts"
import {
  askFromNotebook,
  CLEAN,
  pushFromNotebook,
  releaseAs,
  reviewAs,
  SMALL_COUNT,
} from "./support/outputs.ts"
import { comeIn, type Person } from "./support/people.ts"
import { enterWorkspace } from "./support/project.ts"
import { LIVER } from "./support/seed.ts"

const COMMENT = "18-49 has 4 deaths. Join it to the next band."

test("a table leaves through two people, once, and an auditor proves it", async ({ browser }) => {
  test.setTimeout(300_000)
  const title = `Deaths by age, turn by turn ${Date.now()}`
  const priya = await comeIn(browser, "priya")
  const [jonas, mei] = [await comeIn(browser, "jonas"), await comeIn(browser, "mei")]

  await test.step("asked for from the notebook; the checks see the small count", async () => {
    await enterWorkspace(priya.page, LIVER)
    const lab = await waitForLab(priya.page)
    await openNotebook(lab, "first-notebook.ipynb")
    await askFromNotebook(priya.page, lab, title, [SMALL_COUNT])
  })

  await test.step("two checkers ask for a change, neither seeing the other", async () => {
    await reviewAs(jonas, title, () => ({ choice: "Ask for change", comment: COMMENT }))
    await mei.page.goto(`${SITE}/queue`)
    await mei.page.getByRole("link", { name: title }).click()
    await expect(mei.page.getByText("A count is below the threshold")).toBeVisible()
    await expect(mei.page.getByText("1 of 2 checkers has voted")).toBeVisible()
    await expect(mei.page.getByText(COMMENT)).toHaveCount(0)
    await expect(mei.page.getByText("Jonas Weber")).toHaveCount(0)
    await reviewAs(mei, title, () => ({ choice: "Ask for change", comment: "A count of 4." }))
    await expect(mei.page.getByText("2 of 2 checkers have voted")).toBeVisible()
    await expect(mei.page.getByText(COMMENT)).toBeVisible()
  })

  await test.step("returned once, with a comment", async () => {
    await jonas.page.reload()
    await jonas.page.getByRole("button", { name: "Return to author" }).click()
    const dialog = jonas.page.getByRole("dialog")
    await dialog.getByLabel("What should change?").fill("Join the band with few deaths to its neighbour.")
    await dialog.getByRole("button", { name: "Return it" }).click()
    await expect(dialog).toHaveCount(0)
  })

  await test.step("mended: the file is taken out, another one comes in its place", async () => {
    await enterWorkspace(priya.page, LIVER)
    const lab = await waitForLab(priya.page)
    await openNotebook(lab, "first-notebook.ipynb")
    await pushFromNotebook(priya.page, lab, CLEAN)
    await openRequest(priya, title)
    await expect(priya.page.getByText("An output checker").first()).toBeVisible()
    await expect(priya.page.getByText("Jonas")).toHaveCount(0)
    await mendRequest(priya.page)
  })

  await test.step("approved by the same two, released by one of them", async () => {
    for (const checker of [jonas, mei]) await reviewAs(checker, title, () => ({ choice: "Approve" }))
    await releaseAs(mei)
  })

  await test.step("downloaded once; the second time says why not and what to do", async () => {
    await downloadOnce(priya, title)
  })

  await test.step("the auditor finds it and verifies it in the browser", async () => {
    const kwame = await comeIn(browser, "kwame")
    await verifyRelease(kwame.page)
    await kwame.context.close()
  })
  for (const person of [priya, jonas, mei]) await person.context.close()
})

async function openRequest({ page }: Person, title: string): Promise<void> {
  await page.goto(`${SITE}/projects`)
  await page.getByRole("link", { name: LIVER }).click()
  await page.getByRole("link", { name: "Quarantine" }).click()
  await page.getByRole("link", { name: title }).click()
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible()
}

async function mendRequest(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^(Change|Fix|Edit)/ }).click()
  const out = page.getByRole("button", { name: `Take ${SMALL_COUNT.path} out` })
  await out.click()
  await expect(out).toHaveCount(0)
  await page.getByRole("button", { name: /^Add files/ }).click()
  const dialog = page.getByRole("dialog")
  await dialog
    .getByRole("checkbox", { name: /joined\.csv/ })
    .first()
    .check()
  await dialog.getByRole("button", { name: "Add 1 file" }).click()
  await expect(dialog).toHaveCount(0)
  await page.getByLabel("How were small numbers handled?").fill("Bands with few deaths were joined")
  await page.getByRole("button", { name: "Ask for release" }).click()
  await page.waitForURL((url) => !url.pathname.endsWith("/edit"))
}

async function downloadOnce(priya: Person, title: string): Promise<void> {
  const { page, context } = priya
  await openRequest(priya, title)
  await page.getByRole("link", { name: "See the release" }).click()
  const download = page.getByRole("button", { name: `Download ${CLEAN.path}` })
  await expect(download).toBeVisible()
  // a second tab that stood open all the time
  const other = await context.newPage()
  await other.goto(page.url())
  const again = other.getByRole("button", { name: `Download ${CLEAN.path}` })
  await expect(again).toBeEnabled()

  const arriving = page.waitForEvent("download")
  await download.click()
  const file = await arriving
  expect(readFileSync(await file.path(), "utf8")).toBe(CLEAN.text)
  for (const button of [download, again]) {
    await expect(button).toHaveAttribute("aria-disabled", "true")
    await expect(button).toHaveAccessibleDescription(/downloaded once; ask the checkers for a new release/)
  }
  const release = new URL(page.url()).pathname.split("/").at(-1) ?? ""
  const view = await priya.ask<{ files: { id: string }[] }>(`/api/releases/${release}`)
  const refused = await priya.ask<{ code: string; message: string }>(
    `/api/releases/${release}/files/${view.body.files[0]?.id}/download`,
    { method: "POST" },
  )
  expect(refused.status).toBe(403)
  expect(refused.body.code).toBe("already_downloaded")
  expect(refused.body.message).toMatch(/ask the checkers for a new release/)
  await other.close()
}

async function verifyRelease(page: Page): Promise<void> {
  await page.goto(`${SITE}/audit?family=outputs`)
  const line = page
    .getByRole("listitem")
    .filter({ hasText: /was released, 1 file/ })
    .first()
  for (const words of [
    /asked for release/,
    /was returned/,
    /checkers ha(s|ve) voted/,
    /downloaded a released file/,
  ])
    await expect(page.getByRole("listitem").filter({ hasText: words }).first()).toBeVisible()
  await line.getByRole("link").click()
  await page.getByRole("button", { name: "Verify in this browser" }).click()
  await expect(page.getByText("Verified in this browser")).toBeVisible()
  await expect(page.getByText(/hash(es)? leads? from this event to the root/)).toBeVisible()
}
