// Journeys over the real stack in a real browser: one at a time, no retries, no sleeps.
import { defineConfig } from "playwright/test"
import { CHROMIUM_ARGUMENTS, SITE } from "./support/browser.ts"

const PAGES = "accessibility.spec.ts"
/** Run by `npm run prove -- walls` alone, which asks for them. */
const LONG = process.env["GLASSHOUSE_LONG_JOURNEYS"] === undefined ? ["walls-browser.spec.ts"] : []

export default defineConfig({
  testDir: ".",
  // The walk over all pages comes last and finds them filled by the journeys.
  projects: [
    { name: "journeys", testMatch: "*.spec.ts", testIgnore: [PAGES, ...LONG] },
    { name: "pages", testMatch: PAGES },
  ],
  outputDir: "results",
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: SITE,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: CHROMIUM_ARGUMENTS,
    },
  },
})
