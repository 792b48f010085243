// Journeys over the real stack in a real browser: one at a time, no retries, no sleeps.
import { defineConfig } from "playwright/test"
import { CHROMIUM_ARGUMENTS, SITE } from "./support/browser.ts"

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
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
