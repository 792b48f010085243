// The way of a submission through its stages, with a bar, a rate and the time left while it moves.
import type { Answer } from "../../api/client.ts"
import { State, type StateKind } from "../../ui/state.tsx"
import { formatCount, formatDuration } from "../../util/format.ts"

type Stage = Answer<"submissionGet">["stages"][number]

const stageWords: Record<Stage["stage"], string> = {
  land: "Landed",
  validate: "Checked against its contract",
  link: "Linked",
  deidentify: "De-identified",
  snapshot: "Snapshot made",
  extract: "Extracts made",
}

const looks: Record<Stage["state"], { kind: StateKind; words: string }> = {
  waits: { kind: "quiet", words: "Waits" },
  running: { kind: "moving", words: "Running" },
  succeeded: { kind: "done", words: "Done" },
  failed: { kind: "blocked", words: "Failed" },
}

/** Rate and time left, once there is enough to say so. */
export function describePace(stage: Pick<Stage, "done" | "total" | "seconds" | "unit">): string {
  const { done, total, seconds } = stage
  if (!done || !total || !seconds || seconds < 1) return ""
  const rate = done / seconds
  const left = (total - done) / rate
  return `${formatCount(Math.round(rate))} ${stage.unit ?? ""} a second, ${formatDuration(left)} left`
}

/** What a stage counted last is not its end: one that succeeded has done them all. */
export function describeDone(stage: Pick<Stage, "state" | "done" | "total" | "unit">): string {
  const all = formatCount(stage.total ?? 0)
  const counted = stage.state === "succeeded" ? all : `${formatCount(stage.done ?? 0)} of ${all}`
  const unit = stage.unit ?? ""
  return `${counted} ${stage.total === 1 ? unit.replace(/s$/, "") : unit}`.trim()
}

export function Stages({ stages }: { stages: readonly Stage[] }) {
  return (
    <ol className="rows">
      {stages.map((stage) => {
        const share = stage.total ? Math.min(1, (stage.done ?? 0) / stage.total) : 0
        return (
          <li key={stage.stage} style={{ flexWrap: "wrap" }}>
            <span className="grow">
              {stageWords[stage.stage]}
              {stage.message ? (
                <span className="meta" style={{ display: "block" }}>
                  {stage.message}
                </span>
              ) : null}
            </span>
            {stage.done !== null && stage.total !== null ? (
              <span className="meta">{describeDone(stage)}</span>
            ) : null}
            {stage.seconds === null ? null : <span className="meta">{formatDuration(stage.seconds)}</span>}
            <State kind={looks[stage.state].kind}>{looks[stage.state].words}</State>
            {stage.state === "running" && stage.total ? (
              <span style={{ flexBasis: "100%" }}>
                <span className="bar-track" style={{ display: "block" }}>
                  <span style={{ width: `${share * 100}%` }} />
                </span>
                <span className="meta">{describePace(stage)}</span>
              </span>
            ) : null}
          </li>
        )
      })}
    </ol>
  )
}
