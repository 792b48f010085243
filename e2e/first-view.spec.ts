// What a browser must fetch before it shows anything: all the JavaScript of a first view, packed as it travels.
import { gzipSync } from "node:zlib"
import { expect, test, type Page } from "playwright/test"
import { SITE } from "./support/browser.ts"
import { comeIn } from "./support/people.ts"
import { LIVER } from "./support/seed.ts"

const MOST_BYTES = 350_000

/** Loads a page with an empty cache and sums up its scripts; the heading says when it is there. */
async function weigh(page: Page, path: string, heading: string | RegExp): Promise<number> {
  const scripts: Promise<number>[] = []
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return
    scripts.push(response.body().then((body) => gzipSync(body).length))
  })
  await page.goto(`${SITE}${path}`)
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible()
  await page.waitForLoadState("networkidle")
  const weights = await Promise.all(scripts)
  expect(weights.length).toBeGreaterThan(1)
  return weights.reduce((sum, weight) => sum + weight, 0)
}

test("the first view of the public page and of a project is at most 350 kB of JavaScript", async ({
  browser,
}) => {
  const visitor = await browser.newContext()
  const landing = await weigh(await visitor.newPage(), "/", /Sealed rooms/)
  await visitor.close()
  const priya = await comeIn(browser, "priya")
  const { body } = await priya.ask<{ projects: { project: { id: string } }[] }>("/api/projects")
  const fresh = await browser.newContext({ storageState: await priya.context.storageState() })
  const project = await weigh(await fresh.newPage(), `/projects/${body.projects[0]?.project.id}`, LIVER)
  await fresh.close()
  await priya.context.close()
  test.info().annotations.push({ type: "bytes", description: `landing ${landing}, project ${project}` })
  expect(landing).toBeLessThanOrEqual(MOST_BYTES)
  expect(project).toBeLessThanOrEqual(MOST_BYTES)
})
