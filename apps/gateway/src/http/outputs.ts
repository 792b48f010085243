// Results on their way out: streamed as they come to the control plane, which owns what happens to them.
// The run in the address is the socket's; what the workspace wrote there is only the part after it.
import type { IncomingMessage, ServerResponse } from "node:http"
import { pipeline } from "node:stream/promises"
import type { Refusals } from "../actions/refusals.ts"
import type { Target } from "../domain/path.ts"
import { sentenceOf } from "../domain/sentences.ts"
import { type ControlPlane, Refused } from "../drivers/control-plane.ts"
import { sendJson } from "./json.ts"

/** What one run may have under way at a time, and milliseconds in which something of a body must move. */
export type OutputLimits = { atOnce: number; stalledAfter: number }
export const OUTPUT_LIMITS: OutputLimits = { atOnce: 8, stalledAfter: 60_000 }

const METHODS = ["GET", "PUT", "POST"] as const
const PASSED = ["content-length", "x-content-sha256", "accept"]
const RETURNED = ["content-type", "content-length", "audit-index"]

export type OutputDeps = {
  controlPlane: ControlPlane
  refusals: Refusals
  outputLimits?: OutputLimits
  /** what this run has under way */
  underWay: Set<IncomingMessage>
}

export async function relayOutputs(
  { controlPlane, refusals, underWay, outputLimits: limits = OUTPUT_LIMITS }: OutputDeps,
  run: string,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = METHODS.find((known) => known === request.method)
  if (method === undefined)
    return sendJson(response, 405, { code: "method_denied", message: "This cannot be done here." })
  const path = target.rawPath.split("/").slice(2).join("/")
  // An encoded slash in the first part would be read as another address behind us.
  if (decodeURIComponent(path) !== target.path.slice("/outputs/".length) || path === "") {
    noteAbsent()
    return sendJson(response, 404, { code: "not_found", message: "There is nothing here." })
  }
  if (underWay.size >= limits.atOnce) throw refuse(429, "too_many")
  underWay.add(request)
  const ended = new AbortController()
  response.once("close", () => {
    underWay.delete(request)
    ended.abort()
  })
  if (method !== "GET") {
    // A sender that stops in the middle holds a connection and a half-written object for nothing.
    request.setTimeout(limits.stalledAfter, () => ended.abort(refuse(408, "upload_stalled")))
    request.once("end", () => request.setTimeout(0))
  }
  const answer = await controlPlane
    .outputs({
      run,
      method,
      path: path + target.rawQuery,
      headers: { ...pick(request.headers, PASSED), ...typeOf(method) },
      body: method === "GET" ? null : request,
      signal: ended.signal,
    })
    .catch((error: unknown) => {
      if (!(ended.signal.reason instanceof Refused)) throw error
      // The rest of the body is not waited for.
      response.setHeader("connection", "close")
      throw ended.signal.reason
    })
  // What is not there, or another's: both look the same here, and both are told.
  if (answer.statusCode === 404) noteAbsent()
  response.writeHead(answer.statusCode, { ...pick(answer.headers, RETURNED), "cache-control": "no-store" })
  await pipeline(answer.body, response)

  function noteAbsent(): void {
    refusals.note({ run, code: "not_found", what: `${request.method} ${target.path}` })
  }
}

function refuse(status: number, code: string): Refused {
  return new Refused(status, code, sentenceOf(code))
}

/** A file is bytes and a request is JSON, whatever the workspace calls it. */
function typeOf(method: string): Record<string, string> {
  if (method === "GET") return {}
  return { "content-type": method === "PUT" ? "application/octet-stream" : "application/json" }
}

function pick(
  headers: Record<string, string | string[] | undefined>,
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    if (typeof value === "string") picked[name] = value
  }
  return picked
}
