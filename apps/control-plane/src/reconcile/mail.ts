// Letters, one job each: at least once, tried again with growing pauses for about half a day. The row holds
// the words, the job its id; what could never be delivered is marked, and the operator sees it.
import { sql } from "kysely"
import type { Ctx } from "../context.ts"

/** Throws when it could not be handed over; a letter that is sent already is not sent again. */
export async function sendLetter(ctx: Ctx, id: string): Promise<void> {
  const failure = await ctx.db.transaction().execute(async (tx) => {
    const letter = await tx
      .selectFrom("mail")
      .selectAll()
      .where("id", "=", id)
      .where("sent_at", "is", null)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!letter) return undefined
    try {
      const { recipient: to, subject, body: text } = letter
      await ctx.drivers.mail.send({ id, to, subject, text })
    } catch (error) {
      await tx
        .updateTable("mail")
        .set((e) => ({ attempts: e("attempts", "+", 1) }))
        .where("id", "=", id)
        .execute()
      return error instanceof Error ? error : new Error(String(error))
    }
    // The body held a link that opens something: it has no business staying here.
    await tx
      .updateTable("mail")
      .set({ sent_at: ctx.clock.now(), body: "", failed_at: null })
      .where("id", "=", id)
      .execute()
    return undefined
  })
  if (failure) throw failure
}

export async function giveUpLetter(ctx: Ctx, id: string): Promise<void> {
  const given = await ctx.db
    .updateTable("mail")
    .set({ failed_at: ctx.clock.now(), body: "" })
    .where("id", "=", id)
    .where("sent_at", "is", null)
    .returning("attempts")
    .executeTakeFirst()
  if (given) ctx.log.error({ letter: id, attempts: given.attempts }, "a letter could not be delivered")
}

/** Letters without a job, from before there were jobs or out of a backup, get one. */
export async function postForgotten(ctx: Ctx): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select m.id from mail m where m.sent_at is null and m.failed_at is null
        and not exists (select 1 from jobs.job j
          where j.name = 'mail' and j.data ->> 'id' = m.id and j.state in ('created', 'retry', 'active'))
      for update of m skip locked`.execute(tx)
    for (const { id } of rows) await ctx.jobs.add(tx, "mail", { id })
  })
}
