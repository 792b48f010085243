// What a workspace pushes and asks through its own socket. The run says who it is: a person and a
// project; everything is decided as that person, now. Bytes go into quarantine while their hash is taken,
// and are nothing until they are added to a request.
import { Transform, type Readable } from "node:stream"
import { sql } from "kysely"
import { MAX_FILE_BYTES } from "#contract/outputs.ts"
import type { Ctx } from "../context.ts"
import { Invalid, TooMany } from "../domain/errors.ts"
import { cleanPath } from "../domain/file-name.ts"
import { newId } from "../domain/id.ts"
import { HEAD_BYTES, mediaKind } from "../domain/media-kind.ts"
import { change, type Asked } from "./change.ts"
import { assertMay, assertPerson, getProject } from "./load.ts"
import { expectObjects, forget, fromStore, keepObjects, QUARANTINE, uploadKey } from "./output-objects.ts"
import { getRunOwner, type RunOwner } from "./run-owner.ts"

// All that a workspace can ask for through its socket, in one place for the server that routes it.
export { checkFiles, listOwnRequests, requestFromWorkspace } from "./workspace-outputs.ts"

/** What one person may push within a day, per project. */
export const MOST_PUSHES = 2_000
export const MOST_PUSHED_BYTES = 4 * 1024 ** 3

export interface Pushed {
  readonly file: string
  readonly path: string
  readonly sha256: string
  readonly size: number
  /** place of the event in the access log */
  readonly index: number | null
}

/**
 * Streams one file into quarantine. Nothing is kept when it is larger than MAX_FILE_BYTES (TooLarge), when
 * the sender breaks off, or when the hash is not the declared one.
 */
export async function pushFile(
  ctx: Ctx,
  run: string,
  path: string,
  stream: Readable,
  declaredSha256?: string,
): Promise<Pushed> {
  // The sender may go away while it is being decided; keepHead sees that later.
  stream.on("error", () => {})
  const owner = await getRunOwner(ctx, run)
  const { actor } = owner.asked
  assertMay(ctx, actor, "request.create", await getProject(ctx, ctx.db, actor, owner.project))
  ctx.audit.assertHealthy()
  const name = cleanPath(path)
  if (name === undefined) throw new Invalid("bad_file_name")
  await assertRoom(ctx, owner)
  const upload = newId()
  const key = uploadKey(owner.project, upload)
  const { body, head } = keepHead(stream)
  await expectObjects(ctx, QUARANTINE, key)
  try {
    const stored = await fromStore(ctx.drivers.objects.put(QUARANTINE, key, body, MAX_FILE_BYTES))
    if (declaredSha256 !== undefined && declaredSha256.toLowerCase() !== stored.sha256)
      throw new Invalid("hash_mismatch")
    const kind = mediaKind(head(), name)
    const { index } = await change(ctx, owner.asked, async (tx, { record, touch }) => {
      await tx
        .insertInto("upload")
        .values({
          id: upload,
          project_id: owner.project,
          person_id: actor.person,
          run_id: run,
          path: name,
          size: stored.size,
          sha256: stored.sha256,
          media_kind: kind,
          created_at: ctx.clock.now(),
          removed_at: null,
        })
        .execute()
      await keepObjects(tx, QUARANTINE, key)
      await record({
        code: "output.filePushed",
        project: owner.project,
        workspace: owner.workspace,
        run,
        facts: { upload, bytes: stored.size, sha256: stored.sha256, kind },
        detail: { path: name },
      })
      await touch(`project:${owner.project}`)
    })
    return { file: upload, path: name, sha256: stored.sha256, size: stored.size, index }
  } catch (error) {
    await forget(ctx, QUARANTINE, key)
    throw error
  }
}

/** The same bytes, with the first ones kept. A sender that goes away breaks the body; too much leaves the sender alone, so that it can be told. */
function keepHead(stream: Readable): { body: Transform; head: () => Buffer } {
  const head: Buffer[] = []
  let kept = 0
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (kept < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES - kept))
      kept += chunk.length
      done(null, chunk)
    },
  })
  // Whoever reads the body hears of it; without a listener it would end the process.
  body.on("error", () => {})
  stream.on("error", (error) => body.destroy(error))
  stream.on("close", () => {
    if (!stream.readableEnded) body.destroy(new Error("the sender went away"))
  })
  if (stream.destroyed) body.destroy(new Error("the sender went away"))
  stream.pipe(body)
  return { body, head: () => Buffer.concat(head) }
}

async function assertRoom(ctx: Ctx, owner: RunOwner): Promise<void> {
  const since = new Date(ctx.clock.now().getTime() - 86_400_000)
  const { rows } = await sql<{ n: number; bytes: number }>`
    select count(*) as n, coalesce(sum(size), 0)::bigint as bytes from upload
    where project_id = ${owner.project} and person_id = ${owner.asked.actor.person} and created_at > ${since}`.execute(
    ctx.db,
  )
  const { n, bytes } = rows[0] ?? { n: 0, bytes: 0 }
  if (Number(n) >= MOST_PUSHES)
    throw new TooMany("too_many_bytes", { limit: `${MOST_PUSHES} files`, seconds: 3_600 })
  if (Number(bytes) + MAX_FILE_BYTES > MOST_PUSHED_BYTES)
    throw new TooMany("too_many_bytes", { limit: "4 GB", seconds: 3_600 })
}

/** This person's own pushed files of a project, newest first, one per path. */
export async function listUploads(ctx: Ctx, asked: Asked, project: string) {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "project.view", await getProject(ctx, ctx.db, actor, project))
  const { rows } = await sql<{
    id: string
    path: string
    size: number
    sha256: string
    media_kind: string
    created_at: Date
  }>`
    select * from (
      select distinct on (path) id, path, size, sha256, media_kind, created_at from upload
      where project_id = ${project} and person_id = ${actor.person} and removed_at is null
      order by path, created_at desc) newest
    order by created_at desc limit 1000`.execute(ctx.db)
  return {
    uploads: rows.map((r) => ({
      id: r.id,
      path: r.path,
      size: Number(r.size),
      sha256: r.sha256,
      at: r.created_at.toISOString(),
      mediaKind: r.media_kind,
    })),
  }
}
