// Two tables about nearly the same people: where they differ by a few, the few are disclosed. Compared are
// the other files of the request and every earlier release that was given.
import { wordsOf } from "../table/identifiers.ts"
import { countAt, hasCounts, nameOfColumn, rowKey, type TableView } from "../table/view.ts"
import type { Audience } from "../report.ts"
import { roundedBase } from "./rounding.ts"
import { nothingOfThisKind, placeOf, type Item, type Outcome, type Rule, type RuleContext } from "./rule.ts"

/** Cells compared for one file, in tables of the same shape. */
const MAX_COMPARED = 200_000

interface Pair {
  row: number
  column: number
  mine: number
  other: number
}

interface Indexed {
  words: string[]
  /** counts of each row, by its labels; empty when two rows have the same labels */
  rows: Map<string, { row: number; values: (number | undefined)[] }>
}

/** A table is compared with many others, so its counts are read once. */
const INDEXES = new WeakMap<TableView, Indexed>()

function indexOf(view: TableView): Indexed {
  const known = INDEXES.get(view)
  if (known !== undefined) return known
  const rows: Indexed["rows"] = new Map()
  for (let row = 0; row < view.table.rowCount; row++) {
    const key = rowKey(view, row)
    if (rows.has(key)) {
      rows.clear()
      break
    }
    rows.set(key, { row, values: view.counts.map((c) => countAt(view, row, c)) })
  }
  const index = { words: view.counts.map((c) => wordsOf(nameOfColumn(view, c))), rows }
  INDEXES.set(view, index)
  return index
}

/** The same cells of two tables, found by row labels and column names. */
function pairCells(view: TableView, other: TableView): Pair[] {
  if (view.table.cells === undefined || other.table.cells === undefined) return []
  if (view.labels.length !== other.labels.length || view.labels.length === 0) return []
  const [mine, theirs] = [indexOf(view), indexOf(other)]
  const columns = mine.words.flatMap((words, i) => {
    const match = theirs.words.indexOf(words)
    return match < 0 ? [] : [[i, match] as const]
  })
  const pairs: Pair[] = []
  for (const [key, { row, values }] of mine.rows) {
    const match = theirs.rows.get(key)
    if (match === undefined) continue
    for (const [i, k] of columns) {
      const a = values[i]
      const b = match.values[k]
      if (a !== undefined && b !== undefined)
        pairs.push({ row, column: view.counts[i] ?? 0, mine: a, other: b })
    }
  }
  return pairs
}

function stemOf(path: string): Set<string> {
  const base = path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "")
  return new Set(
    wordsOf(base)
      .split(" ")
      .filter((w) => !/^(?:v?\d+|final|new|old|copy|table|output|results?)$/.test(w)),
  )
}

/** One name's words are among the other's: deaths.csv and deaths_men.csv. */
function relatedNames(a: string, b: string): boolean {
  const [x, y] = [stemOf(a), stemOf(b)]
  if (x.size === 0 || y.size === 0) return false
  const [small, large] = x.size <= y.size ? [x, y] : [y, x]
  return [...small].every((w) => large.has(w))
}

/** Cells whose difference is a small number of people, when the two tables are about nearly the same ones. */
function smallDifferences(pairs: readonly Pair[], limit: number, related: boolean, distant: boolean): Pair[] {
  if (pairs.length < 2) return []
  const base = roundedBase(
    pairs.flatMap((p) => [p.mine, p.other]),
    false,
  )
  // Rounding moves each number by up to half a base, so such a difference may be none at all.
  const small = pairs.filter((p) => {
    const d = Math.abs(p.mine - p.other)
    return d > 0 && d < limit && d > (base > 1 ? base : 0)
  })
  if (small.length === 0) return []
  const close = pairs.filter((p) => Math.abs(p.mine - p.other) < limit && p.mine + p.other > 0).length
  const nested = pairs.every((p) => p.mine >= p.other) || pairs.every((p) => p.mine <= p.other)
  const large = pairs.filter((p) => p.mine >= 3 * limit).length
  // Many close cells among numbers large enough not to be close by chance: the same people, updated.
  // A few cells of another file of the request lie near by chance, so unrelated ones must agree more often.
  const enough = related || distant || pairs.length >= 6
  if (enough && close * 2 >= pairs.length && close >= 2 && (nested || related) && large >= 1) return small
  if (nested && related && pairs.length >= 2) return small
  if (nested && distant && pairs.length >= 8) return small
  return []
}

interface Candidate {
  view: TableView
  path: string
  name: string
  audience: Audience
  known: "file" | "ledger"
  distant: boolean
}

function candidatesFor(context: RuleContext): Candidate[] {
  const siblings = context.siblings.map((s) => ({
    view: s.view,
    path: s.path,
    name: `${s.path} of this request`,
    audience: "all" as const,
    known: "file" as const,
    distant: false,
  }))
  const earlier = context.earlier.map((e) => ({
    view: e.view,
    path: e.path,
    name:
      e.audience === "all"
        ? `${e.path} of the earlier release ${e.release}`
        : `${e.path} of another project's release ${e.release}`,
    audience: e.audience,
    known: "ledger" as const,
    distant: true,
  }))
  return [...earlier, ...siblings]
}

export const differencing: Rule = {
  id: "differencing",
  version: "1",
  severity: "block",
  source: (policy) => policy.sources.differencing,
  needsNumbers: true,
  check(context: RuleContext): Outcome {
    const limit = context.policy.parameters.differencing
    const violated: Item[] = []
    const unverifiable: Item[] = []
    if (!context.views.some(hasCounts)) return nothingOfThisKind("no counts were found in the file.")
    const others = candidatesFor(context)
    let compared = 0
    let cells = 0
    for (const view of context.views) {
      if (!hasCounts(view) || view.rowRoles !== undefined) continue
      if (view.table.cells === undefined) {
        if (others.length > 0)
          unverifiable.push({
            location: placeOf(view),
            message: "The table is too large to be compared with others. Release fewer rows.",
          })
        continue
      }
      const names = new Set(view.counts.map((c) => wordsOf(nameOfColumn(view, c))))
      for (const other of others) {
        if (!other.view.counts.some((c) => names.has(wordsOf(nameOfColumn(other.view, c))))) continue
        if (cells >= MAX_COMPARED) break
        const pairs = pairCells(view, other.view)
        if (pairs.length === 0) continue
        compared++
        cells += pairs.length
        for (const p of smallDifferences(
          pairs,
          limit,
          relatedNames(context.file.path, other.path),
          other.distant,
        ))
          violated.push({
            location: placeOf(view, p.row, p.column),
            message: `${Math.max(p.mine, p.other)} − ${Math.min(p.mine, p.other)} = ${Math.abs(p.mine - p.other)} people differ between this table and ${other.name}, fewer than ${limit}.`,
            known: other.known,
            audience: other.audience,
          })
      }
    }
    if (cells >= MAX_COMPARED)
      unverifiable.push({
        location: {},
        message: `Too many tables have the same cells; only the first ${compared} were compared. Ask for release of fewer files at once.`,
      })
    const message =
      context.earlierFiles === 0
        ? `No earlier release was given; ${compared} tables of this request have the same cells and none differs by a few people.`
        : `Compared with ${context.earlierFiles} files of earlier releases; ${compared} tables have the same cells and none differs by fewer than ${limit} people.`
    return {
      violated,
      unverifiable,
      satisfied: { message, known: context.earlierFiles === 0 ? "file" : "ledger" },
    }
  },
}
