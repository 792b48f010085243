// The main journeys of the four roles without a pointer. `Keys` fails when the focus is lost, cannot be seen,
// or when something is too many presses away.
import { expect, test, type Page } from "playwright/test"
import { Keys } from "./support/keys.ts"
import { notebookFrame, waitForIdle, waitForLab } from "./support/notebook.ts"
import { CLEAN, SMALL_COUNT } from "./support/outputs.ts"
import { comeIn } from "./support/people.ts"
import { withdrawOpen } from "./support/project.ts"
import { LIVER, seedRequest } from "./support/seed.ts"

const projects = (page: Page) => page.locator("section", { hasText: "Your projects" })

test("a researcher signs in, works in a notebook, leaves its frame, asks for release and withdraws", async ({
  browser,
}) => {
  test.setTimeout(180_000)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const keys = new Keys(page)
  await seedRequest(browser)
  const asked = `By keyboard ${Date.now()}`

  await keys.signIn("priya")
  await page.getByRole("heading", { level: 1, name: /^Hello, Priya/ }).waitFor()
  await keys.press(projects(page).getByRole("link", { name: LIVER }))
  await keys.arrive(LIVER)
  await keys.press(page.getByRole("button", { name: "Enter workspace" }))
  await page.waitForURL(/\/workspaces\//)

  const lab = await waitForLab(page)
  await test.step("in the notebook and out of it", async () => {
    await keys.enterFrame(notebookFrame(page).owner())
    await page.keyboard.press("Control+Shift+L")
    await lab.locator(".jp-Launcher:visible").waitFor()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await lab.locator(".jp-NotebookPanel:visible .jp-CodeCell").first().waitFor()
    await waitForIdle(lab)
    await page.keyboard.press("Enter")
    await page.keyboard.type("print(6 * 7)")
    await page.keyboard.press("Control+Enter")
    await lab.locator(".jp-OutputArea-output:visible").getByText("42").waitFor()
    await keys.leaveFrame(page.getByRole("button", { name: "Ask for release" }))
  })
  await page.keyboard.press("Enter")
  await page.waitForURL(/\/requests\/[a-z2-7]{12}\/edit$/)
  await page.getByRole("heading", { level: 1, name: "Ask for release" }).waitFor()

  await test.step("files are chosen in a dialog, which gives the focus back", async () => {
    const add = page.getByRole("button", { name: /^Add files/ })
    await keys.press(add)
    const dialog = page.getByRole("dialog")
    await keys.press(dialog.getByRole("checkbox", { name: CLEAN.path }), { with: "Space" })
    await keys.press(dialog.getByRole("button", { name: "Add 1 file" }))
    await dialog.waitFor({ state: "detached" })
    await keys.hold(add, "what opened the dialog")
  })
  await keys.write(page.getByRole("textbox", { name: "Name", exact: true }), asked)
  await keys.write(page.getByRole("textbox", { name: "What is it?" }), "Deaths by age band, whole cohort")
  await keys.write(
    page.getByRole("textbox", { name: "How were small numbers handled?" }),
    "Bands were joined",
  )
  const send = page.getByRole("button", { name: "Ask for release" })
  // what was typed is saved by itself, and the server says when nothing is missing
  await expect(send).toBeEnabled()
  await keys.press(send)
  await keys.arrive(asked)

  await keys.press(page.getByRole("button", { name: "Withdraw" }))
  const dialog = page.getByRole("dialog")
  await keys.hold(dialog.getByRole("textbox", { name: "Reason" }), "the reason")
  await page.keyboard.type("Only a rehearsal")
  await keys.press(dialog.getByRole("button", { name: "Withdraw" }))
  await dialog.waitFor({ state: "detached" })
  await expect(page.getByText("Withdrawn").first()).toBeVisible()
  await keys.keep()
  await context.close()
})

test("an output checker goes from the queue to a sent review by keys", async ({ browser }) => {
  test.setTimeout(300_000)
  const title = await seedRequest(browser)
  const { page, context, username } = await comeIn(browser, "jonas")
  const keys = new Keys(page)
  await keys.choose(page.getByRole("button", { name: /Jonas Weber/ }), "Queue")
  await keys.arrive("Queue")
  await keys.press(page.getByRole("link", { name: title }))
  await keys.arrive(title)

  const files = page.getByRole("complementary", { name: "Files" })
  const pressed = (name: RegExp) => page.getByRole("button", { name, pressed: true })
  await test.step("the first file by letters: c leads to the comment, Escape out of it, c sends", async () => {
    await page.getByRole("region", { name: SMALL_COUNT.path, exact: true }).waitFor()
    await page.keyboard.press("c")
    await keys.hold(page.getByRole("textbox", { name: `Comment on ${SMALL_COUNT.path}` }), "the comment")
    await page.keyboard.type("18-49 has 4 deaths. Join it to the next band.")
    await page.keyboard.press("Escape")
    await keys.keep()
    await keys.withFreshCode(username, () => page.keyboard.press("c"), pressed(/^Ask for change/))
  })
  await test.step("the second one by Tab: its name, its vote", async () => {
    await keys.press(files.getByRole("button", { name: CLEAN.path }))
    await page.getByRole("region", { name: CLEAN.path, exact: true }).waitFor()
    await keys.keep()
    await keys.withFreshCode(
      username,
      () => keys.press(page.getByRole("button", { name: /^Approve/ })),
      pressed(/^Approve/),
    )
  })
  await test.step("k goes back, ? tells the keys and gives the focus back", async () => {
    await page.keyboard.press("k")
    await page.getByRole("region", { name: SMALL_COUNT.path, exact: true }).waitFor()
    await page.keyboard.press("?")
    await page.getByRole("dialog", { name: "Keys of the desk" }).waitFor()
    await page.keyboard.press("Escape")
    await page.getByRole("dialog").waitFor({ state: "detached" })
    await keys.keep()
  })
  await keys.withFreshCode(
    username,
    () => keys.press(page.getByRole("button", { name: "Send my review" })),
    page.getByRole("button", { name: "Send my review", disabled: true }),
  )
  await context.close()
})

test("a project admin invites and withdraws; dialogs hold the focus and give it back", async ({
  browser,
}) => {
  const amara = await comeIn(browser, "amara")
  const { page, context } = amara
  const keys = new Keys(page)
  const { body } = await amara.ask<{ projects: { project: { id: string; title: string } }[] }>(
    "/api/projects",
  )
  const liver = body.projects.find((each) => each.project.title === LIVER)?.project.id ?? ""
  await withdrawOpen(amara, liver, "hannah")

  await keys.press(projects(page).getByRole("link", { name: LIVER }))
  await keys.arrive(LIVER)
  await keys.press(page.getByRole("link", { name: /their training$/ }))
  await keys.arrive("People")
  const invite = page.getByRole("button", { name: "Invite", exact: true })
  const dialog = page.getByRole("dialog")

  await test.step("Tab stays in the dialog, Escape closes it", async () => {
    await keys.press(invite)
    await dialog.waitFor()
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press("Tab")
      await keys.keep()
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    }
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    await keys.hold(invite, "the button that opened the dialog")
  })

  const until = new Date(Date.now() + 30 * 86_400_000)
  const fill = async () => {
    await page.keyboard.press("Enter")
    await keys.write(dialog.getByRole("textbox", { name: "Name" }), "Hannah Okafor")
    await keys.write(dialog.getByRole("textbox", { name: "Mail address" }), "hannah@demo.example")
    await keys.writeDate(dialog.getByLabel("Member until"), until)
    await page.keyboard.press("Enter")
  }
  await test.step("invites; the link is shown and the focus stays in the dialog", async () => {
    await fill()
    await dialog.getByText(/^https?:\/\/\S+$/).waitFor()
    await keys.keep()
    await keys.press(dialog.getByRole("button", { name: "Done" }))
    await dialog.waitFor({ state: "detached" })
    await keys.hold(invite, "the button that opened the dialog")
  })
  await test.step("a second invitation says what is in its way and offers the way out", async () => {
    await fill()
    await expect(dialog.getByText(/is still open.*Withdraw it, then invite again/)).toBeVisible()
    await keys.press(dialog.getByRole("button", { name: /^Withdraw the open one/ }))
    await expect(dialog.getByText(/is still open/)).toHaveCount(0)
    await keys.keep()
    await keys.press(dialog.getByRole("button", { name: "Invite", exact: true }))
    await dialog.getByText(/^https?:\/\/\S+$/).waitFor()
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
  })
  await test.step("withdraws it in the list; the row's button goes and the focus does not", async () => {
    const withdraw = page.getByRole("button", { name: "Withdraw the invitation of Hannah Okafor" })
    await keys.press(withdraw)
    await expect(withdraw).toHaveCount(0)
    await keys.keep()
  })
  await context.close()
})

test("an auditor searches, opens an entry, verifies it and a chip; stops everything and thinks again", async ({
  browser,
}) => {
  const { page, context } = await comeIn(browser, "kwame")
  const keys = new Keys(page)
  await keys.choose(page.getByRole("button", { name: /Kwame Mensah/ }), "Log")
  await keys.arrive("Who did what, under which rule")

  const dialog = page.getByRole("dialog")
  await test.step("a filter, chosen by arrows", async () => {
    await keys.press(page.getByRole("button", { name: "Filter" }))
    await keys.reach(dialog.getByRole("combobox", { name: "Decision" }))
    await page.keyboard.press("ArrowDown")
    const allowed = page.getByRole("option", { name: "allowed" })
    await allowed.waitFor()
    // which one is in front when the list opens is the list's own affair
    for (let press = 0; press < 4; press += 1) {
      if ((await allowed.getAttribute("data-combobox-selected")) !== null) break
      await page.keyboard.press("ArrowDown")
    }
    await page.keyboard.press("Enter")
    await expect(dialog.getByRole("combobox", { name: "Decision" })).toHaveValue("allowed")
    await keys.press(dialog.getByRole("button", { name: "Search" }))
    await dialog.waitFor({ state: "detached" })
    await expect(page.getByText("Decision is")).toBeVisible()
    await keys.keep()
  })

  const event = page.getByRole("complementary", { name: "Event" })
  const row = page.getByRole("main").getByRole("list").getByRole("link").first()
  await test.step("an entry is opened and verified, and closed again", async () => {
    await keys.press(row)
    await event.getByRole("heading", { level: 2 }).waitFor()
    await keys.press(event.getByRole("button", { name: "Verify in this browser" }), { most: 12 })
    await expect(event.getByText("Verified in this browser")).toBeVisible()
    await keys.keep()
    await page.keyboard.press("Escape")
    await event.waitFor({ state: "detached" })
    await keys.hold(row, "the row of the event")
  })
  await test.step("a chip is opened, verified, and closed", async () => {
    const chip = page
      .getByRole("main")
      .getByRole("button", { name: /^Log entry/ })
      .first()
    await keys.reach(chip, { key: "Shift+Tab" })
    await page.keyboard.press("Enter")
    await dialog.waitFor()
    await keys.press(dialog.getByRole("button", { name: "Verify in this browser" }), { most: 12 })
    await expect(dialog.getByText("Verified in this browser")).toBeVisible()
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    await keys.hold(chip, "the chip")
  })
  await test.step("stop everything, and cancel", async () => {
    await keys.choose(page.getByRole("button", { name: /Kwame Mensah/ }), "Holds", { key: "Shift+Tab" })
    await keys.arrive("Holds")
    const stop = page.getByRole("button", { name: "Stop everything" })
    await keys.press(stop)
    await keys.hold(dialog.getByRole("textbox", { name: "Reason" }), "the reason")
    await keys.press(dialog.getByRole("button", { name: "Cancel" }))
    await dialog.waitFor({ state: "detached" })
    await keys.hold(stop, "the button that opened the dialog")
    await expect(page.getByRole("rowheader", { name: "Everything" })).toHaveCount(0)
  })
  await context.close()
})
