// An intent without an outcome is sealed as unknown after its deadline, so that a crash is visible in the
// log and never looks like "nothing was read".
import { sql } from "kysely"
import { change } from "../actions/change.ts"
import type { Ctx } from "../context.ts"

const GRACE_MS = 30_000
/** Longer than any transfer may take, so that none of them is still under way. */
const CERTAINLY_OVER_MS = 330_000
const LOOK_BACK_MS = 86_400_000
const LOCK = 7_202_616

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

interface Orphan {
  idx: string | number
  code: string
  project: string | null
  workspace: string | null
  run: string | null
  actor_id: string
}

/**
 * Intents that a stop left without anything that could end them: written to the log, and the process died
 * before its own row, or in the middle of a download. Looked for in the search table, and only while that is
 * level with the log: one that is being rebuilt does not know yet what has ended.
 */
export async function sealOrphanIntents(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now().getTime()
  const log = ctx.audit.currentLog("access")
  await change(ctx, { actor: { kind: "system", id: "intents" } }, async (tx, { record }) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx)
    const { rows } = await sql<Orphan>`
      select b.idx, b.code, b.project, b.workspace, b.run, b.actor_id from audit_event b
      where b.log_id = ${log} and b.code in ('data.readIntended', 'output.downloaded')
        and b.time > ${new Date(now - LOOK_BACK_MS)} and b.time < ${new Date(now - CERTAINLY_OVER_MS)}
        and (select next_idx from audit_projection where log_id = ${log}) = (select size from log_head where log_id = ${log})
        and not exists (select from audit_outbox where log_name = 'access')
        and not exists (select from audit_event e where e.log_id = ${log} and e.intent = b.idx
          and e.code in ('data.read', 'intent.finished') and e.time > ${new Date(now - LOOK_BACK_MS)})
      order by b.idx limit 200`.execute(tx)
    for (const row of rows)
      await record({
        code: "intent.finished",
        outcome: "unknown",
        project: row.project ?? undefined,
        workspace: row.workspace ?? undefined,
        run: row.run ?? undefined,
        subject: row.actor_id,
        intent: Number(row.idx),
        facts: { intent: Number(row.idx), outcome: "unknown" },
      })
  })
}
