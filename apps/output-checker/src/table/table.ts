// Tables as every reader delivers them, and the builder that cuts a stream of rows into tables: header of
// one or more rows, title and note lines, several tables in one file. Cells are kept only for tables of
// ordinary size; a larger one keeps what its columns measured.
import { readCell } from "./cell.ts"
import { ColumnScan, type ScanOptions } from "./column.ts"

export interface Table {
  sheet?: string
  path?: string
  /** heading or title lines above the table */
  title: string[]
  /** false when the first row already holds data; names are then "column 1"… */
  headed: boolean
  columns: ColumnScan[]
  /** the names as written, where columns carry them cut to a readable length */
  header: string[]
  rowCount: number
  /** data rows, when the table is small enough to be kept whole */
  cells: string[][] | undefined
  /** for each kept data row, which row of the text it was, from 0; empty for formats that are no text */
  lines: number[]
  decimalComma: boolean
  /** rows that do not have the header's number of cells */
  ragged: { row: number; width: number }[]
  raggedTotal: number
}

export const MAX_KEPT_CELLS = 400_000
export const MAX_COLUMNS = 16_384
const MAX_HEADER = 5

export interface Where {
  sheet?: string
  path?: string
}

function isBlank(cells: readonly string[]): boolean {
  for (const c of cells) if (c !== "" && c.trim() !== "") return false
  return true
}

function filledCount(cells: readonly string[]): number {
  let n = 0
  for (const c of cells) if (c.trim() !== "") n++
  return n
}

/** Width without the empty cells at the end. */
function usedWidth(cells: readonly string[]): number {
  let width = cells.length
  while (width > 0 && (cells[width - 1] ?? "").trim() === "") width--
  return width
}

function isNumberLike(raw: string, comma: boolean): boolean {
  const cell = readCell(raw, comma)
  return (
    cell.kind === "number" ||
    cell.kind === "percent" ||
    cell.kind === "pair" ||
    (cell.kind === "mask" && !cell.loose)
  )
}

function looksLikeYear(raw: string): boolean {
  return /^(?:1[89]|20)\d{2}$/.test(raw.trim())
}

const HEADER_WORD =
  /^(?:n|id|sex|age|group|count|total|value|name|year|region|term|variable|level|category|estimate|mean|sd|rate|percent|%|\(?n ?\(%\)\)?|all|male|female)$/i

/** How many of the first rows are header. 0: the first row is data. */
export function headerDepth(rows: readonly string[][], comma: boolean): number {
  const [first, ...others] = rows
  if (first === undefined) return 0
  const width = Math.max(...rows.map((r) => r.length))
  const numericBelow: boolean[] = []
  for (let c = 0; c < width; c++) {
    const below = others.filter((r) => (r[c] ?? "").trim() !== "")
    const numbers = below.filter(
      (r) => isNumberLike(r[c] ?? "", comma) || readCell(r[c] ?? "", comma).kind === "mask",
    )
    numericBelow.push(below.length > 0 && numbers.length * 2 >= below.length)
  }
  const columns = numericBelow.flatMap((yes, c) => (yes ? [c] : []))
  if (others.length === 0)
    return first.some((c) => isNumberLike(c, comma)) && !first.some((c) => HEADER_WORD.test(c.trim())) ? 0 : 1
  if (columns.length === 0) return first.some((c) => isNumberLike(c, comma)) ? 0 : 1
  const named = columns.filter((c) => {
    const cell = (first[c] ?? "").trim()
    return cell !== "" && !isNumberLike(cell, comma)
  })
  if (named.length === 0) {
    const filled = columns.map((c) => (first[c] ?? "").trim()).filter((c) => c !== "")
    // Years or a run of levels over the columns: a header of numbers, when its corner is no number either.
    const corner = (first[0] ?? "").trim()
    const years = filled.length > 0 && filled.every(looksLikeYear)
    const levels =
      filled.length > 1 &&
      filled.every((c, i) => /^\d{1,3}$/.test(c) && (i === 0 || Number(c) === Number(filled[i - 1]) + 1))
    // A blank corner over a run of levels: the header of a printed cross table.
    const blankCorner = corner === "" && levels && first.slice(1).every((c) => c.trim() !== "")
    const plainRun =
      levels &&
      columns.includes(0) &&
      rows.length === 2 &&
      filled.length === first.length &&
      Number(filled[0]) <= 1
    if (blankCorner || plainRun) return 1
    const cornerIsName = corner === "" || !others.some((r) => (r[0] ?? "").trim() === corner)
    if ((years || levels) && !columns.includes(0) && cornerIsName) {
      const belowYears = columns.every((c) => others.every((r) => looksLikeYear(r[c] ?? "")))
      if (!belowYears) return 1
    }
    if (filled.length === 0 && rows.length > 1) return 1 + deeper(rows, columns, comma)
    if (first.some((c) => HEADER_WORD.test(c.trim())) && years) return 1
    return 0
  }
  return 1 + deeper(rows, columns, comma)
}

/** Further header rows below the first: no number in any column that has numbers later. */
function deeper(rows: readonly string[][], columns: readonly number[], comma: boolean): number {
  let depth = 0
  for (const row of rows.slice(1, MAX_HEADER)) {
    const cells = columns.map((c) => (row[c] ?? "").trim())
    const noNumbers = cells.every((c) => {
      const kind = readCell(c, comma).kind
      return kind === "text" || kind === "empty" || /^\d{1,3}\s*(?:-|–|to)\s*\d{1,3}$/.test(c)
    })
    const laterNumbers = rows
      .slice(depth + 2)
      .some((r) => columns.some((c) => isNumberLike(r[c] ?? "", comma)))
    if (!noNumbers || !laterNumbers || isBlank(row)) break
    // A row of blanks under a named corner is the index line of a data frame.
    const named = cells.filter((c) => c !== "").length
    if (named === 0 && (row[0] ?? "").trim() === "") break
    if (named === 0 && depth === 0 && (rows[0]?.[0] ?? "").trim() !== "" && rows.length > 3) break
    depth++
  }
  return depth
}

export class TableBuilder {
  readonly tables: Table[] = []
  readonly notes: { line: number; text: string }[] = []
  private where: Where
  private options: ScanOptions
  private pending: { cells: string[]; line: number }[] = []
  private current: Table | undefined
  private line = 0
  private blank = true
  private titles: string[] = []
  private maxCells: number

  private usualWidth: number

  /** @param usualWidth cells that most rows have; lines of one cell are then notes, not tables */
  constructor(where: Where, options: ScanOptions, usualWidth = 1, maxCells: number = MAX_KEPT_CELLS) {
    this.where = where
    this.usualWidth = usualWidth
    this.options = options
    this.maxCells = maxCells
  }

  add(cells: string[]): void {
    this.line++
    if (isBlank(cells)) {
      if (this.pending.length > 0) this.flush()
      this.blank = true
      return
    }
    if (this.current !== undefined) {
      if (!this.startsAnother(cells)) {
        this.addData(cells, this.line)
        this.blank = false
        return
      }
      this.current = undefined
    }
    if (this.pending.length === 0 && this.isNote(cells)) {
      this.addNote(cells)
      return
    }
    // A title above the header is narrower than the rows that follow.
    if (
      this.pending.length === 1 &&
      usedWidth(this.pending[0]?.cells ?? []) === 1 &&
      usedWidth(cells) > 1 &&
      this.tables.length === 0
    ) {
      this.addNote(this.pending[0]?.cells ?? [])
      this.pending = []
    }
    this.pending.push({ cells, line: this.line })
    this.blank = false
    if (this.pending.length >= MAX_HEADER + 1) this.flush()
  }

  end(): void {
    if (this.pending.length > 0) this.flush()
  }

  private isNote(cells: readonly string[]): boolean {
    const first = (cells[0] ?? "").trim()
    if (first.startsWith("#")) return cells.length === 1 || filledCount(cells) === 1 || /^#\s/.test(first)
    return usedWidth(cells) === 1 && cells.length > 1
  }

  private addNote(cells: readonly string[]): void {
    const text = cells.join(" ").trim()
    this.titles.push(text)
    this.notes.push({ line: this.line, text })
  }

  /** A row that cannot go on the current table: after a blank line, or of another shape altogether. */
  private startsAnother(cells: readonly string[]): boolean {
    const table = this.current
    if (table === undefined) return true
    const used = usedWidth(cells)
    const comma = this.options.decimalComma
    if (used === 1 && table.columns.length > 1 && cells.length !== table.columns.length) {
      this.addNote(cells)
      return false
    }
    if (!this.blank) return false
    const numbers = cells.filter((c) => isNumberLike(c, comma) && !looksLikeYear(c)).length
    if (used === 1 && table.columns.length > 1) return true
    return numbers === 0 || used > table.columns.length
  }

  private addData(cells: string[], line: number): void {
    const table = this.current as Table
    const width = table.columns.length
    if (usedWidth(cells) === 1 && width > 1 && cells.length !== width) return
    const row = table.rowCount++
    const used = usedWidth(cells)
    if (used > width) this.widen(table, used, row)
    if (cells.length < width || used > width) {
      table.raggedTotal++
      if (table.ragged.length < 100) table.ragged.push({ row, width: cells.length })
    }
    const columns = table.columns
    for (let i = 0; i < columns.length; i++) (columns[i] as ColumnScan).add(row, cells[i] ?? "")
    if (table.cells !== undefined) {
      if (table.rowCount * columns.length > this.maxCells) {
        table.cells = undefined
        table.lines = []
      } else {
        table.cells.push(cells)
        table.lines.push(line - 1)
      }
    }
  }

  private widen(table: Table, used: number, row: number): void {
    for (let i = table.columns.length; i < Math.min(used, MAX_COLUMNS); i++) {
      const column = new ColumnScan(i, `column ${i + 1}`, this.options)
      column.rows = row
      column.empty = row
      table.columns.push(column)
    }
  }

  private flush(): void {
    const pending = this.pending
    const rows = pending.map((p) => p.cells)
    this.pending = []
    if (this.usualWidth > 1 && rows.every((row) => usedWidth(row) <= 1)) {
      for (const row of rows) this.addNote(row)
      return
    }
    const comma = this.options.decimalComma
    const depth = Math.min(headerDepth(rows, comma), rows.length)
    const names = nameColumns(
      rows.slice(0, depth),
      Math.min(MAX_COLUMNS, Math.max(...rows.map(usedWidth), 1)),
    )
    const table: Table = {
      ...this.where,
      ...(this.tables.length > 0
        ? {
            path: `${this.where.path === undefined ? "" : `${this.where.path}/`}table ${this.tables.length + 1}`,
          }
        : {}),
      title: this.titles,
      headed: depth > 0,
      columns: names.map((name, i) => new ColumnScan(i, name, this.options)),
      header: rows.slice(0, depth).flat(),
      rowCount: 0,
      cells: [],
      lines: [],
      decimalComma: comma,
      ragged: [],
      raggedTotal: 0,
    }
    this.titles = []
    this.tables.push(table)
    this.current = table
    for (const { cells, line } of pending.slice(depth)) this.addData(cells, line)
  }
}

const MAX_NAME = 200

function clip(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name
}

/** Joins the rows of a header; an empty cell of an upper row takes the name to its left. */
export function nameColumns(header: readonly string[][], width: number): string[] {
  const filled = header.map((row, level) => {
    const upper = level < header.length - 1
    let last = ""
    return Array.from({ length: width }, (_, i) => {
      const cell = (row[i] ?? "").trim()
      if (cell !== "") last = cell
      return cell === "" && upper && i > 0 ? last : cell
    })
  })
  const seen = new Map<string, number>()
  return Array.from({ length: width }, (_, i) => {
    const parts = filled.map((row) => row[i] ?? "").filter((p) => p !== "")
    const base = clip([...new Set(parts)].join(" / ")) || `column ${i + 1}`
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return count === 1 ? base : `${base}.${count}`
  })
}

/** A table whose header is known, from formats that have one. Missing cells are empty. */
export function makeTable(
  names: readonly string[],
  rows: Iterable<readonly string[]>,
  where: Where,
  options: ScanOptions,
  title: string[] = [],
): Table {
  const table: Table = {
    ...where,
    title,
    headed: true,
    columns: nameColumns([[...names]], Math.min(names.length, MAX_COLUMNS)).map(
      (name, i) => new ColumnScan(i, name, options),
    ),
    header: [...names],
    rowCount: 0,
    cells: [],
    lines: [],
    decimalComma: options.decimalComma,
    ragged: [],
    raggedTotal: 0,
  }
  for (const cells of rows) {
    const row = table.rowCount++
    for (const column of table.columns) column.add(row, cells[column.index] ?? "")
    if (table.cells === undefined) continue
    if (table.rowCount * table.columns.length > MAX_KEPT_CELLS) table.cells = undefined
    else table.cells.push([...cells])
  }
  return table
}
