// What an output checker does at the desk, and decisions that ask for a fresh code.
import type { Locator, Page } from "playwright"
import { enterCode, SITE } from "./browser.ts"

export interface Choice {
  readonly choice: "Approve" | "Ask for change"
  readonly comment?: string
}

/** Presses; gives a fresh code when one is asked for, after which the decision goes on by itself. */
export async function withFreshCode(
  page: Page,
  username: string,
  press: () => Promise<void>,
  { done }: { done: Locator },
): Promise<void> {
  await press()
  const code = page.locator("#otp")
  await code.or(done).first().waitFor()
  if (!(await code.isVisible())) return
  await enterCode(page, username)
  await page.waitForURL((url) => url.origin === new URL(SITE).origin)
  await done.first().waitFor()
}

/** Votes on every file of a request, and sends the review. */
export async function review(
  page: Page,
  username: string,
  title: string,
  choose: (file: string) => Choice,
): Promise<void> {
  await page.goto(`${SITE}/queue`)
  await page
    .getByRole("link", { name: new RegExp(title) })
    .first()
    .click()
  const buttons = page.getByRole("complementary", { name: "Files" }).locator("button[data-vote]")
  await buttons.first().waitFor()
  const files = await buttons.locator("code").allInnerTexts()
  for (const file of files) {
    await buttons.filter({ hasText: file }).click()
    await page.getByRole("region", { name: file, exact: true }).waitFor()
    const { choice, comment } = choose(file)
    if (comment !== undefined) await page.getByRole("textbox", { name: /^Comment on/ }).fill(comment)
    const name = new RegExp(`^${choice}`)
    const vote = page.getByRole("button", { name })
    await withFreshCode(page, username, () => vote.click(), {
      done: page.getByRole("button", { name, pressed: true }),
    })
  }
  const send = page.getByRole("button", { name: "Send my review" })
  await withFreshCode(page, username, () => send.click(), {
    done: page.getByRole("button", { name: "Send my review", disabled: true }),
  })
}
