// An intent without an outcome is sealed as unknown after its deadline, so that a crash is visible in the
// log and never looks like "nothing was read".
import { change } from "../actions/change.ts"
import type { Ctx } from "../context.ts"

const GRACE_MS = 30_000

export async function sealUnfinishedIntents(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - GRACE_MS)
  await change(ctx, { actor: { kind: "system", id: "intents" } }, async (tx, { record }) => {
    const rows = await tx
      .selectFrom("intent as i")
      .innerJoin("run as r", "r.id", "i.run_id")
      .innerJoin("workspace as w", "w.id", "r.workspace_id")
      .select(["i.id", "i.log_index", "r.id as run", "w.id as workspace", "w.project_id", "w.person_id"])
      .where("i.finished_at", "is", null)
      .where("i.expires_at", "<", before)
      .limit(200)
      .forUpdate(["i"])
      .skipLocked()
      .execute()
    for (const row of rows) {
      await tx
        .updateTable("intent")
        .set({ finished_at: ctx.clock.now(), outcome: "unknown" })
        .where("id", "=", row.id)
        .execute()
      await record({
        code: "intent.finished",
        outcome: "unknown",
        project: row.project_id,
        workspace: row.workspace,
        run: row.run,
        subject: row.person_id,
        intent: row.log_index,
        facts: { intent: row.log_index, outcome: "unknown" },
      })
    }
  })
}
