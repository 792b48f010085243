// Serving a released file, once. The claim is one conditional update, the intent is in the log before the
// first byte, and the bytes are verified whole before any of them leaves. A hold, a revocation or a lost
// membership ends the transfer while it runs.
import { Readable } from "node:stream"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { Denied, NotFound, Unavailable } from "../domain/errors.ts"
import { attachment } from "../domain/file-name.ts"
import { newId } from "../domain/id.ts"
import { touch } from "../drivers/live.ts"
import { findPersonActor } from "../store/actors.ts"
import { buildEvent, intend, type Asked } from "./change.ts"
import { assertMay, assertPerson } from "./load.ts"
import { readVerified, RELEASED, releasedKey, WrongBytes } from "./output-objects.ts"
import { ATTEMPT_MS, downloadTies, getRelease } from "./releases.ts"

const PIECE = 64 * 1024
const LOOK_AGAIN_MS = 2_000

export interface Download {
  readonly index: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable
  /** Must be called once, when the answer has ended: true when every byte was handed over. */
  ended(complete: boolean): Promise<void>
}

export async function downloadFile(ctx: Ctx, asked: Asked, release: string, file: string): Promise<Download> {
  const actor = assertPerson(asked.actor)
  const attempt = newId()
  const claimed = await claim(ctx, actor, release, file, attempt)
  const facts = {
    release,
    request: claimed.request,
    number: claimed.number,
    file,
    bytes: claimed.size,
    sha256: claimed.sha256,
  }
  const event = { project: claimed.project, facts }
  try {
    const index = await intend(ctx, asked, {
      code: "output.downloaded",
      ...event,
      detail: { path: claimed.path },
    })
    const bytes = await readVerified(ctx, RELEASED, releasedKey(release, file), claimed.sha256)
    const body = Readable.from(pieces(bytes), { objectMode: false })
    // Whoever sends it hears of it as well; alone, this would end the process.
    body.on("error", () => {})
    const watch = setInterval(() => void stillAllowed(ctx, actor, release, body), LOOK_AGAIN_MS)
    const deadline = setTimeout(
      () => body.destroy(new Error("the transfer took too long")),
      ATTEMPT_MS - 10_000,
    )
    watch.unref()
    deadline.unref()
    let over = false
    return {
      index,
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(bytes.length),
        "content-disposition": attachment(claimed.path),
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "no-store",
        "x-content-sha256": claimed.sha256,
      },
      body,
      async ended(complete) {
        if (over) return
        over = true
        clearInterval(watch)
        clearTimeout(deadline)
        await finish(ctx, release, file, attempt, actor.person, complete)
        if (complete) await addStep(ctx, actor, claimed, index, facts)
        await ctx.audit.append(
          buildEvent(ctx, asked, {
            code: "intent.finished",
            ...event,
            intent: index,
            outcome: complete ? "done" : "failed",
            facts: { ...facts, intent: index, outcome: complete ? "done" : "failed" },
          }),
        )
      },
    }
  } catch (error) {
    // Nothing has left: the claim of this attempt is given back.
    await finish(ctx, release, file, attempt, actor.person, false)
    if (error instanceof WrongBytes) {
      ctx.log.error({ release, file, cause: error.message }, "a released object is not what was approved")
      throw new Unavailable("store_unavailable", {}, { cause: error })
    }
    throw error
  }
}

async function claim(ctx: Ctx, actor: PersonActor, release: string, file: string, attempt: string) {
  ctx.audit.assertHealthy()
  return ctx.db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom("release_file")
      .selectAll()
      .where("release_id", "=", release)
      .where("file_id", "=", file)
      .forUpdate()
      .executeTakeFirst()
    const known = await getRelease(ctx, tx, actor, release)
    assertMay(ctx, actor, "release.view", known)
    if (!row) throw new NotFound()
    const now = ctx.clock.now()
    assertMay(ctx, actor, "release.download", known, downloadTies(row, actor.person, now))
    await tx
      .updateTable("release_file")
      .set({
        claimed_by: actor.person,
        claimed_at: row.claimed_at ?? now,
        attempt_id: attempt,
        attempt_at: now,
      })
      .where("release_id", "=", release)
      .where("file_id", "=", file)
      .execute()
    return {
      project: known.row.project_id,
      request: known.row.request_id,
      number: known.row.number,
      turn: known.row.turn,
      path: row.path,
      size: row.size,
      sha256: row.sha256,
    }
  })
}

async function finish(
  ctx: Ctx,
  release: string,
  file: string,
  attempt: string,
  person: string,
  complete: boolean,
): Promise<void> {
  await ctx.db
    .updateTable("release_file")
    .set({
      attempt_id: null,
      ...(complete ? { downloaded_at: ctx.clock.now(), downloaded_by: person } : {}),
    })
    .where("release_id", "=", release)
    .where("file_id", "=", file)
    .where("attempt_id", "=", attempt)
    .execute()
  // The page asks again as soon as it has the last byte, which may be before this: it is told.
  await touch(ctx.db, `release:${release}`)
}

async function addStep(
  ctx: Ctx,
  actor: PersonActor,
  claimed: { request: string; turn: number },
  index: number,
  facts: Record<string, string | number>,
): Promise<void> {
  await ctx.db
    .insertInto("output_step")
    .values({
      request_id: claimed.request,
      turn: claimed.turn,
      code: "output.downloaded",
      person_id: actor.person,
      facts: JSON.stringify(facts),
      outbox_id: null,
      log_index: index,
      at: ctx.clock.now(),
    })
    .execute()
  await touch(ctx.db, `request:${claimed.request}`)
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

/** Not being able to ask ends it as well. */
async function stillAllowed(ctx: Ctx, actor: PersonActor, release: string, body: Readable): Promise<void> {
  try {
    ctx.audit.assertHealthy()
    const now = await findPersonActor(ctx.db, actor.person, actor.session, ctx.clock.now())
    const session = await ctx.db
      .selectFrom("session")
      .select("ended_at")
      .where("id", "=", actor.session)
      .executeTakeFirst()
    if (!now || !session || session.ended_at !== null) throw new Denied("session_ended")
    assertMay(ctx, now, "release.download", await getRelease(ctx, ctx.db, now, release))
  } catch (error) {
    body.destroy(error instanceof Error ? error : new Error("the transfer was stopped"))
  }
}
