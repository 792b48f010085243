import { Link } from "react-router"
import { useRead } from "../../api/queries.ts"
import { PageFault } from "../../components/fault.tsx"
import { nameRole } from "../../components/me.ts"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { State, type StateKind } from "../../ui/state.tsx"
import { formatDate, joinWords } from "../../util/format.ts"

const stateLooks: Record<string, { kind: StateKind; words: string }> = {
  active: { kind: "done", words: "Active" },
  held: { kind: "blocked", words: "On hold" },
  closed: { kind: "quiet", words: "Closed" },
}

export function Projects() {
  useTitle("Projects")
  const list = useRead("projectList", {})
  if (list.error && !list.data) return <PageFault error={list.error} onRetry={() => void list.refetch()} />
  return (
    <div className="page">
      <PageHead title="Projects" lead="The projects that you may see." />
      {list.data ? (
        list.data.projects.length === 0 ? (
          <Empty title="You are in no project yet">
            A project admin invites you by mail. The link in that mail brings you in.
          </Empty>
        ) : (
          <TableBox label="Projects">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">Project</th>
                  <th scope="col">State</th>
                  <th scope="col">Organisation</th>
                  <th scope="col">Your part</th>
                  <th scope="col">Agreement until</th>
                </tr>
              </thead>
              <tbody>
                {list.data.projects.map((each) => {
                  const look = stateLooks[each.state]
                  return (
                    <tr key={each.project.id} className="linked">
                      <th scope="row">
                        <Link to={`/projects/${each.project.id}`} className="row-link">
                          {each.project.title}
                        </Link>
                        <div className="meta">{each.project.number}</div>
                      </th>
                      <td>{look ? <State kind={look.kind}>{look.words}</State> : each.state}</td>
                      <td>{each.organisation}</td>
                      <td>{joinWords(each.roles.map(describeRole)) || "None"}</td>
                      <td>
                        {each.agreementUntil ? formatDate(each.agreementUntil) : "No agreement in force"}
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </TableBox>
        )
      ) : (
        <LoadingRows rows={6} />
      )}
    </div>
  )
}

function describeRole(role: string): string {
  return isRole(role) ? nameRole(role) : role
}

function isRole(role: string): role is Parameters<typeof nameRole>[0] {
  return [
    "researcher",
    "project_admin",
    "output_checker",
    "data_manager",
    "custodian",
    "auditor",
    "operator",
  ].includes(role)
}
