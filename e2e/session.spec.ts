// A session's ends and edges: nobody there, signed out in another tab, a press too many, a rule in the way.
import { expect, test } from "playwright/test"
import { openPerson, SITE } from "./support/browser.ts"
import { comeIn } from "./support/people.ts"
import { openProject } from "./support/project.ts"
import { CLOTTING, LIVER } from "./support/seed.ts"

test("a session in which nobody does anything ends, after a warning", async ({ browser }) => {
  // its own sign-in: this one ends at the sign-in server too
  const { context, page } = await openPerson(browser, "ines")
  await page.clock.install()
  await page.goto(`${SITE}/data-sets`)
  await expect(page.getByRole("heading", { level: 1, name: "Data sets" })).toBeVisible()
  await page.clock.fastForward("28:30")
  const warning = page.getByRole("dialog", { name: "Are you still there?" })
  await expect(warning).toBeVisible()
  await warning.getByRole("button", { name: "Stay signed in" }).click()
  await expect(warning).toHaveCount(0)
  await page.clock.fastForward("31:00")
  await page.clock.runFor(2_000)
  await page.waitForURL((url) => url.pathname === "/")
  await page.goto(`${SITE}/data-sets`)
  await expect(page.getByRole("heading", { level: 1, name: "Sign in to see this page" })).toBeVisible()
  await context.close()
})

test("a tab that was left open says that the session ended elsewhere, and loses nothing", async ({
  browser,
}) => {
  const { context, page } = await openPerson(browser, "tomasz")
  const stale = await context.newPage()
  await stale.goto(`${SITE}/queue`)
  await expect(stale.getByRole("heading", { level: 1, name: "Queue" })).toBeVisible()
  await page.getByRole("button", { name: /Tomasz Nowak/ }).click()
  await page.getByRole("menuitem", { name: "Sign out" }).click()
  await page.waitForURL((url) => url.pathname === "/")
  await expect(stale.getByRole("heading", { level: 1, name: /signed out|Sign in/ })).toBeVisible({
    timeout: 30_000,
  })
  await expect(stale.getByRole("button", { name: "Sign in" })).toBeVisible()
  await context.close()
})

test("a double click begins one request", async ({ browser }) => {
  const { page, context, ask } = await comeIn(browser, "priya")
  await openProject(page, LIVER)
  const project = new URL(page.url()).pathname.split("/").at(-1) ?? ""
  const count = async () =>
    (await ask<{ requests: unknown[] }>(`/api/projects/${project}/requests`)).body.requests.length
  const before = await count()
  await page.getByRole("button", { name: "Ask for release" }).dblclick()
  await page.waitForURL(/\/requests\/[a-z2-7]{12}\/edit$/)
  await expect(page.getByRole("heading", { level: 1, name: "Ask for release" })).toBeVisible()
  expect(await count()).toBe(before + 1)
  await context.close()
})

test("a button that may not be pressed stays, and says the server's reason", async ({ browser }) => {
  const { page, context, ask } = await comeIn(browser, "priya")
  await openProject(page, LIVER)
  const project = new URL(page.url()).pathname.split("/").at(-1) ?? ""
  await page.goto(`${SITE}/projects/${project}/people`)
  const { body } = await ask<{ actions: { invite: { allowed: boolean; reason: string } } }>(
    `/api/projects/${project}/members`,
  )
  expect(body.actions.invite.allowed).toBe(false)
  const invite = page.getByRole("button", { name: "Invite" })
  await expect(invite).toHaveAttribute("aria-disabled", "true")
  await expect(invite).toHaveAccessibleDescription(body.actions.invite.reason)
  await expect(page.getByText(body.actions.invite.reason).first()).toBeVisible()
  await invite.focus()
  await expect(invite).toBeFocused()
  await page.keyboard.press("Enter")
  await expect(page.getByRole("dialog")).toHaveCount(0)
  await context.close()
})

test("an address that is not there and one that is another project's look the same", async ({ browser }) => {
  const { page, context, ask } = await comeIn(browser, "priya")
  const hannah = await comeIn(browser, "hannah")
  const mine = await hannah.ask<{ projects: { project: { id: string; title: string } }[] }>("/api/projects")
  const other = mine.body.projects.find((each) => each.project.title === CLOTTING)?.project.id ?? ""
  const answers = []
  for (const id of [other, "aaaaaaaaaaaa"]) {
    const { status, body } = await ask<{ code: string; message: string }>(`/api/projects/${id}`)
    answers.push({ status, code: body.code, message: body.message })
    await page.goto(`${SITE}/projects/${id}`)
    await expect(
      page.getByRole("heading", { level: 1, name: "There is nothing here that you may see" }),
    ).toBeVisible()
  }
  expect(answers[0]).toMatchObject({ status: 404 })
  expect(answers[0]).toEqual(answers[1])
  await hannah.context.close()
  await context.close()
})
