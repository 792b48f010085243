// What waits for a checker: by risk, then by age. Requests of one's own projects and organisations are not
// in the list; only their number is said.
import { Link } from "react-router"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { describeRequest } from "../../components/request-state.ts"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { State, stateIcons } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { formatDuration, formatMany } from "../../util/format.ts"

type Waiting = Answer<"queueGet">["requests"][number]

/** Riskiest first: what violates, then what cannot be verified, then what has waited longest. */
export function sortQueue(requests: readonly Waiting[]): Waiting[] {
  return requests.toSorted(
    (a, b) =>
      Number(b.violated > 0) - Number(a.violated > 0) ||
      Number(b.notVerifiable > 0) - Number(a.notVerifiable > 0) ||
      b.waitedSeconds - a.waitedSeconds,
  )
}

export function Queue() {
  useTitle("Queue")
  const queue = useRead("queueGet", {}, { every: 20_000 })
  if (queue.error && !queue.data)
    return <PageFault error={queue.error} onRetry={() => void queue.refetch()} />
  return (
    <div className="page">
      <PageHead
        title="Queue"
        lead={
          queue.data && queue.data.conflicts > 0
            ? `${formatMany(queue.data.conflicts, "more request")} from your own projects or organisation ${queue.data.conflicts === 1 ? "is" : "are"} left to others.`
            : "Requests that wait for a checker. The clock stops while the author holds a request."
        }
      />
      {queue.data ? <QueueTable requests={sortQueue(queue.data.requests)} /> : <LoadingRows rows={6} />}
    </div>
  )
}

function QueueTable({ requests }: { requests: readonly Waiting[] }) {
  if (requests.length === 0) {
    return <Empty title="Nothing waits for you">New requests appear here by themselves.</Empty>
  }
  return (
    <TableBox label="Queue">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">Findings</th>
            <th scope="col">State</th>
            <th scope="col">Checkers</th>
            <th scope="col" className="num">
              Files
            </th>
            <th scope="col" className="num">
              With checkers
            </th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => {
            const look = describeRequest(request.state)
            return (
              <tr key={request.id} className="linked">
                <th scope="row">
                  <Link to={`/queue/${request.id}`} className="row-link">
                    {request.title}
                  </Link>
                  <div className="meta">
                    {request.number}, {request.project.title}, {request.organisation}
                  </div>
                </th>
                <td>
                  <FindingCounts request={request} />
                </td>
                <td>
                  <State kind={look.kind} icon={look.icon}>
                    {look.words}, turn {request.turn}
                  </State>
                </td>
                <td className="small">
                  {request.reviewsSubmitted} of 2 {request.reviewsSubmitted === 1 ? "has" : "have"} voted
                  <div className="meta">{mineWords(request.mine)}</div>
                </td>
                <td className="num">{request.files}</td>
                <td className="num">{formatDuration(request.waitedSeconds)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </TableBox>
  )
}

function mineWords(mine: Waiting["mine"]): string {
  if (mine === "open") return "You have begun"
  if (mine === "submitted") return "You have sent yours"
  return "You have not begun"
}

function FindingCounts({ request }: { request: Waiting }) {
  if (request.violated === 0 && request.notVerifiable === 0) return <State kind="done">Satisfied</State>
  return (
    <span style={{ display: "grid", gap: 2 }}>
      {request.violated > 0 ? (
        <State kind="blocked" icon={stateIcons.violated}>
          {request.violated} violated
        </State>
      ) : null}
      {request.notVerifiable > 0 ? (
        <State kind="waits" icon={stateIcons.notVerifiable}>
          {request.notVerifiable} not verifiable
        </State>
      ) : null}
    </span>
  )
}
