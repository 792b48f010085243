// HTTP and WebSocket to an installation as a browser would send them, but without a browser: names below
// the site lead to the edge whatever this machine's resolver thinks of them, cookies are kept by hand, and
// every call ends within a stated time.
import { lookup } from "node:dns"
import type { IncomingHttpHeaders } from "node:http"
import type { LookupFunction } from "node:net"
import { Agent, request } from "undici"
import { WebSocket } from "ws"

export const toLoopback: LookupFunction = (hostname, options, done) => {
  if (!hostname.endsWith(".localhost")) return lookup(hostname, options, done)
  if (options.all === true) done(null, [{ address: "127.0.0.1", family: 4 }])
  else done(null, "127.0.0.1", 4)
}

const agent = new Agent({ connect: { lookup: toLoopback }, connections: 64, pipelining: 1 })

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

export interface Question {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  /** milliseconds until the answer must be whole */
  readonly within?: number
}

/** Throws when there is no whole answer within the time. Redirects are not followed. */
export async function ask(url: string, question: Question = {}): Promise<Answer> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher: agent,
    method: (question.method ?? "GET") as "GET",
    headers: question.headers ?? {},
    body: question.body ?? null,
    signal: AbortSignal.timeout(question.within ?? 20_000),
  })
  return { status: statusCode, headers, bytes: Buffer.from(await body.arrayBuffer()) }
}

export function readJson(answer: Answer): unknown {
  try {
    return JSON.parse(answer.bytes.toString("utf8")) as unknown
  } catch {
    return undefined
  }
}

export function openSocket(url: string, protocols: string[], headers: Record<string, string>): WebSocket {
  return new WebSocket(url, protocols, {
    headers,
    handshakeTimeout: 30_000,
    perMessageDeflate: false,
    lookup: toLoopback,
  } as WebSocket.ClientOptions)
}

/** Cookies of one browser, by host; attributes other than the name do not matter here. */
export class Cookies {
  readonly #byHost = new Map<string, Map<string, string>>()

  keep(url: string, answer: Answer): void {
    const { hostname } = new URL(url)
    const kept = this.#byHost.get(hostname) ?? new Map<string, string>()
    const given = answer.headers["set-cookie"] ?? []
    for (const line of Array.isArray(given) ? given : [given]) {
      const [pair = ""] = line.split(";")
      const at = pair.indexOf("=")
      const value = pair.slice(at + 1)
      if (value === "" || /max-age=0/i.test(line)) kept.delete(pair.slice(0, at).trim())
      else kept.set(pair.slice(0, at).trim(), value)
    }
    this.#byHost.set(hostname, kept)
  }

  header(url: string): string {
    const kept = this.#byHost.get(new URL(url).hostname) ?? new Map<string, string>()
    return [...kept].map(([name, value]) => `${name}=${value}`).join("; ")
  }
}
