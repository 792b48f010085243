// What a page shows when it has nothing, cannot get it, or is still getting it.
import { IconAlertTriangle, IconInbox } from "@tabler/icons-react"
import type { ReactNode } from "react"

export function Empty({
  title,
  children,
  flat = false,
}: {
  title: string
  children?: ReactNode
  flat?: boolean
}) {
  return (
    <div className={`note-box${flat ? " flat" : ""}`}>
      <IconInbox size={16} stroke={1.5} aria-hidden />
      <div>
        <strong>{title}</strong>
        {children ? <div className="text-2">{children}</div> : null}
      </div>
    </div>
  )
}

export function Warning({ children }: { children: ReactNode }) {
  return (
    <div className="note-box amber-box">
      <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
      <div>{children}</div>
    </div>
  )
}

/** Grey bars in place of rows; read out once. */
export function LoadingRows({ rows = 4, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div className="loading-rows" role="status">
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} style={{ width: `${88 - ((row * 17) % 40)}%` }} aria-hidden />
      ))}
    </div>
  )
}
