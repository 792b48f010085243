// Every route of the console in every state, in light and dark, on a phone and on a desk: axe-core finds
// nothing, nothing scrolls sideways and no text is cut.
import { LOOKS, Pages, walk } from "../support/accessibility.ts"
import { Findings, type Stack, type Tally } from "../support/battery.ts"
import { launchBrowser } from "../support/browser.ts"
import { readRoutes } from "../support/routes.ts"
import { liftSampleHold, placeSampleHold, seed } from "../support/seed.ts"
import { listStates, type StateName } from "../support/states.ts"

export const description = "axe-core on every page, state, colour scheme and width"

// the hold that fills the page of holds comes after the page was empty
const ORDER: readonly StateName[] = ["empty", "full", "error", "forbidden"]

export async function run(stack: Stack): Promise<Tally> {
  const findings = new Findings((line) => stack.print(line))
  const wanted = (state: StateName) => stack.parts?.includes(state) ?? true
  const browser = await launchBrowser()
  try {
    const table = listStates(await seed(browser))
    const routes = readRoutes()
    findings.check(
      routes.every((route) => route in table) && Object.keys(table).every((route) => routes.includes(route)),
      "the table of states is not the console's route table",
    )
    await using pages = new Pages(browser)
    let views = 0
    for (const state of ORDER.filter(wanted)) {
      if (state === "full") await placeSampleHold(browser)
      views += await walk(pages, table, { state, looks: LOOKS }, (where, wrong) => {
        findings.check(wrong.length === 0, `${where}: ${wrong.join("; ")}`)
      })
    }
    await liftSampleHold(browser)
    stack.print(`  ${routes.length} routes, ${views} pages in a state, ${views * LOOKS.length} looks`)
    return findings.tally()
  } finally {
    await browser.close()
  }
}
