// Short notices: what was done, or why it was not. Read out politely; they stay until closed or for 8 s.
import { CloseButton } from "@mantine/core"
import { IconCircleCheck } from "@tabler/icons-react"
import { useEffect, useSyncExternalStore } from "react"
import { Fault } from "./fault.tsx"

interface Notice {
  words?: string
  error?: unknown
}

let notice: Notice | undefined
const listeners = new Set<() => void>()

function show(next: Notice | undefined): void {
  notice = next
  for (const each of listeners) each()
}

export function say(words: string): void {
  show({ words })
}

export function sayError(error: unknown): void {
  show({ error })
}

export function Said() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => notice,
  )
  useEffect(() => {
    if (!shown?.words) return
    const timer = window.setTimeout(() => show(undefined), 8000)
    return () => window.clearTimeout(timer)
  }, [shown])
  return (
    <div className="said" aria-live="polite">
      {shown ? (
        <div style={{ display: "flex", alignItems: "flex-start", padding: 4 }}>
          {shown.words ? (
            <div className="note-box" style={{ border: 0, flex: 1, padding: "10px 12px" }}>
              <IconCircleCheck size={16} stroke={1.5} color="var(--green)" aria-hidden />
              <div>{shown.words}</div>
            </div>
          ) : (
            <Fault error={shown.error} flat />
          )}
          <CloseButton aria-label="Close this notice" size="sm" m={6} onClick={() => show(undefined)} />
        </div>
      ) : null}
    </div>
  )
}
