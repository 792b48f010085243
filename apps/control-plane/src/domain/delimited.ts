// Rows of a CSV or TSV for reading on screen: text only, bounded, a page at a time, with a summary of
// every column. Formulas are text here and nothing is ever markup. The output checker parses for itself;
// this is for eyes.

export interface ColumnSummary {
  column: string
  type: "number" | "text" | "empty"
  missing: number
  redacted: number
  min: string | null
  minNonZero: string | null
  max: string | null
  sum: string | null
  roundedTo: number | null
}

export interface TablePage {
  readonly columns: string[]
  readonly rows: string[][]
  readonly totalRows: number
  readonly summary: ColumnSummary[]
}

const MOST_COLUMNS = 500
const MOST_CELL = 2_000
const DELIMITERS = [",", "\t", ";", "|"] as const
const MISSING = /^(|na|nan|null|none|\.)$/i
const REDACTED = /^(\[?redacted\]?|suppressed|\[?[cxz]\]?|\*+|<=?\s*\d+|≤\s*\d+)$/i
const NUMBER = /^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[-+]?\d+)?%?$/i

/** RFC 4180 with any line ending. A quote that never closes runs to the end, as one cell. */
export function* readRows(text: string, delimiter: string): Generator<string[]> {
  let row: string[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    let cell: string
    if (text[at] === '"') {
      let end = at + 1
      for (;;) {
        end = text.indexOf('"', end)
        if (end < 0) end = text.length
        else if (text[end + 1] === '"') {
          end += 2
          continue
        }
        break
      }
      cell = text.slice(at + 1, end).replaceAll('""', '"')
      at = end + 1
      // What stands between the closing quote and the delimiter belongs to nobody, but is shown.
      const rest = restOfCell(text, at, delimiter)
      cell += rest
      at += rest.length
    } else {
      cell = restOfCell(text, at, delimiter)
      at += cell.length
    }
    row.push(cell)
    if (text[at] === delimiter) {
      at += 1
      if (at >= text.length) row.push("")
      else continue
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1
    at += 1
    yield row
    row = []
  }
  if (row.length > 0) yield row
}

function restOfCell(text: string, from: number, delimiter: string): string {
  let end = from
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end += 1
  return text.slice(from, end)
}

export function findDelimiter(text: string, kind: string): string {
  if (kind === "tsv") return "\t"
  const line = text.slice(0, 10_000).split(/\r?\n/, 1)[0] ?? ""
  const outside = line.replace(/"[^"]*"/g, "")
  const counts = DELIMITERS.map((d) => outside.split(d).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ","
}

/** Rows `offset` to `offset + limit` of the data, without the header; the summary is over all rows. */
export function readTable(text: string, kind: string, offset: number, limit: number): TablePage {
  let columns: string[] | undefined
  const rows: string[][] = []
  const tallies: Tally[] = []
  let totalRows = 0
  for (const row of readRows(text, findDelimiter(text, kind))) {
    if (columns === undefined) {
      columns = row.slice(0, MOST_COLUMNS).map(cut)
      continue
    }
    // A line with nothing on it is no row.
    if (row.length === 1 && row[0] === "") continue
    if (totalRows >= offset && rows.length < limit) rows.push(row.slice(0, MOST_COLUMNS).map(cut))
    totalRows += 1
    for (let i = 0; i < Math.min(row.length, MOST_COLUMNS); i++)
      count((tallies[i] ??= newTally()), row[i] ?? "")
  }
  const names = columns ?? []
  return {
    columns: names,
    rows,
    totalRows,
    summary: names.map((column, i) => summarise(column, tallies[i] ?? newTally())),
  }
}

function cut(cell: string): string {
  return cell.length <= MOST_CELL ? cell : `${cell.slice(0, MOST_CELL)}…`
}

interface Tally {
  cells: number
  missing: number
  redacted: number
  numbers: number
  min: number
  minNonZero: number
  max: number
  sum: number
  whole: boolean
  divisible: Map<number, boolean>
}

function newTally(): Tally {
  return {
    cells: 0,
    missing: 0,
    redacted: 0,
    numbers: 0,
    min: Infinity,
    minNonZero: Infinity,
    max: -Infinity,
    sum: 0,
    whole: true,
    divisible: new Map([
      [10, true],
      [6, true],
      [5, true],
    ]),
  }
}

function count(tally: Tally, raw: string): void {
  const cell = raw.trim()
  tally.cells += 1
  if (MISSING.test(cell)) {
    tally.missing += 1
    return
  }
  if (REDACTED.test(cell)) {
    tally.redacted += 1
    return
  }
  if (!NUMBER.test(cell) || !/\d/.test(cell)) return
  const value = Number(cell.replaceAll(",", "").replace(/%$/, ""))
  if (!Number.isFinite(value)) return
  tally.numbers += 1
  tally.sum += value
  tally.min = Math.min(tally.min, value)
  tally.max = Math.max(tally.max, value)
  if (value !== 0) tally.minNonZero = Math.min(tally.minNonZero, value)
  if (!Number.isInteger(value)) tally.whole = false
  for (const base of tally.divisible.keys()) {
    // Midpoint rounding to 6 leaves 0 and odd multiples of 3.
    const fits = value % base === 0 || (base === 6 && Math.abs(value) % 6 === 3)
    if (!fits) tally.divisible.set(base, false)
  }
}

function summarise(column: string, tally: Tally): ColumnSummary {
  const words = tally.cells - tally.missing - tally.redacted - tally.numbers
  const numeric = tally.numbers > 0 && words === 0
  const base = [...tally.divisible].find(([, all]) => all)?.[0] ?? null
  const text = (value: number) =>
    numeric && Number.isFinite(value) ? String(Number(value.toPrecision(12))) : null
  return {
    column,
    type: numeric ? "number" : words > 0 ? "text" : "empty",
    missing: tally.missing,
    redacted: tally.redacted,
    min: text(tally.min),
    minNonZero: text(tally.minNonZero),
    max: text(tally.max),
    sum: text(tally.sum),
    roundedTo: numeric && tally.whole && tally.max > 0 ? base : null,
  }
}
