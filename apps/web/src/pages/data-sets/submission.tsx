// The report of a submission: file, row, column and rule; never the value.
import { Link, useParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { State, stateIcons, type StateKind, type Icon } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { formatCount, formatDateTime } from "../../util/format.ts"
import { Stages } from "./stages.tsx"

type Report = Answer<"submissionGet">

const severities: Record<
  Report["rules"][number]["severity"],
  { kind: StateKind; words: string; icon?: Icon }
> = {
  "reject-file": { kind: "blocked", words: "Rejects the file" },
  "reject-row": { kind: "waits", words: "Sets rows aside", icon: stateIcons.warning },
  warn: { kind: "plain", words: "Warns" },
}

export function Submission() {
  const { dataSet = "", submission = "" } = useParams()
  const report = useRead("submissionGet", { params: { dataSet, submission } }, { every: 5_000 })
  const set = useRead("dataSetGet", { params: { dataSet } })
  useTitle("Submission", [
    { label: "Data sets", to: "/data-sets" },
    { label: set.data?.title ?? "Data set", to: `/data-sets/${dataSet}` },
    { label: "Submission" },
  ])
  if (report.error && !report.data)
    return <PageFault error={report.error} onRetry={() => void report.refetch()} />
  return (
    <div className="page">
      <PageHead
        title={report.data ? `Submission of ${formatDateTime(report.data.at)}` : "Submission"}
        lead="Where something was wrong and by which rule. Values are never shown here."
      />
      {report.data ? <ReportBody report={report.data} dataSet={dataSet} /> : <LoadingRows rows={8} />}
    </div>
  )
}

/** how people of this submission were found among those who are known */
const methodWords: Readonly<Record<string, string>> = {
  "nhs-dob": "NHS number and date of birth",
  "nhs-dob-swapped": "The same, day and month swapped",
  "nhs-name": "NHS number and name",
  "name-dob-postcode": "Name, date of birth and postcode",
  "superseded-nhs": "An earlier NHS number",
  "new-person": "Not known before",
  "one-time": "For this submission only",
}

function ReportBody({ report, dataSet }: { report: Report; dataSet: string }) {
  return (
    <div className="columns">
      <div>
        {report.rules.length === 0 ? (
          <Empty title="No rule found anything">
            Every row kept its contract. <Link to={`/data-sets/${dataSet}`}>Back to the data set</Link>
          </Empty>
        ) : (
          <TableBox label="Rules that found something">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">Where</th>
                  <th scope="col">Rule</th>
                  <th scope="col">Effect</th>
                  <th scope="col" className="num">
                    Rows
                  </th>
                  <th scope="col">First rows</th>
                </tr>
              </thead>
              <tbody>
                {report.rules.map((rule) => {
                  const look = severities[rule.severity]
                  return (
                    <tr key={`${rule.table} ${rule.column} ${rule.rule}`}>
                      <th scope="row">
                        <code>
                          {rule.table}
                          {rule.column ? `.${rule.column}` : ""}
                        </code>
                      </th>
                      <td>{rule.rule}</td>
                      <td>
                        <State kind={look.kind} icon={look.icon}>
                          {look.words}
                        </State>
                      </td>
                      <td className="num">{formatCount(rule.rows)}</td>
                      <td className="mono">{rule.examples.slice(0, 5).map(formatCount).join(", ")}</td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </TableBox>
        )}
      </div>
      <div>
        <section className="pane">
          <div className="pane-head">
            <h2>Stages</h2>
          </div>
          <div className="pane-body">
            <Stages stages={report.stages} />
          </div>
        </section>
        {report.linkage ? (
          <section className="pane">
            <div className="pane-head">
              <h2>Linkage</h2>
            </div>
            <dl className="facts pane-body">
              {report.linkage.methods.map((method) => (
                <div key={method.method}>
                  <dt>{methodWords[method.method] ?? method.method}</dt>
                  <dd>{formatCount(method.people)} people</dd>
                </div>
              ))}
              <div>
                <dt>Not linked</dt>
                <dd>{formatCount(report.linkage.unlinked)} people</dd>
              </div>
            </dl>
          </section>
        ) : null}
      </div>
    </div>
  )
}
