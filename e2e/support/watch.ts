// What a hostile page does that no listener outside would see: downloads, messages to the page above,
// cookies for the parent domain, service workers, answers of another workspace.
import type { BrowserContext, Page } from "playwright"
import { expect } from "playwright/test"
import { SITE } from "./browser.ts"
import { OTHER_PATHS } from "./hostile.ts"

export interface Watched {
  readonly page: Page
  readonly seen: Set<string>
  /** names of what was seen so far */
  effects(): Promise<string[]>
}

/** Opens a page and watches it. `other` is the origin of another workspace's notebook. */
export async function watch(context: BrowserContext, other: string): Promise<Watched> {
  const page = await context.newPage()
  const seen = new Set<string>()
  page.on("download", () => seen.add("download"))
  page.on("dialog", (dialog) => {
    seen.add(dialog.type() === "beforeunload" ? "before-unload" : "alert")
    // A page that goes away takes its dialog along.
    void dialog.accept().catch(() => undefined)
  })
  context.on("response", (response) => {
    const url = new URL(response.url())
    const name = OTHER_PATHS[url.pathname]
    if (url.origin === other && name !== undefined && response.status() < 400) seen.add(name)
  })
  await page.exposeBinding("ghSeen", (_source, name: string) => void seen.add(name))
  await page.addInitScript(() => {
    if (top !== self) return
    addEventListener("message", ({ data }: MessageEvent<{ gh?: string } | null>) => {
      if (data?.gh !== undefined) (self as unknown as { ghSeen: (name: string) => void }).ghSeen(data.gh)
    })
  })
  return {
    page,
    seen,
    effects: async () => {
      const cookies = await context.cookies([SITE, "http://glasshouse.localhost:8080"])
      if (cookies.some(({ name }) => name === "gh_parent")) seen.add("parent-cookie")
      return [...seen]
    },
  }
}

/** Looks for a while and fails as soon as something is seen. */
export async function expectNothing(found: () => Promise<string[]>, milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end;) expect(await found()).toEqual([])
}
