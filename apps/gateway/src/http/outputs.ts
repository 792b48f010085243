// Results on their way out: streamed as they come to the control plane, which owns what happens to them.
// The run in the address is the socket's; what the workspace wrote there is only the part after it.
import type { IncomingMessage, ServerResponse } from "node:http"
import { pipeline } from "node:stream/promises"
import type { Refusals } from "../actions/refusals.ts"
import type { Target } from "../domain/path.ts"
import type { ControlPlane } from "../drivers/control-plane.ts"
import { sendJson } from "./json.ts"

const METHODS = ["GET", "PUT", "POST"] as const
const PASSED = ["content-length", "x-content-sha256", "accept"]
const RETURNED = ["content-type", "content-length", "audit-index"]

export async function relayOutputs(
  { controlPlane, refusals }: { controlPlane: ControlPlane; refusals: Refusals },
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
  const ended = new AbortController()
  response.once("close", () => ended.abort())
  const answer = await controlPlane.outputs({
    run,
    method,
    path: path + target.rawQuery,
    headers: { ...pick(request.headers, PASSED), ...typeOf(method) },
    body: method === "GET" ? null : request,
    signal: ended.signal,
  })
  // What is not there, or another's: both look the same here, and both are told.
  if (answer.statusCode === 404) noteAbsent()
  response.writeHead(answer.statusCode, { ...pick(answer.headers, RETURNED), "cache-control": "no-store" })
  await pipeline(answer.body, response)

  function noteAbsent(): void {
    refusals.note({ run, code: "not_found", what: `${request.method} ${target.path}` })
  }
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
