// How many events a search found over time; refusals in their own lane.
import { useMemo, useState } from "react"
import { useRead } from "../../api/queries.ts"
import { BarChart, BarTable, type Bar } from "../../components/bar-chart.tsx"
import { Fault } from "../../components/fault.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { formatCount, formatDate, formatDateTime, formatMany, formatTime } from "../../util/format.ts"
import type { LogFilter } from "./filter.ts"

export function LogChart({ filter }: { filter: LogFilter }) {
  const chart = useRead("logChart", { query: filter }, { once: true })
  const [table, setTable] = useState(false)
  const bars = useMemo<Bar[]>(() => {
    const unit = chart.data?.unit
    const all = chart.data?.bars ?? []
    const every = Math.max(1, Math.ceil(all.length / 9))
    return all.map((bar, at) => {
      const day = formatDate(bar.at)
      const newDay = day !== formatDate(all[at - 1]?.at ?? "1970-01-01")
      const tick = (unit === "hour" && newDay) || at % every === 0
      return {
        label: unit === "hour" ? formatDateTime(bar.at) : day,
        value: bar.events - bar.refusals,
        refused: bar.refusals,
        tick: !tick ? undefined : newDay ? day.replace(/ \d{4}$/, "") : formatTime(bar.at),
      }
    })
  }, [chart.data])
  if (chart.error && !chart.data) return <Fault error={chart.error} onRetry={() => void chart.refetch()} />
  if (!chart.data) {
    return (
      <div className="chart-box">
        <LoadingRows rows={3} />
      </div>
    )
  }
  const events = chart.data.bars.reduce((sum, bar) => sum + bar.events, 0)
  const refused = chart.data.bars.reduce((sum, bar) => sum + bar.refusals, 0)
  return (
    <div className="chart-box">
      <div className="chart-head">
        <strong>{formatMany(events, "event")}</strong>
        <span className="key">{formatCount(events - refused)} allowed</span>
        <span className="key dot">{formatCount(refused)} refused</span>
        <span className="end">per {chart.data.unit}</span>
        <button type="button" className="link-button" onClick={() => setTable(!table)} aria-pressed={table}>
          {table ? "Show as chart" : "Show as table"}
        </button>
      </div>
      {bars.length === 0 ? (
        <p className="small text-2">Nothing to draw.</p>
      ) : table ? (
        <BarTable name="Events over time" bars={bars} head={["When", "Allowed"]} />
      ) : (
        <BarChart name="Events over time" unit={`${chart.data.unit}s`} bars={bars} height={118} />
      )}
    </div>
  )
}
