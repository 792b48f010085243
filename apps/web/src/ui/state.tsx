// A state is always an icon and a word; the colour only repeats it.
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconHelpCircle,
  IconHourglass,
  IconLoader2,
  IconLockOpen2,
} from "@tabler/icons-react"
import type { ComponentType, ReactNode } from "react"

export type StateKind = "moving" | "waits" | "done" | "blocked" | "open" | "quiet" | "plain"

export type Icon = ComponentType<{
  size?: number | string
  stroke?: number | string
  "aria-hidden"?: boolean
}>

const usualIcons: Record<StateKind, Icon> = {
  moving: IconLoader2,
  waits: IconHourglass,
  done: IconCircleCheck,
  blocked: IconBan,
  open: IconLockOpen2,
  quiet: IconCircleDashed,
  plain: IconCircleDashed,
}

export const stateIcons = {
  warning: IconAlertTriangle,
  violated: IconCircleX,
  notVerifiable: IconHelpCircle,
}

interface StateProps {
  kind: StateKind
  icon?: Icon | undefined
  children: ReactNode
}

export function State({ kind, icon, children }: StateProps) {
  const Shown = icon ?? usualIcons[kind]
  return (
    <span className={`state ${kind}`}>
      <Shown size={14} stroke={1.5} aria-hidden />
      <span>{children}</span>
    </span>
  )
}

/** The same in a soft box, at most one per heading. */
export function Tag({ kind, icon, children }: StateProps) {
  const Shown = icon ?? usualIcons[kind]
  return (
    <span className={`state tag ${kind}`}>
      <Shown size={14} stroke={1.5} aria-hidden />
      <span>{children}</span>
    </span>
  )
}
