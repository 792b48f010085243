// What people see while something is wrong: every part of the way in is asked again and again, and each
// answer is kept with its time. No answer within the bound is a spinner that never ends.
import type { Installation } from "../../../infra/installation.ts"
import type { Person } from "../../support/person.ts"
import { ask, readJson } from "../../support/wire.ts"

export const LONGEST_WAIT_MS = 12_000

export interface Seen {
  readonly at: number
  readonly where: "ready" | "page" | "api" | "notebook"
  readonly status: number
  readonly code: string
  /** parts that readiness says are not ready */
  readonly missing: readonly string[]
  readonly milliseconds: number
}

export class Watch {
  readonly seen: Seen[] = []
  readonly #installation: Installation
  readonly #person: Person
  readonly #workspace: () => string
  #over = false
  #running: Promise<unknown> | undefined

  constructor(installation: Installation, person: Person, workspace: () => string) {
    this.#installation = installation
    this.#person = person
    this.#workspace = workspace
  }

  start(): void {
    this.#running = Promise.all([
      this.#repeat("ready", "/api/health/ready", 250),
      this.#repeat("page", "/", 700),
      this.#repeat("api", "/api/projects", 700),
      this.#repeat("notebook", "/api/kernels", 700),
    ])
  }

  async stop(): Promise<void> {
    this.#over = true
    await this.#running
  }

  since(at: number, where?: Seen["where"]): Seen[] {
    return this.seen.filter((one) => one.at >= at && (where === undefined || one.where === where))
  }

  async #repeat(where: Seen["where"], path: string, every: number): Promise<void> {
    while (!this.#over) {
      await this.#look(where, path)
      await new Promise((resolve) => setTimeout(resolve, every))
    }
  }

  async #look(where: Seen["where"], path: string): Promise<void> {
    const { origin, scheme, authority } = this.#installation.site
    const at = performance.now()
    const base =
      where === "notebook" && this.#workspace() !== ""
        ? `${scheme}://${this.#workspace()}.ws.${authority}`
        : origin
    let status = 0
    let code = ""
    let missing: string[] = []
    try {
      const headers: Record<string, string> = { accept: where === "page" ? "text/html" : "application/json" }
      if (where === "api") headers["authorization"] = `Bearer ${await this.#person.token()}`
      if (where === "notebook") headers["sec-fetch-site"] = "same-origin"
      const answer = await ask(`${base}${path}`, { headers, within: LONGEST_WAIT_MS })
      status = answer.status
      const body = readJson(answer) as
        | { code?: string; parts?: { part: string; ready: boolean }[] }
        | undefined
      code = body?.code ?? (status >= 400 ? pageCode(answer.bytes.toString("utf8")) : "")
      missing = (body?.parts ?? []).filter(({ ready }) => !ready).map(({ part }) => part)
    } catch (error) {
      code = error instanceof Error ? error.name : "unknown"
    }
    this.seen.push({ at, where, status, code, missing, milliseconds: performance.now() - at })
  }
}

/** A page for people says its code in its markup. */
function pageCode(text: string): string {
  return /data-code="([a-z_]+)"/.exec(text)?.[1] ?? "no_code"
}
