// Who did what, under which rule: the auditor's search. The filter and the open event are in the address; each
// search is itself an entry of the log.
import { Menu } from "@mantine/core"
import { IconBookmark, IconDownload } from "@tabler/icons-react"
import { useEffect, useMemo, useState } from "react"
import { Link, useSearchParams } from "react-router"
import { callRaw, saveAs, type Answer } from "../../api/client.ts"
import { ApiError } from "../../api/errors.ts"
import { useReadPages } from "../../api/queries.ts"
import { Fault, PageFault } from "../../components/fault.tsx"
import { LogChip } from "../../components/log-chip.tsx"
import { useMe } from "../../components/me.ts"
import { OutcomeState } from "../../components/outcome.tsx"
import { useTitle } from "../../components/page.tsx"
import { sayError } from "../../components/said.tsx"
import { BusyButton } from "../../ui/busy-button.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { civilDay, formatCount, formatDayHeading, formatTime } from "../../util/format.ts"
import { isTyping } from "../checker/keys.ts"
import { FilterBar } from "./filter-bar.tsx"
import { readFilter, type LogFilter } from "./filter.ts"
import { LogChart } from "./log-chart.tsx"
import { LogDetail, TO_EVENT } from "./log-detail.tsx"
import { SavedSearches } from "./saved-searches.tsx"
import "./log-search.css"

type Row = Answer<"logSearch">["rows"][number]

const PAGE = 50

export function LogSearch() {
  const me = useMe().data
  const view = me?.actions.logView
  if (view && !view.allowed) {
    const message = view.reason ?? "Your roles do not include the log."
    return <PageFault error={new ApiError(403, { code: view.code ?? "not_permitted", message })} />
  }
  return <Search zone={me?.site.zone ?? "Europe/London"} />
}

function Search({ zone }: { zone: string }) {
  useTitle("Log")
  const [query, setQuery] = useSearchParams()
  const text = query.toString()
  const filter = useMemo(() => readFilter(new URLSearchParams(text), zone), [text, zone])
  const event = /^\d{1,15}$/.test(query.get("event") ?? "") ? Number(query.get("event")) : undefined

  function change(changes: Record<string, string | undefined>): void {
    setQuery(
      (old) => {
        const next = new URLSearchParams(old)
        for (const [key, value] of Object.entries(changes)) {
          if (value === undefined) next.delete(key)
          else next.set(key, value)
        }
        return next
      },
      { preventScrollReset: true },
    )
  }

  return (
    <div className="audit">
      <div className="search">
        <div className="page-head" style={{ marginBottom: 14 }}>
          <h1 tabIndex={-1}>Who did what, under which rule</h1>
          <div className="acts">
            <SavedSearches query={query} icon={<IconBookmark size={16} stroke={1.5} aria-hidden />} />
            <ExportMenu filter={filter} />
          </div>
        </div>
        <FilterBar query={query} onChange={change} />
        <LogChart filter={filter} />
        <Rows
          key={JSON.stringify(filter)}
          filter={filter}
          selected={event}
          onSelect={(index) => change({ event: String(index) })}
        />
      </div>
      {event === undefined ? null : <LogDetail index={event} onClose={() => change({ event: undefined })} />}
    </div>
  )
}

interface RowsProps {
  filter: LogFilter
  selected: number | undefined
  onSelect: (index: number) => void
}

function Rows({ filter, selected, onSelect }: RowsProps) {
  const pages = useReadPages("logSearch", { query: { ...filter, limit: PAGE } })
  const rows = useMemo(() => pages.data?.flatMap((each) => each.rows) ?? [], [pages.data])
  const total = pages.data?.at(-1)?.total ?? null
  useRowKeys(rows, selected, onSelect)

  if (pages.error && rows.length === 0) {
    return <Fault error={pages.error} onRetry={() => void pages.refetch()} />
  }
  if (pages.data && rows.length === 0) {
    return (
      <Empty title="No event matches">
        Take a filter off, or widen the days. An empty search is kept in the log like any other.
      </Empty>
    )
  }
  return (
    <>
      {groupByDay(rows).map(([day, ofDay]) => (
        <section key={day}>
          <h2 className="day-head">{formatDayHeading(ofDay[0]?.at ?? "")}</h2>
          <ul className="log-rows">
            {ofDay.map((row) => (
              <LogLine key={row.index} row={row} selected={row.index === selected} />
            ))}
          </ul>
        </section>
      ))}
      {pages.isFetching ? <LoadingRows rows={5} /> : null}
      <div className="search-end small">
        {pages.hasNextPage ? (
          <button type="button" className="link-button" onClick={() => void pages.fetchNextPage()}>
            Show {PAGE} more
          </button>
        ) : (
          <span className="text-3">{pages.data ? "That is all" : ""}</span>
        )}
        <span className="text-3">
          {formatCount(rows.length)}
          {total === null ? "" : ` of ${formatCount(total)}`}
        </span>
      </div>
    </>
  )
}

function LogLine({ row, selected }: { row: Row; selected: boolean }) {
  const [query] = useSearchParams()
  const next = new URLSearchParams(query)
  next.set("event", String(row.index))
  const sentence = row.sentence.startsWith(row.actor.name)
    ? row.sentence.slice(row.actor.name.length)
    : undefined
  return (
    <li className={selected ? "selected" : ""}>
      <span className="above-link">
        <LogChip index={row.index} />
      </span>
      <time dateTime={row.at}>{formatTime(row.at)}</time>
      <span className="sentence">
        <Link
          to={`?${next.toString()}`}
          state={TO_EVENT}
          className="row-link"
          preventScrollReset
          aria-current={selected ? "true" : undefined}
        >
          {sentence === undefined ? (
            row.sentence
          ) : (
            <>
              <strong style={{ fontWeight: 600 }}>{row.actor.name}</strong>
              {sentence}
            </>
          )}
        </Link>
      </span>
      <OutcomeState outcome={row.outcome} />
    </li>
  )
}

/** Rows by civil day, in the order in which they came. */
export function groupByDay(rows: readonly Row[]): [string, Row[]][] {
  const days = new Map<string, Row[]>()
  for (const row of rows) {
    const day = civilDay(row.at)
    days.set(day, [...(days.get(day) ?? []), row])
  }
  return [...days.entries()]
}

function useRowKeys(
  rows: readonly Row[],
  selected: number | undefined,
  onSelect: (index: number) => void,
): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return
      if (event.key !== "j" && event.key !== "k") return
      const at = rows.findIndex((row) => row.index === selected)
      const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))]
      if (next) onSelect(next.index)
    }
    window.addEventListener("keydown", onKey)
    return () => window.removeEventListener("keydown", onKey)
  }, [rows, selected, onSelect])
}

function ExportMenu({ filter }: { filter: LogFilter }) {
  const [busy, setBusy] = useState(false)
  async function save(format: "csv" | "jsonl"): Promise<void> {
    setBusy(true)
    try {
      await saveAs(await callRaw("logExport", { query: { ...filter, format } }), `log.${format}`)
    } catch (error) {
      sayError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <BusyButton leftSection={<IconDownload size={16} stroke={1.5} aria-hidden />} busy={busy}>
          Export
        </BusyButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>What is exported is kept in the log</Menu.Label>
        <Menu.Item onClick={() => void save("jsonl")}>JSON Lines (OCSF)</Menu.Item>
        <Menu.Item onClick={() => void save("csv")}>CSV</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
