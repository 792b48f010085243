// One page in one state, looked at by axe-core in light and dark, on a phone and a desk, once what it is for is
// on the screen. Besides axe: nothing scrolls sideways, and no text is cut.
import AxeBuilder from "@axe-core/playwright"
import type { Browser, BrowserContext, Page, Route } from "playwright"
import { SITE } from "./browser.ts"
import { comeIn, visit } from "./people.ts"
import { SERVER_BROKE, type listStates, type StateName, type View } from "./states.ts"

export interface Look {
  readonly colour: "light" | "dark"
  readonly width: 360 | 1440
}

export const LOOKS: readonly Look[] = [
  { colour: "light", width: 1440 },
  { colour: "dark", width: 1440 },
  { colour: "dark", width: 360 },
  { colour: "light", width: 360 },
]

/** The short form, for every run of the tests: each colour and each width once. */
export const TWO_LOOKS: readonly Look[] = [
  { colour: "light", width: 1440 },
  { colour: "dark", width: 360 },
]

/** Who is signed in stays so while a page breaks: the page is judged, not the way in. */
const KEPT = /^\/api\/(session|site|log\/pulse|health)/

/** A signed-in page for each person, made when it is first needed. */
export class Pages {
  readonly #browser: Browser
  readonly #open = new Map<string, { context: BrowserContext; page: Page }>()

  constructor(browser: Browser) {
    this.#browser = browser
  }

  async of(who: string | undefined): Promise<Page> {
    const key = who ?? ""
    let open = this.#open.get(key)
    if (!open) {
      open = who === undefined ? await visit(this.#browser) : await comeIn(this.#browser, who)
      this.#open.set(key, open)
    }
    return open.page
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { context } of this.#open.values()) await context.close()
  }
}

/** Each page of a state that has it, in each look; told with what is wrong. */
export async function walk(
  pages: Pages,
  table: ReturnType<typeof listStates>,
  { state, looks }: { state: StateName; looks: readonly Look[] },
  tell: (where: string, wrong: readonly string[]) => void,
): Promise<number> {
  let views = 0
  for (const [route, row] of Object.entries(table)) {
    const view = row[state] ?? (state === "error" ? row.full : undefined)
    if (!view || "none" in view) continue
    const page = await pages.of(view.who)
    const wrongView = await bringUp(page, view, state).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    views += 1
    if (wrongView !== undefined) {
      tell(`${route} ${state}`, [wrongView])
      continue
    }
    for (const look of looks)
      tell(`${route} ${state} ${look.colour} ${look.width}`, await examine(page, look))
  }
  return views
}

/** Brings a view up and waits until what it is for is there. */
export async function bringUp(page: Page, view: View, state: StateName): Promise<void> {
  await page.unrouteAll({ behavior: "ignoreErrors" })
  if (state === "error") await page.route(`${SITE}/**`, breakReading)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" })
  await page.goto(`${SITE}${view.path}`)
  if (state === "error") {
    await page.getByText(SERVER_BROKE).first().waitFor({ timeout: 15_000 })
  } else {
    await page.getByRole("heading", { level: 1, name: view.heading }).first().waitFor({ timeout: 15_000 })
    await page.getByText(view.shows).locator("visible=true").first().waitFor({ timeout: 15_000 })
  }
  await page.getByRole("heading", { level: 1 }).first().waitFor()
  await page.waitForFunction(() => document.querySelector(".loading-rows") === null, undefined, {
    timeout: 15_000,
  })
}

async function breakReading(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url())
  const isApi = pathname.startsWith("/api/") && !KEPT.test(pathname)
  const isLog = pathname.startsWith("/log/") && pathname !== "/log/"
  if (!isApi && !isLog && !(pathname === "/log/" && route.request().resourceType() !== "document"))
    return route.fallback()
  await route.fulfill({
    status: 500,
    contentType: "application/json",
    body: JSON.stringify({
      code: "unexpected",
      message: SERVER_BROKE,
      way: "Nothing was lost. Try again.",
      request: "abcdefghijkl",
    }),
  })
}

/** What is wrong with the page as it stands, one line each; an empty list is a pass. */
export async function examine(page: Page, look: Look): Promise<string[]> {
  await page.emulateMedia({ colorScheme: look.colour, reducedMotion: "reduce" })
  await page.setViewportSize({ width: look.width, height: look.width === 360 ? 780 : 900 })
  await settle(page)
  const found = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .exclude("iframe")
    .options({ resultTypes: ["violations"] })
    .analyze()
  const violations = found.violations.map(
    (violation) =>
      `${violation.id}: ${violation.help}; ${violation.nodes
        .slice(0, 3)
        .map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`)
        .join("; ")}`,
  )
  return [...violations, ...(await page.evaluate(findCutText))]
}

/** Layout follows a new width within two frames, and what measures itself within two more. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    for (let frame = 0; frame < 4; frame += 1)
      await new Promise((resolve) => {
        requestAnimationFrame(resolve)
      })
  })
}

/** Runs in the page: sideways scrolling of the whole page, and text that somebody cannot read to its end. */
function findCutText(): string[] {
  const wrong: string[] = []
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) wrong.push(`the page scrolls sideways: ${scrollWidth} in ${clientWidth}`)
  const name = (element: Element) =>
    `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}">`
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    const words = node.textContent?.trim() ?? ""
    if (
      !element ||
      words === "" ||
      element.closest(".visually-hidden, .skip, script, style, iframe, noscript")
    )
      continue
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    range.selectNodeContents(node)
    const text = range.getBoundingClientRect()
    if (text.width === 0 || text.height === 0) continue
    let scrolls = false
    for (let box: Element | null = element; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box)
      if (style.clipPath !== "none" && box.getBoundingClientRect().width <= 1) {
        scrolls = true // hidden from the eye on purpose, read out by screen readers
        break
      }
      const clip = box.getBoundingClientRect()
      if (/auto|scroll/.test(style.overflowX)) scrolls = true
      const cutsAcross =
        /hidden|clip/.test(style.overflowX) && (text.right > clip.right + 1 || text.left < clip.left - 1)
      const cutsDown =
        /hidden|clip/.test(style.overflowY) && (text.bottom > clip.bottom + 2 || text.top < clip.top - 2)
      if (!scrolls && (cutsAcross || cutsDown)) {
        wrong.push(`text is cut: ${JSON.stringify(words.slice(0, 60))} in ${name(box)}`)
        break
      }
    }
    if (!scrolls && text.right > clientWidth + 1)
      wrong.push(`text leaves the page: ${JSON.stringify(words.slice(0, 60))} in ${name(element)}`)
  }
  return [...new Set(wrong)]
}
