// What the agent remembers of one run.
import type { ProbeResult, RunRequest, RunStep } from "#protocol/agent.ts"

export type RunRecord = {
  readonly run: string
  readonly request: RunRequest
  /** `ready` was reached once; whether it still runs is asked of the engine */
  phase: "preparing" | "ready" | "failed" | "ended"
  step: RunStep
  startedAt?: string
  finishedAt?: string
  exitCode?: number
  reason?: string
  probes?: ProbeResult[]
}
