// Tells the control plane what was denied. Never in the way of a request: the same refusal within ten
// seconds is told once, and a flood beyond the queue is counted and told as one number.
import type { RefusalEvent } from "#protocol/gateway.ts"
import type { ControlPlane } from "../drivers/control-plane.ts"

const REPEAT_AFTER = 10_000
const MAX_WAITING = 200
const MAX_KNOWN = 2000
const AT_ONCE = 4

export class Refusals {
  readonly #controlPlane: ControlPlane
  readonly #now: () => number
  readonly #told = new Map<string, number>()
  readonly #waiting: RefusalEvent[] = []
  readonly #running = new Set<Promise<void>>()
  #dropped = 0

  constructor(controlPlane: ControlPlane, now: () => number) {
    this.#controlPlane = controlPlane
    this.#now = now
  }

  note(event: RefusalEvent): void {
    const short = { ...event, code: event.code.slice(0, 64), what: event.what.slice(0, 1024) }
    const key = JSON.stringify(short)
    const last = this.#told.get(key)
    if (last !== undefined && this.#now() - last < REPEAT_AFTER) return
    if (this.#told.size >= MAX_KNOWN) this.#told.clear()
    this.#told.set(key, this.#now())
    if (this.#waiting.length >= MAX_WAITING) this.#dropped++
    else this.#waiting.push(short)
    this.#work()
  }

  /** Waits until everything noted was told once, or could not be. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #work(): void {
    while (this.#running.size < AT_ONCE) {
      const next = this.#waiting.shift() ?? this.#takeDropped()
      if (next === undefined) return
      // An event that cannot be told now is counted: a later one carries the number.
      const run: Promise<void> = this.#controlPlane
        .logRefusal(next)
        .catch(() => {
          this.#lost++
        })
        .finally(() => {
          this.#running.delete(run)
          this.#work()
        })
      this.#running.add(run)
    }
  }

  #lost = 0

  #takeDropped(): RefusalEvent | undefined {
    if (this.#dropped === 0) return undefined
    const what = `${this.#dropped} more refusals in a short time`
    this.#dropped = 0
    return { code: "refusals_dropped", what }
  }

  get lost(): number {
    return this.#lost
  }
}
