// The log chip: the place of something in the log. Dashed: not yet in a checkpoint. Plain: in one. Accent with
// a tick: its proof was verified in this browser. Pressing it opens the event and its proof.
import { IconSitemap, IconCheck } from "@tabler/icons-react"
import { lazy, Suspense, useState, useSyncExternalStore } from "react"
import { formatCount } from "../util/format.ts"
import { usePulse } from "./log-pulse.tsx"
import "./log-chip.css"

const EventDrawer = lazy(async () => ({ default: (await import("./event-drawer.tsx")).EventDrawer }))

const verified = new Set<string>()
const listeners = new Set<() => void>()
let version = 0

/** Remembers, for this page's life, that the inclusion of an event was proved here. */
export function markVerified(log: "access" | "register", index: number): void {
  verified.add(`${log} ${index}`)
  version += 1
  for (const each of listeners) each()
}

export function useVerified(log: "access" | "register", index: number | null): boolean {
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => version,
  )
  return index !== null && verified.has(`${log} ${index}`)
}

export function LogChip({ index }: { index: number | null }) {
  const [open, setOpen] = useState(false)
  const pulse = usePulse()
  const checked = useVerified("access", index)
  if (index === null) {
    return (
      <span className="chip waiting" title="Kept, and on its way into the log">
        <IconSitemap size={13} stroke={1.5} aria-hidden />
        on its way
      </span>
    )
  }
  const inCheckpoint = pulse.data?.checkpoint ? index < pulse.data.checkpoint.size : true
  const look = checked ? " verified" : inCheckpoint ? "" : " waiting"
  const Glyph = checked ? IconCheck : IconSitemap
  return (
    <>
      <button
        type="button"
        className={`chip${look}`}
        aria-label={`Log entry ${formatCount(index)}, ${checked ? "verified here" : inCheckpoint ? "in a checkpoint" : "not yet in a checkpoint"}`}
        onClick={() => setOpen(true)}
      >
        <Glyph size={13} stroke={checked ? 2.5 : 1.5} aria-hidden />#{formatCount(index)}
      </button>
      {open ? (
        <Suspense>
          <EventDrawer index={index} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  )
}
