// What the queues' jobs do. Each handler may run twice and in two instances at once.
import type { Ctx } from "../context.ts"
import { giveUpLetter, postForgotten, sendLetter } from "./mail.ts"
import { sweepObjects, uploads } from "./uploads.ts"

const KEEP_TICKETS_MS = 86_400_000
const KEEP_LETTERS_MS = 30 * 86_400_000

export async function startJobs(ctx: Ctx): Promise<void> {
  await postForgotten(ctx)
  await ctx.jobs.work("mail", async (id) => {
    if (id !== undefined) await sendLetter(ctx, id)
  })
  await ctx.jobs.work("mail-dead", async (id) => {
    if (id !== undefined) await giveUpLetter(ctx, id)
  })
  await ctx.jobs.work("sweep", () => sweep(ctx))
}

/** Takes away what has had its time: used tickets, letters that are out, bytes that nothing refers to. */
export async function sweep(ctx: Ctx): Promise<void> {
  const now = ctx.clock.now().getTime()
  await ctx.db
    .deleteFrom("ticket")
    .where("expires_at", "<", new Date(now - KEEP_TICKETS_MS))
    .execute()
  await ctx.db
    .deleteFrom("mail")
    .where("created_at", "<", new Date(now - KEEP_LETTERS_MS))
    .where((e) => e.or([e("sent_at", "is not", null), e("failed_at", "is not", null)]))
    .execute()
  await uploads(ctx)
  await sweepObjects(ctx)
}
