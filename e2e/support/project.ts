// A project's doors: into its workspace, and in and out of its list of members.
import type { Page } from "playwright"
import { SITE } from "./browser.ts"
import { waitForLab } from "./notebook.ts"
import type { Person } from "./people.ts"

export async function openProject(page: Page, title: string): Promise<void> {
  await page.goto(`${SITE}/projects`)
  await page
    .getByRole("link", { name: new RegExp(title) })
    .first()
    .click()
  await page.getByRole("heading", { level: 1, name: title }).waitFor()
}

/** From the project to an open notebook. */
export async function enterWorkspace(page: Page, title: string): Promise<void> {
  await openProject(page, title)
  await page
    .getByRole("button", { name: "Enter workspace" })
    .or(page.getByRole("link", { name: "Enter workspace" }))
    .first()
    .click()
  await page.waitForURL(/\/workspaces\//, { timeout: 60_000 })
  await waitForLab(page)
}

/** Invites a demonstration person for thirty days; answers the link, which is shown once. */
export async function invite(page: Page, project: string, name: string, username: string): Promise<string> {
  await page.goto(`${SITE}/projects/${project}/people`)
  await page.getByRole("button", { name: "Invite" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Name").fill(name)
  await dialog.getByLabel("Mail address").fill(`${username}@demo.example`)
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
  await dialog.getByLabel("Member until").fill(until)
  await dialog.getByRole("button", { name: "Invite", exact: true }).click()
  const link = dialog.getByText(/^https?:\/\/\S+$/)
  const shown = await link.innerText()
  await dialog.getByRole("button", { name: "Done" }).click()
  return shown.trim()
}

export async function acceptInvitation(page: Page, link: string, title: string): Promise<void> {
  await page.goto(link)
  await page.getByRole("button", { name: "Join the project" }).click()
  await page.getByRole("heading", { level: 1, name: title }).waitFor()
}

/** Reads the project's agreement and signs the version in force, unless that was done at an earlier stay. */
export async function signAgreement(page: Page, project: string): Promise<void> {
  await page.goto(`${SITE}/projects/${project}/agreement`)
  const sign = page.getByRole("button", { name: "Sign this version" })
  await sign.waitFor()
  if (await sign.isEnabled()) await sign.click()
  await page.getByRole("button", { name: "Sign this version", disabled: true }).waitFor()
}

export async function isMember(page: Page, project: string, name: string): Promise<boolean> {
  await page.goto(`${SITE}/projects/${project}/people`)
  const members = page.getByRole("table").first()
  await members.getByRole("rowheader").first().waitFor()
  return (await members.getByRole("rowheader", { name }).count()) > 0
}

export async function removeMember(page: Page, project: string, name: string, reason: string): Promise<void> {
  await page.goto(`${SITE}/projects/${project}/people`)
  await page.getByRole("button", { name: new RegExp(`^Remove ${name}`) }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Reason").fill(reason)
  await dialog.getByRole("button", { name: "Remove" }).click()
  await dialog.waitFor({ state: "detached" })
}

/** Takes back what is still open for an address, since nobody is asked twice. */
export async function withdrawOpen(person: Person, project: string, username: string): Promise<void> {
  const { body } = await person.ask<{ invitations: { id: string; email: string; state: string }[] }>(
    `/api/projects/${project}/members`,
  )
  for (const each of body.invitations)
    if (each.state === "sent" && each.email === `${username}@demo.example`)
      await person.ask(`/api/projects/${project}/invitations/${each.id}/withdraw`, { method: "POST" })
}
