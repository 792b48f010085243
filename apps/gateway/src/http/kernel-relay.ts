// Carries one kernel's WebSocket. Towards the kernel: one message at a time, judged, logged, then
// forwarded, in the order in which they came. Towards the browser: counted before it is sent, cut where
// it is too much. Both ways with back-pressure, so that a slow side costs no memory.
import { setTimeout as delay } from "node:timers/promises"
import type { WebSocket } from "ws"
import type { Ending, Session, Sessions } from "../actions/sessions.ts"
import { BadFrame, type Frame, readFrame } from "../domain/frame.ts"
import { judgeMessage } from "../domain/messages.ts"
import { OutputGovernor } from "../domain/outputs.ts"
import { type ControlPlane, Refused } from "../drivers/control-plane.ts"

/** Close codes: of the protocol where one fits, 4403 for an access that ended. */
export const CLOSE = { policy: 1008, restart: 1012, later: 1013, broken: 1011, ended: 4403 } as const

const HIGH_WATER = 1 << 20
const LOW_WATER = 256 << 10
const MAX_QUEUED = 64
const OUTPUTS = new Set(["stream", "display_data", "update_display_data", "execute_result", "error"])
const PING_EVERY = 20_000
const MAX_MISSED = 2
/** How long a broken notebook's side waits for the control plane's word on why, and how often it asks. */
const WORD_WITHIN = 3000
const ASK_EVERY = 400

export type Relay = {
  sessions: Sessions
  session: Session
  controlPlane: ControlPlane
  kernel: string
  /** called with the id of each forwarded message that can cause a read of data */
  onForward: (messageId: string) => void
  onRefuse: (code: string, what: string) => void
}

/** Joins both sockets until one ends; both are open already, the kernel's is paused. */
export function relayKernel(browser: WebSocket, kernel: WebSocket, relay: Relay): void {
  joinSockets(browser, kernel, relay)
  carryIn(browser, kernel, relay)
  carryOut(browser, kernel, relay)
  kernel.resume()
}

function carryIn(browser: WebSocket, kernel: WebSocket, relay: Relay): void {
  let tail = Promise.resolve()
  let queued = 0
  let bytes = 0
  browser.on("message", (data: Buffer, isBinary: boolean) => {
    queued++
    bytes += data.length
    if (queued > MAX_QUEUED || bytes > HIGH_WATER) browser.pause()
    tail = tail
      .then(() => forward(data, isBinary))
      .catch((error: unknown) => refuseMessage(error))
      .finally(() => {
        queued--
        bytes -= data.length
        if (browser.isPaused && queued <= MAX_QUEUED / 2 && bytes < LOW_WATER) browser.resume()
      })
  })
  // What came before the browser left is still forwarded, in order; then the kernel's side ends too.
  browser.once("close", () => void tail.finally(() => endSocket(kernel, 1000, "")))

  let over = false
  async function forward(data: Buffer, isBinary: boolean): Promise<void> {
    // What cannot be forwarded is not logged as if it were.
    if (over || kernel.readyState !== kernel.OPEN || !relay.sessions.isLive(relay.session)) return
    if (!isBinary) throw new BadFrame("a text frame")
    const frame = readFrame(data)
    const judged = judgeMessage(frame)
    if (!judged.allowed) throw new BadFrame(`${frame.header.type} on ${frame.channel}`)
    if (judged.log !== undefined) await logMessage(frame, judged.log, relay)
    // The lease may have ended while the log was written.
    if (!relay.sessions.isLive(relay.session)) return
    if (judged.human) relay.sessions.noteHuman(relay.session)
    if (judged.reads) relay.onForward(frame.header.messageId)
    await send(kernel, frame.bytes)
  }

  function refuseMessage(error: unknown): void {
    if (over) return
    over = true
    if (error instanceof BadFrame) {
      relay.onRefuse(error.code, `kernel ${relay.kernel}: ${error.message}`)
      return endSocket(browser, CLOSE.policy, error.code)
    }
    if (error instanceof Refused) return endSocket(browser, CLOSE.ended, error.code)
    endSocket(browser, CLOSE.later, "audit_unavailable")
  }
}

async function logMessage(frame: Frame, log: { text: string; sha256: string }, relay: Relay): Promise<void> {
  if (frame.channel === "iopub") throw new BadFrame("a request on iopub")
  await relay.controlPlane.logMessage({
    session: relay.session.secret,
    workspace: relay.session.workspace,
    kernel: relay.kernel,
    messageId: frame.header.messageId,
    channel: frame.channel,
    type: frame.header.type,
    ...log,
  })
}

function carryOut(browser: WebSocket, kernel: WebSocket, relay: Relay): void {
  const governor = new OutputGovernor()
  kernel.on("message", (data: Buffer, isBinary: boolean) => {
    const frame = isBinary ? readOrNothing(data) : undefined
    if (frame === undefined) {
      relay.onRefuse("notebook_answer", `kernel ${relay.kernel}: a frame that is none`)
      return endSocket(browser, CLOSE.broken, "notebook_answer")
    }
    if (OUTPUTS.has(frame.header.type)) relay.session.outputSince = true
    for (const bytes of governor.pass(frame)) {
      if (!relay.sessions.show(relay.session, bytes.length)) return
      browser.send(bytes, { binary: true }, () => {
        if (kernel.isPaused && browser.bufferedAmount < LOW_WATER) kernel.resume()
      })
    }
    if (browser.bufferedAmount > HIGH_WATER) kernel.pause()
  })
}

function readOrNothing(data: Buffer): Frame | undefined {
  try {
    return readFrame(data)
  } catch (error) {
    if (error instanceof BadFrame) return undefined
    throw error
  }
}

/** Ties the two ends and the session's end together, and finds peers that are gone without a word. */
export function joinSockets(
  browser: WebSocket,
  notebook: WebSocket,
  { sessions, session }: { sessions: Sessions; session: Session },
): void {
  const detach = sessions.attach(session, (ending) => endSocket(browser, closeCodeOf(ending), ending.code))
  const stopPings = [keepAlive(browser), keepAlive(notebook)]
  const stop = (): void => {
    detach()
    for (const stopPing of stopPings) stopPing()
  }
  browser.once("close", stop)
  // `ws` closes after an error by itself; without a listener the process would end.
  browser.on("error", () => undefined)
  notebook.on("error", () => undefined)
  notebook.once("close", (code, reason) => {
    const given = passableCode(code)
    void waitForWord(browser, sessions, session, given === CLOSE.broken).then(() =>
      endSocket(browser, given, reason.toString("utf8").slice(0, 100)),
    )
  })
  if (!sessions.isLive(session)) endSocket(browser, CLOSE.ended, "session_ended")
}

/**
 * A notebook ends before the gateway hears why: its container is stopped and the lease still runs. So the
 * control plane is asked first; an access that has ended closes the browser's side with its own code.
 */
async function waitForWord(
  browser: WebSocket,
  sessions: Sessions,
  session: Session,
  isBroken: boolean,
): Promise<void> {
  const until = performance.now() + WORD_WITHIN
  const bound = delay(WORD_WITHIN, undefined, { ref: false })
  for (;;) {
    await Promise.race([sessions.recheck(session), bound])
    const isOpen = browser.readyState === browser.OPEN
    if (!isBroken || !isOpen || performance.now() + ASK_EVERY > until) return
    await delay(ASK_EVERY, undefined, { ref: false })
  }
}

export function closeCodeOf(ending: Ending): number {
  if (ending.kind === "refused") return CLOSE.ended
  return ending.kind === "cut" ? CLOSE.later : CLOSE.restart
}

/** Closes in order and makes sure of it after five seconds. */
export function endSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== socket.OPEN && socket.readyState !== socket.CONNECTING) return
  if (socket.isPaused) socket.resume()
  socket.close(code, reason)
  const timer = setTimeout(() => socket.terminate(), 5000)
  timer.unref()
  socket.once("close", () => clearTimeout(timer))
}

function passableCode(code: number): number {
  const given =
    (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013) || (code >= 3000 && code <= 4999)
  return given && code !== CLOSE.ended ? code : CLOSE.broken
}

function keepAlive(socket: WebSocket): () => void {
  let missed = 0
  socket.on("pong", () => {
    missed = 0
  })
  const timer = setInterval(() => {
    if (socket.isPaused) return
    if (missed >= MAX_MISSED) return socket.terminate()
    missed++
    if (socket.readyState === socket.OPEN) socket.ping()
  }, PING_EVERY)
  timer.unref()
  return () => clearInterval(timer)
}

function send(socket: WebSocket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve()
    // The callback comes when the bytes are with the system: the next message waits, that is the back-pressure.
    socket.send(bytes, { binary: true }, () => resolve())
  })
}
