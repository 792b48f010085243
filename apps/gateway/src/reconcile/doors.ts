// Offers one socket per running workspace, as the control plane lists them each second. What is no
// longer listed is closed at once, connections included. While the control plane cannot be asked, doors
// stay but serve nothing, and after five seconds what still streams is cut.
import { rmSync, statSync } from "node:fs"
import type { Server } from "node:http"
import { LEASE_SECONDS } from "#protocol/gateway.ts"
import { isId } from "../domain/host.ts"
import type { ControlPlane } from "../drivers/control-plane.ts"

type Door = { server: Server; inode: number }

export type DoorDeps = {
  controlPlane: Pick<ControlPlane, "runs">
  /** directory that holds one directory per run, made by the agent */
  socketOf: (run: string) => string
  createServer: (run: string) => Server
  onListed: (runs: ReadonlySet<string>) => void
  onClosed: (run: string) => void
  /** the run stays, but may not read data now */
  onReadsEnded: (run: string) => void
  /** what went wrong with one run's socket; it is tried again at the next list */
  onFault: (run: string, error: unknown) => void
  now: () => number
  every?: number
}

export class Doors {
  readonly #deps: DoorDeps
  readonly #doors = new Map<string, Door>()
  #heard = -Infinity
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> | undefined
  #closed = false

  constructor(deps: DoorDeps) {
    this.#deps = deps
  }

  get count(): number {
    return this.#doors.size
  }

  /** Milliseconds since the control plane last listed the runs. */
  get silence(): number {
    return this.#deps.now() - this.#heard
  }

  isHeard(): boolean {
    return this.silence <= LEASE_SECONDS * 1000
  }

  /** Asks once now, then every second until closed. */
  async start(): Promise<void> {
    await this.poll()
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.start(), this.#deps.every ?? 1000)
    this.#timer.unref()
  }

  poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = undefined
    })
    return this.#polling
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#polling
    await Promise.all([...this.#doors.keys()].map((run) => this.#shut(run)))
  }

  async #pollOnce(): Promise<void> {
    const asked = this.#deps.now()
    try {
      const { runs } = await this.#deps.controlPlane.runs()
      this.#heard = asked
      await this.#apply(new Set(runs.map(({ run }) => run).filter((run) => isId(run))))
      for (const { run, reads } of runs) if (reads === false) this.#deps.onReadsEnded(run)
    } catch {
      if (!this.isHeard()) for (const { server } of this.#doors.values()) server.closeAllConnections()
    }
  }

  async #apply(runs: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#doors.keys()].filter((run) => !runs.has(run))
    await Promise.all(gone.map((run) => this.#shut(run)))
    this.#deps.onListed(runs)
    await Promise.all([...runs].map((run) => this.#offer(run)))
  }

  async #offer(run: string): Promise<void> {
    const path = this.#deps.socketOf(run)
    const door = this.#doors.get(run)
    if (door !== undefined && inodeOf(path) === door.inode) return
    if (this.#closed || inodeOf(parentOf(path)) === undefined) return
    try {
      // Ours alone to make: what lies there is left by a process that is gone.
      door?.server.close()
      rmSync(path, { force: true })
      const server = this.#deps.createServer(run)
      await listen(server, path)
      this.#doors.set(run, { server, inode: inodeOf(path) ?? -1 })
    } catch (error) {
      this.#doors.delete(run)
      this.#deps.onFault(run, error)
    }
  }

  async #shut(run: string): Promise<void> {
    const door = this.#doors.get(run)
    this.#doors.delete(run)
    this.#deps.onClosed(run)
    if (door === undefined) return
    const closed = new Promise((resolve) => door.server.close(resolve))
    door.server.closeAllConnections()
    await closed
  }
}

// Everybody may connect (0666): the directory is mounted into the door alone, which runs as another user.
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen({ path, readableAll: true, writableAll: true, backlog: 128 }, () => {
      server.off("error", reject)
      resolve()
    })
  })
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"))
}
