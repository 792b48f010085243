// Releases: what two checkers approved, bound to a record of how it was decided; published by the
// reconciler, downloaded once, revoked for good.
import type { Ctx } from "../context.ts"
import { Conflict, NotFound } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import { sha256Hex } from "../domain/hash.ts"
import { nextState, REQUEST, systemMoves } from "../domain/lifecycle.ts"
import { decideRequest } from "../domain/outputs.ts"
import type { Db, Tx } from "../store/db.ts"
import { findProject, type Known } from "../store/facts.ts"
import { listNames, moveRequest, outputsOf, submittedReviewers } from "../store/outputs.ts"
import type { Actor } from "../domain/actor.ts"
import { change, type Asked } from "./change.ts"
import { assertMay, assertPerson, may, moment } from "./load.ts"
import {
  assertMove,
  decisionsOf,
  loadForChange,
  recordStep,
  requestFacts,
  stateOf,
  topicsOf,
  type Loaded,
} from "./output-loaded.ts"
import { buildRecord } from "./release-record.ts"

/** The votes are counted again here, whatever the state says. */
export function releaseTies(loaded: Loaded): string[] {
  const decisions = [...decisionsOf(loaded.parts).values()]
  const agreed =
    decideRequest("consolidating", submittedReviewers(loaded.parts).size, decisions) === "approved"
  return agreed ? [] : ["not_approved"]
}

export async function releaseRequest(
  ctx: Ctx,
  asked: Asked,
  request: string,
): Promise<{ release: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { value, index } = await change(ctx, asked, async (tx, { record, register, touch }) => {
    const loaded = await loadForChange(ctx, tx, actor, request)
    assertMove(
      ctx,
      actor,
      "request.release",
      loaded.known,
      stateOf(loaded) === "released" ? [] : releaseTies(loaded),
    )
    const now = ctx.clock.now()
    const from = stateOf(loaded)
    const to = nextState(REQUEST, from, "request.release")
    const { turn, project_id } = loaded.parts.request
    if (!(await moveRequest(tx, { request, from, to, turn, now }))) throw new Conflict("stale")
    const release = newId()
    const text = await buildRecord(ctx, tx, loaded, { release, by: actor.person, at: now })
    const sha256 = sha256Hex(text)
    await tx
      .insertInto("release")
      .values({
        id: release,
        request_id: request,
        project_id,
        record: text,
        record_sha256: sha256,
        released_by: actor.person,
        released_at: now,
        published_at: null,
        revoked_at: null,
        revoked_by: null,
        revoked_reason: null,
      })
      .execute()
    const outputs = outputsOf(loaded.parts)
    await tx
      .insertInto("release_file")
      .values(
        outputs.map((f) => ({
          release_id: release,
          file_id: f.id,
          sha256: f.candidate_sha256,
          size: f.candidate_size,
          path: f.path,
          claimed_by: null,
          claimed_at: null,
          attempt_id: null,
          attempt_at: null,
          downloaded_at: null,
          downloaded_by: null,
        })),
      )
      .execute()
    const { project, facts } = requestFacts(loaded)
    await recordStep(
      ctx,
      asked,
      tx,
      record,
      { id: request, turn },
      {
        code: "output.released",
        project,
        subject: loaded.known.row.author_id,
        facts: { ...facts, release, files: outputs.length, record: sha256 },
      },
    )
    const organisation = await tx
      .selectFrom("organisation")
      .select("name")
      .where("id", "=", loaded.known.project.organisation_id)
      .executeTakeFirstOrThrow()
    // For everybody, for ever: organisations and counts, no person.
    await register("output.released", {
      release,
      project: loaded.known.project.number,
      request: loaded.known.row.number,
      organisation: organisation.name,
      partners: loaded.known.project.partners,
      files: outputs.length,
      record: sha256,
    })
    await touch(...topicsOf(loaded), "queue", `person:${loaded.known.row.author_id}`)
    return release
  })
  return { release: value, index }
}

interface ReleaseRow {
  readonly id: string
  readonly request_id: string
  readonly project_id: string
  readonly number: string
  readonly title: string
  readonly turn: number
  readonly record: string
  readonly released_at: Date
  readonly published_at: Date | null
  readonly revoked_at: Date | null
}

/** Facts of an actor about a release: those of its project, holds on the release, and how far it is. */
export async function getRelease(
  ctx: Ctx,
  db: Db | Tx,
  actor: Actor,
  release: string,
): Promise<Known<ReleaseRow> & { project: NonNullable<Awaited<ReturnType<typeof findProject>>>["row"] }> {
  const row = await db
    .selectFrom("release as r")
    .innerJoin("output_request as q", "q.id", "r.request_id")
    .select([
      "r.id",
      "r.request_id",
      "r.project_id",
      "q.number",
      "q.title",
      "q.turn",
      "r.record",
      "r.released_at",
      "r.published_at",
      "r.revoked_at",
    ])
    .where("r.id", "=", release)
    .executeTakeFirst()
  if (!row) throw new NotFound()
  const project = await findProject(db, moment(ctx), actor, row.project_id)
  if (!project) throw new NotFound()
  const held = await db
    .selectFrom("hold")
    .select("reason")
    .where("subject_kind", "=", "release")
    .where("subject_id", "=", release)
    .where((e) =>
      e.or([
        e("lifted_at", "is", null),
        e.and([e("lift_until", "is not", null), e("lift_until", "<=", ctx.clock.now())]),
      ]),
    )
    .where((e) => e.or([e("until_at", "is", null), e("until_at", ">", ctx.clock.now())]))
    .executeTakeFirst()
  const ties = [...project.facts.ties]
  if (row.revoked_at !== null) ties.push("revoked")
  if (row.published_at === null) ties.push("unpublished")
  return {
    row,
    project: project.row,
    resource: { kind: "Release", id: row.id },
    facts: {
      ...project.facts,
      ties,
      // A signature opens data, not what has been released to the project.
      blocked: [...project.facts.blocked, ...(held ? ["hold_release"] : [])],
      params: held ? { ...project.facts.params, hold: held.reason } : project.facts.params,
    },
  }
}

export async function revokeRelease(
  ctx: Ctx,
  asked: Asked,
  release: string,
  reason: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, register, touch }) => {
    await tx.selectFrom("release").select("id").where("id", "=", release).forUpdate().execute()
    const known = await getRelease(ctx, tx, actor, release)
    assertMay(ctx, actor, "release.revoke", known)
    const now = ctx.clock.now()
    const done = await tx
      .updateTable("release")
      .set({ revoked_at: now, revoked_by: actor.person, revoked_reason: reason })
      .where("id", "=", release)
      .where("revoked_at", "is", null)
      .executeTakeFirst()
    if (done.numUpdatedRows !== 1n) throw new Conflict("already_done")
    if (!systemMoves(REQUEST, "released", "revoked")) throw new Error("no move from released to revoked")
    const request = known.row.request_id
    const moved = await moveRequest(tx, {
      request,
      from: "released",
      to: "revoked",
      turn: known.row.turn,
      now,
    })
    if (!moved) throw new Conflict("stale")
    const facts = { request, number: known.row.number, release }
    await recordStep(
      ctx,
      asked,
      tx,
      record,
      { id: request, turn: known.row.turn },
      {
        code: "output.revoked",
        project: known.row.project_id,
        facts,
        detail: { reason },
      },
    )
    await register("output.revoked", {
      release,
      project: known.project.number,
      request: known.row.number,
    })
    await touch(`release:${release}`, `request:${request}`, `project:${known.row.project_id}`)
  })
  return { index }
}

export async function viewRelease(ctx: Ctx, asked: Asked, release: string) {
  const actor = assertPerson(asked.actor)
  const known = await getRelease(ctx, ctx.db, actor, release)
  assertMay(ctx, actor, "release.view", known)
  const files = await ctx.db
    .selectFrom("release_file")
    .selectAll()
    .where("release_id", "=", release)
    .orderBy("path")
    .execute()
  const names = await listNames(
    ctx.db,
    files.flatMap((f) => (f.downloaded_by === null ? [] : [f.downloaded_by])),
  )
  const { row, project } = known
  return {
    id: row.id,
    project: { id: project.id, number: project.number, title: project.title },
    request: row.request_id,
    title: row.title,
    at: row.released_at.toISOString(),
    revoked: row.revoked_at !== null,
    record: JSON.parse(row.record) as unknown,
    files: files.map((f) => {
      const by = f.downloaded_by === null ? null : (names.get(f.downloaded_by) ?? null)
      return {
        id: f.file_id,
        path: f.path,
        size: f.size,
        sha256: f.sha256,
        downloadedAt: f.downloaded_at?.toISOString() ?? null,
        downloadedBy: by,
        actions: {
          download: may(
            ctx,
            actor,
            "release.download",
            { ...known, facts: { ...known.facts, params: { ...known.facts.params, by } } },
            downloadTies(f, actor.person, ctx.clock.now()),
          ),
        },
      }
    }),
    actions: { revoke: may(ctx, actor, "release.revoke", known) },
  }
}

/** Who began may try again for so long; an attempt that is older than the second time is known to be dead. */
export const RETRY_MS = 600_000
export const ATTEMPT_MS = 300_000

interface Downloadable {
  readonly claimed_by: string | null
  readonly claimed_at: Date | null
  readonly attempt_id: string | null
  readonly attempt_at: Date | null
  readonly downloaded_at: Date | null
}

/**
 * "Once" is one transfer that ended well. One that broke off may be repeated by the same person within ten
 * minutes of the first; never two at a time, never by another person.
 */
export function downloadTies(file: Downloadable, person: string, now: Date): string[] {
  if (file.downloaded_at !== null) return ["downloaded"]
  if (file.claimed_at === null) return []
  if (now.getTime() - file.claimed_at.getTime() > RETRY_MS) return ["downloaded"]
  const running =
    file.attempt_id !== null &&
    file.attempt_at !== null &&
    now.getTime() - file.attempt_at.getTime() < ATTEMPT_MS
  if (running) return ["downloading"]
  return file.claimed_by === person ? [] : ["downloaded"]
}
