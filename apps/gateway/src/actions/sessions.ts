// Who may be at a notebook, and for how long: leases of at most five seconds, renewed in the
// background. The cookie's value is the only key, so any gateway can take over any session. A session
// that is refused ends with the reason; one that cannot be renewed is cut until it can be again.
import { LEASE_SECONDS, type Lease } from "#protocol/gateway.ts"
import { type ControlPlane, Refused, Unavailable } from "../drivers/control-plane.ts"

/** Why a session stops: refused (for good, with the control plane's words) or cut (nobody could be asked). */
export type Ending = { kind: "refused" | "cut" | "closing"; code: string; message: string }

export type Session = {
  /** value of the cookie: a secret, never logged */
  readonly secret: string
  readonly workspace: string
  lease: Lease
  /** monotonic milliseconds until which the lease holds */
  validUntil: number
  /** bytes shown and not yet told to the control plane */
  shown: number
  human: boolean
  /** output has arrived since the last save: the next one may then be the output's doing */
  outputSince: boolean
  lastUsed: number
  timer: NodeJS.Timeout | undefined
  expiry: NodeJS.Timeout | undefined
  renewal: Promise<void> | undefined
  /** what must stop when the session does */
  readonly open: Set<(ending: Ending) => void>
}

export type Timing = { renewEvery: number; retryEvery: number; idleAfter: number; forgetAfter: number }
const TIMING: Timing = { renewEvery: 2000, retryEvery: 400, idleAfter: 20_000, forgetAfter: 600_000 }

/** Shown bytes of one person over all sessions here, so that two tabs share one allowance at once. */
type Meter = { base: number; limit: number; pending: number; assets: number }

/** Lab's own static files are not the person's data: about four cold loads of Lab are free, the rest counts. */
export const FREE_ASSET_BYTES = 24 << 20

export class Sessions {
  readonly #controlPlane: ControlPlane
  readonly #now: () => number
  readonly #timing: Timing
  readonly #sessions = new Map<string, Session>()
  readonly #asking = new Map<string, Promise<Session>>()
  readonly #meters = new Map<string, Meter>()
  #closed = false

  constructor(controlPlane: ControlPlane, now: () => number, timing: Timing = TIMING) {
    this.#controlPlane = controlPlane
    this.#now = now
    this.#timing = timing
  }

  get count(): number {
    return this.#sessions.size
  }

  /** Exchanges a one-time ticket. @throws Refused `ticket_invalid`, Unavailable */
  async redeem(ticket: string, workspace: string): Promise<Session> {
    const asked = this.#now()
    const lease = await this.#controlPlane.redeem(ticket, workspace)
    if (lease.workspace !== workspace)
      throw new Unavailable("protocol_error", "A lease for another workspace.")
    return this.#adopt(lease, asked)
  }

  /** The live session of a cookie, renewed first when needed. @throws Refused, Unavailable */
  async use(secret: string, workspace: string): Promise<Session> {
    const known = this.#sessions.get(secret)
    if (known === undefined) return this.#find(secret, workspace)
    if (known.workspace !== workspace)
      throw new Refused(403, "session_elsewhere", "This session belongs elsewhere.")
    known.lastUsed = this.#now()
    if (!this.isLive(known)) await this.#renew(known)
    return known
  }

  isLive(session: Session): boolean {
    return this.#now() < session.validUntil && this.#sessions.get(session.secret) === session
  }

  /** Asks now whether the session goes on, by a question put after this call; never throws. */
  async recheck(session: Session): Promise<void> {
    await session.renewal?.catch(() => undefined)
    if (this.#sessions.get(session.secret) === session) await this.#renew(session).catch(() => undefined)
  }

  /** Registers what ends with the session; returns the function that takes it off again. */
  attach(session: Session, stop: (ending: Ending) => void): () => void {
    session.open.add(stop)
    session.lastUsed = this.#now()
    return () => {
      session.open.delete(stop)
      session.lastUsed = this.#now()
    }
  }

  /** Counts bytes before they are shown. False: the allowance is used up or the lease is over, show nothing. */
  show(session: Session, bytes: number): boolean {
    if (!this.isLive(session)) return false
    const meter = this.#meterOf(session)
    if (meter.base + meter.pending + bytes > meter.limit) {
      this.#endAllOf(session.lease.person)
      return false
    }
    meter.pending += bytes
    session.shown += bytes
    return true
  }

  /** As `show`, for what the notebook server calls Lab's own files: free up to a bound, because it may lie. */
  showAsset(session: Session, bytes: number): boolean {
    const meter = this.#meterOf(session)
    if (!this.isLive(session)) return false
    if (meter.assets + bytes > FREE_ASSET_BYTES) return this.show(session, bytes)
    meter.assets += bytes
    return true
  }

  noteHuman(session: Session): void {
    session.human = true
  }

  /** Stops every session with code 1012 and tells what was shown; waits at most one request's time. */
  async close(): Promise<void> {
    this.#closed = true
    const sessions = [...this.#sessions.values()]
    for (const session of sessions) {
      clearTimeout(session.timer)
      clearTimeout(session.expiry)
      this.#stop(session, { kind: "closing", code: "gateway_restarting", message: "The gateway restarts." })
    }
    await Promise.allSettled(
      sessions.filter((session) => session.shown > 0).map((session) => this.#ask(session)),
    )
    this.#sessions.clear()
  }

  async #find(secret: string, workspace: string): Promise<Session> {
    const asking = this.#asking.get(secret)
    if (asking !== undefined) return asking
    const asked = this.#now()
    const found = this.#controlPlane
      .renew({ session: secret, workspace, shown: 0, human: false })
      .then((lease) => {
        if (lease.workspace !== workspace)
          throw new Unavailable("protocol_error", "A lease for another workspace.")
        return this.#adopt({ ...lease, session: secret }, asked)
      })
      .finally(() => this.#asking.delete(secret))
    this.#asking.set(secret, found)
    return found
  }

  #adopt(lease: Lease, asked: number): Session {
    const session: Session = {
      secret: lease.session,
      workspace: lease.workspace,
      lease,
      validUntil: 0,
      shown: 0,
      human: false,
      outputSince: false,
      lastUsed: this.#now(),
      timer: undefined,
      expiry: undefined,
      renewal: undefined,
      open: new Set(),
    }
    if (this.#closed) throw new Unavailable("gateway_restarting", "The gateway restarts.")
    this.#sessions.set(session.secret, session)
    this.#hold(session, lease, asked)
    return session
  }

  // The time runs from before the question was asked: an answer that was long on its way is not longer valid.
  #hold(session: Session, lease: Lease, asked: number): void {
    const moved = session.lease.run !== lease.run
    session.lease = { ...lease, session: session.secret }
    session.validUntil = asked + Math.min(lease.seconds, LEASE_SECONDS) * 1000
    const meter = this.#meterOf(session)
    meter.base = lease.shownBytes
    meter.limit = lease.shownLimitBytes
    if (moved)
      this.#stop(session, { kind: "closing", code: "run_changed", message: "The workspace was restarted." })
    this.#schedule(session, this.#timing.renewEvery)
    this.#watch(session)
  }

  #schedule(session: Session, wait: number): void {
    clearTimeout(session.timer)
    if (this.#closed) return
    session.timer = setTimeout(() => void this.#tick(session), wait)
    session.timer.unref()
  }

  async #tick(session: Session): Promise<void> {
    const idle = this.#now() - session.lastUsed
    const wanted = session.open.size > 0 || session.shown > 0 || idle < this.#timing.idleAfter
    if (!wanted || (session.open.size === 0 && idle > this.#timing.forgetAfter)) return this.#forget(session)
    await this.#renew(session).catch(() => undefined)
  }

  #renew(session: Session): Promise<void> {
    session.renewal ??= this.#renewOnce(session).finally(() => {
      session.renewal = undefined
    })
    return session.renewal
  }

  async #renewOnce(session: Session): Promise<void> {
    try {
      await this.#ask(session)
    } catch (error) {
      if (error instanceof Refused) {
        this.#forget(session)
        this.#stop(session, { kind: "refused", code: error.code, message: error.message })
        throw error
      }
      this.#schedule(session, this.#timing.retryEvery)
      throw error
    }
  }

  async #ask(session: Session): Promise<void> {
    const asked = this.#now()
    const { shown, human } = session
    const meter = this.#meterOf(session)
    session.human = false
    try {
      const lease = await this.#controlPlane.renew({
        session: session.secret,
        workspace: session.workspace,
        shown,
        human,
      })
      this.#told(session, meter, shown)
      this.#hold(session, lease, asked)
    } catch (error) {
      // A refusal has counted the bytes; without an answer they are told again, rather twice than never.
      if (error instanceof Refused) this.#told(session, meter, shown)
      session.human ||= human
      throw error
    }
  }

  #told(session: Session, meter: Meter, shown: number): void {
    session.shown -= shown
    meter.pending -= shown
  }

  // Of its own clock, because a renewal may hang: nothing outlives its lease.
  #watch(session: Session): void {
    clearTimeout(session.expiry)
    session.expiry = setTimeout(
      () => {
        if (this.isLive(session)) return this.#watch(session)
        this.#stop(session, {
          kind: "cut",
          code: "control_plane_unreachable",
          message: "Glasshouse cannot check your access at the moment. Your work goes on and is not lost.",
        })
      },
      Math.max(session.validUntil - this.#now(), 1),
    )
    session.expiry.unref()
  }

  #endAllOf(person: string): void {
    for (const session of this.#sessions.values()) {
      if (session.lease.person !== person) continue
      this.#stop(session, {
        kind: "refused",
        code: "shown_limit",
        message: "Today's allowance of what may be shown in the browser is used up.",
      })
      // What is left to tell is told at once; the control plane then refuses by its own count.
      session.validUntil = 0
      this.#schedule(session, 1)
    }
  }

  #stop(session: Session, ending: Ending): void {
    const open = [...session.open]
    session.open.clear()
    for (const stop of open) stop(ending)
  }

  #forget(session: Session): void {
    clearTimeout(session.timer)
    clearTimeout(session.expiry)
    if (this.#sessions.get(session.secret) === session) this.#sessions.delete(session.secret)
    session.validUntil = 0
    const others = [...this.#sessions.values()].some((other) => other.lease.person === session.lease.person)
    if (!others) this.#meters.delete(session.lease.person)
  }

  #meterOf(session: Session): Meter {
    const known = this.#meters.get(session.lease.person)
    if (known !== undefined) return known
    const meter = {
      base: session.lease.shownBytes,
      limit: session.lease.shownLimitBytes,
      pending: 0,
      assets: 0,
    }
    this.#meters.set(session.lease.person, meter)
    return meter
  }
}
