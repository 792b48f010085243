// What waits for you, what you were doing, what changed; not a menu.
import { Link } from "react-router"
import { useRead } from "../api/queries.ts"
import type { Answer } from "../api/client.ts"
import { PageFault } from "../components/fault.tsx"
import { LogChip } from "../components/log-chip.tsx"
import { useMe } from "../components/me.ts"
import { PageHead, useTitle } from "../components/page.tsx"
import { Empty, LoadingRows } from "../ui/notes.tsx"
import { State } from "../ui/state.tsx"
import { Near } from "../ui/when.tsx"
import "./home.css"

type Item = Answer<"homeGet">["items"][number]

const parts = [
  { kind: "waits", title: "Waits for you", empty: "Nothing waits for you." },
  { kind: "doing", title: "What you were doing", empty: "Nothing is open. Enter a project to begin." },
  { kind: "changed", title: "What changed", empty: "Nothing has changed since you were here." },
] as const

const itemWords = { moving: "Under way", waits: "Waits", done: "Done", blocked: "Blocked" } as const

export function Home() {
  useTitle("Home")
  const me = useMe()
  const home = useRead("homeGet", {}, { every: 60_000 })
  if (home.error && !home.data) return <PageFault error={home.error} onRetry={() => void home.refetch()} />
  return (
    <div className="page">
      <PageHead
        title={`Hello${me.data ? `, ${me.data.person.name}` : ""}`}
        lead={me.data?.organisation.name}
      />
      {home.data ? <HomeParts home={home.data} /> : <LoadingRows rows={6} />}
    </div>
  )
}

function HomeParts({ home }: { home: Answer<"homeGet"> }) {
  const [waits, doing, changed] = parts
  return (
    <div className="home-columns">
      <div className="stack">
        <Part part={waits} items={home.items} />
        <Part part={doing} items={home.items} />
      </div>
      <div className="stack">
        <section className="pane">
          <div className="pane-head">
            <h2>Your projects</h2>
            <Link to="/projects" className="head-link">
              All projects
            </Link>
          </div>
          {home.projects.length === 0 ? (
            <div className="pane-body">
              <Empty flat title="You are in no project yet">
                A project admin invites you by mail. The link in that mail brings you in.
              </Empty>
            </div>
          ) : (
            <ul className="rows in-pane">
              {home.projects.map((project) => (
                <li key={project.id}>
                  <Link to={`/projects/${project.id}`} className="row-link grow">
                    {project.title}
                  </Link>
                  <span className="meta">{project.number}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
        <Part part={changed} items={home.items} />
      </div>
    </div>
  )
}

function Part({ part, items }: { part: (typeof parts)[number]; items: readonly Item[] }) {
  const shown = items.filter((item) => item.kind === part.kind)
  return (
    <section className="pane">
      <div className="pane-head">
        <h2>{part.title}</h2>
        {shown.length > 0 ? <span className="meta">{shown.length}</span> : null}
      </div>
      {shown.length === 0 ? (
        <div className="pane-body text-2 small">{part.empty}</div>
      ) : (
        <ul className="home-items">
          {shown.map((item) => (
            <li key={`${item.href} ${item.at} ${item.title}`}>
              <div style={{ minWidth: 0 }}>
                <Target item={item} />
                <div className="small text-2">{item.detail}</div>
              </div>
              <div className="end">
                {item.state === "none" ? null : <State kind={item.state}>{itemWords[item.state]}</State>}
                <span className="meta">
                  <Near at={item.at} />
                </span>
                {item.index === null ? null : (
                  <span className="above-link">
                    <LogChip index={item.index} />
                  </span>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** A workspace is a document of its own, so the way there loads anew. */
function Target({ item }: { item: Item }) {
  return (
    <Link to={item.href} className="row-link" reloadDocument={item.href.startsWith("/workspaces/")}>
      {item.title}
    </Link>
  )
}
