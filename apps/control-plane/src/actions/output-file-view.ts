// A file of a request for reading in the console: rows, text, or a picture that was written anew; never
// markup, never bytes as they were handed in. What cannot be shown safely is not shown, and says so. The look
// is in the log before the first byte.
import type { Static } from "typebox"
import type { FileTable } from "#contract/output-views.ts"
import type { RequestState } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { Unavailable } from "../domain/errors.ts"
import { readTable } from "../domain/delimited.ts"
import { TABLE_KINDS, TEXT_KINDS } from "../domain/media-kind.ts"
import type { RequestFileRow } from "../store/outputs.ts"
import { intend, type Asked } from "./change.ts"
import { assertMay } from "./load.ts"
import { candidateKey, QUARANTINE, readVerified, WrongBytes } from "./output-objects.ts"
import { fileOf } from "./output-files.ts"
import { isPicture, reasonInWords } from "./output-pictures.ts"
import { loadRequest, requestFacts, stateOf } from "./output-loaded.ts"

/** Larger tables are not parsed here. */
const MOST_TABLE_BYTES = 16 * 1024 * 1024
/** Twice as long in base64, and a page holds it as text. */
const MOST_SHOWN_PICTURE = 12 * 1024 * 1024
const MOST_TEXT = 500_000
const PAGE_ROWS = 200

type Shown = Static<typeof FileTable>

export async function viewFile(
  ctx: Ctx,
  asked: Asked,
  request: string,
  file: string,
  page: { offset?: number; limit?: number },
): Promise<Shown> {
  const loaded = await loadRequest(ctx, ctx.db, asked.actor, request)
  assertMay(ctx, asked.actor, "request.view", loaded.known)
  const row = fileOf(loaded, file)
  assertMay(ctx, asked.actor, "file.view", loaded.known)
  const { offset = 0, limit = PAGE_ROWS } = page
  const { project, facts } = requestFacts(loaded)
  const index = await intend(ctx, asked, {
    code: "output.fileViewed",
    project,
    facts: { ...facts, file, sha256: row.candidate_sha256, offset, limit },
    detail: { path: row.path },
  })
  const empty: Shown = {
    kind: "none",
    columns: [],
    rows: [],
    totalRows: 0,
    text: null,
    image: null,
    imageType: null,
    summary: [],
    index,
  }
  if (isPicture(row.media_kind))
    return { ...empty, ...(await showPicture(ctx, request, stateOf(loaded), row)) }
  const isTable = TABLE_KINDS.includes(row.media_kind)
  if (!isTable && !TEXT_KINDS.includes(row.media_kind))
    return {
      ...empty,
      text: `Files of kind ${row.media_kind} are not shown here. Read the checks, and ask for a table or a text beside it.`,
    }
  if (row.size > MOST_TABLE_BYTES)
    return { ...empty, text: "The file is too large to be shown here. Ask its author for a smaller one." }
  const text = await readText(ctx, request, row)
  if (text === undefined)
    return {
      ...empty,
      text: "The file is not text in UTF-8, so it is not shown here. Ask its author for one that is.",
    }
  if (isTable) {
    const table = readTable(text, row.media_kind, offset, limit)
    return {
      ...empty,
      kind: "table",
      columns: table.columns,
      rows: table.rows,
      totalRows: table.totalRows,
      summary: table.summary,
    }
  }
  const rest = text.length - MOST_TEXT
  return {
    ...empty,
    kind: "text",
    totalRows: text.split("\n").length,
    text: rest > 0 ? `${text.slice(0, MOST_TEXT)}\n\n[${rest} more characters are not shown]` : text,
  }
}

const IMAGE_TYPES: Readonly<Record<string, NonNullable<Shown["imageType"]>>> = {
  png: "image/png",
  jpeg: "image/jpeg",
  svg: "image/svg+xml",
}

/** Only what the sandbox wrote: a browser's decoders never see what came out of a workspace. */
async function showPicture(
  ctx: Ctx,
  request: string,
  state: RequestState,
  row: RequestFileRow,
): Promise<Partial<Shown>> {
  if (row.rendering === null && ["draft", "returned", "checking"].includes(state))
    return {
      text: "The picture is being written anew. It is shown when that is done; look again in a moment.",
    }
  const reason = row.rendering === null ? "no_answer" : row.rendering.reason
  if (reason !== null)
    return {
      text: `The picture is not shown, because it could not be written anew: ${reasonInWords(reason)}. Ask its author to save it again, best as PNG.`,
    }
  if (row.candidate_size > MOST_SHOWN_PICTURE)
    return { text: "The picture is too large to be shown here. Ask its author for a smaller one." }
  const bytes = await readCandidate(ctx, request, row)
  return { kind: "image", image: bytes.toString("base64"), imageType: IMAGE_TYPES[row.media_kind] ?? null }
}

async function readCandidate(ctx: Ctx, request: string, row: RequestFileRow): Promise<Buffer> {
  try {
    return await readVerified(ctx, QUARANTINE, candidateKey(request, row), row.candidate_sha256)
  } catch (error) {
    if (!(error instanceof WrongBytes)) throw error
    ctx.log.error({ request, file: row.id, cause: error.message }, "a frozen file is not what was frozen")
    throw new Unavailable("store_unavailable", {}, { cause: error })
  }
}

async function readText(ctx: Ctx, request: string, row: RequestFileRow): Promise<string | undefined> {
  const bytes = await readCandidate(ctx, request, row)
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}
