// Permission to read one object for one run, at most sixty seconds at a time. Held in memory, shared by
// parallel requests, never extended; what was read under it is told when it ends. Nothing here survives
// the process and nothing must: the intent itself is in the log before the first byte.
import { INTENT_SECONDS, type Intent, type ObjectList, type Outcome } from "#protocol/gateway.ts"
import { addRange, capRanges, type Range } from "../domain/ranges.ts"
import { type ControlPlane, Refused } from "../drivers/control-plane.ts"

export type Held = {
  readonly intent: Intent
  readonly run: string
  validUntil: number
  requests: number
  bytes: number
  ranges: Range[]
  active: number
  lastUsed: number
}

export type IntentTiming = { idleAfter: number; retryEvery: number; sweepEvery: number }
const TIMING: IntentTiming = { idleAfter: 10_000, retryEvery: 1000, sweepEvery: 500 }
const MAX_OUTCOMES = 10_000

export class Intents {
  readonly #controlPlane: ControlPlane
  readonly #now: () => number
  readonly #timing: IntentTiming
  readonly #lastMessages: ReadonlyMap<string, string>
  readonly #held = new Map<string, Held>()
  readonly #asking = new Map<string, Promise<Held>>()
  /** over, but with requests that still hold it for their last chunk */
  readonly #ending = new Set<Held>()
  readonly #outcomes: Outcome[] = []
  readonly #sweeper: NodeJS.Timeout
  #sending: Promise<void> | undefined
  #lost = 0
  #closed = false

  /** @param lastMessages the kernel message last forwarded, per run */
  constructor(
    controlPlane: ControlPlane,
    lastMessages: ReadonlyMap<string, string>,
    now: () => number,
    timing: IntentTiming = TIMING,
  ) {
    this.#controlPlane = controlPlane
    this.#lastMessages = lastMessages
    this.#now = now
    this.#timing = timing
    this.#sweeper = setInterval(() => this.#sweep(), timing.sweepEvery)
    this.#sweeper.unref()
  }

  get count(): number {
    return this.#held.size
  }

  /** Outcomes that could never be told, for the metrics. */
  get lost(): number {
    return this.#lost
  }

  /** A live intent, asked for when there is none. @throws Refused, Unavailable: then serve no byte */
  async acquire(run: string, bucket: string, key: string): Promise<Held> {
    const name = JSON.stringify([run, bucket, key])
    const held = this.#held.get(name)
    if (held !== undefined && this.isLive(held)) return held
    const asking = this.#asking.get(name)
    if (asking !== undefined) return asking
    const asked = this.#ask(name, run, bucket, key).finally(() => this.#asking.delete(name))
    this.#asking.set(name, asked)
    return asked
  }

  isLive(held: Held): boolean {
    return this.#now() < held.validUntil
  }

  /** Counts a request under the intent; call the returned function when it is over. */
  begin(held: Held): () => void {
    held.requests++
    held.active++
    held.lastUsed = this.#now()
    return () => {
      held.active--
      held.lastUsed = this.#now()
      if (held.active === 0 && this.#ending.delete(held)) this.#conclude(held)
    }
  }

  /** Counts bytes just before they are sent. */
  record(held: Held, range: Range): void {
    held.bytes += range[1] - range[0]
    held.ranges = addRange(held.ranges, range)
    held.lastUsed = this.#now()
  }

  /** Ends what a run holds: nothing is served under it any more. */
  endRun(run: string): void {
    for (const [name, held] of this.#held) {
      if (held.run !== run) continue
      // What streams under it finds out at its next piece.
      held.validUntil = -Infinity
      this.#end(name, held)
    }
  }

  /** Ends everything and tells what was read; gives up after `wait` milliseconds. */
  async close(wait = 3000): Promise<void> {
    clearInterval(this.#sweeper)
    for (const [name, held] of this.#held) this.#end(name, held)
    for (const held of this.#ending) this.#conclude(held)
    this.#ending.clear()
    this.#closed = true
    await this.#sending
    const until = this.#now() + wait
    while (this.#outcomes.length > 0 && this.#now() < until) {
      if (!(await this.#sendFirst())) return
    }
  }

  async #ask(name: string, run: string, bucket: string, key: string): Promise<Held> {
    const message = this.#lastMessages.get(run)
    // The time runs from before the question.
    const asked = this.#now()
    const intent = await this.#controlPlane.intent({
      run,
      bucket,
      key,
      ...(message === undefined ? {} : { message }),
    })
    const held: Held = {
      intent,
      run,
      validUntil: asked + Math.min(intent.seconds, INTENT_SECONDS) * 1000,
      requests: 0,
      bytes: 0,
      ranges: [],
      active: 0,
      lastUsed: this.#now(),
    }
    const before = this.#held.get(name)
    if (before !== undefined) this.#end(name, before)
    this.#held.set(name, held)
    return held
  }

  #sweep(): void {
    for (const [name, held] of this.#held) {
      const idle = held.active === 0 && this.#now() - held.lastUsed > this.#timing.idleAfter
      if (idle || !this.isLive(held)) this.#end(name, held)
    }
  }

  #end(name: string, held: Held): void {
    this.#held.delete(name)
    if (held.active > 0) this.#ending.add(held)
    else this.#conclude(held)
  }

  #conclude(held: Held): void {
    if (this.#outcomes.length >= MAX_OUTCOMES) {
      this.#lost++
      return
    }
    const { requests, bytes } = held
    this.#outcomes.push({ intent: held.intent.intent, requests, bytes, ranges: capRanges(held.ranges) })
    this.#startSending()
  }

  #startSending(): void {
    if (this.#closed || this.#outcomes.length === 0) return
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
      // One may have come just after the last was sent.
      this.#startSending()
    })
  }

  // In order, each until it was taken: an outcome completes an entry that is already in the log.
  async #send(): Promise<void> {
    while (this.#outcomes.length > 0 && !this.#closed) {
      if (!(await this.#sendFirst())) await this.#pause()
    }
  }

  /** False: it could not be told now. */
  async #sendFirst(): Promise<boolean> {
    const first = this.#outcomes[0]
    if (first === undefined) return true
    try {
      await this.#controlPlane.outcome(first)
    } catch (error) {
      if (!(error instanceof Refused)) return false
      this.#lost++
    }
    const at = this.#outcomes.indexOf(first)
    if (at !== -1) this.#outcomes.splice(at, 1)
    return true
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, this.#timing.retryEvery)
    })
  }
}

/** What a run may see of a bucket: one question for list and HEAD, shared and held like an intent. */
export class Lists {
  readonly #controlPlane: ControlPlane
  readonly #now: () => number
  readonly #held = new Map<string, { list: ObjectList; validUntil: number; run: string }>()
  readonly #asking = new Map<string, Promise<ObjectList>>()

  constructor(controlPlane: ControlPlane, now: () => number) {
    this.#controlPlane = controlPlane
    this.#now = now
  }

  /** @throws Refused 404 when there is no such bucket for this run, Unavailable */
  async acquire(run: string, bucket: string): Promise<ObjectList> {
    const name = JSON.stringify([run, bucket])
    const held = this.#held.get(name)
    if (held !== undefined && this.#now() < held.validUntil) return held.list
    const asking =
      this.#asking.get(name) ?? this.#ask(name, run, bucket).finally(() => this.#asking.delete(name))
    this.#asking.set(name, asking)
    return asking
  }

  endRun(run: string): void {
    for (const [name, held] of this.#held) if (held.run === run) this.#held.delete(name)
  }

  async #ask(name: string, run: string, bucket: string): Promise<ObjectList> {
    const asked = this.#now()
    const list = await this.#controlPlane.list(run, bucket)
    this.#held.set(name, { list, run, validUntil: asked + Math.min(list.seconds, INTENT_SECONDS) * 1000 })
    return list
  }
}
