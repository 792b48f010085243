// What one cell of a table says: a number, a count with its share, a mask with its bounds, a date, a text.
// Knows every usual way of writing a count; decides nothing about thresholds.

export type Cell =
  | { kind: "empty" }
  | { kind: "number"; value: number; decimals: number }
  | { kind: "percent"; value: number; decimals: number }
  /** a first number with a second one in brackets or after a slash: "3 (1.2%)", "12.5 (3.1)", "3/153" */
  | {
      kind: "pair"
      first: number
      second: number
      form: "bracket" | "of"
      decimals: number
      percent: boolean
    }
  /** a hidden number; `low` and `high` are what the mask itself says, when it says so */
  | { kind: "mask"; low?: number; high?: number; loose: boolean }
  | { kind: "date"; day: boolean; time: number }
  | { kind: "text" }

const WORDS = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
  "seventeen eighteen nineteen"
).split(" ")

const MASKS = new Set(
  (
    "* ** *** # ## . .. ... … - -- --- – — : c :c [c] [x] [z] [u] [low] x z u s [s] na n/a nan null none nil " +
    "redacted [redacted] suppressed [suppressed] masked hidden withheld confidential (c) (x) small low " +
    "disclosive ~ n.a. <na>"
  ).split(" "),
)
/** Words that may as well be labels; they mask only in a column of numbers. */
const LOOSE = new Set("c x z u s na n/a nan null none nil small low . : # ~ n.a. <na> (c) (x)".split(" "))

const FOOTNOTES = /[\u00b9\u00b2\u00b3\u2070-\u2079†‡§¶]+$|(?<=\d)\s*\*+$|(?<=\d)\s*\[[a-z]\]$/
const PEOPLE =
  "(?:people|persons?|patients?|participants?|subjects?|individuals?|cases?|deaths?|events?|women|men|children|adults|babies|observations|obs|records?)"
const NUM = String.raw`[-+]?(?:\d{1,3}(?:[ ,'\u00a0\u2009\u202f]\d{3})+|\d+)(?:\.\d*)?(?:[eE][-+]?\d{1,3})?|[-+]?\.\d+`
const RE_NUMBER = new RegExp(`^(?:${NUM})$`)
const RE_PERCENT = new RegExp(`^(${NUM})\\s*(?:%|percent|per cent|pct)$`, "i")
const RE_NAMED = new RegExp(`^[([]?\\s*n\\s*[=:]\\s*(${NUM})\\s*[)\\]]?$`, "i")
const RE_NOUN = new RegExp(`^(${NUM})\\s+${PEOPLE}$`, "i")
const RE_BRACKET = new RegExp(
  `^(?:n\\s*=\\s*)?(${NUM})\\s*(%?)\\s*[([{]\\s*(?:n\\s*=\\s*)?(${NUM})\\s*(%?)(?:\\s*(?:[-–—;,]|to)\\s*(?:${NUM})\\s*%?)?\\s*[)\\]}]$`,
  "i",
)
const RE_OF = new RegExp(
  `^(${NUM})\\s*(?:/|of|out of)\\s*(${NUM})(?:\\s*[([]\\s*(?:${NUM})\\s*%?\\s*[)\\]])?$`,
  "i",
)
const RE_SEMI = new RegExp(`^(${NUM})\\s*[;,|]\\s*(${NUM})\\s*%$`)
const RE_BELOW = new RegExp(
  `^[([]?\\s*(?:n\\s*)?(<|<=|≤|=<|less than|fewer than|under|below|up to|at most)\\s*(${NUM})\\s*[)\\]]?$`,
  "i",
)
const RE_ABOVE = new RegExp(`^(?:>|>=|≥|more than|at least|over)\\s*(${NUM})$`, "i")
const RE_RANGE = /^[([]?\s*(\d{1,3})\s*(?:-|–|—|to|\.\.)\s*(\d{1,3})\s*[)\]]?$/i
const CLOCK = String.raw`(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?`
const RE_ISO = new RegExp(
  `^(\\d{4})(?:[-/](\\d{1,2})(?:[-/](\\d{1,2})${CLOCK})?|\\.(\\d{1,2})\\.(\\d{1,2}))$`,
)
const RE_DMY = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ]\d{1,2}:\d{2}(?::\d{2})?)?$/
const RE_MONTH =
  /^(?:(\d{1,2})(?:st|nd|rd|th)?[-\s]+)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-\s,]+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4}|\d{2})$/i
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ")

function toNumber(text: string): number {
  return Number(text.replace(/[ ,'\u00a0\u2009\u202f]/g, ""))
}

function decimalsOf(text: string): number {
  const dot = text.indexOf(".")
  if (dot < 0) return 0
  const end = text.search(/[eE]/)
  return (end < 0 ? text.length : end) - dot - 1
}

function readDate(text: string): Cell | undefined {
  const make = (year: number, month: number, day: number | undefined): Cell | undefined => {
    const y = year < 100 ? year + (year > 30 ? 1900 : 2000) : year
    if (y < 1850 || y > 2150 || month < 1 || month > 12) return undefined
    if (day !== undefined && (day < 1 || day > 31)) return undefined
    return { kind: "date", day: day !== undefined, time: Date.UTC(y, month - 1, day ?? 1) }
  }
  let m = RE_ISO.exec(text)
  if (m !== null) {
    const day = m[3] ?? m[5]
    return make(Number(m[1]), Number(m[2] ?? m[4]), day === undefined ? undefined : Number(day))
  }
  m = RE_DMY.exec(text)
  if (m !== null) {
    const [first, second, year] = [Number(m[1]), Number(m[2]), Number(m[3])]
    return second <= 12 ? make(year, second, first) : make(year, first, second)
  }
  m = RE_MONTH.exec(text)
  if (m !== null) {
    const day = m[1] ?? m[3]
    return make(
      Number(m[4]),
      MONTHS.indexOf((m[2] ?? "").toLowerCase()) + 1,
      day === undefined ? undefined : Number(day),
    )
  }
  return undefined
}

function readMask(text: string): Cell | undefined {
  const low = text.toLowerCase()
  if (MASKS.has(low)) return { kind: "mask", loose: LOOSE.has(low) }
  const below = RE_BELOW.exec(text)
  if (below !== null) {
    const bound = toNumber(below[2] ?? "")
    const inclusive = /^(?:<=|≤|=<|up to|at most)$/i.test(below[1] ?? "")
    if (Number.isFinite(bound))
      return { kind: "mask", low: 0, high: inclusive ? bound : bound - 1, loose: false }
  }
  const above = RE_ABOVE.exec(text)
  if (above !== null) return { kind: "mask", low: toNumber(above[1] ?? ""), loose: false }
  const range = RE_RANGE.exec(text)
  if (range !== null && Number(range[1]) <= Number(range[2]))
    return { kind: "mask", low: Number(range[1]), high: Number(range[2]), loose: true }
  return undefined
}

/** Swaps the roles of comma and dot, for files written with a decimal comma. */
function swapDecimal(text: string): string {
  return /\d/.test(text) ? text.replace(/[.,]/g, (c) => (c === "." ? "," : ".")) : text
}

/** @param decimalComma the file writes 1.204,5 for one thousand two hundred and four and a half */
export function readCell(raw: string, decimalComma = false): Cell {
  let text = raw.trim()
  if (text === "") return { kind: "empty" }
  if (text.length > 80) return { kind: "text" }
  const plain = /^[\x20-\x7e]*$/.test(text)
  if (!plain) {
    text = text
      .replace(FOOTNOTES, "")
      .normalize("NFKC")
      .replace(/[\u200b-\u200f\u2060\ufeff]/g, "")
      .replace(/[\u2212\ufe63]/g, "-")
      .replace(/[\u0660-\u0669]/g, (c) => String(c.charCodeAt(0) - 0x660))
      .replace(/[\u06f0-\u06f9]/g, (c) => String(c.charCodeAt(0) - 0x6f0))
      .replace(/[\u0966-\u096f]/g, (c) => String(c.charCodeAt(0) - 0x966))
      .trim()
    if (text === "") return readMask(raw.trim()) ?? { kind: "text" }
  }
  const date = readDate(text)
  if (date !== undefined) return date
  if (decimalComma) text = swapDecimal(text)
  const mask = readMask(text)
  if (mask !== undefined) return mask
  text = text.replace(FOOTNOTES, "")
  const braced = /^\(\s*(.+?)\s*\)$/.exec(text)
  for (const candidate of braced === null ? [text] : [text, braced[1] ?? ""]) {
    const cell = readNumeric(candidate)
    if (cell !== undefined) return cell
  }
  return { kind: "text" }
}

function readNumeric(text: string): Cell | undefined {
  if (RE_NUMBER.test(text)) {
    const value = toNumber(text)
    return Number.isFinite(value) ? { kind: "number", value, decimals: decimalsOf(text) } : undefined
  }
  let m = RE_PERCENT.exec(text)
  if (m !== null) return { kind: "percent", value: toNumber(m[1] ?? ""), decimals: decimalsOf(m[1] ?? "") }
  m =
    RE_NAMED.exec(text) ??
    RE_NOUN.exec(text) ??
    /^(?:~|≈|c\.|ca\.?|approx\.?|about|#)\s*([\d,]+)$/i.exec(text)
  if (m !== null) return { kind: "number", value: toNumber(m[1] ?? ""), decimals: decimalsOf(m[1] ?? "") }
  m = RE_BRACKET.exec(text)
  if (m !== null) {
    const [first, second] = [m[1] ?? "", m[3] ?? ""]
    // "12.3% (3)" and "12.3 (3)" put the share first
    const swapped = m[2] === "%"
    const [count, share] = swapped ? [second, first] : [first, second]
    return {
      kind: "pair",
      first: toNumber(count),
      second: toNumber(share),
      form: "bracket",
      decimals: decimalsOf(share),
      percent: swapped || m[4] === "%",
    }
  }
  m = RE_OF.exec(text)
  if (m !== null)
    return {
      kind: "pair",
      first: toNumber(m[1] ?? ""),
      second: toNumber(m[2] ?? ""),
      form: "of",
      decimals: 0,
      percent: false,
    }
  m = RE_SEMI.exec(text)
  if (m !== null)
    return {
      kind: "pair",
      first: toNumber(m[1] ?? ""),
      second: toNumber(m[2] ?? ""),
      form: "bracket",
      decimals: decimalsOf(m[2] ?? ""),
      percent: true,
    }
  const word = WORDS.indexOf(text.toLowerCase())
  return word >= 0 ? { kind: "number", value: word, decimals: 0 } : undefined
}

export function isWhole(value: number): boolean {
  return Number.isInteger(value)
}

/** The whole number a cell shows, when it shows one. */
export function wholeOf(cell: Cell): number | undefined {
  if (cell.kind === "number" && isWhole(cell.value)) return cell.value
  if (cell.kind === "pair" && isWhole(cell.first)) return cell.first
  return undefined
}
