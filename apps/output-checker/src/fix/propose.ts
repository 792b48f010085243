// Fixes for a delimited table, offered and previewed, never applied by themselves: mask small counts with
// further cells so that nothing gives them back, round with totals and shares made from the rounded cells,
// take the sting out of formulas, drop columns of extremes. Every fix is checked again by the whole engine,
// so what the preview promises is what the next check says.
import { checkFiles, inputFromBytes, scanOptionsFor, type CheckOptions, type Policy } from "../check.ts"
import { decodeText } from "../read/decode.ts"
import { scanRows, sniffDialect, type Dialect } from "../read/dialect.ts"
import { extensionOf } from "../read/detect.ts"
import { readFile } from "../read/read.ts"
import type { FileReport, Location, RuleId, Status } from "../report.ts"
import { nameOfColumn, viewTable, type TableView } from "../table/view.ts"
import type { Edit } from "./edit.ts"
import { maskSafely, maskTotalsToo } from "./mask.ts"
import { roundTable } from "./round.ts"

export type FixKind = "mask" | "mask-and-round" | "drop-extremes" | "defuse"

export interface Change {
  location: Location
  before: string
  after: string
  why: string
}

export interface Fix {
  kind: FixKind
  title: string
  changes: Change[]
  /** the whole file after the fix, UTF-8 */
  bytes: Uint8Array
  /** what the engine says of those bytes */
  after: FileReport
  /** rules that were violated and are not any more */
  resolves: RuleId[]
}

interface Draft {
  readonly kind: FixKind
  readonly title: string
  readonly edits: Edit[]
  readonly dropped: ReadonlySet<number>
  /** stronger edits, for when these break another rule */
  readonly otherwise?: () => Edit[]
}

interface Source {
  rows: string[][]
  dialect: Dialect
  head: string
  end: string
  view: TableView
}

/** The single table of a delimited file, with the rows of its text; undefined where fixes are not offered. */
function openSource(path: string, bytes: Uint8Array, policy: Policy): Source | undefined {
  const reading = readFile(path, bytes, {
    scan: scanOptionsFor(policy, undefined),
    depth: 0,
    budget: { bytes: 0, parts: 0 },
  })
  const table = reading.tables[0]
  if (
    reading.kind !== "table" ||
    reading.refused !== undefined ||
    reading.tables.length !== 1 ||
    table?.cells === undefined
  )
    return undefined
  if (reading.doubts.length > 0) return undefined
  const { text } = decodeText(bytes)
  const dialect = sniffDialect(text, ["tsv", "tab"].includes(extensionOf(path)) ? "\t" : ",")
  const rows: string[][] = []
  scanRows(text, dialect, (cells) => void rows.push(cells))
  return {
    rows,
    dialect,
    head: text.slice(0, dialect.skip),
    end: text.includes("\r\n") ? "\r\n" : "\n",
    view: viewTable(table),
  }
}

function writeCell(cell: string, dialect: Dialect): string {
  const { delimiter, quote } = dialect
  const needs =
    cell.includes(delimiter) || cell.includes(quote) || /[\r\n]/.test(cell) || /^\s|\s$/.test(cell)
  return needs ? quote + cell.replaceAll(quote, quote + quote) + quote : cell
}

function write(source: Source, edits: readonly Edit[], dropped: ReadonlySet<number>): Uint8Array {
  const rows = source.rows.map((r) => [...r])
  for (const edit of edits) {
    const line = rows[source.view.table.lines[edit.row] ?? -1]
    if (line !== undefined) line[edit.column] = edit.after
  }
  const text = rows
    .map((r) =>
      r
        .filter((_, i) => !dropped.has(i))
        .map((c) => writeCell(c, source.dialect))
        .join(source.dialect.delimiter),
    )
    .join(source.end)
  return new TextEncoder().encode(`${source.head}${text}${source.end}`)
}

function toChanges(view: TableView, edits: readonly Edit[]): Change[] {
  return edits.map((e) => ({
    location: { row: e.row, column: nameOfColumn(view, e.column) },
    before: view.table.cells?.[e.row]?.[e.column] ?? "",
    after: e.after,
    why: e.why,
  }))
}

function statusesOf(file: FileReport): Map<RuleId, Status> {
  const statuses = new Map<RuleId, Status>()
  const worse: Record<Status, number> = { satisfied: 0, "not-verifiable": 1, violated: 2 }
  for (const f of file.findings)
    if (worse[f.status] >= worse[statuses.get(f.rule) ?? "satisfied"]) statuses.set(f.rule, f.status)
  return statuses
}

/**
 * Proposes fixes for a file and its report, best first. Pure: the same file, report and policy give the same
 * fixes; nothing is written. A fix that resolves no violated rule is not offered.
 */
export async function proposeFixes(
  file: { path: string; bytes: Uint8Array },
  report: FileReport,
  policy: Policy,
  options: CheckOptions = {},
): Promise<Fix[]> {
  if (report.verdict !== "violated") return []
  const opened = openSource(file.path, file.bytes, policy)
  if (opened === undefined) return []
  const source: Source = opened
  const { view } = source
  const before = statusesOf(report)
  const drafts: Draft[] = []
  const none = new Set<number>()
  const masks = maskSafely(view, policy)
  const defused = defuse(view)
  if (masks.length > 0 && policy.parameters.rounding === null)
    drafts.push({
      kind: "mask",
      title: "Mask the small counts, and enough others that none can be worked out",
      edits: masks,
      dropped: none,
    })
  const { rounding } = policy.parameters
  if (rounding !== null) {
    const rounded = roundTable(view, masks, rounding, policy)
    if (rounded.length > 0)
      drafts.push({
        kind: "mask-and-round",
        title:
          "Mask the small counts and round the others, with totals and shares made from the rounded cells",
        edits: rounded,
        dropped: none,
        otherwise: () => roundTable(view, maskTotalsToo(view, masks), rounding, policy),
      })
  }
  const extremes = new Set(view.roles.flatMap((r, i) => (r.role === "extreme" ? [i] : [])))
  if (extremes.size > 0 && policy.parameters.extremes === "forbid" && view.rowRoles === undefined)
    drafts.push({
      kind: "drop-extremes",
      title: "Leave out the columns of smallest and largest values",
      edits: [],
      dropped: extremes,
    })
  if (defused.length > 0)
    drafts.push({
      kind: "defuse",
      title: "Put a quote before cells that would run as formulas",
      edits: defused,
      dropped: none,
    })
  const fixes: Fix[] = []
  for (const draft of drafts) {
    const fix =
      (await tryDraft(draft)) ??
      (draft.otherwise ? await tryDraft({ ...draft, edits: draft.otherwise() }) : undefined)
    if (fix !== undefined) fixes.push(fix)
  }
  return fixes

  /** undefined when it resolves nothing, or breaks another rule. */
  async function tryDraft(draft: Draft): Promise<Fix | undefined> {
    const bytes = write(source, draft.edits, draft.dropped)
    const after = (await checkFiles([inputFromBytes(file.path, bytes)], policy, options)).files[0]
    if (after === undefined) return undefined
    const now = statusesOf(after)
    const resolves = [...before]
      .filter(([rule, status]) => status === "violated" && now.get(rule) !== "violated")
      .map(([rule]) => rule)
    const worse = [...now].some(([rule, status]) => status === "violated" && before.get(rule) !== "violated")
    if (resolves.length === 0 || worse) return undefined
    const changes = [...toChanges(view, draft.edits), ...dropChanges(view, draft.dropped)]
    return { kind: draft.kind, title: draft.title, changes, bytes, after, resolves }
  }
}

function dropChanges(view: TableView, dropped: ReadonlySet<number>): Change[] {
  return [...dropped].map((c) => ({
    location: { column: nameOfColumn(view, c) },
    before: nameOfColumn(view, c),
    after: "",
    why: "A smallest or largest value is the number of one person.",
  }))
}

function defuse(view: TableView): Edit[] {
  return view.table.columns.flatMap((column) =>
    column.formulas.rows.map((row) => ({
      row,
      column: column.index,
      after: `'${(view.table.cells?.[row]?.[column.index] ?? "").trimStart()}`,
      why: "The cell would run as a formula in a spreadsheet.",
    })),
  )
}
