// Holds, as people place and lift them on their page.
import type { Page } from "playwright"
import { SITE } from "./browser.ts"
import { withFreshCode } from "./desk.ts"

export async function stopEverything(page: Page, reason: string): Promise<void> {
  await page.goto(`${SITE}/holds`)
  await page.getByRole("button", { name: "Stop everything" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Reason").fill(reason)
  await dialog.getByRole("button", { name: "Stop everything" }).click()
  await dialog.waitFor({ state: "detached" })
}

/** Proposes to lift the only hold there is. */
export async function proposeLift(page: Page, username: string, reason: string): Promise<void> {
  await page.goto(`${SITE}/holds`)
  await page.getByRole("button", { name: /^Propose to lift/ }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Reason").fill(reason)
  await withFreshCode(page, username, () => dialog.getByRole("button", { name: "Propose" }).click(), {
    done: page.getByText(/proposes to lift it/),
  })
}

/** Confirms it as the second person. */
export async function confirmLift(page: Page, username: string): Promise<void> {
  await page.goto(`${SITE}/holds`)
  const lift = page.getByRole("button", { name: /^Lift as second person/ })
  await withFreshCode(page, username, () => lift.click(), { done: page.getByText("Nothing is on hold") })
}
