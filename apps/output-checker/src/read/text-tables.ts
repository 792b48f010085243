// Tables printed into running text: pandas, R, Stata and statsmodels prints, Markdown and box tables. A
// block of lines is a table when its columns are told apart by the same gaps in every line and hold numbers.
import { readCell } from "../table/cell.ts"
import { TableBuilder } from "../table/table.ts"
import type { ReadContext, Reading } from "./reading.ts"

const SEPARATOR = /^[\s\-=+|_─━═│┃┌┐└┘├┤┬┴┼╞╡╪╒╕╘╛╤╧:*.]*[-=─━═_]{2,}[\s\-=+|_─━═│┃┌┐└┘├┤┬┴┼╞╡╪╒╕╘╛╤╧:*.]*$/
const HARD_SEPARATOR = /^\s*={8,}\s*$/
/** Lines that belong to a print and to none of its columns. */
const TRAILER =
  /^(?:Name: .*|dtype: \w+|Length: \d+.*|\[\d+ rows x \d+ columns\]|\(\d+ rows?\)|Signif\. codes:.*|---|# A tibble:.*|# [ℹi] .*|shape: \(.*\)|Warning.*|Notes?:.*|\.\.\..*)$/
const TYPES = /^\s*(?:<(?:chr|int|dbl|fct|lgl|date|dttm|num|ord|i64|f64|str)>\s*)+$/

const FACT = /^\s*[A-Za-z][\w .()-]{0,40}(?::\s+|\s*=\s+)\S/

interface Line {
  text: string
  number: number
}

export function isNumberWord(word: string): boolean {
  const kind = readCell(word).kind
  return kind === "number" || kind === "percent" || kind === "pair"
}

/** Splits lines at the places where every one of them has a blank. */
export function splitByGaps(lines: readonly string[]): string[][] {
  const width = Math.max(...lines.map((l) => l.length))
  const taken = new Uint8Array(width + 1)
  for (const line of lines) for (let i = 0; i < line.length; i++) if (line.charCodeAt(i) !== 32) taken[i] = 1
  const spans: [number, number][] = []
  for (let i = 0; i < width; i++) {
    if (taken[i] === 0) continue
    let end = i
    while (taken[end] === 1) end++
    spans.push([i, end])
    i = end
  }
  return lines.map((line) => spans.map(([from, to]) => line.slice(from, to).trim()))
}

function splitByPipes(lines: readonly string[]): string[][] {
  return lines.map((line) =>
    line
      .trim()
      .replace(/^[|│┃]/, "")
      .replace(/[|│┃]$/, "")
      .split(/(?<!\\)[|│┃┆]/)
      .map((c) => c.trim().replaceAll("\\|", "|")),
  )
}

/** Columns of numbers in at least half of the rows below the first. */
function isTable(rows: readonly string[][]): boolean {
  const width = rows[0]?.length ?? 0
  if (rows.length < 2 || width < 2) return false
  const body = rows.slice(1)
  let numeric = 0
  // A formula is full of signs that mask elsewhere; a table has numbers.
  if (!body.some((r) => r.some(isNumberWord))) return false
  for (let c = 0; c < width; c++) {
    const filled = body.filter((r) => (r[c] ?? "") !== "")
    const numbers = filled.filter((r) => isNumberWord(r[c] ?? "") || readCell(r[c] ?? "").kind === "mask")
    if (numbers.length > 0 && numbers.length * 2 >= filled.length && filled.length * 2 >= body.length)
      numeric++
  }
  return numeric > 0
}

function splitBlock(block: readonly Line[]): string[][] | undefined {
  const lines = block.map((l) => l.text).filter((t) => !SEPARATOR.test(t) && !TYPES.test(t))
  if (lines.length < 2) return undefined
  // "No. Observations:   153" in one or two columns is no table but a list of facts.
  if (lines.filter((l) => FACT.test(l)).length * 5 >= lines.length * 3) return undefined
  const piped = lines.filter((l) => /[|│┃]/.test(l)).length
  if (piped === lines.length) {
    const rows = splitByPipes(lines)
    const width = rows[0]?.length ?? 0
    if (width >= 2 && rows.every((r) => r.length === width) && lines.every((l) => /^\s*[|│┃]/.test(l)))
      return isTable(rows) ? rows : undefined
  }
  const rows = splitByGaps(
    lines.map((l) =>
      (piped * 5 >= lines.length * 3 ? l.replace(/[|│┃┆]/g, " ") : l).replace(/\t/g, "        "),
    ),
  )
  return isTable(rows) ? rows : undefined
}

/** A block without its first lines, when they are a heading over the table. */
function trimHeading(block: readonly Line[]): { rows: string[][]; from: number } | undefined {
  for (let from = 0; from < Math.min(3, block.length - 1); from++) {
    const rows = splitBlock(block.slice(from))
    if (rows !== undefined) return { rows, from }
  }
  return undefined
}

/** pandas prints the name of a column of counts under it, not over it. */
function seriesName(trailers: readonly string[]): string | undefined {
  for (const line of trailers) {
    const m = /^Name: (.+?), (?:Length: \d+, )?dtype: int/.exec(line)
    if (m !== null) return m[1] === "count" || m[1] === "size" ? m[1] : undefined
  }
  return undefined
}

/** Cuts text into tables and prose, both added to the reading. */
export function readTextTables(reading: Reading, text: string, context: ReadContext): void {
  const lines = text.split(/\r\n|\n|\r/)
  const prose: Line[] = []
  let block: Line[] = []
  let trailers: Line[] = []
  const flush = (): void => {
    if (block.length > 0) {
      const found = trimHeading(block)
      if (found === undefined) prose.push(...block)
      else {
        prose.push(...block.slice(0, found.from))
        addRows(reading, found.rows, context, seriesName(trailers.map((t) => t.text)))
      }
    }
    prose.push(...trailers)
    block = []
    trailers = []
  }
  for (const [number, text_] of lines.entries()) {
    const line = { text: text_, number }
    if (text_.trim() === "" || HARD_SEPARATOR.test(text_)) flush()
    else if (TRAILER.test(text_.trim()) && !TYPES.test(text_)) trailers.push(line)
    else {
      if (trailers.length > 0) flush()
      block.push(line)
    }
    if (block.length > 20_000) flush()
  }
  flush()
  prose.sort((a, b) => a.number - b.number)
  if (prose.length > 0) {
    // Line numbers stay those of the file: lines that went into tables are blank here.
    const kept: string[] = []
    for (const { text: t, number } of prose) kept[number] = t
    reading.prose.push({ location: {}, text: Array.from(kept, (t) => t ?? "").join("\n") })
  }
}

function addRows(reading: Reading, rows: string[][], context: ReadContext, name: string | undefined): void {
  const index = reading.tables.length
  const builder = new TableBuilder({}, { ...context.scan, decimalComma: false }, rows[0]?.length ?? 1)
  const width = rows[0]?.length ?? 0
  if (name !== undefined && width === 2) {
    const headed = !isNumberWord(rows[0]?.[1] ?? "")
    builder.add([headed ? (rows[0]?.[0] ?? "") : "", name])
    for (const row of headed ? rows.slice(1) : rows) builder.add(row)
  } else for (const row of rows) builder.add(row)
  builder.end()
  for (const [i, table] of builder.tables.entries()) {
    const number = index + i + 1
    if (number > 1) table.path = `table ${number}`
    reading.tables.push(table)
  }
}
