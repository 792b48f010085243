// The whole loop in a real browser, as each of the people, against the running platform: a line a step with
// its time, a screenshot each under e2e/tour. Ends non-zero when a step fails, and leaves workspaces of two
// projects running.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Page } from "playwright"
import { launchBrowser, openPerson, SITE } from "./support/browser.ts"
import { review, withFreshCode } from "./support/desk.ts"
import { confirmLift, proposeLift, stopEverything } from "./support/holds.ts"
import { notebookFrame, openNotebook, runAllCells, runCell, waitForLab } from "./support/notebook.ts"
import {
  acceptInvitation,
  enterWorkspace,
  invite,
  isMember,
  openProject,
  removeMember,
  signAgreement,
} from "./support/project.ts"

const OUT = join(import.meta.dirname, "tour")
mkdirSync(OUT, { recursive: true })
const LIVER = "Liver disease and survival"
const CLOTTING = "Vaccination and rare clotting events"

// A title of its own for every walk, so that what earlier walks left is never taken for this one's.
const TITLE = `Survival by age, ${new Date().toISOString().slice(5, 19).replaceAll(/[-T:]/g, "")}`

const ASK_FIRST = `glasshouse.request_output(
    "${TITLE}",
    context="Kaplan-Meier estimates at whole years, and deaths by age band; whole cohort",
    files=[
        {"path": "results/survival.csv", "description": "survival at whole years", "small_numbers": "at risk rounded to 10"},
        {"path": "results/counts.csv", "description": "deaths by age band", "small_numbers": "not yet handled"},
    ],
)`
const MEND = `wide = pd.cut(people["age"], [17, 49, 69, 120], labels=["18-49", "50-69", "70+"])
mended = (people.assign(age_band=wide, status=people["status"].map({0: "alive", 1: "died"}))
    .groupby(["age_band", "status"], observed=False).size().unstack().reset_index())
mended.to_csv("results/mended.csv", index=False)
glasshouse.check("results/mended.csv")
print("mended")`

function wantChange(file: string): { choice: "Approve" | "Ask for change"; comment?: string } {
  return file.includes("counts.csv")
    ? { choice: "Ask for change", comment: "A cell has fewer than 10 people. Join it to its neighbour." }
    : { choice: "Approve" }
}

let number = 0
async function step<T>(what: string, page: Page, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  number += 1
  const name = `${String(number).padStart(2, "0")}-${what
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 60)}`
  try {
    const value = await work()
    await page.screenshot({ path: join(OUT, `${name}.png`) })
    process.stdout.write(
      `  ✓ ${String(number).padStart(2)}  ${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${what}\n`,
    )
    return value
  } catch (error) {
    await page.screenshot({ path: join(OUT, `${name}-failed.png`) }).catch(() => {})
    process.stdout.write(
      `  ✗ ${String(number).padStart(2)}  ${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${what}\n`,
    )
    throw error
  }
}

async function main(): Promise<void> {
  const began = performance.now()
  const browser = await launchBrowser()
  try {
    await walk(browser)
    process.stdout.write(
      `\n  ${number} steps in ${((performance.now() - began) / 1_000).toFixed(0)} s; screenshots in e2e/tour\n`,
    )
  } finally {
    await browser.close()
  }
}

async function walk(browser: Browser): Promise<void> {
  const visitor = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await step("Anyone reads what this place is and who uses the data", visitor, async () => {
    await visitor.goto(SITE)
    await visitor.getByRole("heading", { level: 1 }).waitFor()
    await visitor.goto(`${SITE}/register`)
    await visitor.getByText(LIVER).first().waitFor()
  })

  const { page: priya } = await step("Priya, a researcher, signs in with a code", visitor, () =>
    openPerson(browser, "priya"),
  )
  await step("Her project: the floor plan with the linked register", priya, async () => {
    await openProject(priya, LIVER)
    await priya.getByText("nafld_nafld1").first().waitFor()
  })
  await step("She opens her sealed workspace", priya, () => enterWorkspace(priya, LIVER))
  const lab = await waitForLab(priya)
  await step("The first notebook runs top to bottom on real linked data", priya, async () => {
    await openNotebook(lab, "first-notebook.ipynb")
    await runAllCells(priya, lab)
    await lab.getByText("log-rank test").last().waitFor()
  })
  await step("She asks for release of a table with a small count, and of a figure", priya, async () => {
    const cell = await runCell(priya, lab, ASK_FIRST)
    await cell.getByText("is with the output checkers").waitFor({ timeout: 60_000 })
  })
  const { page: jonas } = await step("Jonas, an output checker, signs in", priya, () =>
    openPerson(browser, "jonas"),
  )
  await step("He finds the small count, asks for a change, and sends his review", jonas, async () => {
    await waitForChecks(jonas)
    await review(jonas, "jonas", TITLE, wantChange)
  })
  const { page: mei } = await step("Mei, the second checker, signs in", jonas, () =>
    openPerson(browser, "mei"),
  )
  await step("She votes without seeing his vote", mei, () => review(mei, "mei", TITLE, wantChange))
  await step("Jonas returns the request with a comment", jonas, async () => {
    await jonas.reload()
    await jonas.getByRole("button", { name: "Return to author" }).click()
    await jonas
      .getByLabel("What should change?")
      .fill("Two age bands have fewer than 10 people. Please join them to their neighbours.")
    await jonas.getByRole("button", { name: "Return it" }).click()
    await jonas.getByRole("button", { name: "Return it" }).waitFor({ state: "detached" })
  })
  await step("Priya joins the age bands in her notebook", priya, async () => {
    const cell = await runCell(priya, lab, MEND)
    await cell.getByText("mended").first().waitFor()
  })
  await step("She changes the file and asks again", priya, async () => {
    await priya.goto(`${SITE}/projects/${await projectIdOf(priya)}/requests`)
    await priya
      .getByRole("link", { name: new RegExp(TITLE) })
      .first()
      .click()
    await priya
      .getByRole("button", { name: /Change|Fix|Edit/ })
      .first()
      .click()
    await priya.getByRole("button", { name: "Take results/counts.csv out" }).click()
    await priya.getByRole("button", { name: "Take results/counts.csv out" }).waitFor({ state: "detached" })
    await priya.getByRole("button", { name: /^Add files/ }).click()
    await priya
      .getByRole("checkbox", { name: /mended\.csv/ })
      .first()
      .check()
    await priya.getByRole("button", { name: "Add 1 file" }).click()
    await priya.getByRole("heading", { name: "Add files" }).waitFor({ state: "detached" })
    await priya
      .getByLabel("How were small numbers handled?")
      .first()
      .fill("Age bands with fewer than 10 people were joined")
    await priya.getByRole("button", { name: "Ask for release" }).click()
    await priya.waitForURL((url) => !url.pathname.endsWith("/edit"))
  })
  await step("Jonas approves what is there now", jonas, async () => {
    await waitForChecks(jonas)
    await review(jonas, "jonas", TITLE, () => ({ choice: "Approve" }))
  })
  await step("Mei approves the same files", mei, () =>
    review(mei, "mei", TITLE, () => ({ choice: "Approve" })),
  )
  await step("Mei releases what two people approved", mei, async () => {
    await mei.reload()
    const release = mei.getByRole("button", { name: "Release", exact: true })
    await withFreshCode(mei, "mei", () => release.click(), {
      done: mei.getByText("Turn 2, released"),
    })
  })
  await step("Priya downloads the released table, once", priya, async () => {
    await priya.goto(`${SITE}/projects/${await projectIdOf(priya)}/releases`)
    await priya
      .getByRole("link", { name: new RegExp(TITLE) })
      .first()
      .click()
    const row = priya.getByRole("row", { name: /mended\.csv/ })
    const arrived = priya.waitForEvent("download", { timeout: 30_000 })
    await row.getByRole("button", { name: /Download/ }).click()
    await (await arrived).path()
  })
  const { page: kwame } = await step("Kwame, the auditor, signs in", priya, () =>
    openPerson(browser, "kwame"),
  )
  await step("He finds every step of it in the log, and proves one in his browser", kwame, async () => {
    await kwame.goto(`${SITE}/audit?family=outputs`)
    for (const words of [/asked for release/i, /returned/i, /voted|vote/i, /released/i, /downloaded/i])
      await kwame.getByRole("listitem").filter({ hasText: words }).first().waitFor()
    await kwame
      .getByRole("listitem")
      .filter({ hasText: /released/i })
      .first()
      .getByRole("link")
      .click()
    await kwame.getByRole("button", { name: "Verify in this browser" }).click()
    await kwame.getByText("Verified in this browser").waitFor()
  })
  const liver = await projectIdOf(priya)
  const { page: amara } = await step("Amara, the project admin, signs in", kwame, async () => {
    const opened = await openPerson(browser, "amara")
    // A walk that broke off may have left Hannah in.
    if (await isMember(opened.page, liver, "Hannah"))
      await removeMember(opened.page, liver, "Hannah", "As before")
    return opened
  })
  const { page: hannah } = await step("Hannah, a researcher of another project, signs in", amara, () =>
    openPerson(browser, "hannah"),
  )
  await step("She sees nothing of the first project", hannah, async () => {
    for (const path of [`/projects/${liver}`, `/projects/${liver}/releases`]) {
      await hannah.goto(`${SITE}${path}`)
      await hannah
        .getByText(/nothing here/i)
        .first()
        .waitFor()
    }
  })
  const link = await step("She invites Hannah", amara, () => invite(amara, liver, "Hannah", "hannah"))
  await step("Hannah joins, signs the agreement, and opens a workspace of the project", hannah, async () => {
    await acceptInvitation(hannah, link, LIVER)
    await signAgreement(hannah, liver)
    await enterWorkspace(hannah, LIVER)
  })
  await step("Amara removes her: the open notebook closes within 5 s", amara, async () => {
    await removeMember(amara, liver, "Hannah", "The work is done")
    await seeNotebookClose(hannah, 5_000)
  })
  await step("Hannah's own workspace opens in her own project", hannah, () =>
    enterWorkspace(hannah, CLOTTING),
  )
  await step("Priya is in hers", priya, () => enterWorkspace(priya, LIVER))
  await step("Kwame stops everything: both notebooks close within 5 s", kwame, async () => {
    await stopEverything(kwame, "A rehearsal")
    await Promise.all([priya, hannah].map((page) => seeNotebookClose(page, 5_000)))
  })
  await step("He proposes to lift it", kwame, () =>
    proposeLift(kwame, "kwame", "Everything", "The rehearsal is over"),
  )
  const { page: ruth } = await step("Ruth, a custodian, signs in", kwame, () => openPerson(browser, "ruth"))
  await step("She lifts it as the second person", ruth, () => confirmLift(ruth, "ruth", "Everything"))
  await step("Work goes on: both workspaces open again", priya, async () => {
    await Promise.all([enterWorkspace(priya, LIVER), enterWorkspace(hannah, CLOTTING)])
  })
}

/** The console takes the frame away and says why. */
async function seeNotebookClose(page: Page, milliseconds: number): Promise<void> {
  await notebookFrame(page).owner().waitFor({ state: "detached", timeout: milliseconds })
}

/** The project's id, from its page's own address. */
async function projectIdOf(page: Page): Promise<string> {
  await openProject(page, LIVER)
  return new URL(page.url()).pathname.split("/").at(-1) ?? ""
}

/** The newest request has left the machine's checks when it stands in the queue. */
async function waitForChecks(page: Page): Promise<void> {
  await page.goto(`${SITE}/queue`)
  await page
    .getByRole("link", { name: new RegExp(TITLE) })
    .first()
    .waitFor({ timeout: 90_000 })
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})
