// Approved bytes into the released bucket: exactly the candidate, verified after the copy, then the
// release counts as published. Every step can be repeated; a copy that is there and right is left alone.
import type { Ctx } from "../context.ts"
import {
  candidateKey,
  copyVerified,
  fromStore,
  hashStream,
  QUARANTINE,
  RELEASED,
  releasedKey,
  WrongBytes,
} from "../actions/output-objects.ts"
import { touch } from "../drivers/live.ts"
import { writeToPerson } from "../actions/letters.ts"

export async function releases(ctx: Ctx): Promise<void> {
  const waiting = await ctx.db
    .selectFrom("release")
    .select(["id", "request_id", "project_id"])
    .where("published_at", "is", null)
    .where("revoked_at", "is", null)
    .orderBy("released_at")
    .limit(50)
    .execute()
  for (const release of waiting) {
    try {
      await publish(ctx, release)
    } catch (error) {
      // The others go on; this one is tried again, and stays closed until its bytes are right.
      const level = error instanceof WrongBytes ? "error" : "warn"
      ctx.log[level]({ release: release.id, cause: String(error) }, "a release could not be published")
    }
  }
}

async function publish(
  ctx: Ctx,
  release: { id: string; request_id: string; project_id: string },
): Promise<void> {
  const files = await ctx.db
    .selectFrom("release_file as r")
    .innerJoin("output_file as f", "f.id", "r.file_id")
    .select(["r.file_id", "r.sha256", "f.renderer"])
    .where("r.release_id", "=", release.id)
    .execute()
  for (const file of files) {
    const key = releasedKey(release.id, file.file_id)
    if (await isRight(ctx, key, file.sha256)) continue
    await copyVerified(
      ctx,
      QUARANTINE,
      candidateKey(release.request_id, { id: file.file_id, renderer: file.renderer }),
      RELEASED,
      key,
      file.sha256,
    )
  }
  await ctx.db.transaction().execute(async (tx) => {
    const done = await tx
      .updateTable("release")
      .set({ published_at: ctx.clock.now() })
      .where("id", "=", release.id)
      .where("published_at", "is", null)
      .where("revoked_at", "is", null)
      .executeTakeFirst()
    if (done.numUpdatedRows !== 1n) return
    const { author_id } = await tx
      .selectFrom("output_request")
      .select("author_id")
      .where("id", "=", release.request_id)
      .executeTakeFirstOrThrow()
    await writeToPerson(ctx, tx, author_id, {
      subject: "One of your requests for release has news",
      text: "Files were released to you. Each can be downloaded once. Sign in and find them here:",
      link: new URL(`/releases/${release.id}`, ctx.config.site).href,
    })
    await touch(tx, `release:${release.id}`, `request:${release.request_id}`, `project:${release.project_id}`)
  })
}

async function isRight(ctx: Ctx, key: string, sha256: string): Promise<boolean> {
  const { objects } = ctx.drivers
  if (!(await fromStore(objects.exists(RELEASED, key)))) return false
  return (await fromStore((async () => hashStream(await objects.get(RELEASED, key)))())) === sha256
}
