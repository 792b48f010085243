// How a run ends that nobody asked to end: it never came up, or it ran and is gone. Both take the wish for it
// back, cut its notebooks, and tell its person by a code that has a sentence; what ran is started again.
import { change, type Asked } from "../actions/change.ts"
import { startGeneration } from "../actions/workspaces.ts"
import type { Ctx } from "../context.ts"
import type { Tx } from "../store/db.ts"

const SYSTEM: Asked = { actor: { kind: "system", id: "runs" } }
/** Codes of runs that came up and went; so many within ten minutes are started again. */
const LOST = ["door_died", "workspace_died", "out_of_memory"]
const MOST_RESTARTS = 3
const WITHIN_MS = 600_000

export interface EndedRun {
  readonly id: string
  readonly workspace_id: string
  readonly project_id: string
  readonly person_id: string
  readonly generation: number
  readonly agreement_version: number
}

/** Could not be prepared: nothing runs, and the next open begins a new generation. */
export async function failRun(ctx: Ctx, run: EndedRun, code: string): Promise<void> {
  await endRun(ctx, run, code, { observed: "failed", event: "workspace.failed" }, async () => false)
}

/** It ran and is gone: a new generation on the same home, unless that keeps happening. */
export async function loseRun(ctx: Ctx, run: EndedRun, code: string): Promise<void> {
  await endRun(ctx, run, code, { observed: "exited", event: "workspace.lost" }, async (tx) => {
    const recent = await tx
      .selectFrom("run")
      .select((e) => e.fn.countAll<number>().as("n"))
      .where("workspace_id", "=", run.workspace_id)
      .where("code", "in", LOST)
      .where("created_at", ">", new Date(ctx.clock.now().getTime() - WITHIN_MS))
      .executeTakeFirstOrThrow()
    return Number(recent.n) <= MOST_RESTARTS
  })
}

async function endRun(
  ctx: Ctx,
  run: EndedRun,
  code: string,
  how: { observed: "failed" | "exited"; event: "workspace.failed" | "workspace.lost" },
  again: (tx: Tx) => Promise<boolean>,
): Promise<void> {
  await change(ctx, SYSTEM, async (tx, { record, touch }) => {
    const now = ctx.clock.now()
    const moved = await tx
      .updateTable("run")
      .set({ wanted: "stopped", observed: how.observed, code })
      .where("id", "=", run.id)
      .where("wanted", "=", "running")
      .returning("id")
      .executeTakeFirst()
    if (!moved) return
    await tx
      .updateTable("notebook_session")
      .set({ ended_at: now, ended_code: code })
      .where("run_id", "=", run.id)
      .where("ended_at", "is", null)
      .execute()
    await record({
      code: how.event,
      outcome: "failed",
      project: run.project_id,
      workspace: run.workspace_id,
      run: run.id,
      subject: run.person_id,
      facts: { code, generation: run.generation },
    })
    const restarted = await again(tx)
    if (restarted)
      await startGeneration(ctx, tx, {
        workspace: run.workspace_id,
        project: run.project_id,
        version: run.agreement_version,
      })
    await tx
      .updateTable("workspace")
      .set({ state: restarted ? "opening" : "failed", code, changed_at: now })
      .where("id", "=", run.workspace_id)
      .execute()
    await touch(`workspace:${run.workspace_id}`, `project:${run.project_id}`)
  })
}
