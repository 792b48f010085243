import type { ReactNode } from "react"

/** A table that may be wider than its place: it scrolls by itself, by keyboard too, and has a name. */
export function TableBox({
  label,
  bare = false,
  children,
}: {
  label: string
  bare?: boolean
  children: ReactNode
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <div className={`table-box${bare ? " bare" : ""}`} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}
