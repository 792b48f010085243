// Outside: what has left the project, release by release.
import { Link, useParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import { PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { State } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { formatDateTime } from "../../util/format.ts"

export function Releases() {
  const project = useParams()["project"] ?? ""
  const view = useRead("projectGet", { params: { project } })
  useTitle("Outside", [
    { label: "Projects", to: "/projects" },
    { label: view.data?.project.title ?? "Project", to: `/projects/${project}` },
    { label: "Outside" },
  ])
  if (view.error && !view.data) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  const releases = view.data?.outside.releases
  return (
    <div className="page">
      <PageHead
        title="Outside"
        lead="What two checkers approved and has left. Each file can be downloaded once."
      />
      {releases ? (
        releases.length === 0 ? (
          <Empty title="Nothing has left yet">
            Ask for release first. When two checkers have approved the same files, they appear here.
          </Empty>
        ) : (
          <TableBox label="Releases">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">Release</th>
                  <th scope="col">State</th>
                  <th scope="col" className="num">
                    Files
                  </th>
                  <th scope="col">When</th>
                </tr>
              </thead>
              <tbody>
                {releases.map((release) => (
                  <tr key={release.id} className="linked">
                    <th scope="row">
                      <Link to={`/releases/${release.id}`} className="row-link">
                        {release.title}
                      </Link>
                    </th>
                    <td>
                      {release.revoked ? (
                        <State kind="blocked">Revoked</State>
                      ) : (
                        <State kind="done">Released</State>
                      )}
                    </td>
                    <td className="num">{release.files}</td>
                    <td>{formatDateTime(release.at)}</td>
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
