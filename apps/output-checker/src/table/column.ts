// One column of a table, measured in one pass. Bounded: lists of places are capped, their totals are exact,
// so a table of a million rows costs no more memory than a page of numbers.
import { readCell, type Cell } from "./cell.ts"
import { findShapes, type IdRange, type Shape } from "./identifiers.ts"

export interface ScanOptions {
  threshold: number
  nearest: readonly number[]
  midpoint: readonly number[]
  range: IdRange
  decimalComma: boolean
}

/** Places of one kind of thing: the first `LISTED` rows, and how many there are. */
export interface Places {
  total: number
  rows: number[]
  texts: string[]
}
export const LISTED = 1000
const MAX_DISTINCT = 5000
const MAX_UNIQUE = 1 << 20
const TRACKED_ROWS = 20_000
const MAX_CACHE = 4096

export function newPlaces(): Places {
  return { total: 0, rows: [], texts: [] }
}

function put(places: Places, row: number, text: string): void {
  places.total++
  if (places.rows.length < LISTED) {
    places.rows.push(row)
    places.texts.push(text.length > 60 ? `${text.slice(0, 57)}…` : text)
  }
}

interface Known {
  cell: Cell
  shapes: { shape: Shape; text: string }[]
  formula: boolean
  text: string
}

/** A cell that a spreadsheet would run: the signs = and @ always, + and - only before an expression. */
export function isFormula(text: string): boolean {
  const first = text.charCodeAt(0)
  if (first === 9 || first === 13) return /^[\t\r]+[=+\-@]/.test(text)
  if (first !== 61 && first !== 64 && first !== 43 && first !== 45 && first !== 32 && first < 0xff00)
    return false
  const t = text.trimStart().normalize("NFKC")
  if (/^=+\s*$/.test(t) || /^-+$/.test(t)) return false
  if (/^[=@]/.test(t)) return t.length > 1
  if (!/^[+-]/.test(t)) return false
  const rest = t.replace(/^[+\-\s]+/, "")
  return /[=!|]|[A-Za-z]\(/.test(rest) || /^\$?[A-Z]{1,3}\$?\d+\s*(?:$|[-+*/:,^])/.test(rest)
}

export class ColumnScan {
  readonly index: number
  name: string
  rows = 0
  empty = 0
  whole = 0
  negative = 0
  decimal = 0
  percent = 0
  mask = 0
  looseMask = 0
  pair = 0
  date = 0
  dayDate = 0
  text = 0
  maxDecimals = 0
  min = Infinity
  max = -Infinity
  sum = 0
  firstDay = Infinity
  lastDay = -Infinity
  longest = 0
  /** cells whose whole number w, alone or before a bracket, has 0 < w < threshold */
  small = newPlaces()
  smallValues: number[] = []
  zeros = newPlaces()
  masks = newPlaces()
  formulas = newPlaces()
  shapes = new Map<Shape, Places>()
  /** numbers of this base that are not rounded to it */
  unroundedNearest: Places[]
  unroundedMidpoint: Places[]
  distinct = new Set<string>()
  repeats = false
  private hashes = new Set<number>()
  private options: ScanOptions
  private cache = new Map<string, Known>()

  constructor(index: number, name: string, options: ScanOptions) {
    this.index = index
    this.name = name
    this.options = options
    this.unroundedNearest = options.nearest.map(newPlaces)
    this.unroundedMidpoint = options.midpoint.map(newPlaces)
  }

  /** Non-empty cells that show a number of any kind. */
  get numeric(): number {
    return this.whole + this.decimal + this.percent + this.pair
  }
  get filled(): number {
    return this.rows - this.empty
  }
  /** Every filled cell is different. Exact up to a million rows. */
  get allDistinct(): boolean {
    return !this.repeats && this.filled > 0
  }

  add(row: number, raw: string): void {
    this.rows++
    const length = raw.length
    if (length === 0) {
      this.empty++
      return
    }
    if (length <= 12 && this.addPlain(row, raw, length)) {
      this.track(row, raw)
      return
    }
    let known = this.cache.get(raw)
    if (known === undefined) {
      const formula = isFormula(raw)
      known = {
        cell: readCell(raw, this.options.decimalComma),
        shapes: findShapes(raw, this.options.range, true),
        formula,
        text: raw,
      }
      if (length <= 64 && this.cache.size < MAX_CACHE) this.cache.set(raw, known)
    }
    this.addKnown(row, known)
    this.track(row, raw)
  }

  /**
   * The common case, plain digits with or without decimals, needs neither cache nor patterns. Fewer than ten
   * digits before the point are never an identifier.
   */
  private addPlain(row: number, raw: string, length: number): boolean {
    let value = 0
    let dot = -1
    for (let i = 0; i < length; i++) {
      const code = raw.charCodeAt(i)
      if (code === 46 && dot < 0 && i > 0 && !this.options.decimalComma) dot = i
      else if (code >= 48 && code <= 57) value = value * 10 + code - 48
      else return false
    }
    if (dot < 0) {
      if (length > 9) return false
      this.addWhole(row, value, raw)
      return true
    }
    const decimals = length - dot - 1
    if (dot > 9 || decimals === 0) return false
    const number = value / 10 ** decimals
    if (decimals > this.maxDecimals) this.maxDecimals = decimals
    if (Number.isInteger(number)) {
      this.addWhole(row, number, raw)
      return true
    }
    this.decimal++
    this.addMeasure(number, decimals)
    return true
  }

  private track(row: number, raw: string): void {
    // Long after a repeat was seen, how many more values there are says nothing new.
    if (this.repeats && row > TRACKED_ROWS) return
    if (this.distinct.size < MAX_DISTINCT) {
      const before = this.distinct.size
      this.distinct.add(raw)
      if (this.distinct.size === before) this.repeats = true
      return
    }
    if (this.repeats) return
    if (this.distinct.has(raw)) {
      this.repeats = true
      return
    }
    // Two 32-bit hashes packed below 2^53: a false "repeat" among a million values has chance 1e-4.
    let a = 0x811c9dc5
    let b = 0
    for (let i = 0; i < raw.length; i++) {
      const code = raw.charCodeAt(i)
      a = Math.imul(a ^ code, 0x01000193)
      b = (Math.imul(b, 31) + code) | 0
    }
    const key = (a >>> 0) * 0x200000 + (b & 0x1fffff)
    if (this.hashes.size < MAX_UNIQUE) {
      if (this.hashes.has(key)) this.repeats = true
      this.hashes.add(key)
    }
    if (this.repeats) this.hashes.clear()
  }

  private addWhole(row: number, value: number, raw: string): void {
    this.whole++
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.sum += value
    if (value < 0) this.negative++
    this.measureCount(row, value, raw)
  }

  private measureCount(row: number, value: number, raw: string): void {
    if (value === 0) put(this.zeros, row, raw)
    else if (value > 0 && value < this.options.threshold) {
      put(this.small, row, raw)
      if (this.smallValues.length < LISTED) this.smallValues.push(value)
    }
    const { nearest, midpoint } = this.options
    for (let i = 0; i < nearest.length; i++)
      if (value % (nearest[i] ?? 1) !== 0) put(this.unroundedNearest[i] as Places, row, raw)
    for (let i = 0; i < midpoint.length; i++) {
      const base = midpoint[i] ?? 2
      // Cells are odd multiples of half the base; sums of them are multiples of half the base.
      if (value !== 0 && (value - base / 2) % base !== 0) put(this.unroundedMidpoint[i] as Places, row, raw)
    }
  }

  private addKnown(row: number, known: Known): void {
    const { cell, text } = known
    if (known.formula) put(this.formulas, row, text)
    for (const hit of known.shapes) {
      let places = this.shapes.get(hit.shape)
      if (places === undefined) this.shapes.set(hit.shape, (places = newPlaces()))
      put(places, row, hit.text)
    }
    if (text.length > this.longest) this.longest = text.length
    switch (cell.kind) {
      case "empty":
        this.empty++
        return
      case "number":
        if (cell.decimals > this.maxDecimals) this.maxDecimals = cell.decimals
        if (Number.isInteger(cell.value)) {
          this.addWhole(row, cell.value, text)
          return
        }
        this.decimal++
        this.addMeasure(cell.value, cell.decimals)
        return
      case "percent":
        this.percent++
        this.addMeasure(cell.value, cell.decimals)
        return
      case "pair":
        this.pair++
        this.addMeasure(cell.first, cell.decimals)
        if (Number.isInteger(cell.first)) this.measureCount(row, cell.first, text)
        return
      case "mask":
        this.mask++
        if (cell.loose) this.looseMask++
        put(this.masks, row, text)
        return
      case "date":
        this.date++
        if (cell.day) this.dayDate++
        if (cell.time < this.firstDay) this.firstDay = cell.time
        if (cell.time > this.lastDay) this.lastDay = cell.time
        return
      case "text":
        this.text++
    }
  }

  private addMeasure(value: number, decimals: number): void {
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.sum += value
    if (value < 0) this.negative++
    if (decimals > this.maxDecimals) this.maxDecimals = decimals
  }
}
