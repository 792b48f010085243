// Data pasted into source code: runs of lines that are rows of numbers, and secrets.
import { readDelimited } from "./delimited.ts"
import { sniffDialect } from "./dialect.ts"
import { isNumberWord } from "./text-tables.ts"
import type { ReadContext, Reading } from "./reading.ts"

const MIN_ROWS = 3

/** Cells of a line without the brackets, quotes and names of call that surround a literal row. */
function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^[[({]+/, "")
    .replace(/[\])}]+,?;?$/, "")
    .replace(/,$/, "")
  return inner.split(/[,;\t|]/).map((c) => c.trim().replace(/^["']|["']$/g, ""))
}

function isRow(line: string): number {
  if (
    /^\s*(?:#|\/\/|--|import |from |def |if |for |return |library\()/.test(line) ||
    /[=<>!]=|<-|\bfunction\b|\w\(/.test(line)
  )
    return 0
  const cells = cellsOf(line)
  const numbers = cells.filter((c) => isNumberWord(c)).length
  return cells.length >= 2 && numbers >= 1 && numbers * 3 >= cells.length ? cells.length : 0
}

/** Adds runs of at least three like lines as tables, with the line before them as header. */
export function readPastedRows(reading: Reading, text: string, context: ReadContext): void {
  const lines = text.split(/\r\n|\n|\r/)
  let from = -1
  let width = 0
  const flush = (to: number): void => {
    if (from >= 0 && to - from >= MIN_ROWS) {
      const head = from > 0 ? cellsOf(lines[from - 1] ?? "") : []
      const headed =
        head.length === width &&
        head.every((c) => c !== "" && !isNumberWord(c)) &&
        !/[=(]/.test(lines[from - 1] ?? "")
      const rows = lines.slice(headed ? from - 1 : from, to).map((l) =>
        cellsOf(l)
          .map((c) => `"${c.replaceAll('"', '""')}"`)
          .join(","),
      )
      const block = `${rows.join("\n")}\n`
      readDelimited(reading, block, sniffDialect(block), context, { path: `line ${from + 1}` })
    }
    from = -1
  }
  for (const [i, line] of lines.entries()) {
    const cells = isRow(line)
    if (cells > 0 && (from < 0 || cells === width)) {
      if (from < 0) {
        from = i
        width = cells
      }
    } else {
      flush(i)
      if (cells > 0) {
        from = i
        width = cells
      }
    }
  }
  flush(lines.length)
  for (const [i, line] of lines.entries()) {
    const secret = SECRETS.find(([pattern]) => pattern.test(line))
    if (secret !== undefined)
      reading.hidden.push({ location: { row: i }, message: `The line holds ${secret[1]}. Remove it.` })
  }
}

const SECRETS: [RegExp, string][] = [
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, "a private key"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an access key"],
  [/\bgh[pousr]_[A-Za-z0-9]{36}\b/, "an access token"],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, "an access token"],
  [
    /\b(?:password|passwd|pwd|secret|api_?key|access_?key|token)\b["']?\s*(?:=|:|<-)\s*["'][^"'\s]{8,}["']/i,
    "a password or key",
  ],
  [/\b[a-z]+:\/\/[^\s:/@"']+:[^\s:/@"']+@/i, "an address with a password"],
]
