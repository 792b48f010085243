import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import type { WebSocket } from "ws"
import { closing, execute, HOST, message, ORIGIN, type Rig, startRig } from "../../test/rig.ts"
import { until } from "../../test/until.ts"
import { readFrame } from "../domain/frame.ts"

let rig: Rig
beforeEach(async () => {
  rig = await startRig()
  rig.signIn()
})
afterEach(() => rig.close())

const codes = (): string[] =>
  rig.notebook.received.map(
    (bytes) => (JSON.parse(readFrame(bytes).content.toString()) as { code: string }).code,
  )

async function kernel(): Promise<{ browser: WebSocket; notebook: WebSocket; shown: Buffer[] }> {
  const browser = await rig.openKernel()
  const shown: Buffer[] = []
  browser.on("message", (data: Buffer) => shown.push(data))
  const notebook = rig.notebook.sockets.at(-1)
  assert.ok(notebook !== undefined)
  return { browser, notebook, shown }
}

test("a run is logged, then forwarded byte for byte, in order", async () => {
  const { browser } = await kernel()
  let open = (): void => undefined
  rig.controlPlane.gate = new Promise((resolve) => {
    open = resolve
  })
  const sent = [execute("a = 1", {}, "m1"), message("kernel_info_request", {}), execute("a", {}, "m3")]
  for (const bytes of sent) browser.send(bytes)
  await until(() => browser.bufferedAmount === 0, "all is sent")
  assert.equal(rig.notebook.received.length, 0, "nothing before its entry")
  open()
  await until(() => rig.notebook.received.length === 3, "all are forwarded")
  assert.deepEqual(rig.notebook.received.map(String), sent.map(String))
  assert.deepEqual(
    rig.controlPlane.messages.map(({ messageId, text, channel, type }) => [messageId, text, channel, type]),
    [
      ["m1", "a = 1", "shell", "execute_request"],
      ["m3", "a", "shell", "execute_request"],
    ],
  )
  browser.close()
})

test("the upgrade: exact origin, cookie and protocol, or none", async () => {
  await assert.rejects(rig.openKernel(undefined, { origin: "http://glasshouse.localhost:8080" }), /403/)
  await assert.rejects(rig.openKernel(undefined, { origin: `${ORIGIN}.evil` }), /403/)
  await assert.rejects(rig.openKernel(undefined, { cookie: "" }), /403/)
  await assert.rejects(
    rig.openKernel(undefined, {
      host: "cccccccccccc.ws.glasshouse.localhost:8080",
      origin: "http://cccccccccccc.ws.glasshouse.localhost:8080",
    }),
    /403/,
  )
  await assert.rejects(rig.openKernel([]), /400/)
  await assert.rejects(rig.openKernel(["other.protocol"]), /400/)
  assert.equal(rig.notebook.upgrades.length, 0)
  rig.notebook.protocol = false
  await assert.rejects(rig.openKernel(), /502/)
})

test("upstream sees host, origin and the constant token, no cookie", async () => {
  const { browser } = await kernel()
  const [upgrade] = rig.notebook.upgrades
  assert.match(upgrade?.url ?? "", /channels\?session_id=s1$/)
  assert.equal(upgrade?.headers.host, HOST)
  assert.equal(upgrade?.headers.origin, ORIGIN)
  assert.equal(upgrade?.headers.authorization, "token workspace")
  assert.equal(upgrade?.headers.cookie, undefined)
  browser.close()
})

test("legacy text, broken frames and unknown types end the socket with 1008 and are told", async () => {
  const broken = execute("x")
  broken[9] = 0xff
  for (const bad of ["{}", broken, message("apply_request", {}), message("execute_request", {}, "iopub")]) {
    const { browser } = await kernel()
    browser.send(bad)
    assert.equal((await closing(browser)).code, 1008)
  }
  assert.equal(rig.notebook.received.length, 0)
  await until(
    () => rig.controlPlane.refusals.some((one) => one.what.includes("apply_request on shell")),
    "the refusal is told",
  )
})

test("a log that cannot be written drops the message and closes with 1013", async () => {
  for (const failure of ["unavailable", "drop", "nonsense"] as const) {
    const { browser } = await kernel()
    rig.controlPlane.failures.set("/messages", failure)
    browser.send(execute("print(1)"))
    browser.send(message("kernel_info_request", {}))
    assert.deepEqual(await closing(browser), { code: 1013, reason: "audit_unavailable" })
    rig.controlPlane.failures.clear()
  }
  assert.equal(rig.notebook.received.length, 0)
})

test("a refused renewal closes with 4403 and the reason, within the lease", async () => {
  const { browser } = await kernel()
  rig.controlPlane.ended.set(rig.secret, "hold_incident")
  const from = performance.now()
  assert.deepEqual(await closing(browser), { code: 4403, reason: "hold_incident" })
  assert.ok(performance.now() - from < 5000)
})

test("when nobody can be asked, the socket is cut when the lease ends, even if the renewal hangs", async () => {
  rig.signIn({ seconds: 2 })
  const { browser } = await kernel()
  rig.controlPlane.failure = "hang"
  const from = performance.now()
  assert.deepEqual(await closing(browser), { code: 1013, reason: "control_plane_unreachable" })
  assert.ok(performance.now() - from < 2500)
  rig.controlPlane.failure = "none"
  await until(async () => (await rig.browse("/api/me")).status === 200, "it heals")
})

test("shown bytes are counted to the byte and told with a renewal; so is a person's doing", async () => {
  const { browser, notebook, shown } = await kernel()
  const output = message("stream", { name: "stdout", text: "x".repeat(5000) }, "iopub")
  for (let time = 0; time < 20; time++) notebook.send(output)
  browser.send(execute("1"))
  await until(() => shown.length === 20, "all is shown")
  const told = (): number => rig.controlPlane.renewals.reduce((sum, one) => sum + one.shown, 0)
  await until(() => told() === 20 * output.length, "all is told")
  assert.ok(rig.controlPlane.renewals.some((one) => one.human))
  browser.close()
})

test("the allowance: not one byte beyond it, and the reason", async () => {
  rig.signIn({ shownLimitBytes: 100_000 })
  const { browser, notebook, shown } = await kernel()
  const ended = closing(browser)
  const output = message("stream", { name: "stdout", text: "x".repeat(10_000) }, "iopub")
  for (let time = 0; time < 20; time++) notebook.send(output)
  assert.deepEqual(await ended, { code: 4403, reason: "shown_limit" })
  const bytes = shown.reduce((sum, one) => sum + one.length, 0)
  assert.ok(bytes <= 100_000 && bytes > 80_000, String(bytes))
})

test("what no kernel may send ends the socket", async () => {
  for (const bad of ["text", Buffer.from("short")]) {
    const { browser, notebook } = await kernel()
    notebook.send(bad)
    assert.deepEqual(await closing(browser), { code: 1011, reason: "notebook_answer" })
  }
})

test("a kernel's own end is passed on, but it cannot say that access ended", async () => {
  const first = await kernel()
  first.notebook.close(4001, "gone")
  assert.equal((await closing(first.browser)).code, 4001)
  const second = await kernel()
  second.notebook.close(4403, "not_member")
  assert.equal((await closing(second.browser)).code, 1011)
})

test("a notebook that breaks with its access already ended: the access's code, at once", async () => {
  const { browser, notebook } = await kernel()
  rig.controlPlane.ended.set(rig.secret, "run_stopped")
  const from = performance.now()
  notebook.terminate()
  assert.deepEqual(await closing(browser), { code: 4403, reason: "run_stopped" })
  assert.ok(performance.now() - from < 1000)
})

test("a notebook that breaks before its access ends: the access's code, and nothing logged meanwhile", async () => {
  const { browser, notebook } = await kernel()
  const ended = closing(browser)
  const asked = rig.controlPlane.renewals.length
  notebook.terminate()
  await until(() => rig.controlPlane.renewals.length > asked, "the control plane is asked")
  browser.send(execute("too_late = 1"))
  rig.controlPlane.ended.set(rig.secret, "workspace_died")
  assert.deepEqual(await ended, { code: 4403, reason: "workspace_died" })
  assert.equal(rig.controlPlane.messages.length, 0)
})

test("a notebook that breaks while nobody can be asked is broken, after three seconds at most", async () => {
  const { browser, notebook } = await kernel()
  rig.controlPlane.failures.set("/leases/renew", "hang")
  const from = performance.now()
  notebook.terminate()
  assert.deepEqual(await closing(browser), { code: 1011, reason: "" })
  const waited = performance.now() - from
  assert.ok(waited > 1500 && waited < 3500, `${waited} ms`)
})

test("a kernel that ends in order is passed on once the control plane has been asked", async () => {
  const { browser, notebook } = await kernel()
  rig.controlPlane.ended.set(rig.secret, "run_stopped")
  notebook.close(1000, "")
  assert.deepEqual(await closing(browser), { code: 4403, reason: "run_stopped" })
})

test("what was sent before leaving is still forwarded, then the kernel's side ends", async () => {
  const { browser, notebook } = await kernel()
  let left = false
  notebook.on("close", () => {
    left = true
  })
  for (let index = 0; index < 100; index++) browser.send(execute(`x = ${index}`))
  browser.close()
  await until(() => left, "the kernel's side ends")
  assert.deepEqual(
    codes(),
    Array.from({ length: 100 }, (_, index) => `x = ${index}`),
  )
})

test("a browser that does not read holds the kernel back instead of filling memory", async () => {
  rig.signIn({ shownLimitBytes: 1e12 })
  const { browser, notebook } = await kernel()
  browser.pause()
  const output = message("stream", { name: "stdout", text: "x".repeat(1 << 20) }, "iopub")
  for (let index = 0; index < 200; index++) notebook.send(output)
  await until(() => rig.gateway.browser.websocketServer.clients.size > 0, "the relay stands")
  const most = (): number =>
    Math.max(...[...rig.gateway.browser.websocketServer.clients].map((client) => client.bufferedAmount))
  // Wait until nothing moves any more: then the rest must lie at the kernel, not in the gateway.
  let last = -1
  let still = 0
  await until(
    () => {
      still = notebook.bufferedAmount === last && most() > 0 ? still + 1 : 0
      last = notebook.bufferedAmount
      return still > 40
    },
    "it comes to rest",
    10_000,
  )
  assert.ok(most() < 8 << 20, `${most()} bytes wait in the gateway`)
  assert.ok(notebook.bufferedAmount > 100 << 20, "the rest waits at the kernel")
  browser.terminate()
})

test("one session holds a bounded number of sockets", async () => {
  const sockets: WebSocket[] = []
  for (let index = 0; index < 100; index++) sockets.push(await rig.openKernel())
  await assert.rejects(rig.openKernel(), /429/)
  for (const socket of sockets) socket.terminate()
  await until(async () => (await rig.browse("/api/me")).status === 200, "room again")
})

test("the event stream goes one way", async () => {
  const { WebSocket: Socket } = await import("ws")
  rig.notebook.protocol = false
  const browser = new Socket(`ws://127.0.0.1:${rig.port}/api/events/subscribe`, {
    headers: { host: HOST, origin: ORIGIN, cookie: `__Host-gh-ws=${rig.secret}` },
  })
  const shown: string[] = []
  browser.on("message", (data: Buffer) => shown.push(data.toString("utf8")))
  await until(() => browser.readyState === browser.OPEN, "it opens")
  rig.notebook.sockets.at(-1)?.send("event")
  await until(() => shown[0] === "event", "an event arrives")
  browser.send("emit")
  assert.equal((await closing(browser)).code, 1008)
})
