// A data set: submissions with their reports, snapshots with drift, tables, releases to projects.
import { IconRefresh } from "@tabler/icons-react"
import { useState } from "react"
import { Link, useParams } from "react-router"
import { useChange, useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { AskReason } from "../../components/ask-reason.tsx"
import { Fault, PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { State, type StateKind } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatCount, formatDate, formatDateTime, formatMany, joinWords } from "../../util/format.ts"
import { Stages } from "./stages.tsx"

type View = Answer<"dataSetGet">

export function DataSet() {
  const dataSet = useParams()["dataSet"] ?? ""
  const view = useRead("dataSetGet", { params: { dataSet } }, { every: 10_000 })
  if (view.data) return <DataSetPage view={view.data} />
  if (view.error) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={8} />
    </div>
  )
}

function DataSetPage({ view }: { view: View }) {
  useTitle(view.title, [{ label: "Data sets", to: "/data-sets" }, { label: view.title }])
  const refresh = useChange("dataSetRefresh", { refetch: ["dataSetGet", "dataSetList"] })
  const hold = useChange("holdPlace", {
    refetch: ["dataSetGet", "dataSetList", "holdList"],
    onDone: () => setHolding(false),
  })
  const [holding, setHolding] = useState(false)
  const running = view.submissions.find((each) => each.state === "running")
  return (
    <div className="page">
      <PageHead
        title={view.title}
        lead={`${view.description} ${view.organisation.name}. Custodian: ${joinWords(view.custodians.map((each) => each.name)) || "none yet"}.`}
      >
        <WhyNotButton action={view.actions.holdPlace} reasonAt="left" onPress={() => setHolding(true)}>
          Put on hold
        </WhyNotButton>
        <WhyNotButton
          action={view.actions.refresh}
          variant="filled"
          icon={<IconRefresh size={16} stroke={1.5} aria-hidden />}
          reasonAt="left"
          busy={refresh.isPending}
          onPress={() => refresh.mutate({ params: { dataSet: view.id } })}
        >
          Land the next submission
        </WhyNotButton>
      </PageHead>
      {refresh.error ? <Fault error={refresh.error} /> : null}
      <div className="columns">
        <div>
          {running ? (
            <section className="pane">
              <div className="pane-head">
                <h2>Under way</h2>
                <Link className="head-link" to={`/data-sets/${view.id}/submissions/${running.id}`}>
                  See its report
                </Link>
              </div>
              <div className="pane-body">
                <Stages stages={running.stages} />
              </div>
            </section>
          ) : null}
          <Submissions view={view} />
          <Tables view={view} />
        </div>
        <div>
          <Snapshots view={view} />
          <ProjectsOf view={view} />
          {view.actions.logView.allowed ? (
            <p className="small">
              <Link to={`/audit?dataSet=${view.id}`}>See its log lines</Link>
            </p>
          ) : null}
        </div>
      </div>
      {holding ? (
        <AskReason
          title={`Put ${view.title} on hold?`}
          button="Put on hold"
          busy={hold.isPending}
          error={hold.error}
          onClose={() => setHolding(false)}
          onGive={(reason) =>
            hold.mutate({ body: { subject: "data_set", subjectId: view.id, kind: "incident", reason } })
          }
        >
          <p>
            Within 5 seconds nobody can read it, in any project. Lifting the hold takes two people, one of
            them not you.
          </p>
        </AskReason>
      ) : null}
    </div>
  )
}

const submissionLooks: Record<View["submissions"][number]["state"], { kind: StateKind; words: string }> = {
  running: { kind: "moving", words: "Under way" },
  accepted: { kind: "done", words: "Accepted" },
  rejected: { kind: "blocked", words: "Rejected" },
  failed: { kind: "blocked", words: "Failed" },
}

function Submissions({ view }: { view: View }) {
  return (
    <section className="pane">
      <div className="pane-head">
        <h2>Submissions</h2>
        <span className="meta">{formatMany(view.submissions.length, "submission")}</span>
      </div>
      {view.submissions.length === 0 ? (
        <div className="pane-body">
          <Empty flat title="Nothing has been landed yet">
            Press "Land the next submission" when the provider's files are there.
          </Empty>
        </div>
      ) : (
        <TableBox label="Submissions" bare>
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">Landed</th>
                <th scope="col">State</th>
                <th scope="col" className="num">
                  Rows
                </th>
                <th scope="col" className="num">
                  Set aside
                </th>
              </tr>
            </thead>
            <tbody>
              {view.submissions.map((each) => (
                <tr key={each.id} className="linked">
                  <th scope="row">
                    <Link to={`/data-sets/${view.id}/submissions/${each.id}`} className="row-link">
                      {formatDateTime(each.at)}
                    </Link>
                  </th>
                  <td>
                    <State kind={submissionLooks[each.state].kind}>{submissionLooks[each.state].words}</State>
                  </td>
                  <td className="num">{each.rows === null ? "" : formatCount(each.rows)}</td>
                  <td className="num">{each.setAside === null ? "" : formatCount(each.setAside)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </section>
  )
}

function Tables({ view }: { view: View }) {
  return (
    <section className="pane">
      <div className="pane-head">
        <h2>Tables</h2>
      </div>
      <ul className="rows in-pane">
        {view.tables.map((table) => (
          <li key={table.name} style={{ display: "block" }}>
            <details>
              <summary style={{ cursor: "pointer" }}>
                <code>{table.name}</code>{" "}
                <span className="meta">
                  {table.description} {formatMany(table.columns.length, "column")}
                </span>
              </summary>
              <dl className="facts" style={{ marginTop: 8 }}>
                {table.columns.map((column) => (
                  <div key={column.name}>
                    <dt>
                      <code>{column.name}</code>
                    </dt>
                    <dd>
                      {column.description} <span className="meta mono">{column.type}</span>
                    </dd>
                  </div>
                ))}
              </dl>
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Snapshots({ view }: { view: View }) {
  return (
    <section className="pane">
      <div className="pane-head">
        <h2>Snapshots</h2>
      </div>
      {view.snapshots.length === 0 ? <p className="pane-body small text-2">None yet.</p> : null}
      <ul className="rows in-pane">
        {view.snapshots.map((snapshot) => (
          <li key={snapshot.id} style={{ display: "block" }}>
            <strong style={{ fontWeight: 500 }}>
              Snapshot {snapshot.number}, {formatDate(snapshot.at)}
            </strong>
            <div className="meta">
              {formatMany(snapshot.rows, "row")} about {formatMany(snapshot.people, "person", "people")}
            </div>
            {snapshot.drift
              .filter((each) => each.before !== each.after)
              .map((each) => (
                <div className="meta" key={each.table}>
                  <code>{each.table}</code> {formatCount(each.before)} to {formatCount(each.after)} rows
                </div>
              ))}
            <div className="meta wrap" title={snapshot.manifest}>
              manifest <span className="mono">{snapshot.manifest.slice(0, 16)}…</span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function ProjectsOf({ view }: { view: View }) {
  return (
    <section className="pane">
      <div className="pane-head">
        <h2>Projects that may use it</h2>
      </div>
      {view.projects.length === 0 ? <p className="pane-body small text-2">No project may use it.</p> : null}
      <ul className="rows in-pane">
        {view.projects.map((each) => (
          <li key={each.project.id}>
            <span className="grow">
              <Link
                to={`/projects/${each.project.id}/agreement/${each.agreementVersion}`}
                className="row-link"
              >
                {each.project.title}
              </Link>
              <span className="meta" style={{ display: "block" }}>
                {formatMany(each.columns, "column")}, agreement version {each.agreementVersion}, until{" "}
                {formatDate(each.until)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
