// Which cells and columns of a table a finding speaks of. Rows count from 0 without the header, as the engine
// counts them.
import { numbersIn, type Finding } from "../../components/findings.ts"

export interface Marks {
  /** "row column" → how the cell is marked */
  cells: ReadonlyMap<string, "violates" | "used">
  /** columns that could not be verified */
  columns: ReadonlySet<string>
}

export function cellKey(row: number, column: string): string {
  return `${row} ${column}`
}

/** Solid for every violated place; dashed for the cells that the open finding's derivation was worked out from. */
export function placeMarks(
  findings: readonly Finding[],
  open: Finding | undefined,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Marks {
  const cells = new Map<string, "violates" | "used">()
  const doubtful = new Set<string>()
  for (const finding of findings) {
    if (finding.status === "satisfied") continue
    const { row, column } = finding.location ?? {}
    if (finding.status === "not-verifiable") {
      if (column !== undefined && row === undefined) doubtful.add(column)
      continue
    }
    if (row !== undefined && column !== undefined) cells.set(cellKey(row, column), "violates")
    for (const cell of finding.recovered ?? []) cells.set(cellKey(cell.row, cell.column), "violates")
  }
  for (const cell of open?.recovered ?? []) {
    const used = new Set(numbersIn(cell.derivation))
    const line = rows[cell.row] ?? []
    for (const [at, text] of line.entries()) {
      const name = columns[at]
      if (name === undefined || name === cell.column || !used.has(text.replaceAll(",", "").trim())) continue
      if (!cells.has(cellKey(cell.row, name))) cells.set(cellKey(cell.row, name), "used")
    }
  }
  return { cells, columns: doubtful }
}

const TOTAL_WORDS = new Set(["all", "total", "totals", "overall", "sum"])

/** Rows that sum others up are set apart: one of their words says so. */
export function isTotalRow(row: readonly string[]): boolean {
  return row.some((cell) => TOTAL_WORDS.has(cell.trim().toLowerCase()))
}

/** Columns whose every filled cell reads as a number or as hidden are set right. */
export function numericColumns(columns: readonly string[], rows: readonly (readonly string[])[]): boolean[] {
  return columns.map((_, at) => {
    const filled = rows.map((row) => (row[at] ?? "").trim()).filter((cell) => cell !== "")
    const numbers = filled.filter((cell) => /^[<>~]?-?[\d,]+(\.\d+)?%?$/.test(cell)).length
    return (
      numbers > 0 &&
      filled.every((cell) => /^[<>~]?-?[\d,]+(\.\d+)?%?$/.test(cell) || /^(\[.*\]|\*+|-|c|NA)$/i.test(cell))
    )
  })
}
