// Votes count while those who cast them may still vote. When one counts no more, an approved request goes
// back to its checkers, so that a third may join; when it counts again, it is approved as it was.
import { change, type Asked } from "../actions/change.ts"
import { countedParts, recordStep } from "../actions/output-loaded.ts"
import { settle, settledState } from "../actions/output-reviews.ts"
import type { Ctx } from "../context.ts"
import { newId } from "../domain/id.ts"
import { lockRequest } from "../store/outputs.ts"

export async function votes(ctx: Ctx): Promise<void> {
  const rows = await ctx.db
    .selectFrom("output_request")
    .select("id")
    .where("state", "in", ["consolidating", "approved"])
    .execute()
  for (const { id } of rows) {
    const parts = await countedParts(ctx, ctx.db, id)
    if (settledState(parts) !== parts.request.state) await resettle(ctx, id)
  }
}

async function resettle(ctx: Ctx, request: string): Promise<void> {
  const asked: Asked = { actor: { kind: "system", id: "votes" }, request: newId() }
  await change(ctx, asked, async (tx, { record, touch }) => {
    await lockRequest(tx, request)
    const { request: before } = await countedParts(ctx, tx, request)
    const state = await settle(ctx, tx, request)
    if (state === before.state) return
    const { project_id: project, number, turn } = before
    if (state === "consolidating")
      await recordStep(
        ctx,
        asked,
        tx,
        record,
        { id: request, turn },
        { code: "output.reopened", project, facts: { request, number, turn, state } },
      )
    await touch(`request:${request}`, `project:${project}`, "queue")
  })
}
