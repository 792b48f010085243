// Every page of the console with something on it, once in light on a desk and once in dark on a phone. All
// states in all looks are `npm run prove -- accessibility`.
import { expect, test } from "playwright/test"
import { Pages, TWO_LOOKS, walk } from "./support/accessibility.ts"
import { liftSampleHold, placeSampleHold, seed } from "./support/seed.ts"
import { listStates } from "./support/states.ts"

test("every page is without a violation, nothing scrolls sideways and no text is cut", async ({
  browser,
}) => {
  test.setTimeout(420_000)
  const table = listStates(await seed(browser))
  await placeSampleHold(browser)
  await using pages = new Pages(browser)
  const wrong: string[] = []
  let views = 0
  try {
    views = await walk(pages, table, { state: "full", looks: TWO_LOOKS }, (where, found) => {
      for (const each of found) wrong.push(`${where}: ${each}`)
    })
  } finally {
    await liftSampleHold(browser)
  }
  expect(wrong).toEqual([])
  expect(views).toBe(Object.keys(table).length)
})
