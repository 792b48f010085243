// Project data as S3, read-only, for the run whose socket a request came by. Every GET stands under a
// live intent down to its last byte; when that cannot be had, no byte is served.
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Readable } from "node:stream"
import type { Held, Intents, Lists } from "../actions/intents.ts"
import type { Refusals } from "../actions/refusals.ts"
import type { Target } from "../domain/path.ts"
import { type Range, readRange } from "../domain/ranges.ts"
import {
  type ListQuery,
  pageOf,
  readName,
  readS3Request,
  S3Error,
  type S3Object,
  type S3Request,
} from "../domain/s3.ts"
import { bareEtag, httpTime, quoteEtag, writeError, writeList } from "../domain/s3-xml.ts"
import { Refused, Unavailable } from "../drivers/control-plane.ts"
import { type ObjectStore, StoreFailure } from "../drivers/objects.ts"

export type ObjectDeps = { intents: Intents; lists: Lists; store: ObjectStore; refusals: Refusals }
/** with what this run is being sent */
export type RunObjects = ObjectDeps & { reading: Set<ServerResponse> }

/** Streams of one run at a time: each holds a connection to the store, read or not, and others need some too. */
const MOST_AT_ONCE = 64

export async function serveObjects(
  deps: RunObjects,
  run: string,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? ""
  try {
    const asked = await readOffered(deps, run, method, target)
    if (asked.kind === "list") return await sendList(deps, run, asked.bucket, asked.query, response)
    if (asked.kind === "head-bucket") return await headBucket(deps, run, asked.bucket, response)
    if (asked.kind === "head") return await headObject(deps, run, asked.bucket, asked.key, request, response)
    return await getObject(deps, run, asked.bucket, asked.key, request, response)
  } catch (error) {
    const failure = asS3Error(error)
    // What the control plane refused for a reason, it has in its log already.
    const isTold = error instanceof Refused && error.status !== 404
    if (!isTold && TOLD.has(failure.status)) {
      deps.refusals.note({ run, code: failure.code, what: `${method} ${target.path}` })
    }
    sendS3Error(response, failure, target.path, method)
  }
}

/** Absent, refused, or an attempt to write. */
const TOLD: ReadonlySet<number> = new Set([403, 404, 405])

/** What is not offered for own objects is, for another's, as absent as with any other question. */
async function readOffered(
  { lists }: ObjectDeps,
  run: string,
  method: string,
  { path, query }: Target,
): Promise<S3Request> {
  try {
    return readS3Request(method, path, query)
  } catch (error) {
    if (!(error instanceof S3Error) || error.status === 404 || error.status === 403) throw error
    const { bucket, key } = readName(path)
    const { objects } = await lists.acquire(run, bucket)
    const isWrite = error.status === 405
    if (!isWrite && key !== "" && !objects.some((candidate) => candidate.key === key)) throw noSuchKey()
    throw error
  }
}

function noSuchKey(options?: ErrorOptions): S3Error {
  return new S3Error(404, "NoSuchKey", "There is no such object.", options)
}

/** An error as S3 writes it; after the first byte there is only breaking off. */
export function sendS3Error(
  response: ServerResponse,
  error: S3Error,
  resource: string,
  method: string,
): void {
  if (response.headersSent) return void response.destroy()
  const body = Buffer.from(writeError(error, resource, ""))
  response.writeHead(error.status, { "content-type": "application/xml", "content-length": body.length })
  response.end(method === "HEAD" ? undefined : body)
}

async function sendList(
  deps: ObjectDeps,
  run: string,
  bucket: string,
  query: ListQuery,
  response: ServerResponse,
): Promise<void> {
  const { objects, index } = await deps.lists.acquire(run, bucket)
  const body = Buffer.from(writeList(bucket, query, pageOf(objects, query)))
  response.writeHead(200, {
    "content-type": "application/xml",
    "content-length": body.length,
    "audit-index": index,
  })
  response.end(body)
}

async function headBucket(
  deps: ObjectDeps,
  run: string,
  bucket: string,
  response: ServerResponse,
): Promise<void> {
  const { index } = await deps.lists.acquire(run, bucket)
  response.writeHead(200, { "audit-index": index }).end()
}

async function headObject(
  deps: ObjectDeps,
  run: string,
  bucket: string,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { objects, index } = await deps.lists.acquire(run, bucket)
  const object = objects.find((candidate) => candidate.key === key)
  if (object === undefined) {
    // Clients ask for folders this way; that is no attempt at something foreign.
    if (objects.some((candidate) => candidate.key.startsWith(`${key}/`)))
      return void response.writeHead(404).end()
    throw noSuchKey()
  }
  const unchanged = judgeConditions(request, object.etag)
  response.writeHead(unchanged ? 304 : 200, {
    ...describe(object),
    "audit-index": index,
    ...(unchanged ? {} : { "content-length": object.size }),
  })
  response.end()
}

async function getObject(
  deps: RunObjects,
  run: string,
  bucket: string,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (deps.reading.size >= MOST_AT_ONCE)
    throw new S3Error(503, "SlowDown", "Too much is read at once here. Try again.")
  deps.reading.add(response)
  response.once("close", () => void deps.reading.delete(response))
  const held = await deps.intents.acquire(run, bucket, key)
  const { object, index } = held.intent
  const headers = { ...describe(object), "audit-index": index }
  if (judgeConditions(request, object.etag)) return void response.writeHead(304, headers).end()
  const asked = readRange(request.headers.range, object.size)
  if (asked.kind === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${object.size}`)
    throw new S3Error(416, "InvalidRange", "The range lies outside the object.")
  }
  const range: Range = asked.kind === "range" ? asked.range : [0, object.size]
  const bytes = object.size === 0 ? undefined : await deps.store.read(object, range)
  if (response.destroyed) return void bytes?.destroy()
  const partial = asked.kind === "range"
  response.writeHead(partial ? 206 : 200, {
    ...headers,
    "content-length": range[1] - range[0],
    ...(partial ? { "content-range": `bytes ${range[0]}-${range[1] - 1}/${object.size}` } : {}),
  })
  if (bytes === undefined) {
    deps.intents.begin(held)()
    return void response.end()
  }
  await stream(deps.intents, { run, bucket, key }, held, range[0], bytes, response)
}

type Name = { run: string; bucket: string; key: string }

async function stream(
  intents: Intents,
  name: Name,
  first: Held,
  start: number,
  bytes: Readable,
  response: ServerResponse,
): Promise<void> {
  let held = first
  let end = intents.begin(held)
  let at = start
  response.once("close", () => bytes.destroy())
  try {
    for await (const piece of bytes) {
      const chunk = piece as Buffer
      if (!intents.isLive(held)) {
        end()
        held = await intents.acquire(name.run, name.bucket, name.key)
        end = intents.begin(held)
        if (held.intent.object.etag !== first.intent.object.etag) throw new StoreFailure("object_changed")
      }
      if (response.destroyed) return
      intents.record(held, [at, at + chunk.length])
      at += chunk.length
      if (!response.write(chunk)) await drained(response)
    }
    response.end()
  } finally {
    end()
    bytes.destroy()
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done)
      response.off("close", done)
      resolve()
    }
    response.once("drain", done)
    response.once("close", done)
    if (response.destroyed) done()
  })
}

function describe(object: Pick<S3Object, "etag" | "lastModified">): Record<string, string> {
  return {
    etag: quoteEtag(object.etag),
    "last-modified": httpTime(object.lastModified),
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
    // A copy kept by a client would be read without an entry in the log.
    "cache-control": "no-store",
  }
}

/** True: not modified. @throws S3Error 412 */
function judgeConditions(request: IncomingMessage, etag: string): boolean {
  const { "if-match": match, "if-none-match": noneMatch } = request.headers
  if (match !== undefined && !names(match, etag)) {
    throw new S3Error(412, "PreconditionFailed", "The object is not the one that was asked for.")
  }
  return noneMatch !== undefined && names(noneMatch, etag)
}

function names(header: string, etag: string): boolean {
  return header
    .split(",")
    .some((part) => part.trim() === "*" || bareEtag(part.trim().replace(/^W\//, "")) === bareEtag(etag))
}

function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error
  if (error instanceof Refused && error.status === 404) {
    return noSuchKey({ cause: error })
  }
  if (error instanceof Refused) return new S3Error(403, error.code, error.message, { cause: error })
  if (error instanceof Unavailable)
    return new S3Error(503, error.code, "No data is served at the moment. Try again.", { cause: error })
  if (error instanceof StoreFailure) {
    const status = error.code === "object_changed" ? 409 : 503
    return new S3Error(status, error.code, `${error.message} Try again; if it stays, tell the operator.`, {
      cause: error,
    })
  }
  return new S3Error(500, "InternalError", "Something went wrong here.", { cause: error })
}
