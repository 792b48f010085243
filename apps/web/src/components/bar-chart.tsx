// Bars over time with Observable Plot, drawn once the page stands. Refusals are dots with numbers in their own
// lane, never stacked. The table beside each chart says the same.
import { useEffect, useRef, useState } from "react"
import { TableBox } from "../ui/table-box.tsx"
import { formatCount } from "../util/format.ts"

export interface Bar {
  label: string
  value: number
  /** short form for the axis; left out where it would not fit */
  tick?: string | undefined
  refused?: number
  unfinished?: boolean
}

const WIDEST_BAR = 48
/** between bars and at both ends, as a share of a step */
const PADDING = 0.22

interface BarChartProps {
  name: string
  unit: string
  bars: readonly Bar[]
  height?: number
  format?: (value: number) => string
  /** the least that the axis shows, so that nothing is drawn in parts of what cannot be parted */
  least?: number
}

export function BarChart({ name, unit, bars, height = 132, format = formatCount, least = 3 }: BarChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  useEffect(() => {
    const place = box.current
    if (!place || width === 0) return
    let gone = false
    void import("@observablehq/plot").then((Plot) => {
      if (gone) return
      const ticks = bars.filter((bar) => bar.tick !== undefined).map((bar) => bar.label)
      // few bars stay bars: none is wider than it would be among many
      const band = ((width - 52) * (1 - PADDING)) / (bars.length + PADDING)
      const inset = Math.max(0, (band - WIDEST_BAR) / 2)
      const words = new Map(bars.map((bar) => [bar.label, bar.tick ?? bar.label]))
      const chart = Plot.plot({
        width,
        height,
        marginLeft: 48,
        marginRight: 4,
        marginTop: bars.some((bar) => bar.refused) ? 26 : 10,
        marginBottom: 22,
        x: { type: "band", domain: bars.map((bar) => bar.label), padding: PADDING, label: null },
        y: {
          label: null,
          grid: false,
          nice: true,
          domain: [0, Math.max(least, ...bars.map((bar) => bar.value))],
        },
        marks: [
          Plot.gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 3 }),
          Plot.axisY({ ticks: 3, tickSize: 0, label: null, tickFormat: (value: number) => format(value) }),
          Plot.axisX({
            ticks,
            tickSize: 0,
            label: null,
            tickFormat: (label: string) => words.get(label) ?? "",
          }),
          Plot.barY(
            bars.filter((bar) => !bar.unfinished),
            { x: "label", y: "value", fill: "var(--accent)", inset: 0, insetLeft: inset, insetRight: inset },
          ),
          Plot.barY(
            bars.filter((bar) => bar.unfinished),
            {
              x: "label",
              y: "value",
              fill: "var(--accent-soft)",
              stroke: "var(--accent)",
              strokeDasharray: "3 2",
              insetLeft: inset,
              insetRight: inset,
            },
          ),
          Plot.dot(
            bars.filter((bar) => bar.refused),
            { x: "label", fill: "var(--red)", r: 3, frameAnchor: "top", dy: -14, dx: -5 },
          ),
          Plot.text(
            bars.filter((bar) => bar.refused),
            {
              x: "label",
              text: (bar: Bar) => formatCount(bar.refused ?? 0),
              fill: "var(--red)",
              frameAnchor: "top",
              dy: -14,
              dx: 3,
              textAnchor: "start",
            },
          ),
        ],
      })
      chart.setAttribute("aria-hidden", "true")
      place.replaceChildren(chart)
    })
    return () => {
      gone = true
    }
  }, [bars, width, height, format, least])
  return (
    <div
      ref={box}
      className="plot"
      role="img"
      aria-label={`${name}: ${bars.length} ${unit}, the largest ${format(Math.max(0, ...bars.map((bar) => bar.value)))}`}
      style={{ minHeight: height }}
    />
  )
}

function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return width
}

export function BarTable({
  name,
  bars,
  head,
  format = formatCount,
}: {
  name: string
  bars: readonly Bar[]
  head: readonly [string, string]
  format?: (value: number) => string
}) {
  const refused = bars.some((bar) => bar.refused !== undefined)
  return (
    <TableBox label={name} bare columns>
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{head[0]}</th>
            <th scope="col" className="num">
              {head[1]}
            </th>
            {refused ? (
              <th scope="col" className="num">
                Refused
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label}>
              <th scope="row">
                {bar.label}
                {bar.unfinished ? " so far" : ""}
              </th>
              <td className="num">{format(bar.value)}</td>
              {refused ? <td className="num">{formatCount(bar.refused ?? 0)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}
