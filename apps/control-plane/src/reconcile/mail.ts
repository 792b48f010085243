// Sends what waits in the mail table: at least once, oldest first, with growing pauses after a failure.
import { sql } from "kysely"
import type { Ctx } from "../context.ts"

export async function sendMail(ctx: Ctx): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const letters = await tx
      .selectFrom("mail")
      .selectAll()
      .where("sent_at", "is", null)
      .where("attempts", "<", 20)
      .where(
        sql<boolean>`created_at + make_interval(secs => power(2, attempts)) <= ${ctx.clock.now()} or attempts = 0`,
      )
      .orderBy("created_at")
      .limit(10)
      .forUpdate()
      .skipLocked()
      .execute()
    for (const letter of letters) {
      try {
        await ctx.drivers.mail.send({
          id: letter.id,
          to: letter.recipient,
          subject: letter.subject,
          text: letter.body,
        })
        // The body held a link that opens something: it has no business staying here.
        await tx
          .updateTable("mail")
          .set({ sent_at: ctx.clock.now(), body: "" })
          .where("id", "=", letter.id)
          .execute()
      } catch (error) {
        ctx.log.warn({ letter: letter.id, cause: String(error) }, "a letter could not be sent; tried again")
        await tx
          .updateTable("mail")
          .set((e) => ({ attempts: e("attempts", "+", 1) }))
          .where("id", "=", letter.id)
          .execute()
      }
    }
  })
}
