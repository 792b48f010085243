// The search table: ids and codes of each access event, never its text. It is derived, UNLOGGED and
// rebuilt from the log when it is empty; what it says is checked against the log before it is shown.
import type { Pool } from "pg"
import type { KeyRing } from "./keys.ts"
import { readHead, type Queryable } from "./log-store.ts"
import { openEntries, readOpening, type OpenedEntry } from "./read.ts"

const STEP = 2_000
const LOCK = 7_202_615

export interface EventRow {
  log: string
  index: number
  time: string
  code: string
  family: string
  outcome: "done" | "refused" | "failed" | "unknown"
  actorKind: string
  actorId: string
  subject: string | null
  project: string | null
  dataSet: string | null
  workspace: string | null
  run: string | null
  agreementVersion: number | null
  decision: string | null
  intent: number | null
  request: string | null
}

export interface EventFilter {
  log?: string | undefined
  /** as actor or as the one it is about */
  person?: string | undefined
  project?: string | undefined
  dataSet?: string | undefined
  workspace?: string | undefined
  run?: string | undefined
  code?: string | undefined
  family?: string | undefined
  outcome?: string | undefined
  /** UTC instants, from inclusive, until exclusive */
  from?: string | undefined
  until?: string | undefined
}

/** Moves the projection up to the head of `log`, or as far as `goOn` lets it; answers whether it got there. Safe in two processes at once. */
export async function project(db: Pool, keys: KeyRing, log: string, goOn: () => boolean): Promise<boolean> {
  do {
    if ((await projectStep(db, keys, log)) < STEP) return true
  } while (goOn())
  return false
}

/** Returns how many events it added. */
async function projectStep(db: Pool, keys: KeyRing, log: string): Promise<number> {
  const client = await db.connect()
  let broken: Error | undefined
  try {
    await client.query("begin")
    await client.query("select pg_advisory_xact_lock($1, hashtext($2))", [LOCK, log])
    const { rows } = await client.query<{ next_idx: string | number }>(
      "select next_idx from audit_projection where log_id = $1",
      [log],
    )
    const next = Number(rows[0]?.next_idx ?? 0)
    const { size } = await readHead(client, log)
    const count = Math.min(STEP, size - next)
    if (count > 0) {
      const entries = await openEntries(client, keys, log, next, count, ["who", "facts"])
      await insertRows(
        client,
        entries.map((entry) => rowOf(log, entry)),
      )
      await client.query(
        `insert into audit_projection (log_id, next_idx) values ($1, $2)
         on conflict (log_id) do update set next_idx = excluded.next_idx`,
        [log, next + count],
      )
    }
    await client.query("commit")
    return count
  } catch (error) {
    broken = error instanceof Error ? error : new Error("projecting failed", { cause: error })
    throw broken
  } finally {
    client.release(broken)
  }
}

/** Columns in the order and under the names of the table. */
const COLUMNS = `log_id text, idx bigint, time timestamptz, code text, family text, outcome text,
  actor_kind text, actor_id text, subject text, project text, data_set text, workspace text, run text,
  agreement_version integer, decision text, intent bigint, request text`
const NAMES = COLUMNS.split(",")
  .map((column) => column.trim().split(" ")[0])
  .join(", ")

async function insertRows(db: Queryable, rows: Record<string, unknown>[]): Promise<void> {
  await db.query(
    `insert into audit_event (${NAMES}) select ${NAMES} from jsonb_to_recordset($1) as t (${COLUMNS})`,
    [JSON.stringify(rows)],
  )
}

function rowOf(log: string, entry: OpenedEntry): Record<string, unknown> {
  const who = entry.groups.who === undefined ? undefined : readOpening(entry.groups.who)
  const facts = entry.groups.facts === undefined ? {} : readOpening(entry.groups.facts)
  return {
    log_id: log,
    idx: entry.index,
    time: facts["time"] ?? entry.committedAt.toISOString(),
    code: facts["code"] ?? "erased",
    family: facts["family"] ?? "erased",
    outcome: facts["outcome"] ?? "unknown",
    actor_kind: who?.["kind"] ?? "erased",
    actor_id: who?.["id"] ?? "",
    subject: who?.["subject"],
    project: facts["project"],
    data_set: facts["dataSet"],
    workspace: facts["workspace"],
    run: facts["run"],
    agreement_version: facts["agreementVersion"],
    decision: facts["decision"],
    intent: facts["intent"],
    request: facts["request"],
  }
}

interface Condition {
  text: string
  values: unknown[]
}

function conditionOf(filter: EventFilter): Condition {
  const values: unknown[] = []
  const parts: string[] = []
  const add = (value: unknown, text: (place: string) => string): void => {
    if (value === undefined) return
    values.push(value)
    parts.push(text(`$${values.length}`))
  }
  add(filter.log, (p) => `log_id = ${p}`)
  add(filter.person, (p) => `(actor_id = ${p} or subject = ${p})`)
  add(filter.project, (p) => `project = ${p}`)
  add(filter.dataSet, (p) => `data_set = ${p}`)
  add(filter.workspace, (p) => `workspace = ${p}`)
  add(filter.run, (p) => `run = ${p}`)
  add(filter.code, (p) => `code = ${p}`)
  add(filter.family, (p) => `family = ${p}`)
  add(filter.outcome, (p) => `outcome = ${p}`)
  add(filter.from, (p) => `time >= ${p}`)
  add(filter.until, (p) => `time < ${p}`)
  return { text: parts.length === 0 ? "true" : parts.join(" and "), values }
}

/** Newest first; `before` is the last row of the page before this one. */
export async function searchEvents(
  db: Queryable,
  filter: EventFilter,
  limit: number,
  before?: { log: string; index: number },
): Promise<EventRow[]> {
  const { text, values } = conditionOf(filter)
  const keyset =
    before === undefined ? "true" : `(log_id, idx) < ($${values.length + 1}, $${values.length + 2})`
  if (before !== undefined) values.push(before.log, before.index)
  const { rows } = await db.query<Record<string, never>>(
    `select ${NAMES} from audit_event where ${text} and ${keyset}
     order by log_id desc, idx desc limit ${Math.trunc(limit)}`,
    values,
  )
  return rows.map(eventRow)
}

export async function countEvents(db: Queryable, filter: EventFilter): Promise<number> {
  const { text, values } = conditionOf(filter)
  const { rows } = await db.query<{ n: string | number }>(
    `select count(*) as n from audit_event where ${text}`,
    values,
  )
  return Number(rows[0]?.n ?? 0)
}

/** Counts by hour or civil day of `zone`, refusals apart. */
export async function chartEvents(
  db: Queryable,
  filter: EventFilter,
  unit: "hour" | "day",
  zone: string,
): Promise<{ at: string; events: number; refusals: number }[]> {
  const { text, values } = conditionOf(filter)
  const { rows } = await db.query<{ at: Date; events: string | number; refusals: string | number }>(
    `select date_trunc($${values.length + 1}, time, $${values.length + 2}) as at, count(*) as events,
       count(*) filter (where outcome = 'refused') as refusals
     from audit_event where ${text} group by 1 order by 1`,
    [...values, unit, zone],
  )
  return rows.map((row) => ({
    at: row.at.toISOString(),
    events: Number(row.events),
    refusals: Number(row.refusals),
  }))
}

export async function countFamilies(
  db: Queryable,
  filter: EventFilter,
): Promise<{ family: string; events: number }[]> {
  const { text, values } = conditionOf(filter)
  const { rows } = await db.query<{ family: string; events: string | number }>(
    `select family, count(*) as events from audit_event where ${text} group by 1 order by 2 desc, 1`,
    values,
  )
  return rows.map((row) => ({ family: row.family, events: Number(row.events) }))
}

function eventRow(row: Record<string, unknown>): EventRow {
  const text = (name: string): string | null => (row[name] as string | null) ?? null
  const number = (name: string): number | null => (row[name] === null ? null : Number(row[name]))
  return {
    log: String(row["log_id"]),
    index: Number(row["idx"]),
    time: (row["time"] as Date).toISOString(),
    code: String(row["code"]),
    family: String(row["family"]),
    outcome: row["outcome"] as EventRow["outcome"],
    actorKind: String(row["actor_kind"]),
    actorId: String(row["actor_id"]),
    subject: text("subject"),
    project: text("project"),
    dataSet: text("data_set"),
    workspace: text("workspace"),
    run: text("run"),
    agreementVersion: number("agreement_version"),
    decision: text("decision"),
    intent: number("intent"),
    request: text("request"),
  }
}
