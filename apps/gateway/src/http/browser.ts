// The browser's side of the gateway. One Fastify application answers every notebook host; which
// workspace is meant is in the host name. Order of every request: host, path, place of origin, route,
// session; only then is the notebook asked.
import websocket from "@fastify/websocket"
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify"
import type { WebSocket } from "ws"
import type { Refusals } from "../actions/refusals.ts"
import type { Session, Sessions } from "../actions/sessions.ts"
import { KERNEL_PROTOCOL } from "../domain/frame.ts"
import { guardHeaders, judgeEntrance, judgeFetch, pageHeaders } from "../domain/headers.ts"
import { notebookOrigin, type Site, workspaceOfHost } from "../domain/host.ts"
import { BadTarget, readTarget, type Target } from "../domain/path.ts"
import { type Match, matchRoute } from "../domain/routes.ts"
import type { AssetLists } from "../drivers/asset-lists.ts"
import { type ControlPlane, Refused } from "../drivers/control-plane.ts"
import type { Notebooks } from "../drivers/notebook.ts"
import { Denied, describeError } from "./errors.ts"
import { CLOSE, endSocket, joinSockets, relayKernel } from "./kernel-relay.ts"
import { closedPage, ENTRANCE, entrancePage, PAGE_SCRIPT, PAGE_SCRIPT_TEXT } from "./pages.ts"
import { relayHttp } from "./notebook-relay.ts"

export type BrowserDeps = {
  site: Site
  sessions: Sessions
  controlPlane: ControlPlane
  notebooks: Notebooks
  refusals: Refusals
  assets: Pick<AssetLists, "current">
  /** last kernel message forwarded per run that can cause a read of data */
  lastMessages: Map<string, string>
}

/** What was found out about a request before its handler runs. */
type Visit = { workspace: string; target: Target; match: Extract<Match, { allowed: true }>; session: Session }

const HEALTH = "/.gh/health"
const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"])
const COOKIE = "__Host-gh-ws"
/** Largest frame from a browser: code, or a widget's upload. */
const MAX_BROWSER_FRAME = 8 << 20
/** Requests and sockets of one session at a time; Lab at its busiest has about a third. */
const MAX_OPEN = 100
const VISIT = Symbol("visit")
const OPENED = Symbol("opened notebook socket")

/** The notebook's side of an upgrade; `join` before it is used, else it ends with the browser's connection. */
type Opened = { socket: WebSocket; join: () => void }

type Noted = FastifyRequest & { [VISIT]?: Visit; [OPENED]?: Opened }

export async function buildBrowserSide(deps: BrowserDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    requestTimeout: 60_000,
    keepAliveTimeout: 75_000,
    http: { maxHeaderSize: 32 * 1024 },
  } as const)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload))
  app.setErrorHandler((error, request, reply) => sendError(deps, request, reply, error))
  app.setNotFoundHandler((request, reply) => sendError(deps, request, reply, new Denied(404, "path_denied")))
  await app.register(websocket, {
    options: {
      maxPayload: MAX_BROWSER_FRAME,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(KERNEL_PROTOCOL) ? KERNEL_PROTOCOL : false),
    },
    errorHandler: (_error, socket) => socket.terminate(),
    preClose: (done) => {
      for (const client of app.websocketServer.clients) endSocket(client, CLOSE.restart, "gateway_restarting")
      done()
    },
  })
  // Asked from inside the container alone, and no access of anybody: it is not told.
  app.get(HEALTH, (request, reply) => {
    if (!LOOPBACK.has(request.socket.remoteAddress ?? "")) throw new Denied(403, "path_denied")
    return reply.code(204).send()
  })
  app.get(ENTRANCE, (request, reply) => enter(deps, request, reply))
  app.get(PAGE_SCRIPT, (request, reply) => {
    placeOf(deps, request)
    return reply
      .headers({ "content-type": "text/javascript", "x-content-type-options": "nosniff" })
      .send(PAGE_SCRIPT_TEXT)
  })
  app.route({
    method: "GET",
    url: "/*",
    preHandler: async (request: Noted) => {
      request[VISIT] = await admit(deps, request)
      if (request.ws) request[OPENED] = await openNotebookSocket(deps, request, request[VISIT])
    },
    handler: (request, reply) => handle(deps, request, reply),
    wsHandler: (socket, request) => joinNotebook(deps, socket as WebSocket, request),
  })
  app.route({
    method: ["POST", "PUT", "PATCH", "DELETE"],
    url: "/*",
    preHandler: async (request: Noted) => {
      request[VISIT] = await admit(deps, request)
    },
    handler: (request, reply) => handle(deps, request, reply),
  })
  return app
}

async function enter(deps: BrowserDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspace, target } = placeOf(deps, request)
  const judged = judgeEntrance(request.headers)
  if (!judged.allowed) throw new Denied(403, judged.code)
  const ticket = target.query.get("ticket")
  if (ticket === null || !/^[\w-]{16,200}$/.test(ticket)) throw new Denied(403, "ticket_invalid")
  const session = await deps.sessions.redeem(ticket, workspace)
  return reply
    .headers(pageHeaders(deps.site, workspace))
    .header("set-cookie", `${COOKIE}=${session.secret}; Path=/; HttpOnly; Secure; SameSite=Strict`)
    .send(entrancePage())
}

function placeOf(deps: BrowserDeps, request: FastifyRequest): { workspace: string; target: Target } {
  const workspace = workspaceOfHost(deps.site, request.headers.host)
  if (workspace === undefined) throw new Denied(421, "wrong_host")
  return { workspace, target: readTarget(request.raw.url ?? "") }
}

async function admit(deps: BrowserDeps, request: FastifyRequest): Promise<Visit> {
  const { workspace, target } = placeOf(deps, request)
  const upgrade = request.ws
  const origin = request.headers.origin
  if (upgrade) {
    // Upgrades carry no Sec-Fetch headers: the exact Origin is what a page cannot forge.
    if (origin !== notebookOrigin(deps.site, workspace)) throw new Denied(403, "wrong_origin")
  } else {
    const judged = judgeFetch(request.headers)
    if (!judged.allowed) throw new Denied(403, judged.code)
    if (origin !== undefined && origin !== notebookOrigin(deps.site, workspace))
      throw new Denied(403, "wrong_origin")
  }
  const session = await sessionOf(deps, request, workspace)
  // Lab's root is only a way to Lab.
  const path = target.path === "/" ? "/lab" : target.path
  const match = matchRoute(request.method, path, target.query, upgrade)
  if (!match.allowed) throw new Denied(match.code === "method_denied" ? 405 : 403, match.code)
  if (session.open.size >= MAX_OPEN) throw new Denied(429, "too_many")
  return { workspace, target, match, session }
}

async function sessionOf(deps: BrowserDeps, request: FastifyRequest, workspace: string): Promise<Session> {
  const secret = readCookie(request.headers.cookie)
  if (secret === undefined) throw new Denied(403, "no_session")
  return deps.sessions.use(secret, workspace)
}

function readCookie(header: string | undefined): string | undefined {
  const found = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${COOKIE}=`))
  // Two of one name cannot both be ours.
  if (found.length !== 1) return undefined
  const value = found[0]?.slice(COOKIE.length + 1)
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
}

async function handle(deps: BrowserDeps, request: Noted, reply: FastifyReply): Promise<FastifyReply> {
  const visit = visitOf(request)
  if (visit.target.path === "/")
    return reply.headers(guardHeaders(deps.site, visit.workspace)).redirect("/lab", 302)
  return relayHttp(
    deps,
    { ...visit, method: request.method, headers: request.headers, body: request.raw },
    reply,
  )
}

function visitOf(request: Noted): Visit {
  const visit = request[VISIT]
  if (visit === undefined) throw new Error("a request that was not admitted")
  return visit
}

async function openNotebookSocket(deps: BrowserDeps, request: FastifyRequest, visit: Visit): Promise<Opened> {
  const isKernel = visit.match.kind === "kernel"
  if (isKernel && !offersKernelProtocol(request)) throw new Denied(400, "legacy_protocol")
  const { host, origin } = request.headers
  const headers = { host: host ?? "", origin: origin ?? "", authorization: "token workspace" }
  const target = visit.target.rawPath + sessionQuery(visit.target.query)
  const socket = await deps.notebooks.open(
    visit.session.lease.run,
    target,
    isKernel ? [KERNEL_PROTOCOL] : [],
    headers,
  )
  const gone = request.raw.socket.destroyed
  if (gone || socket.protocol !== (isKernel ? KERNEL_PROTOCOL : "")) {
    socket.terminate()
    throw new Denied(502, gone ? "notebook_unavailable" : "legacy_protocol")
  }
  const abandon = (): void => socket.terminate()
  const { socket: connection } = request.raw
  connection.once("close", abandon)
  // Once joined, the relay ends the notebook's side itself, after what was sent is forwarded.
  return { socket, join: () => void connection.off("close", abandon) }
}

function offersKernelProtocol(request: FastifyRequest): boolean {
  const offered = request.headers["sec-websocket-protocol"] ?? ""
  return offered.split(",").some((name) => name.trim() === KERNEL_PROTOCOL)
}

function sessionQuery(query: URLSearchParams): string {
  const id = query.get("session_id")
  return id !== null && /^[\w-]{1,64}$/.test(id) ? `?session_id=${id}` : ""
}

function joinNotebook(deps: BrowserDeps, browser: WebSocket, request: Noted): void {
  const { session, match, workspace } = visitOf(request)
  const opened = request[OPENED]
  if (opened === undefined) return endSocket(browser, CLOSE.broken, "notebook_unavailable")
  opened.join()
  const notebook = opened.socket
  const onRefuse = (code: string, what: string): void =>
    deps.refusals.note({ workspace, run: session.lease.run, session: session.secret, code, what })
  if (match.kernel !== undefined) {
    const onForward = (messageId: string): void => void deps.lastMessages.set(session.lease.run, messageId)
    const { sessions, controlPlane } = deps
    return relayKernel(browser, notebook, {
      sessions,
      session,
      controlPlane,
      kernel: match.kernel,
      onForward,
      onRefuse,
    })
  }
  relayEvents(deps, browser, notebook, session, onRefuse)
}

/** Jupyter's event stream goes one way only. */
function relayEvents(
  { sessions }: BrowserDeps,
  browser: WebSocket,
  notebook: WebSocket,
  session: Session,
  onRefuse: (code: string, what: string) => void,
): void {
  joinSockets(browser, notebook, { sessions, session })
  browser.on("message", () => {
    onRefuse("frame_refused", "a message on the event stream")
    endSocket(browser, CLOSE.policy, "frame_refused")
  })
  browser.once("close", () => endSocket(notebook, 1000, ""))
  notebook.on("message", (data: Buffer, isBinary) => {
    if (sessions.show(session, data.length)) browser.send(data, { binary: isBinary })
  })
  notebook.resume()
}

function sendError(
  deps: BrowserDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  const { status, code, message } = describeError(error)
  const workspace = workspaceOfHost(deps.site, request.headers.host)
  const isElsewhere = error instanceof Refused && error.code === "session_elsewhere"
  if (error instanceof Denied || error instanceof BadTarget || isElsewhere) {
    const what = `${request.method} ${(request.raw.url ?? "").split("?")[0]}`
    deps.refusals.note({ ...(workspace === undefined ? {} : { workspace }), code, what })
  }
  const isRefused =
    error instanceof Refused && /^\/api\/kernels\/[^/]+$/.test((request.raw.url ?? "").split("?")[0] ?? "")
  // Lab reads 403 here as "kernel died"; the kernel lives, only the way to it is closed.
  reply.code(isRefused ? 424 : status).headers(pageHeaders(deps.site, workspace))
  if (request.headers["sec-fetch-mode"] === "navigate")
    return reply.send(closedPage(deps.site, code, message))
  // Jupyter's clients show `message`; `reason` is part of their error form.
  return reply
    .header("content-type", "application/json")
    .send(JSON.stringify({ code, message, reason: null }))
}
