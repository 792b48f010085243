// In and out of a project: a link that works once, a removal that closes the notebook at once, and nothing
// of a project for those who are not in it.
import { expect, test } from "playwright/test"
import { SITE } from "./support/browser.ts"
import { notebookFrame } from "./support/notebook.ts"
import { comeIn } from "./support/people.ts"
import {
  acceptInvitation,
  enterWorkspace,
  invite,
  removeMember,
  signAgreement,
  withdrawOpen,
} from "./support/project.ts"
import { LIVER } from "./support/seed.ts"

const NOTHING = "There is nothing here that you may see"

test("an invitation brings someone in; a removal closes their notebook within 5 s and says so", async ({
  browser,
}) => {
  test.setTimeout(300_000)
  const amara = await comeIn(browser, "amara")
  const hannah = await comeIn(browser, "hannah")
  const { body } = await amara.ask<{ projects: { project: { id: string; title: string } }[] }>(
    "/api/projects",
  )
  const liver = body.projects.find((each) => each.project.title === LIVER)?.project.id ?? ""

  for (const part of ["", "/data", "/people", "/requests", "/agreement"]) {
    await hannah.page.goto(`${SITE}/projects/${liver}${part}`)
    await expect(hannah.page.getByRole("heading", { level: 1, name: NOTHING })).toBeVisible()
  }

  await withdrawOpen(amara, liver, "hannah")
  const link = await invite(amara.page, liver, "Hannah Okafor", "hannah")
  await acceptInvitation(hannah.page, link, LIVER)
  await signAgreement(hannah.page, liver)
  await enterWorkspace(hannah.page, LIVER)

  const again = await hannah.context.newPage()
  await again.goto(link)
  await expect(again.getByText(/used|accepted/i).first()).toBeVisible()
  await again.close()

  await removeMember(amara.page, liver, "Hannah Okafor", "The work is done")
  await expect(notebookFrame(hannah.page).owner()).toHaveCount(0, { timeout: 5_000 })
  await expect(hannah.page.getByRole("heading", { level: 1, name: NOTHING })).toBeVisible()
  await hannah.page.goto(`${SITE}/projects/${liver}`)
  await expect(hannah.page.getByRole("heading", { level: 1, name: NOTHING })).toBeVisible()

  const people = amara.page.getByRole("region", { name: "Members" })
  await amara.page.goto(`${SITE}/projects/${liver}/people`)
  await expect(people.getByRole("rowheader", { name: "Priya Raman" })).toBeVisible()
  await expect(people.getByText("Hannah Okafor")).toHaveCount(0)
  for (const person of [amara, hannah]) await person.context.close()
})
