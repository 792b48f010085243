// Connections to a server, and what each of them waits for. Node's own close waits for every connection: also
// for one on which nothing was ever asked, and for a live socket whose browser does not say goodbye.
import type { Server } from "node:http"
import type { Socket } from "node:net"
import type { FastifyInstance } from "fastify"

/** A live socket says goodbye before it is closed. */
const GOODBYE_MS = 100

const busy = new WeakMap<Server, Map<Socket, number>>()

/** Counts what each connection waits for, so that one that waits for nothing can be closed. */
export function watchConnections(server: Server): void {
  const open = new Map<Socket, number>()
  busy.set(server, open)
  server.on("connection", (socket: Socket) => {
    open.set(socket, 0)
    socket.once("close", () => open.delete(socket))
  })
  server.on("request", ({ socket }, answer) => {
    open.set(socket, (open.get(socket) ?? 0) + 1)
    answer.once("close", () => {
      if (open.has(socket)) open.set(socket, (open.get(socket) ?? 1) - 1)
    })
  })
}

/** Lets nobody in, answers what was asked, and closes what waits for no answer. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const timer = setInterval(() => {
    for (const [socket, asked] of busy.get(app.server) ?? []) if (asked === 0) socket.destroy()
  }, GOODBYE_MS)
  try {
    await app.close()
  } finally {
    clearInterval(timer)
  }
}
