// The filtered log as CSV or JSON Lines: streamed, formula-safe, itself an event before the first line.
import { Readable } from "node:stream"
import type { EventRow } from "../audit/projection.ts"
import { readOpening } from "../audit/read.ts"
import type { Ctx } from "../context.ts"
import { intend, type Asked } from "./change.ts"
import { assertMay, assertPerson, getInstallation } from "./load.ts"
import { actorName, loadNames } from "./words.ts"

const PAGE = 500
const COLUMNS = [
  "index",
  "time",
  "code",
  "outcome",
  "actor_kind",
  "actor",
  "project",
  "data_set",
  "workspace",
  "run",
  "agreement_version",
  "decision",
  "request",
  "facts",
] as const

type Query = { format: "csv" | "jsonl"; before?: number; limit?: number } & Record<string, unknown>

export async function exportLog(
  ctx: Ctx,
  asked: Asked,
  query: Query,
): Promise<{ stream: Readable; index: number; type: string; name: string }> {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "log.export", await getInstallation(ctx, ctx.db, actor))
  const { format, before, limit: _limit, ...filter } = query
  const log = ctx.audit.currentLog("access")
  const entries = await ctx.audit.count({ ...filter, log })
  const index = await intend(ctx, asked, {
    code: "log.exported",
    facts: { format, entries },
    detail: { filter },
  })
  async function* lines(): AsyncGenerator<string> {
    if (format === "csv") yield `${COLUMNS.join(",")}\r\n`
    let from = before ?? Number.MAX_SAFE_INTEGER
    for (;;) {
      const rows = await ctx.audit.search({ ...filter, log }, PAGE, { log, index: from })
      const names = await loadNames(ctx.db, rows)
      for (const row of rows) {
        const entry = await ctx.audit.openEntry(log, row.index)
        const facts = entry?.groups.facts === undefined ? {} : readOpening(entry.groups.facts)
        yield format === "csv"
          ? csvLine(row, actorName(names, row), facts)
          : `${JSON.stringify({ ...row, actor: actorName(names, row), facts })}\n`
      }
      const last = rows.at(-1)
      if (rows.length < PAGE || last === undefined) return
      from = last.index
    }
  }
  return {
    stream: Readable.from(lines()),
    index,
    type: format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
    name: `log.${format}`,
  }
}

function csvLine(row: EventRow, actor: string, facts: Record<string, unknown>): string {
  const values = [
    row.index,
    row.time,
    row.code,
    row.outcome,
    row.actorKind,
    actor,
    row.project,
    row.dataSet,
    row.workspace,
    row.run,
    row.agreementVersion,
    row.decision,
    row.request,
    JSON.stringify(facts),
  ]
  return `${values.map(csvCell).join(",")}\r\n`
}

/** Quoted always; a cell that a spreadsheet would run as a formula begins with an apostrophe. */
export function csvCell(value: unknown): string {
  const text =
    value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
