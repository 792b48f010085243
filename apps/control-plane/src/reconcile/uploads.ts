// Pushed files that were never needed, or have a copy in a request, do not stay for ever: their bytes go
// after two weeks. The row stays, with its hash. And objects that nothing came to refer to, because their
// writer was refused or died, go after a day.
import type { Ctx } from "../context.ts"
import { fromStore, QUARANTINE, uploadKey } from "../actions/output-objects.ts"

const KEEP_DAYS = 14
const AT_A_TIME = 200
/** Longer than any writer lives. */
const PENDING_HOURS = 24

export async function uploads(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - KEEP_DAYS * 86_400_000)
  const old = await ctx.db
    .selectFrom("upload")
    .select(["id", "project_id"])
    .where("removed_at", "is", null)
    .where("created_at", "<", before)
    .limit(AT_A_TIME)
    .execute()
  for (const upload of old) {
    await fromStore(ctx.drivers.objects.remove(QUARANTINE, uploadKey(upload.project_id, upload.id)))
    await ctx.db
      .updateTable("upload")
      .set({ removed_at: ctx.clock.now() })
      .where("id", "=", upload.id)
      .where("removed_at", "is", null)
      .execute()
  }
}

export async function sweepObjects(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - PENDING_HOURS * 3_600_000)
  for (let n = 0; n < AT_A_TIME; n++) {
    const found = await ctx.db.transaction().execute(async (tx) => {
      // Locked: who still comes to refer to it waits, and then finds it gone.
      const row = await tx
        .selectFrom("pending_object")
        .select(["bucket", "key"])
        .where("at", "<", before)
        .orderBy("at")
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst()
      if (!row) return false
      await fromStore(ctx.drivers.objects.remove(row.bucket, row.key))
      await tx
        .deleteFrom("pending_object")
        .where("bucket", "=", row.bucket)
        .where("key", "=", row.key)
        .execute()
      return true
    })
    if (!found) return
  }
}
