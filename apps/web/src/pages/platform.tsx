// What an operator sees: parts, nodes, runs wanted and observed, queues, the log. No data, no names of people.
import { useRead } from "../api/queries.ts"
import type { Answer } from "../api/client.ts"
import { PageFault } from "../components/fault.tsx"
import { PageHead, useTitle } from "../components/page.tsx"
import { LoadingRows } from "../ui/notes.tsx"
import { State, Tag, type StateKind } from "../ui/state.tsx"
import { TableBox } from "../ui/table-box.tsx"
import { Ago } from "../ui/when.tsx"
import { formatBytes, formatCount, formatDuration } from "../util/format.ts"

type View = Answer<"platformGet">

export function Platform() {
  useTitle("Platform")
  const view = useRead("platformGet", {}, { every: 10_000 })
  if (view.error && !view.data) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  const broken = view.data?.parts.filter((part) => !part.ready).length ?? 0
  return (
    <div className="page">
      <PageHead
        title="Platform"
        lead={view.data ? `Version ${view.data.version}` : undefined}
        tag={
          view.data ? (
            broken === 0 ? (
              <Tag kind="done">Every part is ready</Tag>
            ) : (
              <Tag kind="blocked">{broken} not ready</Tag>
            )
          ) : undefined
        }
      />
      {view.data ? <PlatformBody view={view.data} /> : <LoadingRows rows={8} />}
    </div>
  )
}

function PlatformBody({ view }: { view: View }) {
  return (
    <div className="columns">
      <div>
        <section className="pane">
          <div className="pane-head">
            <h2>Parts</h2>
          </div>
          <ul className="rows in-pane">
            {view.parts.map((part) => (
              <li key={part.part}>
                <span className="grow">
                  {part.part}
                  {part.message ? (
                    <span className="meta" style={{ display: "block" }}>
                      {part.message}
                    </span>
                  ) : null}
                </span>
                <State kind={part.ready ? "done" : "blocked"}>{part.ready ? "Ready" : "Not ready"}</State>
              </li>
            ))}
          </ul>
        </section>
        <Runs view={view} />
        <section className="pane">
          <div className="pane-head">
            <h2>Queues</h2>
          </div>
          {view.queues.length === 0 ? (
            <p className="pane-body small text-2">No job has been queued yet.</p>
          ) : null}
          {view.queues.length > 0 ? (
            <TableBox label="Queues" bare>
              <table className="grid">
                <thead>
                  <tr>
                    <th scope="col">Queue</th>
                    <th scope="col" className="num">
                      Waiting
                    </th>
                    <th scope="col" className="num">
                      Active
                    </th>
                    <th scope="col" className="num">
                      Failed
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {view.queues.map((queue) => (
                    <tr key={queue.name}>
                      <th scope="row">{queue.name}</th>
                      <td className="num">{formatCount(queue.waiting)}</td>
                      <td className="num">{formatCount(queue.active)}</td>
                      <td className="num">{formatCount(queue.failed)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableBox>
          ) : null}
        </section>
      </div>
      <div>
        <section className="pane">
          <div className="pane-head">
            <h2>Log</h2>
            <State kind={view.log.writable ? "done" : "blocked"}>
              {view.log.writable ? "Written" : "Cannot be written"}
            </State>
          </div>
          <dl className="facts pane-body">
            <Fact name="Entries">{formatCount(view.log.size)}</Fact>
            <Fact name="On their way">
              {formatCount(view.log.outbox)}
              {view.log.oldestSeconds === null
                ? ""
                : `, the oldest ${formatDuration(view.log.oldestSeconds)}`}
            </Fact>
          </dl>
        </section>
        {view.nodes.map((node) => (
          <section className="pane" key={node.node}>
            <div className="pane-head">
              <h2>Node {node.node}</h2>
              <State kind={node.reachable ? "done" : "waits"}>
                {node.reachable ? "Reachable" : "Not known"}
              </State>
            </div>
            <dl className="facts pane-body">
              <Fact name="Engine">{node.engine}</Fact>
              <Fact name="Processors">{formatCount(node.cpus)}</Fact>
              <Fact name="Memory">{formatBytes(node.memoryBytes)}</Fact>
              <Fact name="Disk free">{formatBytes(node.diskFreeBytes)}</Fact>
            </dl>
          </section>
        ))}
        <section className="pane">
          <div className="pane-head">
            <h2>Policies</h2>
          </div>
          <dl className="facts pane-body">
            {view.policies.map((policy) => (
              <Fact key={policy.name} name={policy.name}>
                <code>{policy.sha256.slice(0, 16)}…</code>
              </Fact>
            ))}
            <Fact name="Mail">
              {formatCount(view.mail.waiting)} waiting
              {view.mail.page ? (
                <>
                  {" "}
                  <a href={view.mail.page}>Open the mail page</a>
                </>
              ) : null}
            </Fact>
          </dl>
        </section>
      </div>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const observedLooks: Record<View["runs"][number]["observed"], { kind: StateKind; words: string }> = {
  preparing: { kind: "moving", words: "preparing" },
  running: { kind: "done", words: "running" },
  exited: { kind: "quiet", words: "exited" },
  failed: { kind: "blocked", words: "failed" },
  absent: { kind: "quiet", words: "absent" },
  unknown: { kind: "waits", words: "unknown" },
}

function Runs({ view }: { view: View }) {
  return (
    <section className="pane">
      <div className="pane-head">
        <h2>Workspaces, wanted and observed</h2>
        <span className="meta">{view.runs.length}</span>
      </div>
      {view.runs.length === 0 ? (
        <p className="pane-body small text-2">No workspace is open.</p>
      ) : (
        <TableBox label="Workspaces, wanted and observed" bare>
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">Wanted</th>
                <th scope="col">Observed</th>
                <th scope="col">Since</th>
              </tr>
            </thead>
            <tbody>
              {view.runs.map((run) => (
                <tr key={run.run}>
                  <th scope="row">
                    <code>{run.run}</code>
                  </th>
                  <td>{run.wanted}</td>
                  <td>
                    <State kind={observedLooks[run.observed].kind}>{observedLooks[run.observed].words}</State>
                  </td>
                  <td>
                    <Ago at={run.since} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </section>
  )
}
