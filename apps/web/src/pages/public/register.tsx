// Every project and data use, searchable, in plain words.
import { TextInput } from "@mantine/core"
import { IconDownload, IconSearch } from "@tabler/icons-react"
import { Link, useSearchParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { Fault } from "../../components/fault.tsx"
import { useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { Tag, type StateKind } from "../../ui/state.tsx"
import { Ago } from "../../ui/when.tsx"
import { formatDate, formatMany, joinWords } from "../../util/format.ts"

export type RegisterEntry = Answer<"registerList">["entries"][number]

export const entryStates: Record<RegisterEntry["state"], { kind: StateKind; words: string }> = {
  active: { kind: "done", words: "Active" },
  held: { kind: "blocked", words: "On hold" },
  ended: { kind: "quiet", words: "Ended" },
}

export function Register() {
  useTitle("Register")
  const [query, setQuery] = useSearchParams()
  const q = query.get("q") ?? ""
  const list = useRead("registerList", { query: q ? { q } : {} })
  return (
    <>
      <h1 tabIndex={-1}>Who uses the data, and why</h1>
      <p className="lead">
        Every project that may use records held here, what it is for, and what has left. It comes from a log
        that we cannot change unseen.
      </p>
      <section>
        <div className="section-head">
          <TextInput
            type="search"
            aria-label="Search the register"
            placeholder="Search by words, organisation or data set"
            leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
            value={q}
            maxLength={200}
            w={360}
            maw="100%"
            onChange={(event) => {
              const value = event.currentTarget.value
              setQuery(value ? { q: value } : {}, { replace: true })
            }}
          />
          <span className="small" style={{ display: "flex", gap: 16, alignItems: "center" }}>
            <a href="/api/register.csv" download>
              <IconDownload size={14} stroke={1.5} aria-hidden /> CSV
            </a>
            <a href="/api/register" download="register.json">
              <IconDownload size={14} stroke={1.5} aria-hidden /> JSON
            </a>
            {list.data?.updatedAt ? (
              <span className="meta">
                updated <Ago at={list.data.updatedAt} />
              </span>
            ) : null}
          </span>
        </div>
        {list.error && !list.data ? <Fault error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isPending ? <LoadingRows rows={5} /> : null}
        {list.data ? <Entries entries={list.data.entries} searched={q !== ""} /> : null}
      </section>
    </>
  )
}

function Entries({ entries, searched }: { entries: readonly RegisterEntry[]; searched: boolean }) {
  if (entries.length === 0) {
    return searched ? (
      <Empty title="No project matches">Try fewer words, or an organisation's name.</Empty>
    ) : (
      <Empty title="No project has been approved yet">The first one appears here on the day it begins.</Empty>
    )
  }
  return (
    <ul className="rows register-rows">
      {entries.map((entry) => {
        const state = entryStates[entry.state]
        return (
          <li key={entry.number}>
            <span className="mono text-3">{entry.number}</span>
            <div style={{ minWidth: 0 }}>
              <Link to={`/register/${entry.number}`} className="row-link">
                <strong>{entry.title}</strong>
              </Link>
              <p style={{ margin: "2px 0 4px", maxWidth: "76ch" }}>{entry.lay}</p>
              <p className="small text-2">
                {joinWords(entry.organisations)}. {formatDate(entry.from)} to {formatDate(entry.until)}.{" "}
                {formatMany(entry.filesReleased, "file")} released.
              </p>
            </div>
            <Tag kind={state.kind}>{state.words}</Tag>
          </li>
        )
      })}
    </ul>
  )
}
