// What a request's author does: begin, group, add frozen copies, say what they are, send, withdraw.
import type { Ctx } from "../context.ts"
import { Conflict, Denied, Invalid } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import { nextState, REQUEST } from "../domain/lifecycle.ts"
import { MOST_GROUPS, workingTurn } from "../domain/outputs.ts"
import type { Tx } from "../store/db.ts"
import {
  askForChecks,
  findOutputPolicy,
  moveRequest,
  nextRequestNumber,
  outputsOf,
} from "../store/outputs.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { assertMay, assertPerson, getProject } from "./load.ts"
import {
  loadForChange,
  assertMove,
  stateOf,
  submitTies,
  requestFacts,
  recordStep,
  topicsOf,
} from "./output-loaded.ts"

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
