// Stops what may no longer run: holds, expiry, removed members, idleness. Asked of the same decision as the
// entrance; runs every second, so that all of them are cut within five.
import { change, type Asked } from "../actions/change.ts"
import { stopRuns } from "../actions/workspaces.ts"
import type { Ctx } from "../context.ts"
import { findPersonActor } from "../store/actors.ts"
import { findWorkspace } from "../store/facts.ts"

const SYSTEM: Asked = { actor: { kind: "system", id: "runs" } }

export async function stopForbiddenRuns(ctx: Ctx): Promise<void> {
  const rows = await ctx.db
    .selectFrom("run as r")
    .innerJoin("workspace as w", "w.id", "r.workspace_id")
    .select(["r.id", "w.id as workspace", "w.project_id", "w.person_id", "w.last_human_at", "r.started_at"])
    .where("r.wanted", "=", "running")
    .execute()
  for (const row of rows) {
    const code = await whyStop(ctx, row)
    if (code === undefined) continue
    await change(ctx, SYSTEM, async (tx, { record, touch: tell }) => {
      const still = await tx
        .selectFrom("run")
        .select("id")
        .where("id", "=", row.id)
        .where("wanted", "=", "running")
        .forUpdate()
        .executeTakeFirst()
      if (!still) return
      await stopRuns(ctx, tx, row.workspace, code)
      await record({
        code: "workspace.stopped",
        project: row.project_id,
        workspace: row.workspace,
        run: row.id,
        subject: row.person_id,
        facts: { code },
      })
      await tell(`workspace:${row.workspace}`, `project:${row.project_id}`, `person:${row.person_id}`)
    })
  }
}

async function whyStop(
  ctx: Ctx,
  row: { workspace: string; person_id: string; last_human_at: Date | null; started_at: Date | null },
): Promise<string | undefined> {
  const now = ctx.clock.now()
  const person = await findPersonActor(ctx.db, row.person_id, "", now)
  if (!person) return "person_removed"
  const known = await findWorkspace(ctx.db, { now, zone: ctx.config.zone }, person, row.workspace)
  if (!known) return "not_member"
  // The state is the platform's own business here; only who and what is asked.
  const decision = ctx.access.decide(
    person,
    "workspace.enter",
    { kind: "Workspace", id: row.workspace },
    known.facts,
  )
  if (!decision.allow)
    return decision.code === "not_found" || decision.code === "not_permitted" ? "not_member" : decision.code
  const human = row.last_human_at ?? row.started_at
  if (
    row.started_at !== null &&
    human !== null &&
    now.getTime() - human.getTime() > ctx.config.workspaceIdleSeconds * 1_000
  )
    return "idle"
  return undefined
}
