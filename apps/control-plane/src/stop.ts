// Stops in order: nobody is let in any more, what was asked is answered, and then what the answers needed is
// closed. Everything has its time: what takes longer than that is taken up again at the next start, as after
// a kill.
import type { FastifyInstance } from "fastify"
import type { Ctx } from "./context.ts"
import { closeServer } from "./http/connections.ts"

/** So long what is under way may go on by itself. */
export const FINISHES_WITHIN_MS = 1_200
/** Then what waits for a neighbour is told that there is no answer, and has so long to say so. */
const GIVES_UP_WITHIN_MS = 600
/** The last: the log, the database. */
const CLOSES_WITHIN_MS = 600
/** All of it, with what a busy machine adds. */
export const STOPS_WITHIN_MS = 3_000

export interface Running {
  readonly ctx: Ctx
  /** the API and the socket of the gateways */
  readonly servers: readonly FastifyInstance[]
  readonly reconciling: AsyncDisposable
}

/** Names what had not ended in its time. */
export async function stopAll({ ctx, servers, reconciling }: Running): Promise<string[]> {
  const work = [
    part("reconcilers", () => reconciling[Symbol.asyncDispose]()),
    part("jobs", () => ctx.jobs[Symbol.asyncDispose]()),
    ...servers.map((server, n) => part(`server ${n + 1}`, () => closeServer(server))),
  ]
  await ended(work, FINISHES_WITHIN_MS)
  // A check in its sandbox may take minutes: who waits for it hears that it has no answer, and gives it back.
  const { agent, custody } = ctx.drivers
  const neighbours = [agent, custody].map((one) => part("neighbours", () => one[Symbol.asyncDispose]()))
  await ended([...work, ...neighbours], GIVES_UP_WITHIN_MS)
  for (const { server } of servers) server.closeAllConnections()
  const rest = [
    part("live", () => ctx.live[Symbol.asyncDispose]()),
    part("log", () => ctx.audit[Symbol.asyncDispose]()),
    part("database", () => ctx.db.destroy()),
  ]
  await ended(rest, CLOSES_WITHIN_MS)
  return [...work, ...neighbours, ...rest].filter(({ over }) => !over()).map(({ name }) => name)
}

interface Part {
  readonly name: string
  readonly end: Promise<void>
  over(): boolean
}

function part(name: string, stop: () => PromiseLike<unknown>): Part {
  let over = false
  const end = Promise.resolve()
    .then(stop)
    // What could not be closed in order is closed by the end of the process.
    .then(
      () => {},
      () => {},
    )
    .then(() => {
      over = true
    })
  return { name, end, over: () => over }
}

async function ended(parts: readonly Part[], within: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, within)
  })
  await Promise.race([Promise.all(parts.map(({ end }) => end)), late])
  clearTimeout(timer)
}
