// What output checkers do: vote on files, submit a review, return, reject; and comments, by everybody who
// may see a request. Votes count when the review is submitted; two submitted reviews end the blind phase.
import type { Static } from "typebox"
import type { RequestState, Vote } from "#contract/vocabulary.ts"
import type { Comment } from "#contract/output-views.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { Conflict, Invalid } from "../domain/errors.ts"
import { nextState, REQUEST, systemMoves } from "../domain/lifecycle.ts"
import { decideRequest, REVIEWS_NEEDED, thirdIsNeeded } from "../domain/outputs.ts"
import type { PowerName } from "../domain/powers.ts"
import type { Tx } from "../store/db.ts"
import { moveRequest, outputsOf, submittedReviewers, type RequestParts } from "../store/outputs.ts"
import { writeToPerson } from "./letters.ts"
import { change, type Asked } from "./change.ts"
import { assertMay, assertPerson, may } from "./load.ts"
import { fileOf } from "./output-files.ts"
import {
  assertMove,
  countedParts,
  decisionsOf,
  loadForChange,
  recordStep,
  requestFacts,
  stateOf,
  topicsOf,
  type Loaded,
} from "./output-loaded.ts"
import { insertComment, requestLink } from "./output-requests.ts"

/** What links a checker to the review of this turn. */
export function reviewTies(loaded: Loaded, person: string): string[] {
  const { parts } = loaded
  const state = stateOf(loaded)
  const ties: string[] = []
  const mine = parts.reviews.find((r) => r.person_id === person)
  if (mine?.submitted_at) ties.push("review_submitted")
  if (state === "independent") ties.push("blind")
  const joins = mine === undefined && submittedReviewers(parts).size >= REVIEWS_NEEDED
  if (joins && !thirdIsNeeded([...decisionsOf(parts).values()])) ties.push("not_needed")
  return ties
}

export function submitReviewTies(loaded: Loaded, person: string): string[] {
  const { parts } = loaded
  const ties = reviewTies(loaded, person)
  const own = parts.votes.filter((v) => v.person_id === person)
  const outputs = outputsOf(parts)
  const voted = (file: string, candidate: string) =>
    own.some((v) => v.file_id === file && v.candidate_sha256 === candidate)
  if (!outputs.every((f) => voted(f.id, f.candidate_sha256))) ties.push("votes_missing")
  const unexplained = own.some(
    (v) =>
      v.vote !== "approve" && outputs.some((f) => f.id === v.file_id) && !explained(parts, person, v.file_id),
  )
  if (unexplained) ties.push("comment_missing")
  return ties
}

export function voteTies(
  loaded: Loaded,
  person: string,
  file: RequestParts["files"][number],
  vote?: Vote,
): string[] {
  const { parts } = loaded
  const ties = reviewTies(loaded, person)
  if (file.kind !== "output") ties.push("not_output")
  // Once votes are open, a changed mind says why.
  const before = parts.votes.find((v) => v.person_id === person && v.file_id === file.id)
  if (stateOf(loaded) === "consolidating" && before && vote !== undefined && vote !== before.vote) {
    if (!explained(parts, person, file.id, before.at)) ties.push("comment_missing")
  }
  return ties
}

/** Has this person said something in this turn about the file, its group, or the request? */
function explained(parts: RequestParts, person: string, file: string, after?: Date): boolean {
  const group = parts.files.find((f) => f.id === file)?.group_id
  return parts.comments.some(
    (c) =>
      c.person_id === person &&
      c.part === "checker" &&
      c.turn === parts.request.turn &&
      (c.file_id === file || (c.file_id === null && (c.group_id === null || c.group_id === group))) &&
      (after === undefined || c.at > after),
  )
}

/** The state that the votes which count ask for now. */
export function settledState(parts: RequestParts): RequestState {
  const from = parts.request.state
  if (from !== "independent" && from !== "consolidating" && from !== "approved") return from
  const phase = from === "independent" ? "independent" : "consolidating"
  return decideRequest(phase, submittedReviewers(parts).size, [...decisionsOf(parts).values()])
}

/** Votes are settled whenever they change after both reviews are in, and when one counts no more. */
export async function settle(ctx: Ctx, tx: Tx, request: string): Promise<RequestState> {
  const parts = await countedParts(ctx, tx, request)
  const from = parts.request.state
  const to = settledState(parts)
  if (to === from) return from
  if (!systemMoves(REQUEST, from, to)) throw new Error(`no move from ${from} to ${to}`)
  const moved = await moveRequest(tx, {
    request: parts.request.id,
    from,
    to,
    turn: parts.request.turn,
    now: ctx.clock.now(),
  })
  if (!moved) throw new Conflict("stale")
  return to
}

async function openReview(tx: Tx, loaded: Loaded, person: string, now: Date): Promise<void> {
  await tx
    .insertInto("output_review")
    .values({
      request_id: loaded.known.row.id,
      turn: loaded.parts.request.turn,
      person_id: person,
      opened_at: now,
      submitted_at: null,
    })
    .onConflict((c) => c.doNothing())
    .execute()
}

export async function voteOnFile(
  ctx: Ctx,
  asked: Asked,
  request: string,
  file: string,
  input: { vote: Vote; candidate: string },
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, actor, request)
    assertMay(ctx, actor, "request.view", loaded.known)
    const row = fileOf(loaded, file)
    assertMay(ctx, actor, "file.vote", loaded.known, voteTies(loaded, actor.person, row, input.vote))
    if (row.candidate_sha256 !== input.candidate) throw new Conflict("candidate_changed")
    const now = ctx.clock.now()
    const { turn } = loaded.parts.request
    await openReview(tx, loaded, actor.person, now)
    await tx
      .insertInto("output_vote")
      .values({
        file_id: file,
        turn,
        person_id: actor.person,
        vote: input.vote,
        candidate_sha256: input.candidate,
        at: now,
      })
      .onConflict((c) =>
        c
          .columns(["file_id", "turn", "person_id"])
          .doUpdateSet({ vote: input.vote, candidate_sha256: input.candidate, at: now }),
      )
      .execute()
    const before = stateOf(loaded)
    const state = await settle(ctx, tx, request)
    const { project, facts } = requestFacts(loaded)
    await record({
      code: "output.voted",
      project,
      facts: { ...facts, file, vote: input.vote, candidate: input.candidate, state },
      detail: { path: row.path },
    })
    await touch(`request:${request}`, ...(state === before ? [] : ["queue", `project:${project}`]))
  })
  return { index }
}

export async function submitReview(
  ctx: Ctx,
  asked: Asked,
  request: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, actor, request)
    assertMay(ctx, actor, "review.submit", loaded.known, submitReviewTies(loaded, actor.person))
    const now = ctx.clock.now()
    const { turn } = loaded.parts.request
    await openReview(tx, loaded, actor.person, now)
    const submitted = await tx
      .updateTable("output_review")
      .set({ submitted_at: now })
      .where("request_id", "=", request)
      .where("turn", "=", turn)
      .where("person_id", "=", actor.person)
      .where("submitted_at", "is", null)
      .executeTakeFirst()
    if (submitted.numUpdatedRows !== 1n) throw new Conflict("already_done")
    const state = await settle(ctx, tx, request)
    const { project, facts } = requestFacts(loaded)
    await recordStep(
      ctx,
      asked,
      tx,
      record,
      { id: request, turn },
      {
        code: "output.reviewed",
        project,
        facts: {
          ...facts,
          submitted: submittedReviewers(loaded.parts).size + 1,
          needed: REVIEWS_NEEDED,
          state,
        },
      },
    )
    await touch(...topicsOf(loaded), "queue")
  })
  return { index }
}

export async function returnRequest(
  ctx: Ctx,
  asked: Asked,
  request: string,
  comment: string,
): Promise<{ index: number | null }> {
  return endTurn(ctx, asked, request, "request.return", "output.returned", comment)
}

export async function rejectRequest(
  ctx: Ctx,
  asked: Asked,
  request: string,
  reason: string,
): Promise<{ index: number | null }> {
  return endTurn(ctx, asked, request, "request.reject", "output.rejected", reason)
}

/** Both say why, in a comment that the author reads. Votes of the turn stay as they are; a new turn starts with none. */
async function endTurn(
  ctx: Ctx,
  asked: Asked,
  request: string,
  power: Extract<PowerName, "request.return" | "request.reject">,
  code: "output.returned" | "output.rejected",
  text: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, actor, request)
    assertMove(ctx, actor, power, loaded.known)
    const from = stateOf(loaded)
    const { turn, author_id } = loaded.parts.request
    const now = ctx.clock.now()
    if (!(await moveRequest(tx, { request, from, to: nextState(REQUEST, from, power), turn, now })))
      throw new Conflict("stale")
    const comment = await insertComment(tx, {
      request,
      file: null,
      group: null,
      turn,
      person: actor.person,
      part: "checker",
      visibility: "public",
      text,
      at: now,
    })
    const { project, facts } = requestFacts(loaded)
    await recordStep(
      ctx,
      asked,
      tx,
      record,
      { id: request, turn },
      {
        code,
        project,
        subject: author_id,
        facts: { ...facts, comment },
        detail: { text },
      },
    )
    await writeToPerson(ctx, tx, author_id, {
      subject: "One of your requests for release has news",
      text: "An output checker has written to you about a request for release. Sign in and read it here:",
      link: requestLink(ctx, request),
    })
    await touch(...topicsOf(loaded), "queue", `person:${author_id}`)
  })
  return { index }
}

export interface NewWords {
  readonly file: string | null
  readonly group: string | null
  readonly text: string
  readonly visibility: "public" | "checkers"
}

/** In which part somebody speaks: a checker who may review, the author, or another member of the project. */
export function partOf(
  ctx: Ctx,
  actor: PersonActor,
  loaded: Loaded,
): Static<typeof Comment>["person"]["part"] {
  if (may(ctx, actor, "request.review", loaded.known).allowed) return "checker"
  return loaded.known.row.author_id === actor.person ? "author" : "member"
}

export async function commentOnRequest(
  ctx: Ctx,
  asked: Asked,
  request: string,
  input: NewWords,
): Promise<{ id: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { value, index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, actor, request)
    assertMay(ctx, actor, "request.comment", loaded.known)
    const part = partOf(ctx, actor, loaded)
    // Only checkers can speak among themselves.
    if (part !== "checker" && input.visibility === "checkers") throw new Invalid("invalid_input")
    if (input.file !== null) fileOf(loaded, input.file)
    if (input.group !== null && !loaded.parts.groups.some((g) => g.id === input.group))
      throw new Conflict("stale")
    const { turn } = loaded.parts.request
    const id = await insertComment(tx, {
      request,
      file: input.file,
      group: input.group,
      turn,
      person: actor.person,
      part,
      visibility: input.visibility,
      text: input.text,
      at: ctx.clock.now(),
    })
    const { project, facts } = requestFacts(loaded)
    await record({
      code: "output.commented",
      project,
      facts: { ...facts, comment: id, visibility: input.visibility, file: input.file, group: input.group },
      detail: { text: input.text },
    })
    await touch(`request:${request}`)
    return id
  })
  return { id: value, index }
}
