// The dialect of a delimited text, told from its opening: delimiter, quote, decimal sign, note lines.

export interface Dialect {
  delimiter: string
  quote: string
  decimalComma: boolean
  /** characters before the first row: a mark such as `sep=;` */
  skip: number
  /** share of non-blank rows with the usual width, and that width */
  fit: number
  width: number
}

export const DELIMITERS = [",", ";", "\t", "|", "\u001f", "^", "~", ":", " "] as const
const SAMPLE = 65_536

/**
 * Splits a text into rows of cells. Quotes are doubled or escaped by a backslash; a quote counts only at
 * the start of a cell, so an inch sign inside a text does no harm. `row` may return false to stop.
 * @returns true when the text ends inside a quoted cell
 */
export function scanRows(
  text: string,
  dialect: { delimiter: string; quote: string; skip: number },
  row: (cells: string[]) => boolean | void,
): boolean {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const quote = dialect.quote.charCodeAt(0)
  const spaced = dialect.delimiter === " "
  const length = text.length
  let at = dialect.skip
  let cells: string[] = []
  while (at < length) {
    // one cell per turn
    let start = at
    while (!spaced && text.charCodeAt(start) === 32) start++
    let ended = false
    if (text.charCodeAt(start) === quote) {
      let from = start + 1
      let value = ""
      let closed = false
      for (;;) {
        const end = text.indexOf(dialect.quote, from)
        if (end < 0) {
          value += text.slice(from)
          at = length
          break
        }
        if (text.charCodeAt(end + 1) === quote) {
          value += text.slice(from, end + 1)
          from = end + 2
          continue
        }
        if (text.charCodeAt(end - 1) === 92 && end > from && !isCellEnd(text, end + 1, delimiter)) {
          value += `${text.slice(from, end - 1)}${dialect.quote}`
          from = end + 1
          continue
        }
        value += text.slice(from, end)
        at = end + 1
        closed = true
        break
      }
      if (!closed) {
        cells.push(value)
        row(cells)
        return true
      }
      // whatever follows the closing quote belongs to the cell
      const rest = at
      while (at < length && !isBreak(text.charCodeAt(at), delimiter)) at++
      cells.push(rest === at ? value : value + text.slice(rest, at).trimEnd())
    } else {
      start = at
      while (at < length && !isBreak(text.charCodeAt(at), delimiter)) at++
      cells.push(text.slice(start, at))
    }
    const code = text.charCodeAt(at)
    if (at >= length) ended = true
    else if (code === delimiter) {
      at++
      if (spaced) while (text.charCodeAt(at) === 32) at++
      if (at >= length) {
        cells.push("")
        ended = true
      }
    } else {
      at += code === 13 && text.charCodeAt(at + 1) === 10 ? 2 : 1
      ended = true
    }
    if (ended) {
      if (row(cells) === false) return false
      cells = []
    }
  }
  return false
}

function isBreak(code: number, delimiter: number): boolean {
  return code === delimiter || code === 10 || code === 13
}

function isCellEnd(text: string, at: number, delimiter: number): boolean {
  return at >= text.length || isBreak(text.charCodeAt(at), delimiter)
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((c) => c.trim() === "")
}

/** How regular the sample is under one delimiter: share of rows with the usual width of at least two. */
function judge(
  sample: string,
  delimiter: string,
  quote: string,
): { fit: number; width: number; rows: number } {
  const widths = new Map<number, number>()
  let rows = 0
  const open = scanRows(sample, { delimiter, quote, skip: 0 }, (cells) => {
    if (isBlank(cells)) return true
    rows++
    widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1)
    return rows < 400
  })
  let width = 1
  let best = 0
  for (const [w, n] of widths)
    if (w > 1 && n >= best) {
      width = w
      best = n
    }
  const fit = rows === 0 ? 0 : best / rows
  return { fit: open && rows < 3 ? fit * 0.3 : fit, width, rows }
}

export function sniffDialect(text: string, hint?: "," | "\t"): Dialect {
  let skip = 0
  let forced: string | undefined
  const mark = /^sep=(.)\r?\n/i.exec(text.slice(0, 16))
  if (mark !== null) {
    skip = mark[0].length
    forced = mark[1]
  }
  let sample = text.slice(skip, skip + SAMPLE)
  if (text.length > skip + SAMPLE) {
    const cut = Math.max(sample.lastIndexOf("\n"), sample.lastIndexOf("\r"))
    if (cut > 0) sample = sample.slice(0, cut)
  }
  let best: Dialect = { delimiter: hint ?? ",", quote: '"', decimalComma: false, skip, fit: 0, width: 1 }
  let bestScore = -1
  for (const delimiter of forced === undefined ? DELIMITERS : [forced]) {
    if (!sample.includes(delimiter)) continue
    for (const quote of ['"', "'"]) {
      if (quote === "'" && !sample.includes("'")) continue
      const { fit, width, rows } = judge(sample, delimiter, quote)
      if (width < 2) continue
      // Rare delimiters must fit nearly everywhere: prose is full of colons and blanks.
      const rare = delimiter === ":" || delimiter === " " || delimiter === "~" || delimiter === "^"
      if (rare && (fit < 0.98 || rows < 3)) continue
      const score =
        fit +
        Math.min(width, 12) * 0.004 -
        (rare ? 0.5 : 0) -
        (quote === "'" ? 0.02 : 0) +
        (delimiter === hint ? 0.01 : 0)
      if (score > bestScore) {
        bestScore = score
        best = { delimiter, quote, decimalComma: false, skip, fit, width }
      }
    }
  }
  if (forced !== undefined) best = { ...best, delimiter: forced }
  return { ...best, decimalComma: usesDecimalComma(sample, best) }
}

/** True when numbers of the sample have a comma before their decimals and none has a dot there. */
function usesDecimalComma(sample: string, dialect: Dialect): boolean {
  let commas = 0
  let dots = 0
  let dotThousands = 0
  scanRows(sample, { ...dialect, skip: 0 }, (cells) => {
    for (const raw of cells) {
      const cell = raw.trim()
      if (/^-?\d{1,3}(?:\.\d{3})*,\d+ ?%?$/.test(cell) && !/^-?[1-9]\d{0,2},\d{3}$/.test(cell)) commas++
      else if (/^-?\d*\.\d+ ?%?$/.test(cell) && !/^-?[1-9]\d{0,2}\.\d{3}$/.test(cell)) dots++
      else if (/^-?[1-9]\d{0,2}(?:\.\d{3})+$/.test(cell)) dotThousands++
    }
    return true
  })
  if (commas > 0) return dots === 0
  // 1.204 next to nothing that has other decimals, in a file that may not use the comma freely
  return dots === 0 && dotThousands > 0 && dialect.delimiter === ";"
}
