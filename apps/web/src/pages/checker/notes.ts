// What a checker is writing, and which files were looked at, kept for this tab so that a reload or the page
// for the one-time code loses nothing.
import { useCallback, useState } from "react"

interface Kept {
  texts: Record<string, string>
  seen: string[]
}

function read(key: string): Kept {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "") as Kept
    return { texts: kept.texts ?? {}, seen: kept.seen ?? [] }
  } catch {
    return { texts: {}, seen: [] }
  }
}

export function useDeskNotes(request: string, turn: number) {
  const key = `desk ${request} ${turn}`
  const [kept, setKept] = useState<Kept>(() => read(key))
  const [savedAt, setSavedAt] = useState<string>()

  const update = useCallback(
    (change: (old: Kept) => Kept) => {
      setKept((old) => {
        const next = change(old)
        if (next !== old) sessionStorage.setItem(key, JSON.stringify(next))
        return next
      })
    },
    [key],
  )
  const markSeen = useCallback(
    (file: string) =>
      update((old) => (old.seen.includes(file) ? old : { ...old, seen: [...old.seen, file] })),
    [update],
  )
  const write = useCallback(
    (file: string, text: string) => {
      update((old) => ({ ...old, texts: { ...old.texts, [file]: text } }))
      setSavedAt(new Date().toISOString())
    },
    [update],
  )
  return {
    seen: new Set(kept.seen),
    textOf: (file: string) => kept.texts[file] ?? "",
    markSeen,
    write,
    savedAt,
  }
}
