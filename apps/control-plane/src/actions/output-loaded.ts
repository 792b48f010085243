// A request as every action on it needs it: loaded whole or locked, its files decided, moved by its lifecycle,
// with a step in its timeline.
import type { EventCode } from "#contract/events.ts"
import type { RequestState } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { actorId, type Actor } from "../domain/actor.ts"
import { Conflict, Denied } from "../domain/errors.ts"
import { decideFile, statesAfter, type FileDecision } from "../domain/outputs.ts"
import type { PowerName } from "../domain/powers.ts"
import { findPersonActor } from "../store/actors.ts"
import type { Db, Tx } from "../store/db.ts"
import { castVotes, loadParts, lockRequest, outputsOf, type RequestParts } from "../store/outputs.ts"
import type { Asked, EventInput, Recorder } from "./change.ts"
import { assertMay, getRequest } from "./load.ts"

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
