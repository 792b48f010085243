// One timeline of a request, oldest first, each step with its place in the log.
import type { Answer } from "../api/client.ts"
import { Near } from "../ui/when.tsx"
import { LogChip } from "./log-chip.tsx"
import "./timeline.css"

const stateWords = { moving: "moving", waits: "waits", done: "done", blocked: "blocked", none: "" } as const

export function Timeline({ steps }: { steps: Answer<"requestGet">["timeline"] }) {
  return (
    <ol className="timeline">
      {steps.map((step, at) => (
        <li key={`${step.at} ${at}`} className={step.state}>
          <div>
            {step.sentence}
            {stateWords[step.state] ? (
              <span className="visually-hidden">, {stateWords[step.state]}</span>
            ) : null}
            <div className="meta">
              <Near at={step.at} />
            </div>
          </div>
          <div>{step.index === null && step.state === "waits" ? null : <LogChip index={step.index} />}</div>
        </li>
      ))}
    </ol>
  )
}
