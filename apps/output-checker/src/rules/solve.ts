// Sums with unknown cells, solved exactly. First single steps that a person can follow with a pencil, then
// elimination over all sums together, then whole-number bounds. Everything in small whole numbers.

export interface Equation {
  /** sum of coefficient × unknown = right */
  unknown: Map<string, number>
  right: number
  name: string
  /** the shown total, and the shown parts, for the derivation */
  total: number | undefined
  shown: number[]
}

export interface Solved {
  key: string
  value: number
  derivation: string
}

export interface Bounds {
  low: number
  high: number
}

const MINUS = "−"

function sumWords(values: readonly number[], joiner: string): string {
  if (values.length <= 8) return values.join(` ${joiner} `)
  const sum = values.reduce((a, b) => a + b, 0)
  return `${sum} (${values.length} shown cells)`
}

function stepWords(
  equation: Equation,
  value: number,
  coefficient: number,
  others: readonly number[],
): string {
  const parts = [...equation.shown, ...others]
  if (coefficient < 0 || equation.total === undefined) {
    const words = parts.length === 0 ? "0" : sumWords(parts, "+")
    return `${words} = ${value} in ${equation.name}, so the hidden total is ${value}`
  }
  if (parts.length === 0)
    return `the total ${equation.total} has only this cell in ${equation.name}, so it is ${value}`
  return `${equation.total} ${MINUS} ${sumWords(parts, MINUS)} = ${value} in ${equation.name}, so the hidden cell is ${value}`
}

/** @returns every unknown that has exactly one value, in the order in which it can be found */
export function solveLines(input: readonly Equation[], bounds: Map<string, Bounds>): Solved[] {
  const known = new Map<string, number>()
  const solved: Solved[] = []
  const record = (key: string, value: number, derivation: string): void => {
    if (!Number.isInteger(value) || value < 0 || known.has(key)) return
    known.set(key, value)
    solved.push({ key, value, derivation })
  }
  for (;;) {
    const before = solved.length
    peel(input, known, record)
    if (solved.length === before) eliminate(input, known, record)
    if (solved.length === before) tighten(input, known, bounds, record)
    if (solved.length === before) return solved
  }
}

type Record_ = (key: string, value: number, derivation: string) => void

/** One hidden cell in a sum: total less the others. */
function peel(input: readonly Equation[], known: ReadonlyMap<string, number>, record: Record_): void {
  let again = true
  while (again) {
    again = false
    for (const equation of input) {
      const open = [...equation.unknown.keys()].filter((k) => !known.has(k))
      if (open.length !== 1) continue
      const key = open[0] ?? ""
      const coefficient = equation.unknown.get(key) ?? 1
      let right = equation.right
      const others: number[] = []
      for (const [k, a] of equation.unknown) {
        const value = known.get(k)
        if (k === key || value === undefined) continue
        right -= a * value
        if (a > 0) others.push(value)
      }
      const value = right / coefficient
      const size = known.size
      // A total that was found first stands on the left of the sum like a shown one.
      const total =
        equation.total ??
        [...equation.unknown].filter(([k, a]) => a < 0 && k !== key).map(([k]) => known.get(k))[0]
      record(key, value, stepWords({ ...equation, total }, value, coefficient, others))
      if (known.size > size) again = true
    }
  }
}

/** Gauss-Jordan over the open sums; a row left with one unknown determines it. */
function eliminate(input: readonly Equation[], known: ReadonlyMap<string, number>, record: Record_): void {
  const keys: string[] = []
  const index = new Map<string, number>()
  const rows: { a: Float64Array; right: number; used: Map<number, number> }[] = []
  const open = input.map((e) => [...e.unknown.keys()].filter((k) => !known.has(k)))
  for (const list of open)
    for (const key of list)
      if (!index.has(key)) {
        index.set(key, keys.length)
        keys.push(key)
      }
  if (keys.length === 0) return
  for (const [i, equation] of input.entries()) {
    if ((open[i]?.length ?? 0) === 0) continue
    const a = new Float64Array(keys.length)
    let right = equation.right
    for (const [k, coefficient] of equation.unknown) {
      const value = known.get(k)
      if (value === undefined) a[index.get(k) ?? 0] = coefficient
      else right -= coefficient * value
    }
    rows.push({ a, right, used: new Map([[i, 1]]) })
  }
  let top = 0
  for (let column = 0; column < keys.length && top < rows.length; column++) {
    let pivot = -1
    for (let r = top; r < rows.length; r++)
      if (
        Math.abs(rows[r]?.a[column] ?? 0) > 1e-9 &&
        (pivot < 0 || Math.abs(rows[r]?.a[column] ?? 0) > Math.abs(rows[pivot]?.a[column] ?? 0))
      )
        pivot = r
    if (pivot < 0) continue
    const swap = rows[top]
    const lead = rows[pivot]
    if (swap === undefined || lead === undefined) return
    rows[top] = lead
    rows[pivot] = swap
    scale(lead, 1 / (lead.a[column] ?? 1))
    for (const [r, row] of rows.entries())
      if (r !== top && Math.abs(row.a[column] ?? 0) > 1e-9) subtract(row, lead, row.a[column] ?? 0)
    top++
  }
  for (const row of rows) {
    let only = -1
    let count = 0
    for (let c = 0; c < row.a.length && count < 2; c++)
      if (Math.abs(row.a[c] ?? 0) > 1e-9) {
        only = c
        count++
      }
    if (count !== 1) continue
    const value = Math.round((row.right / (row.a[only] ?? 1)) * 1e6) / 1e6
    record(keys[only] ?? "", value, combinationWords(input, row.used, row.a[only] ?? 1, value))
  }
}

interface Row {
  a: Float64Array
  right: number
  used: Map<number, number>
}

function scale(row: Row, by: number): void {
  for (let c = 0; c < row.a.length; c++) row.a[c] = (row.a[c] ?? 0) * by
  row.right *= by
  for (const [k, v] of row.used) row.used.set(k, v * by)
}

function subtract(row: Row, lead: Row, times: number): void {
  for (let c = 0; c < row.a.length; c++) {
    const value = (row.a[c] ?? 0) - times * (lead.a[c] ?? 0)
    row.a[c] = Math.abs(value) < 1e-9 ? 0 : value
  }
  row.right -= times * lead.right
  for (const [k, v] of lead.used) {
    const value = (row.used.get(k) ?? 0) - times * v
    if (Math.abs(value) < 1e-9) row.used.delete(k)
    else row.used.set(k, value)
  }
}

function combinationWords(
  input: readonly Equation[],
  used: ReadonlyMap<number, number>,
  by: number,
  value: number,
): string {
  const plus: string[] = []
  const minus: string[] = []
  for (const [i, weight] of used) {
    const equation = input[i]
    if (equation === undefined) continue
    const w = Math.round((weight / by) * 1000) / 1000
    const words = `${Math.abs(w) === 1 ? "" : `${Math.abs(w)} × `}[hidden of ${equation.name}: ${equation.right}]`
    if (w > 0) plus.push(words)
    else minus.push(words)
  }
  const left = [plus.join(" + "), ...minus].join(` ${MINUS} `)
  return `${left} = ${value}: added and subtracted, these sums leave one hidden cell, which is ${value}`
}

/** Bounds of whole numbers, narrowed sum by sum until nothing moves. */
function tighten(
  input: readonly Equation[],
  known: ReadonlyMap<string, number>,
  bounds: Map<string, Bounds>,
  record: Record_,
): void {
  const boundOf = (key: string): Bounds => {
    const value = known.get(key)
    return value === undefined ? (bounds.get(key) ?? { low: 0, high: Infinity }) : { low: value, high: value }
  }
  for (let round = 0; round < 50; round++) {
    let moved = false
    for (const equation of input)
      for (const [key, a] of equation.unknown) {
        if (known.has(key)) continue
        let low = equation.right
        let high = equation.right
        for (const [k, b] of equation.unknown) {
          if (k === key) continue
          const other = boundOf(k)
          low -= b > 0 ? b * other.high : b * other.low
          high -= b > 0 ? b * other.low : b * other.high
        }
        if (a < 0) [low, high] = [-high, -low]
        const own = boundOf(key)
        const next = { low: Math.max(own.low, Math.ceil(low)), high: Math.min(own.high, Math.floor(high)) }
        if (next.low > next.high) return
        if (next.low > own.low || next.high < own.high) {
          bounds.set(key, next)
          moved = true
          if (next.low === next.high) {
            record(key, next.low, boundWords(equation, key, next.low, boundOf))
            return
          }
        }
      }
    if (!moved) return
  }
}

function boundWords(
  equation: Equation,
  key: string,
  value: number,
  boundOf: (key: string) => Bounds,
): string {
  const others = [...equation.unknown.keys()].filter((k) => k !== key)
  const ranges = others.map((k) => {
    const b = boundOf(k)
    return b.high === Infinity ? `at least ${b.low}` : b.low === b.high ? `${b.low}` : `${b.low} to ${b.high}`
  })
  return `the hidden cells of ${equation.name} add up to ${equation.right}${others.length === 0 ? "" : ` and the others are ${ranges.slice(0, 6).join(", ")}`}, so this one can only be ${value}`
}
