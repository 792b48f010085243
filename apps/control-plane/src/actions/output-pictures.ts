// Pictures of a request are written anew in the checker's sandbox before they are checked: what leaves then
// holds pixels and drawn lines and nothing beside them. A picture that cannot be written anew leaves as it
// was handed in, and its checks say so. The sandbox is not believed: a result is bytes and a few bounded words.
import { createHash } from "node:crypto"
import { Readable } from "node:stream"
import { Type, type Static } from "typebox"
import { Value } from "typebox/value"
import { PICTURE_KINDS } from "#protocol/agent.ts"
import type { Ctx } from "../context.ts"
import { clean, platformFinding, type CheckedFinding } from "../domain/check-report.ts"
import { NeighbourRefused } from "../drivers/http-socket.ts"
import { newId } from "../domain/id.ts"
import { MOST_PICTURE_BYTES } from "../domain/media-kind.ts"
import { loadParts, lockRequest, type RequestFileRow, type RequestParts } from "../store/outputs.ts"
import type { Rendering } from "../store/tables.ts"
import { change, type Asked } from "./change.ts"
import { failureOf } from "./output-checks.ts"
import {
  candidateKey,
  expectObjects,
  forget,
  fromStore,
  keepObjects,
  QUARANTINE,
  submittedKey,
} from "./output-objects.ts"

const About = Type.Object({
  renderer: Type.String({ pattern: "^[a-z0-9/.-]{1,40}$" }),
  left: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 }),
})

export type Picture =
  | { readonly bytes: Buffer; readonly renderer: string; readonly left: readonly string[] }
  | { readonly reason: string }

export function isPicture(kind: string): boolean {
  return (PICTURE_KINDS as readonly string[]).includes(kind)
}

/** Throws when the store or the sandbox do not answer. */
export async function renderPicture(
  ctx: Ctx,
  input: { kind: string; size: number; bucket: string; key: string },
): Promise<Picture> {
  if (input.size > MOST_PICTURE_BYTES) return { reason: "picture_too_large" }
  const stream = await fromStore(ctx.drivers.objects.get(input.bucket, input.key))
  try {
    return readAnswer(await ctx.drivers.agent.picture(newId(), input.kind, stream))
  } catch (error) {
    if (error instanceof NeighbourRefused) return { reason: failureOf(error) }
    throw error
  } finally {
    stream.destroy()
  }
}

function readAnswer(answer: Buffer): Picture {
  const end = answer.indexOf("\n")
  if (end < 0 || end > 20_000) return { reason: "bad_answer" }
  let about: unknown
  try {
    about = JSON.parse(answer.toString("utf8", 0, end))
  } catch {
    return { reason: "bad_answer" }
  }
  const bytes = answer.subarray(end + 1)
  if (!Value.Check(About, about) || bytes.length === 0) return { reason: "bad_answer" }
  const { renderer, left } = about as Static<typeof About>
  return { bytes, renderer, left: left.map((what) => clean(what, 100)) }
}

/** Pictures that were not tried yet, one after the other. What is written stays written whatever comes next. */
export async function renderPictures(ctx: Ctx, parts: RequestParts): Promise<void> {
  const request = parts.request.id
  for (const file of parts.files) {
    if (!isPicture(file.media_kind) || file.rendering !== null) continue
    const picture = await renderPicture(ctx, {
      kind: file.media_kind,
      size: file.size,
      bucket: QUARANTINE,
      key: submittedKey(request, file.id),
    })
    if ("reason" in picture) await keep(ctx, request, file, { reason: picture.reason, left: [] })
    else await store(ctx, request, file, picture)
  }
}

async function store(
  ctx: Ctx,
  request: string,
  file: RequestFileRow,
  picture: Extract<Picture, { bytes: Buffer }>,
): Promise<void> {
  const { bytes, renderer, left } = picture
  const key = candidateKey(request, { id: file.id, renderer })
  await expectObjects(ctx, QUARANTINE, key)
  const stored = await fromStore(
    ctx.drivers.objects.put(QUARANTINE, key, Readable.from([bytes], { objectMode: false }), bytes.length),
  )
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  if (stored.sha256 !== sha256) throw new Error("the store took other bytes than it was given")
  const kept = await keep(
    ctx,
    request,
    file,
    { reason: null, left },
    { renderer, candidate_sha256: sha256, candidate_size: bytes.length, key },
  )
  if (!kept) await forget(ctx, QUARANTINE, key)
}

/** False when the file has gone, has moved on to people, or was rendered by another instance. */
async function keep(
  ctx: Ctx,
  request: string,
  file: RequestFileRow,
  rendering: Rendering,
  candidate?: { renderer: string; candidate_sha256: string; candidate_size: number; key: string },
): Promise<boolean> {
  const asked: Asked = { actor: { kind: "system", id: "checks" }, request: newId() }
  const { value } = await change(ctx, asked, async (tx, { record, touch }) => {
    await lockRequest(tx, request)
    const { request: now } = await loadParts(tx, request)
    // Never under a vote: only while author or machine hold it.
    if (!["draft", "returned", "checking"].includes(now.state)) return false
    const { key, ...columns } = candidate ?? {}
    const set = await tx
      .updateTable("output_file")
      .set({ rendering: JSON.stringify(rendering), ...columns })
      .where("id", "=", file.id)
      .where("rendering", "is", null)
      .where("withdrawn_at", "is", null)
      .executeTakeFirst()
    if (set.numUpdatedRows !== 1n) return false
    if (candidate === undefined || key === undefined) return true
    await keepObjects(tx, QUARANTINE, key)
    await record({
      code: "output.rendered",
      project: now.project_id,
      facts: {
        request,
        number: now.number,
        turn: now.turn,
        file: file.id,
        submitted: file.submitted_sha256,
        candidate: candidate.candidate_sha256,
        renderer: candidate.renderer,
      },
      detail: { path: file.path, left: [...rendering.left] },
    })
    await touch(`request:${request}`)
    return true
  })
  return value
}

/** What the platform itself says of a picture beside the engine's findings. */
export function pictureFindings(kind: string, rendering: Rendering | null): CheckedFinding[] {
  if (!isPicture(kind) || rendering === null) return []
  if (rendering.reason !== null)
    return [
      platformFinding(
        "hidden-content",
        "not-verifiable",
        `Not written anew, because ${reasonInWords(rendering.reason)}. It leaves as it was handed in, with whatever lies beside what is seen.`,
      ),
    ]
  const left = rendering.left.length === 0 ? "nothing" : rendering.left.join(", ")
  const told = platformFinding(
    "hidden-content",
    "satisfied",
    `Written anew from what is seen in it; left out: ${left}.`,
  )
  if (kind !== "jpeg") return [told]
  return [
    told,
    platformFinding(
      "hidden-content",
      "not-verifiable",
      "The compressed picture of a JPEG is copied and not decoded, so what could be hidden inside it is not known. Hand in a PNG to be sure.",
    ),
  ]
}

const REASONS: Readonly<Record<string, string>> = {
  picture_broken: "the picture is damaged",
  picture_too_large: "the picture is too large",
  too_large: "the picture is too large",
  picture_unsupported: "the picture is packed in a rare way",
  time_limit: "it took too long",
  out_of_memory: "it needed too much memory",
  result_too_large: "it would become too large",
  no_answer: "the machine that does it did not answer",
}

export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? "the machine that does it failed"
}
