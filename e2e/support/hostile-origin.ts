// What a script may leave in the browser for others of its origin to find, and how these look for it. The
// walls here are host names: one per workspace, none of them the console's.
import type { Frame, Page } from "playwright"

/** name → source of a function that leaves something */
export const LEFT: Readonly<Record<string, string>> = {
  "local-storage": `() => localStorage.setItem("gh", "x")`,
  "session-storage": `() => sessionStorage.setItem("gh", "x")`,
  "indexed-db": `() => new Promise((done) => { indexedDB.open("gh").onsuccess = done })`,
  "cache-storage": `() => caches.open("gh")`,
  "file-system": `async () => (await navigator.storage.getDirectory()).getFileHandle("gh", { create: true })`,
  "own-cookie": `() => { document.cookie = "gh_own=x; Path=/" }`,
  lock: `() => { void navigator.locks.request("gh", () => new Promise(() => {})) }`,
  // The console's own channel: who could speak on it would keep a session from ending.
  "broadcast-channel": `() => new BroadcastChannel("glasshouse-activity").postMessage({ gh: 1 })`,
  "shared-worker": `() => new SharedWorker("/gh-shared.js").port.postMessage("gh")`,
  "top-document": `() => { top.document.documentElement.dataset.gh = "top-document" }`,
  "opener-document": `() => { top.opener.document.documentElement.dataset.gh = "opener-document" }`,
}

/** What a frame can leave for itself whatever the walls, so that finding nothing elsewhere says something. */
export const OWN: readonly string[] = [
  ...["local-storage", "session-storage", "indexed-db", "cache-storage", "file-system", "own-cookie", "lock"],
]

/** Begins to listen where things are said and not kept. */
export async function listen(where: Page | Frame): Promise<void> {
  await where.evaluate(() => {
    const heard = new Set<string>()
    ;(self as unknown as { ghHeard: Set<string> }).ghHeard = heard
    new BroadcastChannel("glasshouse-activity").addEventListener("message", () =>
      heard.add("broadcast-channel"),
    )
    try {
      const { port } = new SharedWorker("/gh-shared.js")
      port.addEventListener("message", () => heard.add("shared-worker"))
      port.start()
    } catch {
      // A policy that forbids the worker: nothing can be heard of it.
    }
  })
}

/** Names of what is found there now. */
export async function look(where: Page | Frame): Promise<string[]> {
  return await where.evaluate(async () => {
    const root = document.documentElement.dataset["gh"]
    const found = [...(self as unknown as { ghHeard: Set<string> }).ghHeard, ...(root ? [root] : [])]
    const places: Record<string, () => boolean | Promise<boolean>> = {
      "local-storage": () => localStorage.getItem("gh") !== null,
      "session-storage": () => sessionStorage.getItem("gh") !== null,
      "indexed-db": async () => (await indexedDB.databases()).some(({ name }) => name === "gh"),
      "cache-storage": () => caches.has("gh"),
      "file-system": async () => {
        const folder = await navigator.storage.getDirectory()
        return await folder.getFileHandle("gh").then(
          () => true,
          () => false,
        )
      },
      "own-cookie": () => document.cookie.includes("gh_own"),
      lock: async () => ((await navigator.locks.query()).held ?? []).some(({ name }) => name === "gh"),
    }
    for (const [name, isThere] of Object.entries(places)) if (await isThere()) found.push(name)
    return found.toSorted()
  })
}

/** Leaves everything; what the browser refuses is left out. */
export async function leaveAll(frame: Frame): Promise<void> {
  for (const source of Object.values(LEFT)) await frame.evaluate(`(${source})()`).catch(() => undefined)
}
