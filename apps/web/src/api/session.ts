// Whether somebody is signed in, for the whole console. Public pages never wait for it.
import { useSyncExternalStore } from "react"
import { isSignInAnswer, signOut, startSignIn, takePlace } from "./keycloak.ts"

export type SessionState = "checking" | "in" | "out" | "ended" | "away"

let state: SessionState = "checking"
const listeners = new Set<() => void>()

function become(next: SessionState): void {
  state = next
  for (const each of listeners) each()
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}

/** Runs once, before the first render. Waits only when this load is the sign-in server's answer. */
export async function startSession(): Promise<void> {
  const answer = isSignInAnswer()
  const started = startSignIn().then(
    (signedIn) => become(signedIn ? "in" : "out"),
    () => become("away"),
  )
  if (!answer) return
  await started
  const place = takePlace() ?? (state === "in" ? "/home" : "/")
  history.replaceState(null, "", place)
}

/** The server says that this session is over: idle, a hold, or ended elsewhere. */
export function endedByServer(): void {
  if (state === "in") become("ended")
}

export async function leave(): Promise<void> {
  become("out")
  await signOut()
}
