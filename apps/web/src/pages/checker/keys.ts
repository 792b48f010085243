// The desk by keyboard. Keys act only when nobody is typing, and never with Ctrl, Alt or Meta.
import { useEffect, useRef } from "react"

export const deskKeys = [
  { key: "j", words: "next file" },
  { key: "k", words: "previous file" },
  { key: "n", words: "next finding" },
  { key: "p", words: "previous finding" },
  { key: "o", words: "code that made it" },
  { key: "t", words: "back to the table" },
  { key: "a", words: "approve" },
  { key: "c", words: "ask for change" },
  { key: "m", words: "comment" },
  { key: "Esc", words: "leave the comment" },
  { key: "?", words: "all keys" },
] as const

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

/** `leave` puts the focus where work goes on after Escape in a field. */
export function useDeskKeys(act: (key: string) => boolean, leave: () => void): void {
  const latest = useRef({ act, leave })
  useEffect(() => {
    latest.current = { act, leave }
  })
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return
      if (event.key === "Escape" && isTyping(event.target)) {
        latest.current.leave()
        return
      }
      if (isTyping(event.target) || document.querySelector('[role="dialog"]')) return
      if (latest.current.act(event.key)) event.preventDefault()
    }
    window.addEventListener("keydown", onKey)
    return () => window.removeEventListener("keydown", onKey)
  }, [])
}

/** The neighbour of an item in a list, staying at its ends. */
export function step<T>(items: readonly T[], current: T | undefined, by: 1 | -1): T | undefined {
  const at = current === undefined ? -1 : items.indexOf(current)
  if (at < 0) return items[0]
  return items[Math.min(items.length - 1, Math.max(0, at + by))]
}
