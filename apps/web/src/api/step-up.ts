// A decision that lets data out needs a one-time code. The sign-in server asks for it on its own page, so
// what was about to be sent waits in sessionStorage and is sent once after coming back, and only if the
// code was really given. Nothing is sent twice: the note is taken away before the call.
import { askForCode } from "./keycloak.ts"

const KEY = "glasshouse-pending"
const LONGEST_MS = 10 * 60_000

export interface Pending {
  id: string
  input: unknown
  refetch: readonly string[]
  /** what to say when it is done */
  said: string
}

interface Kept extends Pending {
  place: string
  at: number
}

/** Leaves this page; the promise never settles. */
export async function confirmWithCode(pending: Pending): Promise<never> {
  const place = location.pathname + location.search + location.hash
  const kept: Kept = { ...pending, place, at: Date.now() }
  sessionStorage.setItem(KEY, JSON.stringify(kept))
  await askForCode(place)
  return await new Promise<never>(() => {})
}

/** Whether this page was come back to with a code: then one was in the middle of something on it. */
export function isReturning(): boolean {
  return sessionStorage.getItem(KEY) !== null
}

/** What was about to be sent from this very place, at most once. Old and foreign notes are dropped. */
export function takePending(now: number, place: string): Pending | undefined {
  const text = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  if (!text) return undefined
  try {
    const kept = JSON.parse(text) as Kept
    if (kept.place !== place || now - kept.at > LONGEST_MS || now < kept.at) return undefined
    return { id: kept.id, input: kept.input, refetch: kept.refetch, said: kept.said }
  } catch {
    return undefined
  }
}
