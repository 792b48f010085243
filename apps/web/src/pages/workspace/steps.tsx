// What a person sees while a workspace is opened, closed, or could not be: steps with their state and time.
import { Button } from "@mantine/core"
import type { Answer } from "../../api/client.ts"
import { useChange } from "../../api/queries.ts"
import { Fault } from "../../components/fault.tsx"
import { WayOut } from "../../components/way-out.tsx"
import { Warning } from "../../ui/notes.tsx"
import { State, type StateKind } from "../../ui/state.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import "./workspace.css"

type WorkspaceView = Answer<"workspaceGet">
type Step = WorkspaceView["steps"][number]

const stepWords: Record<Step["step"], string> = {
  closing: "The last run is closed",
  images: "Workspace image is here",
  door: "The door is set",
  workspace: "The room is made, without a network",
  storage: "Your files and the shared folder are brought in",
  probes: "The walls are tried",
  notebook: "The notebook answers",
}

const stepLooks: Record<Step["state"], { kind: StateKind; words: string }> = {
  waits: { kind: "quiet", words: "Waits" },
  moving: { kind: "moving", words: "Now" },
  done: { kind: "done", words: "Done" },
  failed: { kind: "blocked", words: "Failed" },
}

const titles: Record<WorkspaceView["state"], string> = {
  stopped: "Your workspace is closed",
  opening: "Your workspace is opening",
  running: "Your workspace is open",
  stopping: "Your workspace is closing",
  failed: "Your workspace could not be opened",
  deleting: "Your workspace is being deleted",
  deleted: "Your workspace was deleted",
}

function titleOf({ state, steps }: WorkspaceView): string {
  const waits = steps.some(({ step, state: now }) => step === "closing" && now === "moving")
  return waits ? "Closing the last run, then opening" : titles[state]
}

export function WorkspaceSteps({ view }: { view: WorkspaceView }) {
  const open = useChange("workspaceOpen", { refetch: ["workspaceGet"] })
  // It still runs, and this person may not be in it any more: a hold, an end of membership.
  const shut = view.state === "running" && !view.actions.enter.allowed
  const reason = view.reason ?? (shut ? view.actions.enter.reason : undefined)
  // Also while it closes: what is asked for then is done when it has closed.
  const offer = view.state === "stopped" || view.state === "stopping" || view.state === "failed"
  const done = view.steps.filter((step) => step.state === "done").length
  return (
    <div className="steps">
      <h2 style={{ fontSize: 16, lineHeight: "22px" }}>{shut ? "Your notebook is shut" : titleOf(view)}</h2>
      {reason ? (
        <div style={{ marginTop: 12 }}>
          <Warning>{reason}</Warning>
        </div>
      ) : null}
      {view.state === "opening" && view.steps.length > 0 ? (
        <>
          <div
            className="bar-track"
            role="progressbar"
            aria-label="Steps done"
            aria-valuemin={0}
            aria-valuemax={view.steps.length}
            aria-valuenow={done}
            style={{ marginTop: 12 }}
          >
            <span style={{ width: `${(done / view.steps.length) * 100}%` }} />
          </div>
          <p className="small text-2" style={{ marginTop: 8 }}>
            You can leave this page; it goes on without you.
          </p>
        </>
      ) : null}
      {view.state === "opening" || view.state === "failed" ? (
        <ol>
          {view.steps.map((step) => (
            <li key={step.step}>
              <span>{stepWords[step.step]}</span>
              <span style={{ display: "flex", gap: 12 }}>
                {step.seconds === null ? null : <span className="meta">{step.seconds.toFixed(1)} s</span>}
                <State kind={stepLooks[step.state].kind}>{stepLooks[step.state].words}</State>
              </span>
            </li>
          ))}
        </ol>
      ) : null}
      {offer ? (
        <div style={{ display: "flex", gap: 12, flexWrap: "wrap", marginTop: 16 }}>
          <WhyNotButton
            action={view.actions.open}
            way={<WayOut action={view.actions.open} project={view.project.id} anew />}
            variant="filled"
            reasonAt="under"
            busy={open.isPending}
            onPress={() => open.mutate({ params: { project: view.project.id } })}
          >
            {view.state === "failed" ? "Try again" : "Open it again"}
          </WhyNotButton>
          <Button component="a" href={`/projects/${view.project.id}`}>
            Back to the project
          </Button>
        </div>
      ) : null}
      {open.error ? <Fault error={open.error} /> : null}
    </div>
  )
}
