import { initials } from "../util/format.ts"

/** Round badge with initials. The name always stands beside it, so the badge itself is silent. */
export function PersonBadge({
  name,
  you = false,
  small = false,
}: {
  name: string
  you?: boolean
  small?: boolean
}) {
  return (
    <span className={`badge-person${you ? " you" : ""}${small ? " small-badge" : ""}`} aria-hidden>
      {initials(name)}
    </span>
  )
}
