// A button that may not be pressed stays, disabled, with the server's sentence beside it. The decision and
// the sentence come from the server; this only shows them. `aria-disabled` keeps the button in the tab order.
import { IconLock } from "@tabler/icons-react"
import { useId, type ReactNode } from "react"
import { BusyButton } from "./busy-button.tsx"

/** What the server says about one thing a person could do. */
export interface Permission {
  allowed: boolean
  code?: string | null | undefined
  reason?: string | null | undefined
}

interface WhyNotProps {
  action: Permission | undefined
  onPress: () => void
  children: ReactNode
  icon?: ReactNode
  variant?: "filled" | "default" | "outline" | "subtle"
  /** where the sentence stands: left of the button in bars, under it in forms, beside it otherwise */
  reasonAt?: "left" | "under" | "right"
  busy?: boolean
  keys?: ReactNode
  className?: string
  /** after the sentence: a link to where the reason can be changed */
  way?: ReactNode
  /** where the sentence stands already, when several buttons share it */
  reasonId?: string | undefined
}

export function WhyNotButton(props: WhyNotProps) {
  const { action, onPress, children, icon, variant = "default", reasonAt = "right", busy = false } = props
  const ownId = useId()
  const reasonId = props.reasonId ?? ownId
  const allowed = action?.allowed ?? false
  const reason = allowed ? undefined : (action?.reason ?? "This is not offered here at the moment.")
  return (
    <span className={`why-not ${reasonAt}`}>
      <BusyButton
        variant={allowed ? variant : "default"}
        className={props.className ?? ""}
        leftSection={allowed ? icon : <IconLock size={16} stroke={1.5} aria-hidden />}
        rightSection={props.keys}
        busy={busy}
        aria-disabled={!allowed}
        {...(reason ? { "aria-describedby": reasonId } : {})}
        onClick={() => {
          if (allowed && !busy) onPress()
        }}
      >
        {children}
      </BusyButton>
      {reason && !props.reasonId ? (
        <span className="reason" id={reasonId}>
          {reason} {props.way}
        </span>
      ) : null}
    </span>
  )
}
