// Stop everything, and going on by two people, one of them not the one who stopped it.
import { expect, test } from "playwright/test"
import { SITE } from "./support/browser.ts"
import { confirmLift, liftAsSecond, proposeLift, stopEverything } from "./support/holds.ts"
import { notebookFrame } from "./support/notebook.ts"
import { comeIn } from "./support/people.ts"
import { enterWorkspace } from "./support/project.ts"
import { LIVER } from "./support/seed.ts"

test("everything stops within 5 s and goes on when two people say so", async ({ browser }) => {
  test.setTimeout(300_000)
  const priya = await comeIn(browser, "priya")
  const kwame = await comeIn(browser, "kwame")
  const ruth = await comeIn(browser, "ruth")
  await enterWorkspace(priya.page, LIVER)

  await stopEverything(kwame.page, "A rehearsal of the test suite")
  await expect(notebookFrame(priya.page).owner()).toHaveCount(0, { timeout: 5_000 })
  await expect(priya.page.getByText(/hold|stopped/i).first()).toBeVisible()
  await priya.page.goto(`${SITE}/projects`)
  await priya.page.getByRole("link", { name: LIVER }).click()
  const enter = priya.page.getByRole("button", { name: "Enter workspace" })
  await expect(enter).toHaveAttribute("aria-disabled", "true")
  await expect(enter).toHaveAccessibleDescription(/hold|stopped/i)

  await proposeLift(kwame.page, "kwame", "Everything", "The rehearsal is over")
  const own = liftAsSecond(kwame.page, "Everything")
  await expect(own).toHaveAttribute("aria-disabled", "true")
  await expect(own).toHaveAccessibleDescription(/.{20,}/)
  await confirmLift(ruth.page, "ruth", "Everything")
  await enterWorkspace(priya.page, LIVER)
  for (const person of [priya, kwame, ruth]) await person.context.close()
})
