// A notebook server for unit tests: HTTP and WebSocket on a unix socket, answering what tests tell it to,
// including what no honest server would send.
import { createServer, type IncomingMessage } from "node:http"
import { type WebSocket, WebSocketServer } from "ws"
import { KERNEL_PROTOCOL } from "../src/domain/frame.ts"

export type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer }

export type FakeNotebook = Awaited<ReturnType<typeof startNotebook>>

export async function startNotebook(socketPath: string) {
  const state = {
    requests: [] as { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[],
    upgrades: [] as { url: string; headers: IncomingMessage["headers"] }[],
    sockets: [] as WebSocket[],
    /** messages received, in order */
    received: [] as Buffer[],
    answer: (_url: string): Answer => ({ headers: { "content-type": "application/json" }, body: "{}" }),
    protocol: KERNEL_PROTOCOL as string | false,
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { method = "", url = "", headers } = request
      state.requests.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") })
      const { status = 200, headers: answered = {}, body = "" } = state.answer(url)
      response.writeHead(status, answered).end(body)
    })
  })
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    handleProtocols: () => state.protocol,
  })
  sockets.on("connection", (socket, request) => {
    state.upgrades.push({ url: request.url ?? "", headers: request.headers })
    state.sockets.push(socket)
    socket.on("message", (data: Buffer) => state.received.push(data))
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return { state, close }

  async function close(): Promise<void> {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
}
