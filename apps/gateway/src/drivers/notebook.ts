// The notebook server of one run, through the door's unix socket. Everything that comes from there is
// hostile: this file only opens connections, with caps; others judge what they carry.
import { Agent, type Dispatcher, request } from "undici"
import { WebSocket } from "ws"

export type NotebookRequest = {
  method: string
  /** as received from the browser, judged before */
  target: string
  headers: Record<string, string>
  body: Dispatcher.DispatchOptions["body"]
  signal: AbortSignal
}

/** Largest frame that is read from a kernel at all; longer ones end the socket (1009). */
export const MAX_KERNEL_FRAME = 32 * 1024 * 1024

export class NotebookUnavailable extends Error {
  readonly code = "notebook_unavailable"
}

export class Notebooks {
  readonly #socketOf: (run: string) => string
  readonly #agents = new Map<string, Agent>()

  /** @param socketOf path of a run's notebook.sock */
  constructor(socketOf: (run: string) => string) {
    this.#socketOf = socketOf
  }

  /** @throws NotebookUnavailable when the notebook does not answer in 30 s */
  async request(run: string, asked: NotebookRequest): Promise<Dispatcher.ResponseData> {
    try {
      return await request(`http://notebook${asked.target}`, {
        dispatcher: this.#agentOf(run),
        method: asked.method as Dispatcher.HttpMethod,
        headers: asked.headers,
        body: asked.body ?? null,
        signal: asked.signal,
        headersTimeout: 30_000,
        bodyTimeout: 60_000,
      })
    } catch (cause) {
      throw new NotebookUnavailable("The notebook does not answer.", { cause })
    }
  }

  /** Opens a WebSocket and waits until it stands. @throws NotebookUnavailable */
  open(
    run: string,
    target: string,
    protocols: string[],
    headers: Record<string, string>,
  ): Promise<WebSocket> {
    const { host, ...others } = headers
    const socket = new WebSocket(`ws+unix:${this.#socketOf(run)}:${target}`, protocols, {
      headers: host === undefined ? others : { ...others, host },
      perMessageDeflate: false,
      maxPayload: MAX_KERNEL_FRAME,
      handshakeTimeout: 15_000,
      followRedirects: false,
      // A private unix socket needs no masking; zeros spare a pass over every byte.
      generateMask: (mask) => mask.fill(0),
      skipUTF8Validation: true,
    })
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void =>
        reject(new NotebookUnavailable("The kernel's socket does not open.", { cause }))
      socket.once("error", fail)
      socket.once("open", () => {
        socket.off("error", fail)
        socket.pause()
        resolve(socket)
      })
    })
  }

  /** Ends the connections of runs that are no longer listed. */
  async keep(runs: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#agents].filter(([run]) => !runs.has(run))
    for (const [run] of gone) this.#agents.delete(run)
    await Promise.allSettled(gone.map(([, agent]) => agent.destroy()))
  }

  async close(): Promise<void> {
    await this.keep(new Set())
  }

  #agentOf(run: string): Agent {
    const known = this.#agents.get(run)
    if (known !== undefined) return known
    const agent = new Agent({
      connect: { socketPath: this.#socketOf(run), timeout: 5000 },
      connections: 64,
      pipelining: 1,
    })
    this.#agents.set(run, agent)
    return agent
  }
}
