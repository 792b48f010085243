// Times: relative or short on the page, exact on hover and in the markup.
import { formatDateTime, formatNear, formatRelative } from "../util/format.ts"
import { useNow } from "./now.ts"

export function Ago({ at }: { at: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={formatDateTime(at)} className="nowrap">
      {formatRelative(at, now)}
    </time>
  )
}

export function Near({ at }: { at: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={formatDateTime(at)} className="nowrap">
      {formatNear(at, now)}
    </time>
  )
}
