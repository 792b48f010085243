// The log's pulse in the header: size, age of the newest checkpoint and of the last witness. Red, with
// words, when the log cannot be written, because then no data is served either.
import { IconAlertOctagon } from "@tabler/icons-react"
import { Link } from "react-router"
import { useRead } from "../api/queries.ts"
import type { Answer } from "../api/client.ts"
import { useNow } from "../ui/now.ts"
import { formatCount, formatRelative } from "../util/format.ts"

export type Pulse = Answer<"logPulse">

const TICKS = 12
const TALLEST = 13

/** Height of each tick in pixels, 2 to 13, by the most eventful checkpoint shown. */
export function tickHeights(ticks: readonly number[]): number[] {
  const shown = ticks.slice(-TICKS)
  const most = Math.max(1, ...shown)
  return shown.map((events) => Math.max(2, Math.round((events / most) * TALLEST)))
}

/** Nobody asked to sign, somebody who has not, or how long ago. */
export function describeWitness(pulse: Pick<Pulse, "witness" | "witnesses">, now: number): string {
  if (pulse.witnesses === 0) return "no witness"
  return pulse.witness ? `witness ${formatRelative(pulse.witness, now)}` : "no witness yet"
}

export function usePulse() {
  return useRead("logPulse", {}, { every: 5_000 })
}

export function LogPulse({ short = false }: { short?: boolean }) {
  const { data, isError } = usePulse()
  const now = useNow()
  if (isError && !data) {
    return (
      <Link to="/log" className="pulse stopped">
        <IconAlertOctagon size={14} stroke={1.5} aria-hidden />
        <span>Log cannot be reached</span>
      </Link>
    )
  }
  if (!data) return <span className="pulse" aria-hidden />
  if (!data.writable) {
    return (
      <Link to="/log" className="pulse stopped" title={data.reason ?? undefined}>
        <IconAlertOctagon size={14} stroke={1.5} aria-hidden />
        <span>Log cannot be written. No data is served.</span>
      </Link>
    )
  }
  return (
    <Link to="/log" className={`pulse${short ? " short" : ""}`}>
      {short ? null : <Ticks ticks={data.ticks} />}
      <span className="dot" aria-hidden />
      <span className="label">Log</span>
      <span className="mono size">{formatCount(data.size)}</span>
      {short ? null : (
        <span className="ages">
          {data.checkpoint ? `checkpoint ${formatRelative(data.checkpoint.at, now)}` : "no checkpoint yet"}
          <span aria-hidden> · </span>
          {describeWitness(data, now)}
        </span>
      )}
    </Link>
  )
}

function Ticks({ ticks }: { ticks: readonly number[] }) {
  const heights = tickHeights(ticks)
  return (
    <svg className="ticks" width={TICKS * 4} height={TALLEST + 1} aria-hidden>
      {heights.map((height, at) => (
        <rect
          key={at}
          x={(TICKS - heights.length + at) * 4}
          y={TALLEST - height}
          width="1"
          height={height}
          fill="var(--accent)"
        />
      ))}
      <line x1="0" x2={TICKS * 4 - 2} y1={TALLEST + 0.5} y2={TALLEST + 0.5} stroke="var(--line-2)" />
    </svg>
  )
}
