// Opening what the access log holds. Whoever calls this has already made the read an event.
import type { Group, Opening } from "#transparency/leaf.ts"
import { parseBundle } from "#transparency/tiles.ts"
import type { KeyRing } from "./keys.ts"
import type { Queryable } from "./log-store.ts"
import { openGroup } from "./seal.ts"

export interface OpenedEntry {
  index: number
  leaf: Uint8Array
  committedAt: Date
  /** A group is missing when it was not asked for or its key was destroyed. */
  groups: Partial<Record<Group, Opening>>
}

interface Row {
  start: string | number
  n: number
  leaves: Buffer
  committed_at: Date
  period: string
  who: Buffer
  facts: Buffer
  detail: Buffer
}

/** Entries from index `from`, batch by batch until at least `count` are read or the log ends. */
export async function openEntries(
  db: Queryable,
  keys: KeyRing,
  log: string,
  from: number,
  count: number,
  groups: readonly Group[],
): Promise<OpenedEntry[]> {
  const { rows } = await db.query<Row>(
    `select b.start, b.n, b.leaves, b.committed_at, e.period,
       ${(["who", "facts", "detail"] as const).map((g) => (groups.includes(g) ? `e.${g}` : `null as ${g}`)).join(", ")}
     from log_batch b join log_event e using (log_id, start)
     where b.log_id = $1 and b.start < $3
       and b.start >= coalesce((select max(start) from log_batch where log_id = $1 and start <= $2), 0)
     order by b.start`,
    [log, from, from + count],
  )
  const entries: OpenedEntry[] = []
  for (const row of rows) {
    const start = Number(row.start)
    const place = { log, start, n: row.n, period: row.period }
    const opened: Partial<Record<Group, Opening[]>> = {}
    for (const group of groups) {
      const key = await keys.openingKey(log, group, row.period)
      if (key !== undefined) opened[group] = openGroup(key, group, place, row[group])
    }
    for (const [i, leaf] of parseBundle(row.leaves, row.n).entries()) {
      if (start + i < from || start + i >= from + count) continue
      const entry: OpenedEntry = { index: start + i, leaf, committedAt: row.committed_at, groups: {} }
      for (const group of groups) {
        const opening = opened[group]?.[i]
        if (opening !== undefined) entry.groups[group] = opening
      }
      entries.push(entry)
    }
  }
  return entries
}

/** The JSON that an opening holds. */
export function readOpening(opening: Opening): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(opening.bytes).toString("utf8"))
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("a group of an event is not an object")
  }
  return value as Record<string, unknown>
}
