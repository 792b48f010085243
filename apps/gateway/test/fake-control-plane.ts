// A control plane for unit tests: the gateway protocol over a real unix socket, with state that tests
// set and failures that they switch on, before or after the effect.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { rmSync } from "node:fs"
import type {
  ContentsEvent,
  GatewayRuns,
  Intent,
  IntentRequest,
  Lease,
  MessageEvent,
  ObjectList,
  Outcome,
  RefusalEvent,
  RenewRequest,
  WorkspaceIdentity,
} from "#protocol/gateway.ts"

type Failure = "none" | "unavailable" | "hang" | "drop" | "nonsense"

export type FakeControlPlane = Awaited<ReturnType<typeof startControlPlane>>

export async function startControlPlane(socketPath: string) {
  const state = {
    /** calls that were left hanging */
    waiting: 0,
    /** what every call does, unless its path has an entry of its own */
    failure: "none" as Failure,
    failures: new Map<string, Failure>(),
    runs: [] as GatewayRuns["runs"],
    tickets: new Map<string, Lease>(),
    sessions: new Map<string, Lease>(),
    /** code with which a session's renewal is refused */
    ended: new Map<string, string>(),
    objects: new Map<string, Intent["object"]>(),
    lists: new Map<string, ObjectList["objects"]>(),
    intentSeconds: 60,
    intentRefusal: undefined as string | undefined,
    /** held back until released, for order and sharing tests */
    gate: undefined as Promise<void> | undefined,
    identity: undefined as WorkspaceIdentity | undefined,
    messages: [] as MessageEvent[],
    contents: [] as ContentsEvent[],
    refusals: [] as RefusalEvent[],
    renewals: [] as RenewRequest[],
    intents: [] as IntentRequest[],
    listsAsked: [] as string[],
    outcomes: [] as Outcome[],
    outputs: [] as { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[],
  }
  let index = 0
  const server = createServer((request, response) => {
    // Whoever asked may go away in the middle.
    answer(request, response).catch(() => response.destroy())
  })
  rmSync(socketPath, { force: true })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return { state, close }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace(/^\/gateway\/v1/, "")
    const failure = state.failures.get(path) ?? state.failure
    if (failure === "hang") return void state.waiting++
    if (failure === "drop") return void request.socket.destroy()
    if (failure === "nonsense") return send(response, 200, { unexpected: true })
    if (failure === "unavailable")
      return send(response, 503, { code: "audit_unavailable", message: "The log is away." })
    const text = await read(request)
    if (path.includes("/outputs/")) {
      const { method = "", headers } = request
      state.outputs.push({ method, url: request.url ?? "", headers, body: text })
      if (!/\/outputs\/(files\/.|requests|check)/.test(path))
        return send(response, 404, { code: "not_found", message: "There is nothing here." })
      return send(response, 201, { file: "abcdefghijkl" })
    }
    await reply(path, text === "" ? ({} as never) : (JSON.parse(text) as never), response)
  }

  async function reply(path: string, body: never, response: ServerResponse): Promise<void> {
    if (path === "/runs") return send(response, 200, { runs: state.runs })
    if (path === "/tickets/redeem") return redeem(body, response)
    if (path === "/leases/renew") return renew(body, response)
    if (path === "/messages") return log(state.messages, body, response)
    if (path === "/contents") return log(state.contents, body, response)
    if (path === "/refusals") return log(state.refusals, body, response)
    if (path === "/outcomes") {
      state.outcomes.push(body)
      return void response.writeHead(204).end()
    }
    if (path === "/intents") return intent(body, response)
    if (path === "/lists") return list(body, response)
    if (path.endsWith("/workspace") && state.identity !== undefined)
      return send(response, 200, state.identity)
    send(response, 404, { code: "not_found", message: "There is nothing here." })
  }

  async function log<T>(events: T[], event: T, response: ServerResponse): Promise<void> {
    await state.gate
    events.push(event)
    send(response, 200, { index: index++ })
  }

  function redeem(body: { ticket: string; workspace: string }, response: ServerResponse): void {
    const lease = state.tickets.get(body.ticket)
    state.tickets.delete(body.ticket)
    if (lease === undefined || lease.workspace !== body.workspace) {
      return send(response, 403, { code: "ticket_invalid", message: "This way in was used already." })
    }
    state.sessions.set(lease.session, lease)
    send(response, 200, lease)
  }

  function renew(body: RenewRequest, response: ServerResponse): void {
    state.renewals.push(body)
    const lease = state.sessions.get(body.session)
    const code =
      lease === undefined || lease.workspace !== body.workspace
        ? "session_ended"
        : state.ended.get(body.session)
    if (lease !== undefined) lease.shownBytes += body.shown
    if (lease === undefined || code !== undefined) {
      return send(response, 403, { code: code ?? "session_ended", message: "A member was removed." })
    }
    send(response, 200, lease)
  }

  async function intent(body: IntentRequest, response: ServerResponse): Promise<void> {
    state.intents.push(body)
    await state.gate
    if (state.intentRefusal !== undefined)
      return send(response, 403, { code: state.intentRefusal, message: "A hold stops this." })
    const object = state.objects.get(`${body.run}/${body.bucket}/${body.key}`)
    if (object === undefined)
      return send(response, 404, { code: "not_found", message: "There is no such object." })
    send(response, 200, {
      intent: `intent-${state.intents.length}`,
      index: index++,
      seconds: state.intentSeconds,
      object,
    })
  }

  function list(body: { run: string; bucket: string }, response: ServerResponse): void {
    state.listsAsked.push(body.bucket)
    const objects = state.lists.get(`${body.run}/${body.bucket}`)
    if (objects === undefined)
      return send(response, 404, { code: "not_found", message: "There is no such bucket." })
    send(response, 200, { index: index++, seconds: 60, objects })
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString("utf8")
}
