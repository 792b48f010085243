// A listener outside, for counting what a notebook's page sends: HTTP and WebSocket by path, STUN by UDP.
// And a way to our own servers that takes their protective headers away, to see that every attempt works.
import { createSocket } from "node:dgram"
import { createServer, request, type IncomingMessage, type Server } from "node:http"
import { connect, type AddressInfo } from "node:net"
import type { Duplex } from "node:stream"

export interface BrowserSink extends AsyncDisposable {
  /** addresses of attempts start with it and the turn's name */
  readonly origin: string
  readonly stun: string
  /** origin that notes a connection as such */
  readonly connections: string
  /** names that arrived in a turn */
  arrived(turn: string): string[]
  /** begins to count a turn anew */
  forget(turn: string): void
  /** packets and bare connections name no turn: whose are counted now */
  listenFor(turn: string): void
}

const KINDS: Record<string, [string, string]> = {
  css: ["text/css", "p{}"],
  js: ["text/javascript", "void 0"],
  html: ["text/html", "<p>outside</p>"],
  svg: ["image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><g id="a"/></svg>`],
}

export async function openBrowserSink(): Promise<BrowserSink> {
  const hits = new Map<string, Set<string>>()
  let turn = ""
  const note = (of: string, name: string): void => {
    const known = hits.get(of) ?? new Set()
    hits.set(of, known.add(name))
  }
  const server = createServer((asked, answer) => {
    const [, of = "", file = ""] = new URL(asked.url ?? "/", "http://sink").pathname.split("/")
    const [name = "", ending = ""] = file.split(".")
    note(of, name)
    const [type, body] = KINDS[ending] ?? ["application/octet-stream", "x"]
    answer.writeHead(200, { "content-type": type, "access-control-allow-origin": "*" }).end(body)
  })
  server.on("upgrade", (asked: IncomingMessage, socket) => {
    const [, of = "", name = ""] = (asked.url ?? "").split("/")
    note(of, name)
    socket.destroy()
  })
  const port = await listen(server)
  const stun = createSocket("udp4", () => note(turn, "webrtc"))
  await new Promise<void>((resolve) => stun.bind(0, "0.0.0.0", resolve))
  const bare = createServer().on("connection", () => note(turn, "preconnect"))
  const barePort = await listen(bare)
  return {
    origin: `http://sink.localhost:${port}`,
    connections: `http://sink.localhost:${barePort}`,
    stun: `sink.localhost:${stun.address().port}`,
    arrived: (of) => [...(hits.get(of) ?? [])].toSorted(),
    forget: (of) => void hits.delete(of),
    listenFor: (of) => void (turn = of),
    [Symbol.asyncDispose]: async () => {
      stun.close()
      await close(bare)
      await close(server)
    },
  }
}

export const PROTECTIVE: readonly string[] = [
  "connection-allowlist",
  ...[
    "content-security-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "x-dns-prefetch-control",
  ],
  ...["cross-origin-resource-policy", "origin-agent-cluster", "referrer-policy"],
]

/** Passes everything to `port` as it is, and the answers without some of the headers that protect a browser. */
export async function openUnprotected(
  port: number,
  without = PROTECTIVE,
): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((asked, answer) => {
    if (without === PROTECTIVE && asked.url === "/gh-worker.js") {
      answer.writeHead(200, { "content-type": "text/javascript" }).end("void 0")
      return
    }
    const { headers } = asked
    // The gateway goes by this header; without that control another workspace would answer.
    if (
      without === PROTECTIVE &&
      headers["sec-fetch-site"] === "same-site" &&
      !(asked.url ?? "").startsWith("/.gh/")
    ) {
      headers["sec-fetch-site"] = "same-origin"
      delete headers.origin
    }
    const onward = request(
      { host: "127.0.0.1", port, method: asked.method, path: asked.url, headers },
      (found) => {
        const passed = Object.entries(found.headers).filter(([name]) => !without.includes(name))
        answer.writeHead(found.statusCode ?? 502, Object.fromEntries(passed))
        found.pipe(answer)
      },
    )
    onward.on("error", () => answer.destroy())
    asked.pipe(onward)
  })
  const upgraded = new Set<Duplex>()
  server.on("upgrade", (asked: IncomingMessage, socket, head: Buffer) => {
    upgraded.add(socket)
    socket.on("close", () => {
      upgraded.delete(socket)
      onward.destroy()
    })
    const onward = connect(port, "127.0.0.1", () => {
      const lines = asked.rawHeaders.flatMap((name, index, all) =>
        index % 2 === 0 ? [`${name}: ${all[index + 1] ?? ""}`] : [],
      )
      onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`)
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    onward.on("error", () => socket.destroy())
    socket.on("error", () => onward.destroy())
  })
  return {
    port: await listen(server),
    [Symbol.asyncDispose]: async () => {
      // Those are no longer the server's own connections.
      for (const socket of upgraded) socket.destroy()
      await close(server)
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
