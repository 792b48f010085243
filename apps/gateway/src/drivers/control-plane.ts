// The control plane as the gateway sees it: HTTP over a unix socket, gateway protocol version 1. Each
// call is made once, within a stated time; whoever calls decides whether to ask again. An answer that
// does not fit the protocol counts as no answer.
import { type Static, type TSchema, Type } from "typebox"
import { Compile } from "typebox/compile"
import { Agent, type Dispatcher, request } from "undici"
import {
  type ContentsEvent,
  GatewayRuns,
  Intent,
  type IntentRequest,
  Lease,
  type MessageEvent,
  ObjectList,
  type Outcome,
  type RefusalEvent,
  type RenewRequest,
  WorkspaceIdentity,
} from "#protocol/gateway.ts"

/** The control plane said no; `code` and `message` are its own, meant for the person. */
export class Refused extends Error {
  readonly code: string
  readonly status: number
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** There was no usable answer, or the log cannot be written: serve no byte. */
export class Unavailable extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export type ListAnswer = ObjectList
export type OutputsRequest = {
  run: string
  method: "GET" | "PUT" | "POST"
  /** encoded path below outputs/, with its query */
  path: string
  headers: Record<string, string>
  body: Dispatcher.DispatchOptions["body"]
  signal: AbortSignal
}

export type ControlPlane = {
  runs(): Promise<GatewayRuns>
  redeem(ticket: string, workspace: string): Promise<Lease>
  renew(renewal: RenewRequest): Promise<Lease>
  logMessage(event: MessageEvent): Promise<void>
  logContents(event: ContentsEvent): Promise<void>
  logRefusal(event: RefusalEvent): Promise<void>
  workspace(run: string): Promise<WorkspaceIdentity>
  list(run: string, bucket: string): Promise<ListAnswer>
  intent(asked: IntentRequest): Promise<Intent>
  outcome(outcome: Outcome): Promise<void>
  /** Streams as is, answers included; waits for headers without a limit of its own, `signal` ends it. */
  outputs(asked: OutputsRequest): Promise<Dispatcher.ResponseData>
  close(): Promise<void>
}

/** Milliseconds; a lease must be renewable at least twice before it ends. */
const TIMES = { poll: 1500, lease: 2000, log: 4000, data: 5000 } as const

const BASE = "http://control-plane/gateway/v1"
const Entry = Type.Object({ index: Type.Integer() })
/** Counted with others, a refusal may have no entry of its own. */
const CountedEntry = Type.Object({ index: Type.Union([Type.Integer(), Type.Null()]) })
const Problem = Type.Object({
  code: Type.String({ maxLength: 64 }),
  message: Type.String({ maxLength: 2000 }),
})
const isProblem = Compile(Problem)

export function connectControlPlane(socketPath: string): ControlPlane {
  const dispatcher = new Agent({ connect: { socketPath }, connections: 128, pipelining: 1 })
  // Files and checks last for minutes: they must not take the connections that everything else goes by.
  const files = new Agent({ connect: { socketPath }, connections: 512, pipelining: 1 })
  const call = bindCall(dispatcher)
  const listRuns = call("GET", () => "/runs", GatewayRuns, TIMES.poll)
  return {
    runs: () => listRuns({}),
    redeem: (ticket, workspace) => post("/tickets/redeem", Lease, TIMES.lease)({ ticket, workspace }),
    renew: post("/leases/renew", Lease, TIMES.lease),
    logMessage: drop(post("/messages", Entry, TIMES.log)),
    logContents: drop(post("/contents", Entry, TIMES.log)),
    logRefusal: drop(post("/refusals", CountedEntry, TIMES.log)),
    workspace: call("GET", (run: string) => `/runs/${run}/workspace`, WorkspaceIdentity, TIMES.data),
    list: (run, bucket) => post("/lists", ObjectList, TIMES.data)({ run, bucket }),
    intent: post("/intents", Intent, TIMES.data),
    outcome: drop(post("/outcomes", Type.Object({}), TIMES.log)),
    outputs: (asked) =>
      request(`${BASE}/runs/${asked.run}/outputs/${asked.path}`, {
        dispatcher: files,
        method: asked.method,
        headers: asked.headers,
        body: asked.body ?? null,
        signal: asked.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      }).catch((cause: unknown) => {
        throw unavailable(cause)
      }),
    close: async () => {
      await Promise.all([dispatcher.close(), files.close()])
    },
  }

  function post<T extends TSchema>(
    path: string,
    schema: T,
    time: number,
  ): (body: object) => Promise<Static<T>> {
    return call("POST", () => path, schema, time)
  }
}

function bindCall(dispatcher: Dispatcher) {
  return function call<A, T extends TSchema>(
    method: "GET" | "POST",
    path: (argument: A) => string,
    schema: T,
    time: number,
  ): (argument: A) => Promise<Static<T>> {
    const fits = Compile(schema)
    return async (argument) => {
      const options = method === "POST" ? { body: JSON.stringify(argument), headers: JSON_HEADERS } : {}
      const { status, body } = await exchange(
        `${BASE}${path(argument)}`,
        { dispatcher, method, ...options },
        time,
      )
      if (status === 204) return {} as Static<T>
      if (status === 200 || status === 201) {
        if (!fits.Check(body))
          throw new Unavailable("protocol_error", "The answer does not fit the protocol.")
        return body as Static<T>
      }
      const isNo = status >= 400 && status < 500 && status !== 408 && status !== 429
      if (isNo && isProblem.Check(body)) throw new Refused(status, body.code, body.message)
      const code = isProblem.Check(body) ? body.code : "control_plane_unreachable"
      throw new Unavailable(code, `The control plane answered ${status}.`)
    }
  }
}

const JSON_HEADERS = { "content-type": "application/json" }

type Exchange = {
  dispatcher: Dispatcher
  method: "GET" | "POST"
  body?: string
  headers?: Record<string, string>
}

async function exchange(
  url: string,
  options: Exchange,
  time: number,
): Promise<{ status: number; body: unknown }> {
  try {
    const answer = await request(url, { ...options, signal: AbortSignal.timeout(time) })
    const text = await answer.body.text()
    return { status: answer.statusCode, body: text === "" ? {} : JSON.parse(text) }
  } catch (cause) {
    throw unavailable(cause)
  }
}

function unavailable(cause: unknown): Unavailable {
  return new Unavailable("control_plane_unreachable", "The control plane cannot be asked.", { cause })
}

function drop(call: (body: object) => Promise<unknown>): (body: object) => Promise<void> {
  return async (body) => {
    await call(body)
  }
}
