// JSON over HTTP over a unix socket, for our own neighbours (agent, custody). Every call has a
// deadline; not being able to ask is an answer of its own and never taken for "gone".
import type { Readable } from "node:stream"
import { Agent, request } from "undici"

export class NeighbourUnreachable extends Error {}

export class NeighbourRefused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface SocketCall {
  readonly method: "GET" | "PUT" | "POST" | "DELETE"
  readonly path: string
  readonly body?: unknown
  readonly raw?: { readonly stream: NodeJS.ReadableStream; readonly type: string }
  readonly milliseconds?: number
  /** what a good answer is; JSON where nothing is said */
  readonly answers?: "bytes"
}

export interface SocketClient extends AsyncDisposable {
  call<T>(call: SocketCall): Promise<T>
}

export function openSocketClient(socketPath: string, headers: Record<string, string> = {}): SocketClient {
  const dispatcher = new Agent({
    connect: { socketPath },
    connections: 16,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  async function call<T>(c: SocketCall): Promise<T> {
    let status: number
    let text: string
    try {
      const answer = await request(`http://neighbour${c.path}`, {
        method: c.method,
        dispatcher,
        headers: {
          ...headers,
          ...(c.raw
            ? { "content-type": c.raw.type }
            : c.body === undefined
              ? {}
              : { "content-type": "application/json" }),
        },
        body: c.raw ? (c.raw.stream as Readable) : c.body === undefined ? null : JSON.stringify(c.body),
        signal: AbortSignal.timeout(c.milliseconds ?? 5_000),
      })
      status = answer.statusCode
      if (c.answers === "bytes" && status < 400)
        // The caller has said so, and T is Buffer.
        return Buffer.from(await answer.body.arrayBuffer()) as T
      text = await answer.body.text()
    } catch (cause) {
      throw new NeighbourUnreachable(`${c.method} ${c.path}: no answer`, { cause })
    }
    let body: unknown = null
    if (text !== "") {
      try {
        body = JSON.parse(text)
      } catch (cause) {
        throw new NeighbourUnreachable(`${c.method} ${c.path}: answer ${status} is not JSON`, { cause })
      }
    }
    if (status >= 500)
      throw new NeighbourUnreachable(`${c.method} ${c.path}: ${status} ${text.slice(0, 200)}`)
    if (status >= 400) {
      const refused = body as { code?: string; message?: string } | null
      throw new NeighbourRefused(status, refused?.code ?? "refused", refused?.message ?? text.slice(0, 200))
    }
    return body as T
  }
  // Who still waits hears that there is no answer.
  return { call, [Symbol.asyncDispose]: () => dispatcher.destroy() }
}
