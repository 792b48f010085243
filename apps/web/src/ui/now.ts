// One clock for the whole page, so that "6 s ago" moves everywhere at once and costs one timer.
import { useSyncExternalStore } from "react"

let now = Date.now()
let timer: number | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      window.clearInterval(timer)
      timer = undefined
    }
  }
}

/** Milliseconds since the epoch, refreshed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
