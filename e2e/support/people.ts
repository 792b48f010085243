// People who stay signed in between tests: their cookies are kept for the run, so that a code is asked for
// once a person and not once a test. What a page sends is heard, so that a test can ask the API as they do.
import type { Browser, BrowserContext, Page } from "playwright"
import { SITE, signIn } from "./browser.ts"

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>

const kept = new Map<string, Cookies>()

export interface Person {
  readonly username: string
  readonly context: BrowserContext
  readonly page: Page
  /** asks the API with the token that the page last sent; reloads nothing */
  ask<T>(path: string, init?: { method: string; body?: unknown }): Promise<{ status: number; body: T }>
}

/** A person's browser, on their home page. */
export async function comeIn(browser: Browser, username: string): Promise<Person> {
  const before = kept.get(username)
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    ...(before ? { storageState: before } : {}),
  })
  const page = await context.newPage()
  let authorization = ""
  page.on("request", (request) => {
    const header = request.url().startsWith(`${SITE}/api/`) ? request.headers()["authorization"] : undefined
    if (header !== undefined) authorization = header
  })
  if (before) await page.goto(`${SITE}/home`)
  const hello = page.getByRole("heading", { level: 1, name: /^Hello/ })
  const out = page.getByRole("heading", { level: 1, name: /^(Sign in|You have been signed out)/ })
  if (before) await hello.or(out).first().waitFor()
  if (!before || !(await hello.isVisible())) await signIn(page, username)
  await hello.waitFor()
  kept.set(username, await context.storageState())
  const ask: Person["ask"] = async (path, init) => {
    const answer = await page.evaluate(
      async ([url, header, method, body]) => {
        const response = await fetch(url as string, {
          method: method as string,
          headers: {
            authorization: header as string,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: body as string }),
        })
        return { status: response.status, body: (await response.json()) as unknown }
      },
      [
        path,
        authorization,
        init?.method ?? "GET",
        init?.body === undefined ? undefined : JSON.stringify(init.body),
      ] as const,
    )
    return answer as never
  }
  return { username, context, page, ask }
}

/** Whoever has not signed in. */
export async function visit(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  return { context, page: await context.newPage() }
}
