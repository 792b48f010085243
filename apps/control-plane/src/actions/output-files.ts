// Files of a request: frozen copies of what was pushed. A copy is verified against the hash that was
// taken while the bytes came in; another file under the same path takes the old one's place, with its
// votes gone.
import type { Ctx } from "../context.ts"
import { Conflict, Invalid, NotFound } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import { MOST_FILES, workingTurn } from "../domain/outputs.ts"
import type { Tx } from "../store/db.ts"
import { askForChecks } from "../store/outputs.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { assertMay, assertPerson } from "./load.ts"
import {
  candidateKey,
  copyVerified,
  expectObjects,
  forget,
  keepObjects,
  QUARANTINE,
  submittedKey,
  uploadKey,
} from "./output-objects.ts"
import { loadForChange, loadRequest, requestFacts, stateOf, topicsOf, type Loaded } from "./output-loaded.ts"

export interface AddFile {
  readonly upload: string
  readonly group: string
  readonly kind: "output" | "supporting" | "code"
  readonly description: string
  readonly smallNumbers: string
}

export interface Frozen {
  readonly file: string
  readonly path: string
  readonly size: number
  readonly sha256: string
  readonly mediaKind: string
}

/** Copies an upload of this person into the request's own place; nothing refers to it until insertFile. */
export async function freezeUpload(
  ctx: Ctx,
  asked: Asked,
  project: string,
  request: string,
  upload: string,
): Promise<Frozen> {
  const actor = assertPerson(asked.actor)
  const row = await ctx.db
    .selectFrom("upload")
    .selectAll()
    .where("id", "=", upload)
    .where("project_id", "=", project)
    .where("person_id", "=", actor.person)
    .where("removed_at", "is", null)
    .executeTakeFirst()
  if (!row) throw new NotFound()
  const file = newId()
  const from = uploadKey(project, upload)
  const copies = frozenKeys(request, file)
  await expectObjects(ctx, QUARANTINE, ...copies)
  for (const copy of copies) await copyVerified(ctx, QUARANTINE, from, QUARANTINE, copy, row.sha256)
  return { file, path: row.path, size: row.size, sha256: row.sha256, mediaKind: row.media_kind }
}

export function frozenKeys(request: string, file: string): [submitted: string, candidate: string] {
  return [submittedKey(request, file), candidateKey(request, { id: file, renderer: null })]
}

export async function addFile(
  ctx: Ctx,
  asked: Asked,
  request: string,
  input: AddFile,
): Promise<{ id: string; index: number | null }> {
  // Decided before bytes are copied, and again under the lock.
  const before = await loadRequest(ctx, ctx.db, asked.actor, request)
  assertMay(ctx, asked.actor, "request.edit", before.known)
  const frozen = await freezeUpload(ctx, asked, before.known.row.project_id, request, input.upload)
  try {
    const { index } = await change(ctx, asked, async (tx, recorder) => {
      const loaded = await loadForChange(ctx, tx, asked.actor, request)
      assertMay(ctx, asked.actor, "request.edit", loaded.known)
      await insertFile(ctx, tx, recorder, loaded, frozen, input)
      await askForChecks(tx, request, workingTurn(stateOf(loaded), loaded.known.row.turn))
      await recorder.touch(...topicsOf(loaded))
    })
    return { id: frozen.file, index }
  } catch (error) {
    await forget(ctx, QUARANTINE, ...frozenKeys(request, frozen.file))
    throw error
  }
}

export async function insertFile(
  ctx: Ctx,
  tx: Tx,
  { record }: Recorder,
  loaded: Loaded,
  frozen: Frozen,
  input: Omit<AddFile, "upload">,
): Promise<void> {
  const { parts } = loaded
  const request = loaded.known.row.id
  if (!parts.groups.some((g) => g.id === input.group)) throw new Conflict("stale")
  const replaced = parts.files.find((f) => f.path === frozen.path)
  if (!replaced && parts.files.length >= MOST_FILES)
    throw new Conflict("too_many_files", { limit: MOST_FILES })
  const now = ctx.clock.now()
  if (replaced) {
    await tx.updateTable("output_file").set({ withdrawn_at: now }).where("id", "=", replaced.id).execute()
    await tx
      .deleteFrom("output_vote")
      .where("file_id", "=", replaced.id)
      .where("turn", "=", parts.request.turn)
      .execute()
  }
  await tx
    .insertInto("output_file")
    .values({
      id: frozen.file,
      request_id: request,
      group_id: input.group,
      path: frozen.path,
      kind: input.kind,
      description: input.description,
      small_numbers: input.smallNumbers,
      size: frozen.size,
      media_kind: frozen.mediaKind,
      submitted_sha256: frozen.sha256,
      candidate_sha256: frozen.sha256,
      renderer: null,
      candidate_size: frozen.size,
      rendering: null,
      withdrawn_at: null,
      created_at: now,
    })
    .execute()
  await keepObjects(tx, QUARANTINE, ...frozenKeys(request, frozen.file))
  const { project, facts } = requestFacts(loaded)
  await record({
    code: "output.fileAdded",
    project,
    facts: {
      ...facts,
      file: frozen.file,
      kind: input.kind,
      bytes: frozen.size,
      sha256: frozen.sha256,
      replaces: replaced?.id ?? null,
    },
    detail: { path: frozen.path },
  })
}

export async function editFile(
  ctx: Ctx,
  asked: Asked,
  request: string,
  file: string,
  input: Omit<AddFile, "upload">,
): Promise<{ index: number | null }> {
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, asked.actor, request)
    assertMay(ctx, asked.actor, "request.edit", loaded.known)
    const row = fileOf(loaded, file)
    if (!loaded.parts.groups.some((g) => g.id === input.group)) throw new Invalid("invalid_input")
    await tx
      .updateTable("output_file")
      .set({
        group_id: input.group,
        kind: input.kind,
        description: input.description,
        small_numbers: input.smallNumbers,
      })
      .where("id", "=", row.id)
      .execute()
    // What is released, and what supports it, decides what the checks find.
    if (row.kind !== input.kind)
      await askForChecks(tx, request, workingTurn(stateOf(loaded), loaded.known.row.turn))
    const { project, facts } = requestFacts(loaded)
    await record({
      code: "output.edited",
      project,
      facts: { ...facts, file, kind: input.kind },
      detail: { path: row.path },
    })
    await touch(...topicsOf(loaded))
  })
  return { index }
}

export async function removeFile(
  ctx: Ctx,
  asked: Asked,
  request: string,
  file: string,
): Promise<{ index: number | null }> {
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const loaded = await loadForChange(ctx, tx, asked.actor, request)
    assertMay(ctx, asked.actor, "request.edit", loaded.known)
    const row = fileOf(loaded, file)
    const gone = await tx
      .updateTable("output_file")
      .set({ withdrawn_at: ctx.clock.now() })
      .where("id", "=", row.id)
      .where("withdrawn_at", "is", null)
      .executeTakeFirst()
    if (gone.numUpdatedRows !== 1n) throw new Conflict("already_done")
    await askForChecks(tx, request, workingTurn(stateOf(loaded), loaded.known.row.turn))
    const { project, facts } = requestFacts(loaded)
    await record({
      code: "output.fileRemoved",
      project,
      facts: { ...facts, file, sha256: row.candidate_sha256 },
      detail: { path: row.path },
    })
    await touch(...topicsOf(loaded))
  })
  return { index }
}

/** A file of this request that was not taken out; a second removal finds nothing to remove. */
export function fileOf(loaded: Loaded, file: string): Loaded["parts"]["files"][number] {
  const row = loaded.parts.files.find((f) => f.id === file)
  if (!row) throw new NotFound()
  return row
}
