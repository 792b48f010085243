// Byte ranges: the one range of a request, and the merged ranges that an outcome reports.

/** Half-open: [from, to). */
export type Range = [from: number, to: number]

/** An outcome names at most this many ranges (gateway protocol). */
export const MAX_RANGES = 256

export type Asked = { kind: "whole" } | { kind: "range"; range: Range } | { kind: "unsatisfiable" }

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/

/** RFC 9110 §14: what cannot be read as one byte range asks for the whole object. */
export function readRange(header: string | undefined, size: number): Asked {
  const match = header === undefined ? null : ONE_RANGE.exec(header.trim())
  if (match === null || (match[1] === "" && match[2] === "")) {
    // Several ranges would be a second way to ask; S3 does not offer it either.
    return header !== undefined && /^bytes=.*,/.test(header) ? { kind: "unsatisfiable" } : { kind: "whole" }
  }
  const [first, last] = [match[1] ?? "", match[2] ?? ""]
  if (first === "") {
    const length = Math.min(Number(last), size)
    return length === 0 ? { kind: "unsatisfiable" } : { kind: "range", range: [size - length, size] }
  }
  const from = Number(first)
  const to = last === "" ? size : Math.min(Number(last) + 1, size)
  if (last !== "" && Number(last) < from) return { kind: "whole" }
  return from >= size ? { kind: "unsatisfiable" } : { kind: "range", range: [from, to] }
}

/** Adds a range to a sorted, disjoint list; returns a new such list. */
export function addRange(ranges: readonly Range[], added: Range): Range[] {
  if (added[1] <= added[0]) return [...ranges]
  let [from, to] = added
  const before: Range[] = []
  const after: Range[] = []
  for (const range of ranges) {
    if (range[1] < from) before.push(range)
    else if (range[0] > to) after.push(range)
    else [from, to] = [Math.min(from, range[0]), Math.max(to, range[1])]
  }
  return [...before, [from, to], ...after]
}

/** Merges across the smallest gaps until at most `most` remain: never loses a byte that was read. */
export function capRanges(ranges: readonly Range[], most: number = MAX_RANGES): Range[] {
  const excess = ranges.length - most
  if (excess <= 0) return [...ranges]
  const gaps = ranges.slice(1).map((range, index) => ({ index, gap: range[0] - (ranges[index]?.[1] ?? 0) }))
  gaps.sort((a, b) => a.gap - b.gap)
  const joined = new Set(gaps.slice(0, excess).map(({ index }) => index))
  const capped: Range[] = []
  for (const [index, range] of ranges.entries()) {
    const previous = capped.at(-1)
    if (previous !== undefined && joined.has(index - 1)) previous[1] = range[1]
    else capped.push([...range])
  }
  return capped
}
