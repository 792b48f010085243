// The workspace room of a project: who is at work, and your own workspace with what can be done to it.
import { Button, Modal } from "@mantine/core"
import { IconDoorEnter } from "@tabler/icons-react"
import { useState } from "react"
import { useParams } from "react-router"
import { useChange, useRead } from "../../api/queries.ts"
import { Fault, PageFault } from "../../components/fault.tsx"
import { describeDesk, sameWords, type ProjectView } from "../../components/floor-plan/floor-plan.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { BusyButton } from "../../ui/busy-button.tsx"
import { WayOut } from "../../components/way-out.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { PersonBadge } from "../../ui/person.tsx"
import { State } from "../../ui/state.tsx"
import { Near } from "../../ui/when.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatBytes, formatDateTime } from "../../util/format.ts"
import { WorkspaceSteps } from "../workspace/steps.tsx"

export function WorkspaceRoom() {
  const project = useParams()["project"] ?? ""
  const view = useRead("projectGet", { params: { project } }, { every: 15_000 })
  if (view.data) return <Room view={view.data} />
  if (view.error) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={6} />
    </div>
  )
}

function Room({ view }: { view: ProjectView }) {
  useTitle("Workspace", [
    { label: "Projects", to: "/projects" },
    { label: view.project.title, to: `/projects/${view.project.id}` },
    { label: "Workspace" },
  ])
  const mine = view.workspace.desks.find((desk) => desk.you)
  const open = useChange("workspaceOpen", {
    onDone: ({ workspace }) => location.assign(`/workspaces/${workspace}`),
  })
  return (
    <div className="page">
      <PageHead
        title="Workspace"
        lead="One sealed room for each person: no network, your own files, and a folder that the project shares."
      >
        <WhyNotButton
          action={view.actions.workspaceOpen}
          way={<WayOut action={view.actions.workspaceOpen} project={view.project.id} />}
          variant="filled"
          icon={<IconDoorEnter size={16} stroke={1.5} aria-hidden />}
          reasonAt="left"
          busy={open.isPending}
          onPress={() => open.mutate({ params: { project: view.project.id } })}
        >
          Enter workspace
        </WhyNotButton>
      </PageHead>
      {open.error ? <Fault error={open.error} /> : null}
      <div className="columns">
        <section className="pane">
          <div className="pane-head">
            <h2>People at work</h2>
            <span className="meta">
              {view.workspace.working} of {view.workspace.desks.length}
            </span>
          </div>
          {view.workspace.desks.length === 0 ? (
            <div className="pane-body">
              <Empty flat title="Nobody has a desk here yet">
                A desk appears when a member enters for the first time.
              </Empty>
            </div>
          ) : (
            <ul className="rows in-pane">
              {view.workspace.desks.map((desk) => (
                <li key={desk.person.id}>
                  <PersonBadge name={desk.person.name} you={desk.you} />
                  <span className="grow">
                    {desk.you ? `${desk.person.name}, you` : desk.person.name}
                    {sameWords(desk.note, describeDesk(desk.state)) ? null : (
                      <span className="meta" style={{ display: "block" }}>
                        {desk.note}
                      </span>
                    )}
                  </span>
                  <State
                    kind={desk.state === "running" ? "done" : desk.state === "failed" ? "blocked" : "quiet"}
                  >
                    {describeDesk(desk.state)}
                  </State>
                  <span className="meta">{desk.since ? <Near at={desk.since} /> : null}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
        <div>{mine?.workspace ? <Mine workspace={mine.workspace} /> : null}</div>
      </div>
    </div>
  )
}

function Mine({ workspace }: { workspace: string }) {
  const view = useRead("workspaceGet", { params: { workspace } }, { every: 4_000 })
  const stop = useChange("workspaceStop", { refetch: ["workspaceGet", "projectGet"] })
  const [asking, setAsking] = useState(false)
  if (view.error && !view.data) return <Fault error={view.error} onRetry={() => void view.refetch()} />
  if (!view.data) return <LoadingRows />
  const it = view.data
  return (
    <section className="pane">
      <div className="pane-head">
        <h2>Your workspace</h2>
      </div>
      <div className="pane-body">
        {it.state === "running" ? (
          <dl className="facts">
            <div>
              <dt>Open since</dt>
              <dd>{it.run?.startedAt ? formatDateTime(it.run.startedAt) : "just now"}</dd>
            </div>
            <div>
              <dt>Shown today</dt>
              <dd>
                {formatBytes(it.shownBytes)} of {formatBytes(it.shownLimitBytes)}
              </dd>
            </div>
            <div>
              <dt>Stops when idle</dt>
              <dd>{it.idleStopAt ? formatDateTime(it.idleStopAt) : "not set"}</dd>
            </div>
          </dl>
        ) : (
          <WorkspaceSteps view={it} />
        )}
        <div style={{ display: "grid", gap: 12, marginTop: 12 }}>
          <WhyNotButton
            action={it.actions.stop}
            busy={stop.isPending}
            reasonAt="under"
            onPress={() => stop.mutate({ params: { workspace } })}
          >
            Stop it, files stay
          </WhyNotButton>
          <WhyNotButton action={it.actions.delete} reasonAt="under" onPress={() => setAsking(true)}>
            Delete it with its files
          </WhyNotButton>
        </div>
        {stop.error ? <Fault error={stop.error} flat /> : null}
      </div>
      {asking ? <DeleteQuestion workspace={workspace} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

function DeleteQuestion({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const remove = useChange("workspaceDelete", { refetch: ["workspaceGet", "projectGet"], onDone: onClose })
  return (
    <Modal opened onClose={onClose} title="Delete your workspace?">
      <p>
        Your home folder in this project and everything in it will be gone for good. The shared folder,
        requests and releases stay.
      </p>
      {remove.error ? <Fault error={remove.error} flat /> : null}
      <div style={{ display: "flex", gap: 12, marginTop: 20 }}>
        <BusyButton
          variant="filled"
          busy={remove.isPending}
          onClick={() => remove.mutate({ params: { workspace } })}
        >
          Delete it
        </BusyButton>
        <Button onClick={onClose}>Keep it</Button>
      </div>
    </Modal>
  )
}
