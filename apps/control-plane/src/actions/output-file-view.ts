// A file of a request for reading in the console: rows or text, never markup, never the raw bytes. What
// cannot be shown safely is not shown, and says so. The look is in the log before the first byte.
import type { Static } from "typebox"
import type { FileTable } from "#contract/outputs.ts"
import type { Ctx } from "../context.ts"
import { Unavailable } from "../domain/errors.ts"
import { readTable } from "../domain/delimited.ts"
import { TABLE_KINDS, TEXT_KINDS } from "../domain/media-kind.ts"
import { intend, type Asked } from "./change.ts"
import { assertMay } from "./load.ts"
import { candidateKey, QUARANTINE, readVerified, WrongBytes } from "./output-objects.ts"
import { fileOf } from "./output-files.ts"
import { loadRequest, requestFacts } from "./output-requests.ts"

/** Larger tables are not parsed here. */
const MOST_TABLE_BYTES = 16 * 1024 * 1024
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
    summary: [],
    index,
  }
  const isTable = TABLE_KINDS.includes(row.media_kind)
  if (!isTable && !TEXT_KINDS.includes(row.media_kind))
    return {
      ...empty,
      text: `Files of kind ${row.media_kind} are not shown here. Read the checks, and ask for a table or a text beside it.`,
    }
  if (row.size > MOST_TABLE_BYTES)
    return { ...empty, text: "The file is too large to be shown here. Ask its author for a smaller one." }
  const text = await readText(ctx, request, file, row.candidate_sha256)
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

async function readText(
  ctx: Ctx,
  request: string,
  file: string,
  sha256: string,
): Promise<string | undefined> {
  let bytes: Buffer
  try {
    bytes = await readVerified(ctx, QUARANTINE, candidateKey(request, file), sha256)
  } catch (error) {
    if (!(error instanceof WrongBytes)) throw error
    ctx.log.error({ request, file, cause: error.message }, "a frozen file is not what was frozen")
    throw new Unavailable("store_unavailable", {}, { cause: error })
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}
