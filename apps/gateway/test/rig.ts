// One whole gateway for unit tests, between a fake control plane, a fake notebook and a fake store, on
// real sockets in a directory of its own.
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { WebSocket } from "ws"
import type { Lease } from "#protocol/gateway.ts"
import { buildGateway, type Deps } from "../src/app.ts"
import { KERNEL_PROTOCOL, writeFrame } from "../src/domain/frame.ts"
import { readSite } from "../src/domain/host.ts"
import { connectControlPlane } from "../src/drivers/control-plane.ts"
import { startControlPlane } from "./fake-control-plane.ts"
import { startNotebook } from "./fake-notebook.ts"
import { fakeStore } from "./fake-store.ts"
import { until } from "./until.ts"

export const RUN = "aaaaaaaaaaaa"
export const WORKSPACE = "bbbbbbbbbbbb"
export const HOST = `${WORKSPACE}.ws.glasshouse.localhost:8080`
export const ORIGIN = `http://${HOST}`
export const TICKET = "a-ticket-of-one-use-only"
export const KERNEL = "0b8f9c1e-8d0e-4a53-9a52-7c9d2a3b4c5d"

export type Rig = Awaited<ReturnType<typeof startRig>>
export type Reply = { status: number; headers: IncomingHttpHeaders; body: Buffer }

export async function startRig(more: Pick<Deps, "outputLimits"> = {}) {
  const directory = mkdtempSync(join(tmpdir(), "gw-"))
  mkdirSync(join(directory, "runs", RUN), { recursive: true })
  const controlPlane = await startControlPlane(join(directory, "control.sock"))
  controlPlane.state.runs = [{ run: RUN, workspace: WORKSPACE }]
  const notebook = await startNotebook(join(directory, "runs", RUN, "notebook.sock"))
  const { state: store, store: objects } = fakeStore()
  const faults: string[] = []
  const assets = new Map<string, Set<string>>()
  const clock = { ahead: 0 }
  const gateway = await buildGateway({
    site: readSite("http://glasshouse.localhost:8080"),
    runsDirectory: join(directory, "runs"),
    controlPlane: connectControlPlane(join(directory, "control.sock")),
    store: objects,
    assets: { current: () => assets },
    now: () => performance.now() + clock.ahead,
    onFault: (what) => faults.push(what),
    ...more,
  })
  await gateway.doors.poll()
  await gateway.browser.listen({ host: "127.0.0.1", port: 0 })
  const { port } = gateway.browser.server.address() as AddressInfo
  const secret = randomBytes(32).toString("base64url")
  const door = join(directory, "runs", RUN, "gateway.sock")
  return {
    directory,
    controlPlane: controlPlane.state,
    notebook: notebook.state,
    store,
    gateway,
    clock,
    assets,
    faults,
    port,
    secret,
    door,
    lease,
    signIn,
    browse,
    inside,
    openKernel,
    close,
    stopControlPlane: controlPlane.close,
  }

  function lease(more: Partial<Lease> = {}): Lease {
    return {
      session: secret,
      workspace: WORKSPACE,
      run: RUN,
      project: "pppppppppppp",
      person: "rrrrrrrrrrrr",
      seconds: 5,
      shownLimitBytes: 50_000_000,
      shownBytes: 0,
      ...more,
    }
  }

  /** A session as after the entrance. */
  function signIn(more: Partial<Lease> = {}): void {
    controlPlane.state.sessions.set(secret, lease(more))
  }

  function browse(path: string, options: RequestOptions & { payload?: string } = {}): Promise<Reply> {
    const headers = {
      host: HOST,
      cookie: `__Host-gh-ws=${secret}`,
      "sec-fetch-site": "same-origin",
      ...(options.headers as Record<string, string>),
    }
    return exchange({ host: "127.0.0.1", port, path, ...options, headers }, options.payload)
  }

  /** A request from inside the workspace. */
  function inside(path: string, options: RequestOptions & { payload?: string } = {}): Promise<Reply> {
    return exchange({ socketPath: door, path, ...options }, options.payload)
  }

  async function openKernel(
    protocols: string[] = [KERNEL_PROTOCOL],
    headers: Record<string, string> = {},
  ): Promise<WebSocket> {
    const socket = new WebSocket(
      `ws://127.0.0.1:${port}/api/kernels/${KERNEL}/channels?session_id=s1`,
      protocols,
      {
        headers: { host: HOST, origin: ORIGIN, cookie: `__Host-gh-ws=${secret}`, ...headers },
      },
    )
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve)
      socket.once("unexpected-response", (_request, response) =>
        reject(new Error(String(response.statusCode))),
      )
      socket.once("error", reject)
    })
    return socket
  }

  async function close(): Promise<void> {
    await gateway.close()
    await notebook.close()
    await controlPlane.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

export function exchange(options: RequestOptions, payload?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ agent: false, ...options }, (answer) => {
      const chunks: Buffer[] = []
      answer.on("data", (chunk: Buffer) => chunks.push(chunk))
      answer.on("error", reject)
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    sent.on("error", reject)
    sent.end(payload)
  })
}

export function message(
  type: string,
  content: object,
  channel: "shell" | "control" | "stdin" | "iopub" = "shell",
  id = randomBytes(8).toString("hex"),
  parent: object = {},
): Buffer {
  const header = { msg_id: id, msg_type: type, username: "", session: "s1", date: "", version: "5.3" }
  return writeFrame(channel, [JSON.stringify(header), JSON.stringify(parent), "{}", JSON.stringify(content)])
}

export function execute(code: string, more: object = {}, id?: string): Buffer {
  const content = {
    code,
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: true,
    stop_on_error: true,
    ...more,
  }
  return message("execute_request", content, "shell", id)
}

/** The code and reason with which a socket ends. */
export async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  let ended: { code: number; reason: string } | undefined
  socket.once("close", (code, reason) => {
    ended = { code, reason: reason.toString("utf8") }
  })
  await until(() => ended !== undefined, "the socket closes", 8000)
  return ended ?? { code: 0, reason: "" }
}
