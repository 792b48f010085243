// The quarantine of a project: its requests for release, newest first.
import { IconSend } from "@tabler/icons-react"
import { Link, useNavigate, useParams } from "react-router"
import { useChange, useRead } from "../../api/queries.ts"
import { Fault, PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { describeRequest } from "../../components/request-state.ts"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { State } from "../../ui/state.tsx"
import { Near } from "../../ui/when.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { useProjectTitle } from "./project-title.ts"

export function Requests() {
  const project = useParams()["project"] ?? ""
  const title = useProjectTitle(project)
  useTitle("Quarantine", [
    { label: "Projects", to: "/projects" },
    { label: title, to: `/projects/${project}` },
    { label: "Quarantine" },
  ])
  const list = useRead("requestList", { params: { project } })
  const navigate = useNavigate()
  const begin = useChange("requestCreate", {
    refetch: ["requestList", "projectGet"],
    onDone: ({ id }) => void navigate(`/requests/${id}/edit`),
  })
  if (list.error && !list.data) return <PageFault error={list.error} onRetry={() => void list.refetch()} />
  return (
    <div className="page">
      <PageHead
        title="Quarantine"
        lead="Frozen copies of files that the project has asked to take out. Two checkers look at each."
      >
        {list.data ? (
          <WhyNotButton
            action={list.data.actions.create}
            variant="filled"
            icon={<IconSend size={16} stroke={1.5} aria-hidden />}
            reasonAt="left"
            busy={begin.isPending}
            onPress={() => begin.mutate({ params: { project }, body: { title: "Untitled request" } })}
          >
            Ask for release
          </WhyNotButton>
        ) : null}
      </PageHead>
      {begin.error ? <Fault error={begin.error} /> : null}
      {list.data ? (
        list.data.requests.length === 0 ? (
          <Empty title="Nothing has been asked for yet">
            In a notebook, run <code>glasshouse.request_output("My table", files=["table.csv"])</code>, or
            press "Ask for release".
          </Empty>
        ) : (
          <TableBox label="Requests">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">Request</th>
                  <th scope="col">State</th>
                  <th scope="col">Asked by</th>
                  <th scope="col" className="num">
                    Files
                  </th>
                  <th scope="col">When</th>
                </tr>
              </thead>
              <tbody>
                {list.data.requests.map((request) => {
                  const look = describeRequest(request.state)
                  return (
                    <tr key={request.id} className="linked">
                      <th scope="row">
                        <Link to={`/requests/${request.id}`} className="row-link">
                          {request.title}
                        </Link>
                        <div className="meta">{request.number}</div>
                      </th>
                      <td>
                        <State kind={look.kind} icon={look.icon}>
                          {look.words}
                        </State>
                      </td>
                      <td>{request.author.name}</td>
                      <td className="num">{request.files}</td>
                      <td>
                        <Near at={request.at} />
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
