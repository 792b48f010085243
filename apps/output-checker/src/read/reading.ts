// What a reader makes of a file's bytes, in one shape for every format. Readers collect, rules decide.
import type { Kind } from "../report.ts"
import type { ScanOptions } from "../table/column.ts"
import type { Table } from "../table/table.ts"
import type { Location } from "../report.ts"

export interface Note {
  location: Location
  message: string
}

/** Running text that belongs to no table. */
export interface Prose {
  location: Location
  text: string
  /** source code: numbers in it are settings, not results */
  code?: boolean
}

export interface Reading {
  kind: Kind
  /** name of the format as policies list it: csv, png, parquet… */
  format: string
  tables: Table[]
  prose: Prose[]
  /** contents that a person looking at the file does not see */
  hidden: Note[]
  /** contents that could not be read without doubt; `broken` ones make the file unreadable */
  doubts: (Note & { broken: boolean })[]
  /** cells or parts that a program would run when the file is opened */
  active: Note[]
  /** parts whose numbers cannot be read at all (pixels, drawings without numbers), and the way out */
  opaque: Note[]
  /** marks that may each be one person: points of a plot */
  marks: { location: Location; count: number; what: string }[]
  /** set when the file is refused unread: what it is and what to hand in instead */
  refused?: { what: string; wayOut: string }
  /** what a reader says about the name: content and extension differ */
  mislabelled?: string
}

export interface ReadContext {
  scan: Omit<ScanOptions, "decimalComma">
  /** how deep in containers this is, and what is left of the budget for unpacking */
  depth: number
  budget: { bytes: number; parts: number }
}

export const MAX_DEPTH = 4

export function newReading(kind: Kind, format: string): Reading {
  return { kind, format, tables: [], prose: [], hidden: [], doubts: [], active: [], opaque: [], marks: [] }
}

/** Lifts what a part of a container holds into the container, each place prefixed with the part's name. */
export function absorb(into: Reading, part: Reading, prefix: string): void {
  const lift = (at: Location): Location => ({
    ...at,
    path: at.path === undefined ? prefix : `${prefix}/${at.path}`,
  })
  for (const table of part.tables) {
    table.path = table.path === undefined ? prefix : `${prefix}/${table.path}`
    into.tables.push(table)
  }
  for (const p of part.prose) into.prose.push({ ...p, location: lift(p.location) })
  for (const n of part.hidden) into.hidden.push({ ...n, location: lift(n.location) })
  for (const n of part.doubts) into.doubts.push({ ...n, location: lift(n.location) })
  for (const n of part.active) into.active.push({ ...n, location: lift(n.location) })
  for (const n of part.opaque) into.opaque.push({ ...n, location: lift(n.location) })
  for (const m of part.marks) into.marks.push({ ...m, location: lift(m.location) })
  if (part.refused !== undefined && into.refused === undefined)
    into.refused = { what: `${prefix}: ${part.refused.what}`, wayOut: part.refused.wayOut }
}
