// Outputs as a workspace sees them through its own socket: ask for release, see one's requests, and have
// files checked before asking. The run says who it is; everything is decided as that person.
import { Type, type Static } from "typebox"
import { Value } from "typebox/value"
import type { Ctx } from "../context.ts"
import { Conflict, Denied, Invalid, NotFound } from "../domain/errors.ts"
import { sha256Hex } from "../domain/hash.ts"
import { newId } from "../domain/id.ts"
import { MOST_FILES, MOST_GROUPS, seesComment } from "../domain/outputs.ts"
import { refusalSentence, stateWord } from "../domain/sentences.ts"
import { isStorable } from "../domain/text.ts"
import type { Tx } from "../store/db.ts"
import { askForChecks, findOutputPolicy, type CheckRow } from "../store/outputs.ts"
import { change, type Recorder } from "./change.ts"
import { assertMay, getProject } from "./load.ts"
import { runChecks, type CheckInput } from "./output-checks.ts"
import { freezeUpload, frozenKeys, insertFile, type Frozen } from "./output-files.ts"
import { forget, QUARANTINE, uploadKey } from "./output-objects.ts"
import { isPicture, pictureFindings, renderPicture } from "./output-pictures.ts"
import { loadForChange } from "./output-loaded.ts"
import { insertRequest, requestLink, submitLocked } from "./output-requests.ts"
import { viewCheck, reasonInWords } from "./output-view.ts"
import { getRunOwner, type RunOwner } from "./run-owner.ts"

/** Without an agreement in force nothing can be asked for, but files can be looked at. */
const NO_AGREEMENT = { preset: "nhs-england-sde", overrides: null }
const Words = Type.String({ maxLength: 4_000 })

export const WorkspaceRequest = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200 }),
    groups: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 200 }),
          context: Words,
          files: Type.Array(
            Type.Object(
              {
                file: Type.String({ pattern: "^[a-z2-7]{12}$" }),
                kind: Type.Union([Type.Literal("output"), Type.Literal("supporting"), Type.Literal("code")]),
                description: Words,
                smallNumbers: Words,
              },
              { additionalProperties: false },
            ),
            { maxItems: MOST_FILES },
          ),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: MOST_GROUPS },
    ),
    /** false keeps it a draft, to be looked through in the console first */
    submit: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

export interface WorkspaceRequested {
  readonly request: string
  readonly number: string
  readonly state: string
  /** why it stayed a draft, in words */
  readonly reason?: string
  readonly link: string
  readonly index: number | null
}

/**
 * Makes a request of pushed files and sends it to the checkers. What is missing (context, how small
 * numbers were handled) keeps it a draft, to be completed in the console; nothing is lost.
 */
export async function requestFromWorkspace(
  ctx: Ctx,
  run: string,
  body: unknown,
): Promise<WorkspaceRequested> {
  if (!Value.Check(WorkspaceRequest, body) || !isStorable(body)) throw new Invalid("invalid_input")
  const input = body as Static<typeof WorkspaceRequest>
  const owner = await getRunOwner(ctx, run)
  const { asked, project } = owner
  assertMay(ctx, asked.actor, "request.create", await getProject(ctx, ctx.db, asked.actor, project))
  const listed = input.groups.flatMap((g) => g.files.map((f) => f.file))
  if (new Set(listed).size !== listed.length || listed.length > MOST_FILES) throw new Invalid("invalid_input")
  const files = await pathsOf(ctx, owner, listed)
  assertDifferentPaths([...files.values()].map((f) => f.path))
  const request = newId()
  const frozen = new Map<string, Frozen>()
  try {
    for (const upload of listed) frozen.set(upload, await freezeUpload(ctx, asked, project, request, upload))
    // One transaction: either the whole request is there, or nothing of it.
    const { value, index } = await change(ctx, asked, async (tx, recorder) => {
      const { number } = await insertRequest(ctx, asked, tx, recorder, project, input.title, request)
      await insertContents(ctx, owner, tx, recorder, request, input, frozen)
      const reason = input.submit === false ? undefined : await trySubmit(ctx, owner, tx, recorder, request)
      return { number, reason }
    })
    return {
      request,
      number: value.number,
      state: value.reason === null ? "checking" : "draft",
      ...(typeof value.reason === "string" ? { reason: value.reason } : {}),
      link: requestLink(ctx, request),
      index,
    }
  } catch (error) {
    for (const f of frozen.values()) await forget(ctx, QUARANTINE, ...frozenKeys(request, f.file))
    throw error
  }
}

async function insertContents(
  ctx: Ctx,
  owner: RunOwner,
  tx: Tx,
  recorder: Recorder,
  request: string,
  input: Static<typeof WorkspaceRequest>,
  frozen: ReadonlyMap<string, Frozen>,
): Promise<void> {
  const groups = input.groups.map((g) => ({ ...g, id: newId() }))
  await tx
    .insertInto("output_group")
    .values(
      groups.map((g, position) => ({
        id: g.id,
        request_id: request,
        name: g.name,
        context: g.context,
        position,
        removed_at: null,
      })),
    )
    .execute()
  const loaded = await loadForChange(ctx, tx, owner.asked.actor, request)
  assertMay(ctx, owner.asked.actor, "request.edit", loaded.known)
  for (const group of groups) {
    for (const f of group.files) {
      const bytes = frozen.get(f.file)
      if (!bytes) throw new NotFound()
      await insertFile(ctx, tx, recorder, loaded, bytes, { ...f, group: group.id })
    }
  }
  await askForChecks(tx, request, loaded.parts.request.turn)
}

/** null when it was sent, else why not, in words; what was made so far stays. */
async function trySubmit(
  ctx: Ctx,
  owner: RunOwner,
  tx: Tx,
  recorder: Recorder,
  request: string,
): Promise<string | null> {
  try {
    await submitLocked(ctx, owner.asked, tx, recorder, request, "")
    return null
  } catch (error) {
    // It is refused before anything is written.
    if (error instanceof Denied) return refusalSentence(error.code, error.params)
    throw error
  }
}

async function pathsOf(ctx: Ctx, owner: RunOwner, uploads: readonly string[]) {
  const rows =
    uploads.length === 0
      ? []
      : await ctx.db
          .selectFrom("upload")
          .select(["id", "path", "size", "sha256", "media_kind"])
          .where("id", "in", [...uploads])
          .where("project_id", "=", owner.project)
          .where("person_id", "=", owner.asked.actor.person)
          .where("removed_at", "is", null)
          .execute()
  const found = new Map(rows.map((r) => [r.id, r]))
  // Another person's file and one that never was look the same.
  if (uploads.some((id) => !found.has(id))) throw new NotFound()
  return found
}

/** Own requests of this project, newest first, with their state and what the checkers have said so far. */
export async function listOwnRequests(ctx: Ctx, run: string) {
  const owner = await getRunOwner(ctx, run)
  const { actor } = owner.asked
  assertMay(ctx, actor, "project.view", await getProject(ctx, ctx.db, actor, owner.project))
  const rows = await ctx.db
    .selectFrom("output_request")
    .select(["id", "number", "title", "state", "turn", "created_at", "changed_at"])
    .where("project_id", "=", owner.project)
    .where("author_id", "=", actor.person)
    .orderBy("created_at", "desc")
    .limit(100)
    .execute()
  const comments =
    rows.length === 0
      ? []
      : await ctx.db
          .selectFrom("output_comment as c")
          .leftJoin("output_file as f", "f.id", "c.file_id")
          .select([
            "c.request_id",
            "c.person_id",
            "c.part",
            "c.visibility",
            "c.turn",
            "c.text",
            "c.at",
            "f.path",
          ])
          .where(
            "c.request_id",
            "in",
            rows.map((r) => r.id),
          )
          .orderBy("c.at")
          .execute()
  return {
    requests: rows.map((r) => ({
      request: r.id,
      number: r.number,
      title: r.title,
      state: r.state,
      words: stateWord(r.state),
      at: r.changed_at.toISOString(),
      comments: comments
        .filter(
          (c) =>
            c.request_id === r.id &&
            seesComment({ ...c, own: c.person_id === actor.person }, r, { reviews: false }),
        )
        .map((c) => ({ by: c.part, file: c.path, at: c.at.toISOString(), text: c.text })),
    })),
  }
}

const CheckBody = Type.Object(
  {
    files: Type.Array(Type.String({ pattern: "^[a-z2-7]{12}$" }), { minItems: 1, maxItems: 500 }),
  },
  { additionalProperties: false },
)

/** The same checks that checkers will see, before anything is asked for; only what a researcher may see. */
export async function checkFiles(ctx: Ctx, run: string, body: unknown) {
  if (!Value.Check(CheckBody, body)) throw new Invalid("invalid_input")
  const { files } = body as Static<typeof CheckBody>
  const owner = await getRunOwner(ctx, run)
  const { actor } = owner.asked
  assertMay(ctx, actor, "request.create", await getProject(ctx, ctx.db, actor, owner.project))
  const found = await pathsOf(ctx, owner, [...new Set(files)])
  assertDifferentPaths([...found.values()].map((f) => f.path))
  const policy = (await findOutputPolicy(ctx.db, owner.project)) ?? NO_AGREEMENT
  const inputs: CheckInput[] = []
  for (const f of found.values()) inputs.push(await asCandidate(ctx, owner.project, f))
  const outcomes = await runChecks(ctx, {
    project: owner.project,
    policy,
    files: inputs,
    supporting: [],
  })
  return {
    files: [...found.values()].map((f) => {
      const outcome = outcomes.get(f.path)
      if (outcome?.state !== "done") {
        const reason = outcome?.reason ?? null
        return {
          file: f.id,
          path: f.path,
          verdict: "not-verifiable",
          reason: reasonInWords(reason),
          findings: [],
        }
      }
      const row = {
        state: "done",
        verdict: outcome.verdict,
        findings: outcome.findings,
      } as unknown as CheckRow
      const seen = viewCheck(row, "output", false)
      return { file: f.id, path: f.path, verdict: seen.verdict, findings: seen.findings }
    }),
  }
}

interface PushedFile {
  readonly id: string
  readonly path: string
  readonly size: number
  readonly sha256: string
  readonly media_kind: string
}

/** As checkers would get it: pictures written anew, everything else as it was pushed. */
async function asCandidate(ctx: Ctx, project: string, f: PushedFile): Promise<CheckInput> {
  const pushed = { bucket: QUARANTINE, key: uploadKey(project, f.id) }
  const plain = { path: f.path, size: f.size, sha256: f.sha256, ...pushed }
  if (!isPicture(f.media_kind)) return plain
  const picture = await renderPicture(ctx, { kind: f.media_kind, size: f.size, ...pushed })
  const failed = "reason" in picture
  const rendering = failed ? { reason: picture.reason, left: [] } : { reason: null, left: picture.left }
  const known = pictureFindings(f.media_kind, rendering)
  if (failed) return { ...plain, known }
  const { bytes } = picture
  return { ...plain, size: bytes.length, sha256: sha256Hex(bytes), bytes, known }
}

/** Two files of one name would take each other's place. */
function assertDifferentPaths(paths: readonly string[]): void {
  if (new Set(paths).size !== paths.length) throw new Conflict("already_exists")
}
