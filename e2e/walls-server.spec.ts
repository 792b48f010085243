// A notebook server inside a workspace belongs to whoever writes code there, so its pages may be anything.
// The gateway and the console's frame must hold against them: what arrives outside is counted, and the same
// pages without our headers and frame show that each attempt works.
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chromium, type BrowserContext, type Frame, type Page } from "playwright"
import { expect, test } from "playwright/test"
import { CHROMIUM_ARGUMENTS } from "./support/browser.ts"
import {
  type Aim,
  departures,
  markup,
  MARKUP_NAMES,
  NEEDS_SCRIPT,
  OUTPUT_ONLY,
  REFUSED_ANYWHERE,
  scripts,
  tryAll,
} from "./support/hostile.ts"
import {
  type HostileServer,
  NOTEBOOK,
  OTHER_NOTEBOOK,
  SHELL,
  startHostileServer,
} from "./support/hostile-server.ts"
import { type BrowserSink, openBrowserSink, openUnprotected } from "./support/sink.ts"
import { expectNothing, watch, type Watched } from "./support/watch.ts"

const WORKSPACE = new URL(NOTEBOOK).host.split(".")[0]
const OTHER = new URL(OTHER_NOTEBOOK).host.split(".")[0]
const folder = mkdtempSync(join(tmpdir(), "glasshouse-walls-"))
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

let server: HostileServer
let sink: BrowserSink
test.beforeAll(async () => {
  server = await startHostileServer()
  sink = await openBrowserSink()
})
test.afterAll(async () => {
  await sink[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

/**
 * `shell` and `gateway` are ports; the journal holds every name that the browser looked up. With a profile on
 * disk, because a private window never looks up or connects ahead of time.
 */
function launch(name: string, shell: number, gateway: number): Promise<BrowserContext> {
  const { host } = new URL(SHELL)
  const rules = [`MAP ${host} 127.0.0.1:${shell}`, `MAP *.ws.${host} 127.0.0.1:${gateway}`]
  return chromium.launchPersistentContext(join(folder, name), {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    permissions: ["clipboard-write"],
    args: [
      ...CHROMIUM_ARGUMENTS,
      `--log-net-log=${join(folder, `${name}.json`)}`,
      `--host-resolver-rules=${rules.join(", ")}`,
    ],
  })
}

function aimAt(turn: string): Aim {
  sink.listenFor(turn)
  return {
    base: `${sink.origin}/${turn}`,
    stun: sink.stun,
    connections: sink.connections,
    other: OTHER_NOTEBOOK,
    domain: new URL(SHELL).hostname,
  }
}

/** The lying server's page: everything at once. */
function pageOf(aim: Aim, dns: string, script: string): string {
  return `<!doctype html><title>x</title><body><p id="gh-there">x</p>${markup(aim, dns)}<script>${script}</script>`
}

async function open(page: Page): Promise<Frame> {
  await page.goto(`${SHELL}/workspaces/${WORKSPACE}`)
  await page.frameLocator("iframe").locator("#gh-there").waitFor()
  const frame = page.frames().find((one) => one.url().startsWith(NOTEBOOK))
  if (frame === undefined) throw new Error("no notebook")
  return frame
}

/** A browser that also holds the cookie of another workspace of the same person. */
async function holdBoth(context: BrowserContext): Promise<Watched> {
  const watched = await watch(context, OTHER_NOTEBOOK)
  await watched.page.goto(`${SHELL}/workspaces/${OTHER}`)
  await watched.page.frameLocator("iframe").locator("#gh-there").waitFor()
  expect((await context.cookies(OTHER_NOTEBOOK)).map(({ name }) => name)).toEqual(["__Host-gh-ws"])
  watched.seen.clear()
  return watched
}

async function click(frame: Frame): Promise<void> {
  for (const id of ["#gh-ping", "#gh-blank"]) await frame.locator(id).click()
}

/** Tries everything; `known` is what may arrive of a page, `scripted` what may when a script runs. */
async function expectClosed(
  name: string,
  gateway: number,
  known: readonly string[],
  scripted: readonly string[],
): Promise<void> {
  server.protect(true)
  const context = await launch(name, server.shellPort, gateway)
  server.serve(`<!doctype html><p id="gh-there">x</p>`)
  const watched = await holdBoth(context)
  const { page } = watched
  const found = async (turn: string, without: readonly string[]): Promise<string[]> =>
    [...sink.arrived(turn), ...(await watched.effects())].filter((one) => !without.includes(one))

  await test.step("what a page holds and its scripts try", async () => {
    const aim = aimAt(`${name}-page`)
    const leave = Object.values(departures(aim.base, OTHER_NOTEBOOK)).join(";\n")
    server.serve(pageOf(aim, `gh-${name}.test`, `${tryAll(aim)}.then(() => { ${leave} })`))
    await click(await open(page))
    await expectNothing(() => found(`${name}-page`, known), 2000)
  })

  await test.step("scripts, if one ran", async () => {
    const aim = aimAt(`${name}-script`)
    server.serve(`<!doctype html><p id="gh-there">x</p>`)
    const rest = (): Promise<string[]> => found(`${name}-script`, [...NEEDS_SCRIPT, ...scripted])
    const frame = await open(page)
    await frame.locator("#gh-there").click()
    await frame.evaluate(tryAll(aim))
    await expectNothing(rest, 1500)
    for (const code of Object.values(departures(aim.base, OTHER_NOTEBOOK))) {
      const once = await open(page)
      await once.locator("#gh-there").click()
      await once.evaluate(code).catch(() => undefined)
      await expectNothing(rest, 300)
    }
  })
  await context.close()
  const lookedUp = readFileSync(join(folder, `${name}.json`), "utf8").includes(`gh-${name}.test`)
  expect(lookedUp).toBe(known.includes("dns-prefetch"))
}

test("hostile pages of a workspace's own server reach nothing outside", async () => {
  await expectClosed("closed", server.rig.port, [], [])
})

test("in a browser that knows no connection-allowlist the other layers hold alone", async () => {
  await using gateway = await openUnprotected(server.rig.port, ["connection-allowlist"])
  // Published: no other header covers these.
  await expectClosed("older", gateway.port, ["dns-prefetch", "preconnect"], ["webrtc"])
})

test("without our headers and our frame each of these attempts works", async () => {
  await using gateway = await openUnprotected(server.rig.port)
  server.protect(false)
  const context = await launch("open", server.shellPort, gateway.port)
  server.serve(`<!doctype html><p id="gh-there">x</p>`)
  const watched = await holdBoth(context)
  const { page } = watched
  const aim = aimAt("open")
  server.serve(pageOf(aim, "gh-open.test", tryAll(aim)))
  const frame = await open(page)
  await click(frame)
  // Once more with the frame in focus, which the clipboard asks for.
  await page.bringToFront()
  await frame.locator("#gh-there").click()
  await frame.evaluate(tryAll(aim))
  const names = [...MARKUP_NAMES, ...Object.keys(scripts(aim))].filter(
    (name) => ![...OUTPUT_ONLY, ...REFUSED_ANYWHERE, "dns-prefetch"].includes(name),
  )
  const missing = async (): Promise<string[]> => {
    const arrived = [...sink.arrived("open"), ...(await watched.effects())]
    return names.filter((name) => !arrived.includes(name))
  }
  await expect.poll(missing, { timeout: 20_000 }).toEqual([])
  server.serve(`<!doctype html><p id="gh-there">x</p>`)
  for (const [name, code] of Object.entries(departures(aim.base, OTHER_NOTEBOOK))) {
    const once = await open(page)
    await once.locator("#gh-there").click()
    await once.evaluate(code).catch(() => undefined)
    await expect
      .poll(() => sink.arrived("open").includes(name) || watched.seen.has(name), { message: name })
      .toBe(true)
    if (name === "top-navigation") await page.waitForURL(/top-navigation/)
  }
  const refused = [...watched.seen].filter((name) => REFUSED_ANYWHERE.includes(name))
  expect(refused, "the browser itself refuses these").toEqual([])
  await context.close()
  expect(readFileSync(join(folder, "open.json"), "utf8")).toContain("gh-open.test")
})
