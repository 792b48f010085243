// The witness over HTTP: `POST /add-checkpoint`, and for monitors `GET /<hex SHA-256 of the origin>/checkpoint`.
import { hash } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { TrustedLogs, Witness } from "./witness.ts"

/** 63 hashes and a note with as many signatures as a note may have; nobody has a reason to send more. */
export const MAX_BODY_BYTES = 128 * 1024
const PATIENCE_MS = 10_000
const MAX_CONNECTIONS = 256

export interface ServerOptions {
  witness: Witness
  logs: TrustedLogs
  vkey: string
  onProblem: (error: unknown) => void
}

export function createWitnessServer(options: ServerOptions): Server {
  const origins = new Map([...options.logs.keys()].map((origin) => [hash("sha256", origin), origin]))
  const server = createServer({ requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS / 2 })
  server.maxConnections = MAX_CONNECTIONS
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answer(options, origins, request, response).catch((error: unknown) => {
      options.onProblem(error)
      if (response.headersSent) response.destroy()
      else send(response, 500, "the witness cannot write down what it sees; nothing was cosigned\n")
    })
  })
  return server
}

async function answer(
  { witness, vkey }: ServerOptions,
  origins: ReadonlyMap<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "").split("?")[0] ?? ""
  if (path === "/add-checkpoint") {
    if (request.method !== "POST") return send(response, 405, "POST only\n", { allow: "POST" })
    const body = await readBody(request)
    if (body === undefined) return send(response, 413, "the request is too long\n", { connection: "close" })
    const { status, type, body: said } = await witness.addCheckpoint(body)
    return send(response, status, said, { "content-type": type })
  }
  if (request.method !== "GET" && request.method !== "HEAD")
    return send(response, 405, "GET only\n", { allow: "GET, HEAD" })
  if (path === "/") return send(response, 200, `${vkey}\n`)
  const origin = origins.get(/^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1] ?? "")
  const note = origin === undefined ? undefined : witness.newest(origin)
  if (note === undefined) return send(response, 404, "nothing is here\n")
  return send(response, 200, note, { "cache-control": "no-cache" })
}

/** Undefined when it is too long; the rest is not read then. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return undefined
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_BODY_BYTES) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(body)
}
