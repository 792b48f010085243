// A hostile notebook in the real JupyterLab, through console and gateway: every kind of output, run here so
// that Lab trusts it, and a notebook that brings its outputs along. What arrives outside is counted. The same
// notebook through a way that takes our headers and the frame's sandbox away shows that each attempt works.
import { chromium, type Browser, type Frame } from "playwright"
import { expect, test } from "playwright/test"
import { CHROMIUM_ARGUMENTS, SITE } from "./support/browser.ts"
import { type Aim, departures, MARKUP_NAMES, NEEDS_SCRIPT, OUTPUT_ONLY, tryAll } from "./support/hostile.ts"
import {
  BROUGHT,
  broughtCells,
  LAB_ITSELF,
  notebookWith,
  outputs,
  outputsModule,
} from "./support/hostile-outputs.ts"
import { notebookOf, openByAddress, runCell, waitForLab } from "./support/notebook.ts"
import { comeIn, type Person } from "./support/people.ts"
import { enterWorkspace } from "./support/project.ts"
import { LIVER } from "./support/seed.ts"
import { type BrowserSink, openBrowserSink, openUnprotected, PROTECTIVE } from "./support/sink.ts"
import { expectNothing, watch, type Watched } from "./support/watch.ts"

const RUN_HERE = "gh-hostile.ipynb"
const BROUGHT_ALONG = "gh-brought.ipynb"
const FILES = [RUN_HERE, BROUGHT_ALONG, "gh_outputs.py"]

let sink: BrowserSink
test.beforeAll(async () => {
  sink = await openBrowserSink()
})
test.afterAll(async ({ browser }) => {
  await sink[Symbol.asyncDispose]()
  await cleanUp(browser)
})

function aimAt(turn: string): Aim {
  sink.listenFor(turn)
  return {
    base: `${sink.origin}/${turn}`,
    stun: sink.stun,
    connections: sink.connections,
    // Nobody's: that a real one stays closed is shown with two, against a notebook server that lies.
    other: SITE.replace("//", "//aaaaaaaaaaaa.ws."),
    domain: new URL(SITE).hostname,
  }
}

/** Asks Lab's own interface for files, as its pages do. */
async function contents(frame: Frame, method: string, name: string, model?: unknown): Promise<void> {
  const status = await frame.evaluate(
    async ([how, path, body]) => {
      const init = { method: how ?? "", headers: { "content-type": "application/json" } }
      const answer = await fetch(`/api/contents/${path}`, body === "" ? init : { ...init, body: body ?? "" })
      return answer.status
    },
    [method, name, model === undefined ? "" : JSON.stringify(model)],
  )
  if (status >= 300 && status !== 404) throw new Error(`${method} ${name}: ${status}`)
}

/** Puts the hostile files into the home, shows everything in them, saves, and shows the saved notebook again. */
async function showAll(
  person: Person,
  { page }: Watched,
  aim: Aim,
  afterRuns: () => Promise<void>,
): Promise<void> {
  person.context.setDefaultTimeout(60_000)
  await page.goto(`${SITE}/home`)
  await enterWorkspace(page, LIVER)
  const frame = notebookOf(page)
  const all = outputs(aim, "gh-notebook.test")
  const put = (name: string, type: string, content: unknown): Promise<void> =>
    contents(frame, "PUT", name, { type, format: type === "file" ? "text" : "json", content })
  await put("gh_outputs.py", "file", outputsModule(all))
  await put(RUN_HERE, "notebook", notebookWith([]))
  await put(BROUGHT_ALONG, "notebook", notebookWith(broughtCells(aim)))
  const foreign = await openByAddress(page, BROUGHT_ALONG)
  await foreign.locator(".jp-NotebookPanel:visible").getByText("gh-brought").waitFor()
  const lab = await openByAddress(page, RUN_HERE)
  for (const [name, { there }] of Object.entries(all)) {
    await test.step(name, async () => {
      const cell = await runCell(page, lab, `import gh_outputs; gh_outputs.show("${name}")`)
      await cell.locator(".jp-OutputArea").locator(there).first().waitFor()
      if (name === "html")
        for (const id of ["#gh-ping", "#gh-blank"]) await cell.locator(id).click({ force: true })
    })
  }
  await afterRuns()
  await test.step("saved and opened again", async () => {
    await page.bringToFront()
    await page.keyboard.press("Escape")
    const saved = page.waitForResponse(
      (answer) => answer.request().method() === "PUT" && answer.url().includes(`/api/contents/${RUN_HERE}`),
    )
    await page.keyboard.press("Control+s")
    expect((await saved).status()).toBe(200)
    const again = await openByAddress(page, RUN_HERE)
    const html = again.locator(".jp-NotebookPanel:visible #gh-html")
    await html.scrollIntoViewIfNeeded()
    await html.waitFor()
  })
}

function everyName(aim: Aim): string[] {
  const shown = Object.values(outputs(aim, "x")).flatMap(({ tries }) => tries)
  const markup = MARKUP_NAMES.filter((name) => !OUTPUT_ONLY.includes(name) && name !== "dns-prefetch")
  return [...markup, ...shown, ...BROUGHT]
}

/** Nothing stays behind for whoever opens this workspace next. */
async function cleanUp(browser: Browser): Promise<void> {
  const person = await comeIn(browser, "priya")
  await enterWorkspace(person.page, LIVER)
  const frame = notebookOf(person.page)
  for (const name of FILES) await contents(frame, "DELETE", name)
  const workspace = new URL(person.page.url()).pathname.split("/")[2]
  await person.ask(`/api/workspaces/${workspace}/stop`, { method: "POST" })
  const state = async (): Promise<string> =>
    (await person.ask<{ state: string }>(`/api/workspaces/${workspace}`)).body.state
  await expect.poll(state, { timeout: 60_000 }).toBe("stopped")
  await person.context.close()
}

/** A browser whose way to the site takes the headers off, and whose frames take no sandbox. */
async function openWithout(port: number): Promise<{ browser: Browser; person: Person }> {
  const { hostname } = new URL(SITE)
  const rules = [hostname, `*.${hostname}`].map((name) => `MAP ${name} 127.0.0.1:${port}`)
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...CHROMIUM_ARGUMENTS, `--host-resolver-rules=${rules.join(", ")}`],
  })
  const person = await comeIn(browser, "priya")
  await person.context.addInitScript(() => {
    HTMLIFrameElement.prototype.setAttribute = function setAttribute(name, value) {
      if (name !== "sandbox") Element.prototype.setAttribute.call(this, name, value)
    }
  })
  return { browser, person }
}

test("without our headers and our frame each of these outputs reaches outside", async () => {
  test.setTimeout(300_000)
  // A list of its own: what else the way would change is for notebook servers that lie.
  await using way = await openUnprotected(Number(new URL(SITE).port || 80), [...PROTECTIVE])
  const { browser, person } = await openWithout(way.port)
  const aim = aimAt("lab-open")
  const watched = await watch(person.context, aim.other)
  const names = everyName(aim).filter((name) => LAB_ITSELF[name] === undefined)
  const missing = (): string[] => {
    const arrived = sink.arrived("lab-open")
    return names.filter((name) => !arrived.includes(name))
  }
  await showAll(person, watched, aim, async () => {
    await expect.poll(missing, { timeout: 20_000 }).toEqual([])
    expect(sink.arrived("lab-open").filter((name) => LAB_ITSELF[name] !== undefined)).toEqual([])
    sink.forget("lab-open")
  })
  await expect.poll(() => sink.arrived("lab-open")).toContain("inline-script")
  await browser.close()
})

test("a hostile notebook in the console's frame reaches nothing outside", async ({ browser }) => {
  test.setTimeout(300_000)
  const person = await comeIn(browser, "priya")
  const aim = aimAt("lab-closed")
  const watched = await watch(person.context, aim.other)
  const { page } = watched
  // Lab's own question before unsaved work is left is none of the notebook's.
  const found = async (): Promise<string[]> =>
    [...sink.arrived("lab-closed"), ...(await watched.effects())].filter((name) => name !== "before-unload")
  await showAll(person, watched, aim, () => expectNothing(found, 2000))
  await expectNothing(found, 2000)

  await test.step("scripts, if one ran", async () => {
    const rest = async (): Promise<string[]> => (await found()).filter((name) => !NEEDS_SCRIPT.includes(name))
    await notebookOf(page).evaluate(tryAll(aim))
    await expectNothing(rest, 1500)
    const address = page.url()
    for (const [name, code] of Object.entries(departures(aim.base, aim.other))) {
      await test.step(name, async () => {
        await page.goto(address)
        await waitForLab(page)
        const frame = notebookOf(page)
        await frame.evaluate(code).catch(() => undefined)
        await expectNothing(rest, 500)
      })
    }
  })

  await test.step("the console listens to no message", async () => {
    const plain = person.page
    await plain.goto(page.url())
    await waitForLab(plain)
    const session = await person.context.newCDPSession(plain)
    const { result } = await session.send("Runtime.evaluate", { expression: "window" })
    const objectId = result.objectId ?? ""
    const { listeners } = await session.send("DOMDebugger.getEventListeners", { objectId })
    const types = listeners.map(({ type }) => type)
    expect(types).toContain("popstate")
    expect(types).not.toContain("message")
    expect(await plain.evaluate(() => self.onmessage)).toBe(null)
  })
  await person.context.close()
})
