// When a person last did something here. Polling is not somebody being there: requests without recent activity
// say so to the server, which keeps the session's idle time.
const QUIET_MS = 20_000
const SAY_AGAIN_MS = 1000

let lastActive = Date.now()

const channel =
  typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("glasshouse-activity")
channel?.addEventListener("message", (event: MessageEvent<number>) => {
  if (typeof event.data === "number") lastActive = Math.max(lastActive, event.data)
})

/** Somebody did something; said to the other tabs too, so that one busy tab keeps them all. */
export function noteActivity(): void {
  const now = Date.now()
  if (now - lastActive < SAY_AGAIN_MS) return
  lastActive = now
  channel?.postMessage(now)
}

export function lastActivity(): number {
  return lastActive
}

/** Whether what is asked now is asked by the page itself rather than by a person. */
export function isQuiet(now = Date.now()): boolean {
  return now - lastActive > QUIET_MS
}
