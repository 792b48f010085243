// Pushed files that were never needed, or have a copy in a request, do not stay for ever: their bytes go
// after two weeks. The row stays, with its hash.
import type { Ctx } from "../context.ts"
import { fromStore, QUARANTINE, uploadKey } from "../actions/output-objects.ts"

const KEEP_DAYS = 14
const AT_A_TIME = 200

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
