// Somebody who has no pointer: everything is reached by Tab, typed and pressed. Each press is looked at: the
// focus is on something, one can see where it is, and what is wanted comes within as many presses as a person
// would put up with.
import type { ElementHandle, Locator, Page } from "playwright"
import { nextCode, readAccount, SITE } from "./browser.ts"

/** how the name of no element is told by what looks inside the page */
const NOTHING = "no element"

/** From anywhere on a page to anywhere else on it. */
const MOST_PRESSES = 60

export class Keys {
  readonly page: Page
  /** how many times a key was pressed to get somewhere */
  presses = 0

  constructor(page: Page) {
    this.page = page
  }

  /** Tabs until it has the focus. */
  async reach(target: Locator, { most = MOST_PRESSES, key = "Tab" } = {}): Promise<void> {
    const wanted = target.first()
    await wanted.waitFor()
    const passed: string[] = []
    let round = false
    for (let press = 0; press < most; press += 1) {
      await this.page.keyboard.press(key)
      this.presses += 1
      const seen = await this.#look(await wanted.elementHandle())
      passed.push(seen.name)
      // once past the end of the page, over the browser's own bar, to its beginning
      if (seen.name === NOTHING && press > 0 && !round) round = true
      else if (seen.wrong !== undefined)
        throw new Error(`after ${press + 1} times ${key}: ${seen.wrong}\n${passed.join("\n")}`)
      if (seen.here) return
    }
    throw new Error(`${wanted} is not reached by ${most} times ${key}; passed:\n${passed.join("\n")}`)
  }

  /** Goes there and presses it. */
  async press(target: Locator, { most = MOST_PRESSES, with: key = "Enter" } = {}): Promise<void> {
    await this.reach(target, { most })
    await this.page.keyboard.press(key)
  }

  /** Goes there and writes, in place of what stood there. */
  async write(target: Locator, text: string): Promise<void> {
    await this.reach(target)
    await this.page.keyboard.press("Control+A")
    await this.page.keyboard.type(text)
  }

  /** A date field takes its parts one after the other, here in the browser's own order of month, day, year. */
  async writeDate(target: Locator, date: Date): Promise<void> {
    await this.reach(target)
    const two = (part: number) => String(part).padStart(2, "0")
    await this.page.keyboard.type(
      `${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}${date.getUTCFullYear()}`,
    )
  }

  /** Into a frame; what has the focus inside it is the frame's own. */
  async enterFrame(frame: Locator): Promise<void> {
    await this.reach(frame)
  }

  /**
   * Out of the notebook: Escape leaves the cell that one writes in, then Shift+Tab goes back through the
   * notebook's own controls and out of it.
   */
  async leaveFrame(target: Locator, most = MOST_PRESSES): Promise<void> {
    await this.page.keyboard.press("Escape")
    await this.reach(target, { key: "Shift+Tab", most })
  }

  /** Chooses in a menu that opens from a button; backwards where a long page lies before it. */
  async choose(button: Locator, item: string, { key = "Tab" } = {}): Promise<void> {
    await this.reach(button, { key })
    await this.page.keyboard.press("Enter")
    const wanted = this.page.getByRole("menuitem", { name: item, exact: true })
    await wanted.waitFor()
    await this.reach(wanted, { key: "ArrowDown", most: 20 })
    await this.page.keyboard.press("Enter")
  }

  /** After a move: the page's heading has the focus, so that it is read out and Tab goes on from it. */
  async arrive(heading: string | RegExp): Promise<void> {
    const there = this.page.getByRole("heading", { level: 1, name: heading }).first()
    await there.waitFor()
    await this.hold(there, `the heading ${heading}`)
  }

  /** Waits until it has the focus by itself. */
  async hold(target: Locator, what: string): Promise<void> {
    const handle = await target.first().elementHandle()
    await this.page
      .waitForFunction((element) => element !== null && element === document.activeElement, handle, {
        timeout: 10_000,
      })
      .catch(async () => {
        throw new Error(`${what} does not have the focus, but ${(await this.#look(handle)).name}`)
      })
  }

  /** Nothing took the focus away: it is on something, and it shows. */
  async keep(): Promise<void> {
    const seen = await this.#look(null)
    if (seen.wrong !== undefined) throw new Error(`${seen.wrong} (${seen.name})`)
  }

  /** Presses; gives a fresh code when one is asked for, after which the decision goes on by itself. */
  async withFreshCode(username: string, press: () => Promise<void>, done: Locator): Promise<void> {
    await press()
    const code = this.page.locator("#otp")
    await code.or(done).first().waitFor()
    if (await code.isVisible()) {
      await this.#giveCode(username)
      await done.first().waitFor()
    }
    await this.keep()
  }

  /** From the public page into the console. */
  async signIn(username: string): Promise<void> {
    const account = readAccount(username)
    await this.page.goto(`${SITE}/`)
    await this.press(this.page.getByRole("button", { name: "Sign in" }))
    const name = this.page.locator("#username")
    await name.waitFor()
    // the sign-in pages put the focus into their first field
    await this.hold(name, "the user name")
    await this.page.keyboard.type(account.username)
    await this.write(this.page.locator("#password"), account.password)
    await this.page.keyboard.press("Enter")
    await this.#giveCode(username)
  }

  async #giveCode(username: string): Promise<void> {
    const field = this.page.locator("#otp")
    await field.waitFor()
    await this.hold(field, "the one-time code")
    await this.page.keyboard.type(await nextCode(username))
    await this.page.keyboard.press("Enter")
    await this.page.waitForURL((url) => url.origin === new URL(SITE).origin)
  }

  #look(wanted: ElementHandle | null): Promise<Seen> {
    return this.page.evaluate(lookAtFocus, wanted)
  }
}

interface Seen {
  here: boolean
  name: string
  /** why a person would not know where they are */
  wrong?: string
}

/** Runs in the page. */
function lookAtFocus(wanted: unknown): Seen {
  const active = document.activeElement
  if (active === null || active === document.body)
    return { here: false, name: "no element", wrong: "nothing has the focus" }
  const element = active as HTMLElement
  const words = (element.getAttribute("aria-label") ?? element.innerText ?? "").replace(/\s+/g, " ")
  const name = `<${element.tagName.toLowerCase()}> ${words.slice(0, 60)}`
  const seen: Seen = { here: element === wanted, name }
  // what is in a frame of another origin, and where a skip link leads, show it themselves
  if (element.tagName === "IFRAME" || element.tagName === "MAIN") return seen
  const ringed = (of: Element, part?: string): boolean => {
    const style = getComputedStyle(of, part)
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
  }
  const around = [element.parentElement, element.nextElementSibling].filter((each) => each !== null)
  if (!ringed(element) && !ringed(element, "::after") && !around.some((each) => ringed(each)))
    return { ...seen, wrong: `nothing shows that ${name} has the focus` }
  const box = element.getBoundingClientRect()
  const isShown = [0.5, 0.1, 0.9].some((across) =>
    [0.5, 0.1, 0.9].some((down) => {
      const top = document.elementFromPoint(box.left + box.width * across, box.top + box.height * down)
      return top !== null && (element.contains(top) || top.contains(element))
    }),
  )
  return isShown ? seen : { ...seen, wrong: `${name} has the focus and is out of sight` }
}
