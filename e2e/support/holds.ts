// Holds, as people place and lift them on their page.
import type { Locator, Page } from "playwright"
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

/** What a hold lies on, as its row and its buttons name it. */
export type Subject = "Everything" | (string & {})

const named = (what: string, subject: Subject) => new RegExp(`^${what}\\s*: ${subject}$`)

/** Proposes to lift the hold on a subject. */
export async function proposeLift(
  page: Page,
  username: string,
  subject: Subject,
  reason: string,
): Promise<void> {
  await page.goto(`${SITE}/holds`)
  await page.getByRole("button", { name: named("Propose to lift", subject) }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Reason").fill(reason)
  await withFreshCode(page, username, () => dialog.getByRole("button", { name: "Propose" }).click(), {
    done: liftAsSecond(page, subject),
  })
}

export function liftAsSecond(page: Page, subject: Subject): Locator {
  return page.getByRole("button", { name: named("Lift as second person", subject) })
}

/** Confirms it as the second person; the hold is then not among those in force. */
export async function confirmLift(page: Page, username: string, subject: Subject): Promise<void> {
  await page.goto(`${SITE}/holds`)
  const lift = liftAsSecond(page, subject)
  const others = page
    .getByRole("table")
    .filter({ hasNot: page.getByRole("rowheader", { name: subject }) })
    .or(page.getByText("Nothing is on hold"))
  await withFreshCode(page, username, () => lift.click(), { done: others })
}
