// Agreement versions that wait for this custodian, and those decided before.
import { Link } from "react-router"
import { useRead } from "../api/queries.ts"
import { PageFault } from "../components/fault.tsx"
import { PageHead, useTitle } from "../components/page.tsx"
import { Empty, LoadingRows } from "../ui/notes.tsx"
import { State } from "../ui/state.tsx"
import { TableBox } from "../ui/table-box.tsx"
import { Near } from "../ui/when.tsx"
import { joinWords } from "../util/format.ts"
import { versionLooks } from "./projects/agreement.tsx"

export function Applications() {
  useTitle("Applications")
  const list = useRead("applicationList", {})
  if (list.error && !list.data) return <PageFault error={list.error} onRetry={() => void list.refetch()} />
  const applications = list.data?.applications.toSorted((a, b) => Number(b.waits) - Number(a.waits))
  return (
    <div className="page">
      <PageHead title="Applications" lead="Agreements over your data sets. What waits for you comes first." />
      {applications ? (
        applications.length === 0 ? (
          <Empty title="No application waits for you">A project's proposal appears here by itself.</Empty>
        ) : (
          <TableBox label="Applications">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">Project</th>
                  <th scope="col">State</th>
                  <th scope="col">Data sets</th>
                  <th scope="col">Proposed</th>
                </tr>
              </thead>
              <tbody>
                {applications.map((each) => (
                  <tr key={`${each.project.id} ${each.version}`} className="linked">
                    <th scope="row">
                      <Link
                        to={`/projects/${each.project.id}/agreement/${each.version}`}
                        className="row-link"
                      >
                        {each.project.title}
                      </Link>
                      <div className="meta">
                        {each.project.number}, version {each.version}
                      </div>
                    </th>
                    <td>
                      {each.waits ? (
                        <State kind="waits">Waits for you</State>
                      ) : (
                        <State kind={versionLooks[each.state].kind}>{versionLooks[each.state].words}</State>
                      )}
                    </td>
                    <td>{joinWords(each.dataSets)}</td>
                    <td>
                      <Near at={each.proposedAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableBox>
        )
      ) : (
        <LoadingRows rows={5} />
      )}
    </div>
  )
}
