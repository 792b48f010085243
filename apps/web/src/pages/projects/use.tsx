// Hours, reads, bytes shown and requests, per person and month, as charts with a table beside each.
import { useMemo, useState } from "react"
import { useParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { BarChart, BarTable, type Bar } from "../../components/bar-chart.tsx"
import { PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { formatBytes, formatCount, formatDuration } from "../../util/format.ts"
import { useProjectTitle } from "./project-title.ts"
import "../log/log-search.css"

type UseView = Answer<"projectUse">

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** 2026-11 → Nov 2026 */
export function formatMonth(month: string): string {
  const [year, number] = month.split("-")
  return `${MONTHS[Number(number) - 1] ?? month} ${year ?? ""}`.trim()
}

export function Use() {
  const project = useParams()["project"] ?? ""
  const title = useProjectTitle(project)
  useTitle("Use", [
    { label: "Projects", to: "/projects" },
    { label: title, to: `/projects/${project}` },
    { label: "Use" },
  ])
  const use = useRead("projectUse", { params: { project } })
  if (use.error && !use.data) return <PageFault error={use.error} onRetry={() => void use.refetch()} />
  return (
    <div className="page">
      <PageHead title="Use" lead="What this project uses, per person and month." />
      {use.data ? (
        use.data.months.length === 0 ? (
          <NoUse />
        ) : (
          <UseCharts use={use.data} />
        )
      ) : (
        <LoadingRows rows={8} />
      )}
    </div>
  )
}

function NoUse() {
  return (
    <Empty title="Nothing has been used yet">Figures appear when someone has worked in a workspace.</Empty>
  )
}

function hours(value: number): string {
  return `${formatCount(Math.round(value * 10) / 10)} h`
}

function UseCharts({ use }: { use: UseView }) {
  return (
    <>
      <div className="use-grid">
        <Chart
          name="Hours in workspaces"
          head="Hours"
          months={use.months}
          read={(month) => month.hours}
          format={hours}
          least={1}
        />
        <Chart
          name="Data read"
          head="Bytes"
          months={use.months}
          read={(month) => month.readBytes}
          format={formatBytes}
          least={1_000}
        />
        <Chart
          name="Shown on screens"
          head="Bytes"
          months={use.months}
          read={(month) => month.shownBytes}
          format={formatBytes}
          least={1_000}
        />
        <Chart
          name="Requests for release"
          head="Requests"
          months={use.months}
          read={(month) => month.requests}
          format={formatCount}
        />
      </div>
      <section style={{ marginTop: 28 }}>
        <h2 style={{ marginBottom: 8 }}>By person</h2>
        <TableBox label="Use by person">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">Person</th>
                <th scope="col">Month</th>
                <th scope="col" className="num">
                  Hours
                </th>
                <th scope="col" className="num">
                  Read
                </th>
                <th scope="col" className="num">
                  Shown
                </th>
              </tr>
            </thead>
            <tbody>
              {use.people.map((row) => (
                <tr key={`${row.person.id} ${row.month}`}>
                  <th scope="row">{row.person.name}</th>
                  <td>{formatMonth(row.month)}</td>
                  <td className="num">{hours(row.hours)}</td>
                  <td className="num">{formatBytes(row.readBytes)}</td>
                  <td className="num">{formatBytes(row.shownBytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
        <p className="small text-2" style={{ marginTop: 12 }}>
          {describeStorage(use)} {describeTurnaround(use)}
        </p>
      </section>
    </>
  )
}

function describeStorage({ storage }: UseView): string {
  if (storage === null) return "How much is stored is not known now: the machine does not answer."
  return `Storage: ${formatBytes(storage.homeBytes)} in home folders, ${formatBytes(storage.sharedBytes)} shared.`
}

function describeTurnaround(use: UseView): string {
  const last = use.months.findLast((month) => month.turnaroundHours !== null)
  if (!last || last.turnaroundHours === null) return ""
  return `Half of the requests of ${formatMonth(last.month)} took less than ${formatDuration(last.turnaroundHours * 3600)}.`
}

interface ChartProps {
  name: string
  head: string
  months: UseView["months"]
  read: (month: UseView["months"][number]) => number
  format: (value: number) => string
  least?: number
}

function Chart({ name, head, months, read, format, least }: ChartProps) {
  const [table, setTable] = useState(false)
  const bars = useMemo<Bar[]>(
    () =>
      months.map((month, at) => ({
        label: formatMonth(month.month),
        tick:
          at === months.length - 1
            ? `${formatMonth(month.month).slice(0, 3)} so far`
            : formatMonth(month.month).slice(0, 3),
        value: read(month),
        unfinished: at === months.length - 1,
      })),
    // read and months come together from one answer
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [months],
  )
  return (
    <div className="chart-box" style={{ marginBottom: 0 }}>
      <div className="chart-head">
        <strong>{name}</strong>
        <button
          type="button"
          className="link-button end"
          onClick={() => setTable(!table)}
          aria-pressed={table}
        >
          {table ? "Show as chart" : "Show as table"}
          <span className="visually-hidden">: {name}</span>
        </button>
      </div>
      {table ? (
        <BarTable name={name} bars={bars} head={["Month", head]} format={format} />
      ) : (
        <BarChart
          name={name}
          unit="months"
          bars={bars}
          height={160}
          format={format}
          {...(least === undefined ? {} : { least })}
        />
      )}
    </div>
  )
}
