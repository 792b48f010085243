// Carries one HTTP request to the notebook server and its answer back. Answers that hold a person's
// files are read whole, judged and counted before a byte is shown; Lab's own files stream.
import type { IncomingMessage } from "node:http"
import { Readable } from "node:stream"
import type { FastifyReply } from "fastify"
import type { Dispatcher } from "undici"
import { INTENT_SECONDS } from "#protocol/gateway.ts"
import type { Session } from "../actions/sessions.ts"
import { isListed } from "../domain/assets.ts"
import { describeMove, judgeAnswer, judgeRead, judgeWrite, MAX_CONTENTS } from "../domain/contents.ts"
import { guardHeaders, type Headers, headersToBrowser, headersToNotebook } from "../domain/headers.ts"
import { readTarget, type Target } from "../domain/path.ts"
import type { Match, RouteKind } from "../domain/routes.ts"
import { Unavailable } from "../drivers/control-plane.ts"
import type { BrowserDeps } from "./browser.ts"
import { Denied } from "./errors.ts"

export type Asked = {
  workspace: string
  target: Target
  match: Extract<Match, { allowed: true }>
  session: Session
  method: string
  headers: Headers
  body: IncomingMessage
}

const MAX_API_REQUEST = 1 << 20
const MAX_API_ANSWER = 8 << 20
const MAX_ASSET = 32 << 20
const ASSET_TYPES =
  /^(text\/(css|javascript)|application\/(javascript|json|wasm|manifest\+json)|font\/|image\/|application\/(font-|x-font|vnd\.ms-fontobject|octet-stream))/
const TYPES: Partial<Record<RouteKind, RegExp>> = {
  document: /^text\/html/,
  style: /^(text\/css|font\/|image\/|application\/(font-|x-font|vnd\.ms-fontobject|octet-stream))/,
}
const API_TYPES = /^(application\/json|image\/(png|svg\+xml))/

export async function relayHttp(deps: BrowserDeps, asked: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const { session, match, target, method } = asked
  const isContents = match.kind === "contents"
  const sent = await collect(asked.body, isContents ? MAX_CONTENTS : MAX_API_REQUEST)
  if (isContents) await admitContents(deps, asked, sent)
  if (match.human || isHumanSave(asked)) deps.sessions.noteHuman(session)
  const ended = new AbortController()
  const detach = deps.sessions.attach(session, () => ended.abort())
  reply.raw.once("close", () => {
    detach()
    ended.abort()
  })
  const answer = await deps.notebooks.request(session.lease.run, {
    method,
    target: target.rawPath + target.rawQuery,
    headers: requestHeaders(asked.headers, sent),
    body: sent.length > 0 ? sent : null,
    signal: ended.signal,
  })
  const headers = { ...headersToBrowser(answer.headers), ...guardHeaders(deps.site, asked.workspace) }
  reply.code(answer.statusCode).headers(headers)
  if (isEncoded(answer)) throw discard(answer, new Denied(502, "notebook_answer"))
  if (match.kind === "asset") return sendAsset(deps, asked, answer, reply)
  return sendWhole(deps, asked, answer, reply)
}

/** Logs the path and judges what is sent, before anything is forwarded. */
async function admitContents(deps: BrowserDeps, asked: Asked, sent: Buffer): Promise<void> {
  const { session, workspace, method } = asked
  const path = contentsPath(asked)
  const judged = method === "GET" ? judgeRead(path, asked.target.query) : judgeWrite(sent)
  if (!judged.allowed) throw new Denied(judged.status, judged.code, judged.message)
  const moved = method === "PATCH" || method === "POST" ? describeMove(sent) : ""
  const logged = `${path}${moved}`.slice(0, 1024)
  if (method === "GET" && wasLogged(session, logged)) return
  await deps.controlPlane.logContents({ session: session.secret, workspace, method, path: logged })
  if (method === "GET") noteLogged(session, logged)
}

function contentsPath(asked: Asked): string {
  return asked.target.path.slice("/api/contents".length) || "/"
}

// Lab asks for open folders every few seconds: one entry covers one path for as long as an intent may.
const loggedReads = new WeakMap<Session, Map<string, number>>()

function wasLogged(session: Session, path: string): boolean {
  const last = loggedReads.get(session)?.get(path)
  return last !== undefined && performance.now() - last < INTENT_SECONDS * 1000
}

function noteLogged(session: Session, path: string): void {
  const known = loggedReads.get(session) ?? new Map<string, number>()
  if (known.size > 500) known.clear()
  known.set(path, performance.now())
  loggedReads.set(session, known)
}

/** Lab saves what changed: a person's doing, unless output came since the save before. */
function isHumanSave({ match, method, session }: Asked): boolean {
  if (match.kind !== "contents" || method !== "PUT") return false
  const byOutput = session.outputSince
  session.outputSince = false
  return !byOutput
}

function requestHeaders(headers: Headers, sent: Buffer): Record<string, string> {
  const { "content-length": _length, ...passed } = headersToNotebook(headers)
  return sent.length > 0 ? { ...passed, "content-length": String(sent.length) } : passed
}

function isEncoded(answer: Dispatcher.ResponseData): boolean {
  const encoding = answer.headers["content-encoding"]
  return encoding !== undefined && encoding !== "identity"
}

/** Lab's own files: proved by their hash and free, or, while no list is there, free up to a bound. */
async function sendAsset(
  deps: BrowserDeps,
  asked: Asked,
  answer: Dispatcher.ResponseData,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const type = String(answer.headers["content-type"] ?? "")
  if (answer.statusCode === 200 && !ASSET_TYPES.test(type)) {
    throw discard(answer, new Denied(502, "notebook_answer"))
  }
  if (answer.statusCode !== 200 && answer.statusCode !== 304)
    throw discard(answer, new Denied(404, "no_asset"))
  const caching = answer.headers["cache-control"]
  if (typeof caching === "string") reply.header("cache-control", caching)
  const assets = deps.assets.current()
  if (assets.size === 0 || answer.statusCode === 304) {
    return reply.send(Readable.from(countAsset(deps, asked.session, answer), { objectMode: false }))
  }
  const body = await collect(answer.body, MAX_ASSET)
  if (!isListed(assets, asked.target.path, body)) throw new Denied(502, "asset_changed")
  return reply.removeHeader("content-length").send(body)
}

async function* countAsset(
  deps: BrowserDeps,
  session: Session,
  answer: Dispatcher.ResponseData,
): AsyncGenerator<Buffer> {
  for await (const chunk of answer.body) {
    const bytes = chunk as Buffer
    const live = deps.sessions.isLive(session)
    if (!deps.sessions.showAsset(session, bytes.length)) throw notShown(live)
    yield bytes
  }
}

async function sendWhole(
  deps: BrowserDeps,
  asked: Asked,
  answer: Dispatcher.ResponseData,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const isContents = asked.match.kind === "contents"
  const body = await collect(answer.body, isContents ? MAX_CONTENTS : MAX_API_ANSWER)
  judgeType(asked, answer, body)
  if (isContents && answer.statusCode < 300 && asked.method === "GET" && !isCheckpointList(asked)) {
    const judged = judgeAnswer(contentsPath(asked), body)
    if (!judged.allowed) throw new Denied(judged.status, judged.code, judged.message)
  }
  const location = answer.headers["location"]
  if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === "string") {
    reply.header("location", readTarget(location).rawPath)
  }
  const live = deps.sessions.isLive(asked.session)
  if (!deps.sessions.show(asked.session, body.length)) throw notShown(live)
  reply.header("cache-control", "no-store").removeHeader("content-length")
  return reply.send(body)
}

/** A lease that could not be renewed is no used-up allowance: the one is over in a moment, the other tomorrow. */
function notShown(wasLive: boolean): Error {
  if (wasLive) return new Denied(403, "shown_limit")
  return new Unavailable("control_plane_unreachable", "The access could not be checked in time.")
}

function isCheckpointList(asked: Asked): boolean {
  return asked.target.path.endsWith("/checkpoints")
}

function judgeType(asked: Asked, answer: Dispatcher.ResponseData, body: Buffer): void {
  if (body.length === 0 || answer.statusCode >= 300) return
  const type = String(answer.headers["content-type"] ?? "")
  if (!(TYPES[asked.match.kind] ?? API_TYPES).test(type)) throw new Denied(502, "notebook_answer")
}

function discard(answer: Dispatcher.ResponseData, error: Denied): Denied {
  answer.body.destroy()
  return error
}

/** Reads a body whole. @throws Denied 413 `too_large` beyond `most` bytes */
async function collect(body: AsyncIterable<Buffer | string>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk
    length += bytes.length
    if (length > most) throw new Denied(413, "too_large")
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
