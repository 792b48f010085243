// The node agent: runs, checks and data stages on one engine. All verbs are idempotent by id, so any
// of them may be repeated after an answer was lost.
import type {
  NodeInfo,
  RunList,
  RunRequest,
  RunStatus,
  StageRequest,
  StageStatus,
  Storage,
} from "#protocol/agent.ts"
import { openSocketClient } from "./http-socket.ts"

export interface CheckOptions {
  readonly policy: string
  /** an agreement's own numbers */
  readonly threshold?: number
  readonly rounding?: number
  readonly ids?: number
}

export interface AgentDriver extends AsyncDisposable {
  node(): Promise<NodeInfo>
  listRuns(): Promise<RunList>
  startRun(run: string, request: RunRequest): Promise<RunStatus>
  stopRun(run: string): Promise<void>
  /** Bytes on disk of every home and shared folder. */
  storage(): Promise<Storage>
  deleteHome(workspace: string): Promise<void>
  /** Answers the checker's JSON document; NeighbourRefused `check_failed` when the sandbox died. `ids` is the base of the project's person_id range. */
  check(id: string, options: CheckOptions, tar: NodeJS.ReadableStream): Promise<unknown>
  /** A picture written anew, after one line of JSON about it; NeighbourRefused `check_failed` when it cannot be. */
  picture(id: string, kind: string, bytes: NodeJS.ReadableStream): Promise<Buffer>
  startStage(job: string, request: StageRequest): Promise<StageStatus>
  stage(job: string): Promise<StageStatus>
  /** An ended job; absent is fine. */
  forgetStage(job: string): Promise<void>
}

export function openAgent(socketPath: string): AgentDriver {
  const client = openSocketClient(socketPath)
  return {
    node: () => client.call({ method: "GET", path: "/v1/node" }),
    listRuns: () => client.call({ method: "GET", path: "/v1/runs" }),
    startRun: (run, body) =>
      client.call({ method: "PUT", path: `/v1/runs/${run}`, body, milliseconds: 15_000 }),
    stopRun: (run) => client.call({ method: "DELETE", path: `/v1/runs/${run}`, milliseconds: 60_000 }),
    deleteHome: (workspace) =>
      client.call({ method: "DELETE", path: `/v1/workspaces/${workspace}/home`, milliseconds: 30_000 }),
    check: (id, { policy, ...numbers }, stream) => {
      const query = new URLSearchParams({ policy })
      for (const [name, value] of Object.entries(numbers)) query.set(name, String(value))
      return client.call({
        method: "POST",
        path: `/v1/checks/${id}?${query}`,
        raw: { stream, type: "application/x-tar" },
        milliseconds: 180_000,
      })
    },
    picture: (id, kind, stream) =>
      client.call({
        method: "POST",
        path: `/v1/pictures/${id}?${new URLSearchParams({ kind })}`,
        raw: { stream, type: "application/octet-stream" },
        milliseconds: 180_000,
        answers: "bytes",
      }),
    startStage: (job, body) =>
      client.call({ method: "PUT", path: `/v1/stages/${job}`, body, milliseconds: 30_000 }),
    storage: () => client.call({ method: "GET", path: "/v1/storage" }),
    forgetStage: (job) => client.call({ method: "DELETE", path: `/v1/stages/${job}`, milliseconds: 15_000 }),
    stage: (job) => client.call({ method: "GET", path: `/v1/stages/${job}` }),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }
}
