// Where the keyboard's focus goes when what had it is gone: after a move to the heading of the new page, once it
// is there; after the end of a dialog or a button to what had it before. What a person does in between wins.
import { useEffect, useRef } from "react"
import { useLocation } from "react-router"
import { isReturning } from "../api/step-up.ts"

/** Far enough back to step over a dialog with many fields. */
const TRAIL = 40

export class FocusKeeper {
  /** what had the focus, newest last */
  #trail: HTMLElement[] = []
  /** from a move until the person goes elsewhere */
  #moving = false
  #acted = false
  readonly #observer = new MutationObserver(() => this.#look())

  start(): void {
    // Pages and dialogs come whole: it is enough to look when something was added or taken away.
    this.#observer.observe(document.body, { childList: true, subtree: true })
    document.addEventListener("focusin", this.#onFocus)
    document.addEventListener("keydown", this.#onAct, true)
    document.addEventListener("pointerdown", this.#onPress, true)
  }

  stop(): void {
    this.#observer.disconnect()
    document.removeEventListener("focusin", this.#onFocus)
    document.removeEventListener("keydown", this.#onAct, true)
    document.removeEventListener("pointerdown", this.#onPress, true)
  }

  /** The page has changed. */
  moved(): void {
    this.#moving = true
    this.#acted = false
    this.#look()
  }

  #onFocus = (event: FocusEvent): void => {
    const target = event.target as HTMLElement
    this.#trail = [...this.#trail.filter((each) => each !== target && each.isConnected), target].slice(-TRAIL)
    // A menu that closes gives the focus back by itself; only what follows a key is the person's own way.
    if (this.#acted && target !== findHeading()) this.#moving = false
  }

  #onAct = (): void => {
    this.#acted = true
  }

  #onPress = (): void => {
    this.#moving = false
    this.#trail = []
  }

  #look(): void {
    const active = document.activeElement
    const dialog = findDialog()
    if (this.#moving && !dialog) {
      const heading = findHeading()
      if (heading && heading !== active) take(heading)
      return
    }
    if (!isNowhere(active) || this.#trail.at(-1)?.isConnected !== false) return
    const before = this.#trail.filter((each) => each.isConnected && (!dialog || dialog.contains(each)))
    for (const each of [...before.toReversed(), dialog ?? findHeading()]) if (each && take(each)) return
  }
}

/** False where the element cannot have it: hidden, or disabled. */
function take(element: HTMLElement): boolean {
  if (/^H\d$/.test(element.tagName) && !element.hasAttribute("tabindex")) element.tabIndex = -1
  element.focus({ preventScroll: true })
  return document.activeElement === element
}

function isNowhere(element: Element | null): boolean {
  return element === null || element === document.body
}

function findHeading(): HTMLElement | null {
  return document.querySelector<HTMLElement>("main h1")
}

function findDialog(): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('[role="dialog"][aria-modal="true"]')].at(-1)
}

/**
 * For the frame of all pages: one keeper for its life, told of every move. The first page is no move, unless one
 * comes back to it from giving a code.
 */
export function useKeptFocus(): void {
  const { pathname } = useLocation()
  const keeper = useRef<FocusKeeper>(undefined)
  const shown = useRef(pathname)
  useEffect(() => {
    const own = new FocusKeeper()
    keeper.current = own
    own.start()
    if (isReturning()) own.moved()
    return () => own.stop()
  }, [])
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    keeper.current?.moved()
  }, [pathname])
}
