// The workspace's side of the gateway, one server per run behind the run's own socket. Which run it is
// comes from the socket alone; no header, host name or path can change it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { BadTarget, readTarget, type Target } from "../domain/path.ts"
import { S3Error } from "../domain/s3.ts"
import { type ControlPlane, Refused, Unavailable } from "../drivers/control-plane.ts"
import { type ObjectDeps, sendS3Error, serveObjects } from "./objects.ts"
import { sendJson } from "./json.ts"
import { type OutputLimits, relayOutputs } from "./outputs.ts"

export type WorkspaceDeps = ObjectDeps & {
  controlPlane: ControlPlane
  /** whether the control plane answered in the last five seconds */
  isHeard: () => boolean
  outputLimits?: OutputLimits
}

type RunDeps = WorkspaceDeps & { underWay: Set<IncomingMessage>; reading: Set<ServerResponse> }

/** More connections of one run than this wait in the kernel's queue: a socket flood stays with its workspace. */
const MAX_CONNECTIONS = 256

export function createWorkspaceServer(deps: WorkspaceDeps, run: string): Server {
  const runDeps: RunDeps = { ...deps, underWay: new Set(), reading: new Set() }
  const server = createServer(
    {
      maxHeaderSize: 32 * 1024,
      keepAliveTimeout: 60_000,
      headersTimeout: 30_000,
      requestTimeout: 0,
      noDelay: true,
    },
    (request, response) => {
      response.on("error", () => response.destroy())
      handle(runDeps, run, request, response).catch((error: unknown) => sendProblem(response, error))
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  server.on("clientError", (_error, socket) => socket.destroy())
  server.on("upgrade", (_request, socket) => socket.destroy())
  return server
}

async function handle(
  deps: RunDeps,
  run: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = readSafely(deps, run, request)
  if (target instanceof S3Error) return sendS3Error(response, target, "", request.method ?? "")
  const first = target.path.split("/")[1] ?? ""
  if (first === "packages") {
    return sendJson(response, 404, {
      code: "packages_not_configured",
      message: "No package mirror is set up here.",
    })
  }
  if (!deps.isHeard()) return sendClosed(response, target, request.method ?? "", first)
  if (first === "workspace") return sendIdentity(deps, run, target, request, response)
  if (first === "outputs") return relayOutputs(deps, run, target, request, response)
  return serveObjects(deps, run, target, request, response)
}

function readSafely(deps: WorkspaceDeps, run: string, request: IncomingMessage): Target | S3Error {
  try {
    return readTarget(request.url ?? "")
  } catch (error) {
    if (!(error instanceof BadTarget)) throw error
    deps.refusals.note({ run, code: error.code, what: `${request.method} ${request.url}`.slice(0, 1000) })
    return new S3Error(404, "NoSuchKey", "There is no such object.")
  }
}

function sendClosed(response: ServerResponse, target: Target, method: string, first: string): void {
  const message = "Glasshouse cannot ask for permission at the moment, so no data is served. Try again."
  if (first === "workspace" || first === "outputs") {
    return sendJson(response, 503, { code: "control_plane_unreachable", message })
  }
  sendS3Error(response, new S3Error(503, "control_plane_unreachable", message), target.path, method)
}

async function sendIdentity(
  deps: WorkspaceDeps,
  run: string,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (target.path !== "/workspace") {
    deps.refusals.note({ run, code: "not_found", what: `${request.method} ${target.path}` })
    return sendJson(response, 404, { code: "not_found", message: "There is nothing here." })
  }
  if (request.method !== "GET")
    return sendJson(response, 405, { code: "method_denied", message: "This can only be read." })
  sendJson(response, 200, await deps.controlPlane.workspace(run))
}

function sendProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  if (error instanceof Refused)
    return sendJson(response, error.status, { code: error.code, message: error.message })
  if (error instanceof Unavailable)
    return sendJson(response, 503, { code: error.code, message: error.message })
  sendJson(response, 500, { code: "internal", message: "Something went wrong here. Nothing was lost." })
}
