// What is said of a run, from its record and from what the engine lists. Pure, so that every
// combination is a test. Never guesses: an engine that does not answer is an error of the caller, not a
// state here.
import type { Observed } from "#protocol/agent.ts"
import type { RunRecord } from "./run-record.ts"

export type PairState = "running" | "stopped" | "absent"

export function observe(
  record: RunRecord,
  door: PairState,
  workspace: PairState,
): { observed: Observed; reason?: string } {
  switch (record.phase) {
    case "preparing":
      return { observed: "preparing" }
    case "failed":
      return { observed: "failed", reason: record.reason ?? "start_failed" }
    case "ended":
      return { observed: "exited", ...(record.reason === undefined ? {} : { reason: record.reason }) }
    case "ready":
      if (door !== "running") return { observed: "exited", reason: "door_died" }
      if (workspace !== "running") return { observed: "exited", reason: "workspace_died" }
      return { observed: "running" }
  }
}
