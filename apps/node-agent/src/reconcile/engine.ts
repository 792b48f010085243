// An engine that was restarted makes its socket anew, and our mount still shows the old file, where nobody
// listens any more. Only a new start of this container finds the new one, so the agent ends itself: the
// engine starts it again as soon as it is back. Runs do not notice.

export interface EngineWatch {
  /** rejects when the engine does not answer */
  readonly ping: () => Promise<unknown>
  readonly onGone: () => void
  /** milliseconds, monotonic */
  readonly now: () => number
  /** how long nobody may listen */
  readonly patience: number
}

const NOBODY_LISTENS = new Set(["ECONNREFUSED", "ENOENT"])

/** One look; call it every second or two. A slow or failing engine is no reason: its socket is the right one. */
export function makeEngineLook({ ping, onGone, now, patience }: EngineWatch): () => Promise<void> {
  let refusedSince: number | undefined
  let looking = false
  return async () => {
    if (looking) return
    looking = true
    try {
      await ping()
      refusedSince = undefined
    } catch (error) {
      const code = (error as { code?: unknown }).code
      if (typeof code === "string" && NOBODY_LISTENS.has(code)) {
        refusedSince ??= now()
        if (now() - refusedSince >= patience) onGone()
      } else refusedSince = undefined
    } finally {
      looking = false
    }
  }
}
