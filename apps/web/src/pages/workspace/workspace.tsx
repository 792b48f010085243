// The notebook in its frame under a thin bar. This page is a document of its own: its frame-src names one
// notebook host, so every way in and out is a full navigation. The console draws only the bar; what is in the
// frame comes from another origin and is never touched.
import { ActionIcon, Button } from "@mantine/core"
import { useQueryClient } from "@tanstack/react-query"
import {
  IconClock,
  IconDoorExit,
  IconEye,
  IconLock,
  IconPlayerPlay,
  IconRefresh,
  IconSend,
} from "@tabler/icons-react"
import { useEffect, useRef, useState } from "react"
import { useParams } from "react-router"
import { noteActivity } from "../../api/activity.ts"
import type { Answer } from "../../api/client.ts"
import { useEvents } from "../../api/events.ts"
import { useChange, useRead } from "../../api/queries.ts"
import { useSession } from "../../api/session.ts"
import { Fault, PageFault } from "../../components/fault.tsx"
import { IdleGuard } from "../../components/idle.tsx"
import { LogPulse } from "../../components/log-pulse.tsx"
import { Mark } from "../../components/mark.tsx"
import { useMe } from "../../components/me.ts"
import { Said } from "../../components/said.tsx"
import { LostBar, SignInPage } from "../../components/shell.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { useNow } from "../../ui/now.ts"
import { State } from "../../ui/state.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatBytes, formatDuration } from "../../util/format.ts"
import { WorkspaceSteps } from "./steps.tsx"
import "../../components/shell.css"
import "./workspace.css"

type WorkspaceView = Answer<"workspaceGet">

export function Workspace() {
  const session = useSession()
  if (session !== "in" && session !== "checking") return <SignInPage session={session} />
  return <WorkspaceDocument ready={session === "in"} />
}

function WorkspaceDocument({ ready }: { ready: boolean }) {
  const workspace = useParams()["workspace"] ?? ""
  const client = useQueryClient()
  const me = useMe()
  const view = useRead("workspaceGet", { params: { workspace } }, { enabled: ready, every: 2_000 })
  useEvents(client, ready && me.data !== undefined)
  const [turn, setTurn] = useState(0)
  const again = (): void => setTurn((old) => old + 1)
  useNotebookActivity(view.data)
  if (view.error && !view.data) {
    return (
      <main>
        <PageFault error={view.error} onRetry={() => void view.refetch()} />
      </main>
    )
  }
  return (
    <div className="workspace">
      {view.data ? <ThinBar view={view.data} onReopen={again} /> : <header className="thin-bar" />}
      <main className="frame-box">
        <LostBar />
        {view.data ? (
          view.data.state === "running" && view.data.actions.enter.allowed ? (
            <Notebook view={view.data} turn={turn} onAgain={again} />
          ) : (
            <WorkspaceSteps view={view.data} />
          )
        ) : (
          <LoadingRows label="Loading the workspace" />
        )}
      </main>
      <Said />
      {me.data ? <IdleGuard idleSeconds={me.data.idleSeconds} /> : null}
    </div>
  )
}

/** The gateway sees what a person does in the notebook and moves the idle time; that counts as being here. */
function useNotebookActivity(view: WorkspaceView | undefined): void {
  const idleStopAt = view?.idleStopAt
  const last = useRef<string>(undefined)
  useEffect(() => {
    if (idleStopAt && last.current && idleStopAt > last.current) noteActivity()
    if (idleStopAt) last.current = idleStopAt
  }, [idleStopAt])
}

function Notebook({ view, turn, onAgain }: { view: WorkspaceView; turn: number; onAgain: () => void }) {
  const enter = useChange("workspaceEnter")
  const asked = useRef<string>(undefined)
  const run = view.run?.id
  const { mutate } = enter
  // one ticket for each run and each press of "reopen"; a ticket works once
  useEffect(() => {
    const key = `${run} ${turn}`
    if (asked.current === key) return
    asked.current = key
    mutate({ params: { workspace: view.id } })
  }, [run, turn, view.id, mutate])
  if (enter.error) {
    return (
      <div className="steps">
        <Fault error={enter.error} onRetry={onAgain} />
      </div>
    )
  }
  if (!enter.data) return <LoadingRows label="Opening the notebook" />
  return (
    <>
      <p className="frame-keys" id="frame-keys">
        <kbd>Esc</kbd> leaves a cell, <kbd>Shift</kbd> <kbd>Tab</kbd> goes back to the bar above.
      </p>
      <iframe
        key={enter.data.url}
        title="Notebook"
        aria-describedby="frame-keys"
        src={enter.data.url}
        sandbox="allow-scripts allow-same-origin allow-forms allow-modals"
        referrerPolicy="no-referrer"
      />
      <a className="skip" href="#bar">
        Back to the bar above the notebook
      </a>
    </>
  )
}

function ThinBar({ view, onReopen }: { view: WorkspaceView; onReopen: () => void }) {
  const begin = useChange("requestCreate", {
    onDone: ({ id }) => location.assign(`/requests/${id}/edit`),
  })
  useEffect(() => {
    document.title = `${view.project.title}, workspace · Glasshouse`
  }, [view.project.title])
  const share = view.shownLimitBytes > 0 ? Math.min(1, view.shownBytes / view.shownLimitBytes) : 0
  return (
    <header className="thin-bar" id="bar" tabIndex={-1}>
      <h1>
        <a href={`/projects/${view.project.id}`} aria-label="Back to the project" style={{ display: "flex" }}>
          <Mark />
        </a>
        <span className="wrap">{view.project.title}</span>
      </h1>
      <div className="facts-line">
        {view.state === "running" ? (
          <State kind="done" icon={IconPlayerPlay}>
            Running
          </State>
        ) : (
          <State kind={view.state === "failed" ? "blocked" : "moving"}>{stateWords[view.state]}</State>
        )}
        <IdleFact at={view.idleStopAt} />
        <span className="fact hide-first">
          <IconLock size={14} stroke={1.5} aria-hidden />
          No network
        </span>
        <span className="fact hide-second">
          <IconEye size={14} stroke={1.5} aria-hidden />
          Shown today {formatBytes(view.shownBytes)} of {formatBytes(view.shownLimitBytes)}
          <span className={`shown-track${share > 0.8 ? " near" : ""}`} aria-hidden>
            <span style={{ width: `${share * 100}%` }} />
          </span>
        </span>
      </div>
      <span className="hide-first">
        <LogPulse short />
      </span>
      {begin.error ? <Fault error={begin.error} flat /> : null}
      {view.state === "running" ? (
        <ActionIcon
          size={28}
          aria-label="Reopen the notebook in its frame"
          title="Reopen the notebook in its frame"
          onClick={onReopen}
        >
          <IconRefresh size={16} stroke={1.5} aria-hidden />
        </ActionIcon>
      ) : null}
      <WhyNotButton
        action={view.actions.requestCreate}
        variant="filled"
        icon={<IconSend size={16} stroke={1.5} aria-hidden />}
        reasonAt="left"
        busy={begin.isPending}
        className="small-button"
        onPress={() =>
          begin.mutate({ params: { project: view.project.id }, body: { title: "Untitled request" } })
        }
      >
        Ask for release
      </WhyNotButton>
      <Button
        component="a"
        href={`/projects/${view.project.id}`}
        className="small-button"
        leftSection={<IconDoorExit size={16} stroke={1.5} aria-hidden />}
      >
        Leave
      </Button>
    </header>
  )
}

const stateWords: Record<WorkspaceView["state"], string> = {
  stopped: "Closed",
  opening: "Opening",
  running: "Running",
  stopping: "Closing",
  failed: "Failed",
  deleting: "Being deleted",
  deleted: "Deleted",
}

function IdleFact({ at }: { at: string | null }) {
  const now = useNow()
  if (!at) return null
  const seconds = (new Date(at).getTime() - now) / 1000
  return (
    <span className="fact hide-second">
      <IconClock size={14} stroke={1.5} aria-hidden />
      Stops after {formatDuration(seconds)} idle
    </span>
  )
}
