// What a request's author does: begin, group, add frozen copies, say what they are, send, withdraw. And
// the parts that every other action on a request shares: loading it whole, deciding, and the steps of its
// timeline.
import type { EventCode } from "#contract/events.ts"
import type { RequestState } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { actorId, type Actor } from "../domain/actor.ts"
import { Conflict, Denied, Invalid } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import { nextState, REQUEST } from "../domain/lifecycle.ts"
import { decideFile, MOST_GROUPS, statesAfter, workingTurn, type FileDecision } from "../domain/outputs.ts"
import type { PowerName } from "../domain/powers.ts"
import { findPersonActor } from "../store/actors.ts"
import type { Db, Tx } from "../store/db.ts"
import {
  askForChecks,
  castVotes,
  findOutputPolicy,
  loadParts,
  lockRequest,
  moveRequest,
  nextRequestNumber,
  outputsOf,
  type RequestParts,
} from "../store/outputs.ts"
import { change, type Asked, type EventInput, type Recorder } from "./change.ts"
import { assertMay, assertPerson, getProject, getRequest } from "./load.ts"

export type KnownRequest = Awaited<ReturnType<typeof getRequest>>

export interface Loaded {
  readonly known: KnownRequest
  readonly parts: RequestParts
}

export async function loadRequest(ctx: Ctx, db: Db | Tx, actor: Actor, request: string): Promise<Loaded> {
  const known = await getRequest(ctx, db, actor, request)
  return { known, parts: await countedParts(ctx, db, request) }
}

/** What stops everybody is no reason to doubt one reviewer's word; the release itself is refused by it. */
const STOPS_EVERYBODY: ReadonlySet<string> = new Set([
  "hold_installation",
  "hold_project",
  "hold_data_set",
  "agreement_missing",
  "agreement_expired",
])

/**
 * A request whose votes can be counted: what was said by somebody who may not vote on it now (role ended or
 * expired, held, a part in the project since) is left out. It counts again when they may.
 */
export async function countedParts(ctx: Ctx, db: Db | Tx, request: string): Promise<RequestParts> {
  const parts = await loadParts(db, request)
  if (!["independent", "consolidating", "approved"].includes(parts.request.state)) return parts
  const lapsed = new Set<string>()
  for (const { person_id: person } of parts.reviews)
    if (!(await mayVoteNow(ctx, db, person, request))) lapsed.add(person)
  return { ...parts, lapsed }
}

async function mayVoteNow(ctx: Ctx, db: Db | Tx, person: string, request: string): Promise<boolean> {
  const actor = await findPersonActor(db, person, "", ctx.clock.now())
  if (!actor) return false
  const known = await getRequest(ctx, db, actor, request)
  const facts = { ...known.facts, blocked: known.facts.blocked.filter((code) => !STOPS_EVERYBODY.has(code)) }
  // Without its state: whether this is the time to vote is not the question.
  return ctx.access.decide(actor, "file.vote", { kind: "Request", id: request }, facts).allow
}

/** The same, with the row locked first, so that what is decided stays true until the commit. */
export async function loadForChange(ctx: Ctx, tx: Tx, actor: Actor, request: string): Promise<Loaded> {
  await lockRequest(tx, request)
  return loadRequest(ctx, tx, actor, request)
}

/**
 * Throws Conflict `already_done` where the request is already in the state that this would bring it to: a
 * double click or a stale tab of somebody who may see it, not an attempt at something forbidden.
 */
export function assertMove(
  ctx: Ctx,
  actor: Actor,
  power: PowerName,
  known: KnownRequest,
  ties: readonly string[] = [],
): void {
  try {
    assertMay(ctx, actor, power, known, ties)
  } catch (error) {
    const state = known.row.state as RequestState
    if (error instanceof Denied && error.code === "wrong_state" && statesAfter(power).includes(state))
      throw new Conflict("already_done")
    throw error
  }
}

export function stateOf(loaded: Loaded): RequestState {
  return loaded.known.row.state as RequestState
}

/** What the submitted votes of this turn come to, output by output. */
export function decisionsOf(parts: RequestParts): Map<string, FileDecision | null> {
  return new Map(outputsOf(parts).map((f) => [f.id, decideFile(f.candidate_sha256, castVotes(parts, f.id))]))
}

/** What stands in the way of sending it. */
export function submitTies(parts: RequestParts): string[] {
  const outputs = outputsOf(parts)
  const ties: string[] = []
  if (outputs.length === 0) ties.push("no_outputs")
  const used = new Set(parts.files.map((f) => f.group_id))
  const silent =
    parts.groups.some((g) => used.has(g.id) && g.context.trim() === "") ||
    outputs.some((f) => f.small_numbers.trim() === "")
  if (silent) ties.push("context_missing")
  if (outputs.some((f) => isRefusedByType(parts, f.id))) ties.push("file_refused")
  return ties
}

function isRefusedByType(parts: RequestParts, file: string): boolean {
  const findings = (parts.checks.get(file)?.findings ?? []) as {
    rule?: string
    status?: string
    severity?: string
  }[]
  return findings.some((f) => f.rule === "file-type" && f.status === "violated" && f.severity === "block")
}

/** Facts that every event of a request has. */
export function requestFacts(loaded: Loaded): { project: string; facts: EventInput["facts"] & object } {
  const { row } = loaded.known
  return { project: row.project_id, facts: { request: row.id, number: row.number, turn: row.turn } }
}

/** An event that is also a step of the request's timeline. */
export async function recordStep(
  ctx: Ctx,
  asked: Asked,
  tx: Tx,
  record: Recorder["record"],
  request: { id: string; turn: number },
  event: EventInput & { code: EventCode; facts: EventInput["facts"] & object },
): Promise<void> {
  const outbox = await record(event)
  await tx
    .insertInto("output_step")
    .values({
      request_id: request.id,
      turn: request.turn,
      code: event.code,
      person_id: asked.actor.kind === "person" ? actorId(asked.actor) : null,
      facts: JSON.stringify(event.facts),
      outbox_id: outbox,
      log_index: null,
      at: ctx.clock.now(),
    })
    .execute()
}

export function topicsOf(loaded: Loaded): string[] {
  return [`request:${loaded.known.row.id}`, `project:${loaded.known.row.project_id}`]
}

export async function createRequest(
  ctx: Ctx,
  asked: Asked,
  project: string,
  title: string,
): Promise<{ id: string; number: string; index: number | null }> {
  const { value, index } = await change(ctx, asked, (tx, recorder) =>
    insertRequest(ctx, asked, tx, recorder, project, title),
  )
  return { ...value, index }
}

export async function insertRequest(
  ctx: Ctx,
  asked: Asked,
  tx: Tx,
  { record, touch }: Recorder,
  project: string,
  title: string,
  id: string = newId(),
): Promise<{ id: string; number: string }> {
  const actor = assertPerson(asked.actor)
  const known = await getProject(ctx, tx, actor, project)
  assertMay(ctx, actor, "request.create", known)
  const policy = await findOutputPolicy(tx, project)
  if (!policy) throw new Denied("agreement_missing")
  const number = await nextRequestNumber(tx)
  await tx
    .insertInto("output_request")
    .values({
      id,
      number,
      project_id: project,
      author_id: actor.person,
      title,
      state: "draft",
      policy: policy.preset,
      overrides: policy.overrides === null ? null : JSON.stringify(policy.overrides),
      created_at: ctx.clock.now(),
      changed_at: ctx.clock.now(),
      submitted_at: null,
      turn_at: null,
    })
    .execute()
  await recordStep(
    ctx,
    asked,
    tx,
    record,
    { id, turn: 1 },
    {
      code: "output.requested",
      project,
      agreementVersion: policy.version,
      facts: { request: id, number },
      detail: { title },
    },
  )
  await touch(`project:${project}`)
  return { id, number }
}

export interface PutGroups {
  readonly title: string
  readonly groups: readonly { id: string | null; name: string; context: string }[]
}

export async function putGroups(
  ctx: Ctx,
  asked: Asked,
  request: string,
  input: PutGroups,
): Promise<{ groups: string[]; index: number | null }> {
  const { value, index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, asked.actor, request)
    assertMay(ctx, asked.actor, "request.edit", loaded.known)
    const { parts } = loaded
    if (input.groups.length > MOST_GROUPS) throw new Invalid("invalid_input")
    const given = input.groups.flatMap((g) => (g.id === null ? [] : [g.id]))
    if (new Set(given).size !== given.length) throw new Invalid("invalid_input")
    const known = new Set(parts.groups.map((g) => g.id))
    if (given.some((id) => !known.has(id))) throw new Conflict("stale")
    const gone = parts.groups.filter((g) => !given.includes(g.id))
    if (parts.files.some((f) => gone.some((g) => g.id === f.group_id))) throw new Conflict("group_not_empty")
    const now = ctx.clock.now()
    for (const group of gone)
      await tx.updateTable("output_group").set({ removed_at: now }).where("id", "=", group.id).execute()
    const ids: string[] = []
    for (const [position, group] of input.groups.entries()) {
      const id = group.id ?? newId()
      ids.push(id)
      const values = { name: group.name, context: group.context, position }
      if (group.id === null)
        await tx
          .insertInto("output_group")
          .values({ id, request_id: request, removed_at: null, ...values })
          .execute()
      else await tx.updateTable("output_group").set(values).where("id", "=", id).execute()
    }
    await tx.updateTable("output_request").set({ title: input.title }).where("id", "=", request).execute()
    const { project, facts } = requestFacts(loaded)
    await record({
      code: "output.edited",
      project,
      facts: { ...facts, groups: ids.length },
      detail: { ...input },
    })
    await touch(...topicsOf(loaded))
    return ids
  })
  return { groups: value, index }
}

export async function submitRequest(
  ctx: Ctx,
  asked: Asked,
  request: string,
  note: string,
): Promise<{ index: number | null }> {
  const { index } = await change(ctx, asked, (tx, recorder) =>
    submitLocked(ctx, asked, tx, recorder, request, note),
  )
  return { index }
}

export async function submitLocked(
  ctx: Ctx,
  asked: Asked,
  tx: Tx,
  { record, touch }: Recorder,
  request: string,
  note: string,
): Promise<void> {
  const actor = assertPerson(asked.actor)
  const loaded = await loadForChange(ctx, tx, actor, request)
  const { parts } = loaded
  assertMove(ctx, actor, "request.submit", loaded.known, submitTies(parts))
  const policy = await findOutputPolicy(tx, parts.request.project_id)
  if (!policy) throw new Denied("agreement_missing")
  const from = stateOf(loaded)
  const now = ctx.clock.now()
  const turn = workingTurn(from, parts.request.turn)
  const held =
    from === "returned" ? Math.floor((now.getTime() - parts.request.changed_at.getTime()) / 1_000) : 0
  const moved = await moveRequest(
    tx,
    { request, from, to: nextState(REQUEST, from, "request.submit"), turn: parts.request.turn, now },
    {
      turn,
      policy: policy.preset,
      overrides: policy.overrides === null ? null : JSON.stringify(policy.overrides),
      submitted_at: parts.request.submitted_at ?? now,
      turn_at: now,
      held_seconds: parts.request.held_seconds + Math.max(0, held),
    },
  )
  if (!moved) throw new Conflict("stale")
  await askForChecks(tx, request, turn)
  if (note.trim() !== "")
    await insertComment(tx, {
      request,
      file: null,
      group: null,
      turn,
      person: actor.person,
      part: "author",
      visibility: "public",
      text: note,
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
      code: "output.submitted",
      project,
      agreementVersion: policy.version,
      facts: { ...facts, turn, files: outputsOf(parts).length, policy: policy.preset },
      detail: {
        note,
        files: parts.files.map((f) => ({ path: f.path, kind: f.kind, sha256: f.submitted_sha256 })),
      },
    },
  )
  await touch(...topicsOf(loaded), "queue")
}

export async function withdrawRequest(
  ctx: Ctx,
  asked: Asked,
  request: string,
  reason: string,
): Promise<{ index: number | null }> {
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, asked.actor, request)
    assertMove(ctx, asked.actor, "request.withdraw", loaded.known)
    const from = stateOf(loaded)
    const to = nextState(REQUEST, from, "request.withdraw")
    const { turn } = loaded.parts.request
    if (!(await moveRequest(tx, { request, from, to, turn, now: ctx.clock.now() })))
      throw new Conflict("stale")
    const { project, facts } = requestFacts(loaded)
    await recordStep(
      ctx,
      asked,
      tx,
      record,
      { id: request, turn },
      {
        code: "output.withdrawn",
        project,
        facts,
        detail: { reason },
      },
    )
    await touch(...topicsOf(loaded), "queue")
  })
  return { index }
}

/** Where people look at a request. */
export function requestLink(ctx: Ctx, request: string): string {
  return new URL(`/requests/${request}`, ctx.config.site).href
}

export interface NewComment {
  readonly request: string
  readonly file: string | null
  readonly group: string | null
  readonly turn: number
  readonly person: string
  readonly part: "author" | "member" | "checker"
  readonly visibility: "public" | "checkers"
  readonly text: string
  readonly at: Date
}

export async function insertComment(tx: Tx, comment: NewComment): Promise<string> {
  const id = newId()
  await tx
    .insertInto("output_comment")
    .values({
      id,
      request_id: comment.request,
      file_id: comment.file,
      group_id: comment.group,
      turn: comment.turn,
      person_id: comment.person,
      part: comment.part,
      visibility: comment.visibility,
      text: comment.text,
      at: comment.at,
    })
    .execute()
  return id
}
