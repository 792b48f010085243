// Storage, channels, workers and windows of one browser: what a notebook's script leaves there is found by
// neither the console nor the same person's other workspace, because each has an origin of its own. With one
// origin for all, as if they shared a host name, each of these attempts works.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chromium, type BrowserContext, type Frame, type Page } from "playwright"
import { expect, test } from "playwright/test"
import { CHROMIUM_ARGUMENTS } from "./support/browser.ts"
import { leaveAll, LEFT, listen, look, OWN } from "./support/hostile-origin.ts"
import {
  type HostileServer,
  NOTEBOOK,
  OTHER_NOTEBOOK,
  PLAIN,
  SAME,
  SHELL,
  startHostileServer,
} from "./support/hostile-server.ts"
import { openUnprotected } from "./support/sink.ts"
import { expectNothing } from "./support/watch.ts"

const pageOf = (notebook: string): string => `${SHELL}/workspaces/${new URL(notebook).host.split(".")[0]}`
const folder = mkdtempSync(join(tmpdir(), "glasshouse-origins-"))
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

let server: HostileServer
test.beforeAll(async () => {
  server = await startHostileServer()
  server.serve(`<!doctype html><p id="gh-there">x</p>`)
})
test.afterAll(() => server[Symbol.asyncDispose]())

function launch(name: string, gateway: number): Promise<BrowserContext> {
  const { host } = new URL(SHELL)
  const rules = [`MAP ${host} 127.0.0.1:${server.shellPort}`, `MAP *.ws.${host} 127.0.0.1:${gateway}`]
  return chromium.launchPersistentContext(join(folder, name), {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...CHROMIUM_ARGUMENTS, `--host-resolver-rules=${rules.join(", ")}`],
  })
}

interface Windows {
  /** a page of the console that opened the one with the frame */
  readonly opener: Page
  readonly top: Page
  readonly frame: Frame
  /** the frame of the other workspace, in a tab of its own */
  readonly other: Frame
}

async function openAll(context: BrowserContext, own: string, others: string): Promise<Windows> {
  const opener = await context.newPage()
  await opener.goto(PLAIN)
  const second = await context.newPage()
  await second.goto(others)
  const other = await frameOf(second)
  const opened = context.waitForEvent("page")
  await opener.evaluate((address) => void window.open(address), own)
  const top = await opened
  const frame = await frameOf(top)
  for (const where of [opener, top, frame, other]) await listen(where)
  return { opener, top, frame, other }
}

async function frameOf(page: Page): Promise<Frame> {
  await page.frameLocator("iframe").locator("#gh-there").waitFor()
  const frame = page.frames()[1]
  if (frame === undefined) throw new Error("no notebook")
  return frame
}

const LEAVES = (address: string): string => `top.opener.location.href = ${JSON.stringify(address)}`

async function expectApart({ opener, top, frame, other }: Windows): Promise<void> {
  await leaveAll(frame)
  expect(await look(frame)).toEqual(expect.arrayContaining([...OWN]))
  const found = async (): Promise<string[]> =>
    (await Promise.all([opener, top, other].map((where) => look(where)))).flat()
  await expectNothing(found, 1500)
  await frame.locator("#gh-there").click()
  await frame.evaluate(LEAVES(`${PLAIN}?left`)).catch(() => undefined)
  await expectNothing(async () => opener.url().split("?").slice(1), 500)
}

test("what a notebook leaves in the browser is found by itself alone", async () => {
  server.protect(true)
  const context = await launch("apart", server.rig.port)
  await expectApart(await openAll(context, pageOf(NOTEBOOK), pageOf(OTHER_NOTEBOOK)))
  await context.close()
})

test("the origin alone keeps it apart: without our headers nothing more is found", async () => {
  await using gateway = await openUnprotected(server.rig.port)
  server.protect(true)
  const context = await launch("bare", gateway.port)
  await expectApart(await openAll(context, pageOf(NOTEBOOK), pageOf(OTHER_NOTEBOOK)))
  await context.close()
})

test("with one origin for all, each of these attempts works", async () => {
  const context = await launch("same", server.rig.port)
  const { opener, top, frame, other } = await openAll(context, SAME, SAME)
  await leaveAll(frame)
  const names = Object.keys(LEFT)
  const of = async (where: Page | Frame): Promise<string[]> => {
    const found = await look(where)
    return names.filter((name) => !found.includes(name))
  }
  await expect.poll(() => of(top)).toEqual(["opener-document"])
  // A tab keeps its session storage for itself.
  await expect.poll(() => of(opener)).toEqual(["session-storage", "top-document"])
  await expect.poll(() => of(other)).toEqual(["session-storage", "top-document", "opener-document"])
  await frame.evaluate(LEAVES(`${PLAIN}?left`))
  await opener.waitForURL(/\?left$/)
  await context.close()
})
