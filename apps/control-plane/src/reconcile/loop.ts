// Runs the reconcilers: each on its own beat, never two passes of one at a time, and a failure is logged
// and tried again with the next beat.
import { flushRefusals } from "../actions/refusals.ts"
import type { Ctx } from "../context.ts"
import { checks } from "./checks.ts"
import { applyExpiry, endIdleSessions } from "./expiry.ts"
import { stopForbiddenRuns } from "./forbidden-runs.ts"
import { followIdentityEvents } from "./identity-events.ts"
import { sealOrphanIntents, sealUnfinishedIntents } from "./intents.ts"
import { releases } from "./releases.ts"
import { closeRuns, openRuns } from "./runs.ts"
import { reconcileStages } from "./stages.ts"
import { votes } from "./votes.ts"
import { collectCosignatures } from "./witnesses.ts"

export interface Task {
  readonly name: string
  readonly seconds: number
  readonly run: (ctx: Ctx) => Promise<void>
}

export const TASKS: readonly Task[] = [
  { name: "opening runs", seconds: 1, run: openRuns },
  { name: "closing runs", seconds: 1, run: closeRuns },
  { name: "forbidden runs", seconds: 1, run: stopForbiddenRuns },
  { name: "stages", seconds: 2, run: reconcileStages },
  { name: "checks", seconds: 2, run: checks },
  { name: "votes", seconds: 5, run: votes },
  { name: "releases", seconds: 2, run: releases },
  { name: "expiry", seconds: 5, run: applyExpiry },
  { name: "idle sessions", seconds: 15, run: endIdleSessions },
  { name: "intents", seconds: 5, run: sealUnfinishedIntents },
  { name: "orphan intents", seconds: 20, run: sealOrphanIntents },
  { name: "identity events", seconds: 5, run: followIdentityEvents },
  { name: "witnesses", seconds: 2, run: collectCosignatures },
  { name: "refusals", seconds: 10, run: (ctx) => flushRefusals(ctx) },
]

export function startReconciling(ctx: Ctx, tasks: readonly Task[] = TASKS): AsyncDisposable {
  let stopped = false
  const running = new Set<Promise<void>>()
  const timers = tasks.map((task) => {
    let busy = false
    return setInterval(() => {
      if (busy || stopped) return
      busy = true
      const pass = task
        .run(ctx)
        .catch((error: unknown) => {
          // While we stop, what it needs is taken away from under it.
          if (stopped) return
          ctx.log.error(
            {
              task: task.name,
              cause: error instanceof Error ? (error.stack ?? error.message) : String(error),
            },
            "a reconciler failed; tried again",
          )
        })
        .finally(() => {
          busy = false
          running.delete(pass)
        })
      running.add(pass)
    }, task.seconds * 1_000)
  })
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      for (const timer of timers) clearInterval(timer)
      await Promise.allSettled(running)
    },
  }
}
