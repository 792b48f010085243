// Reading the log: search and detail for auditors, a project's activity for its members, custodians'
// lines of their data sets. Reads are events themselves: one per session, filter and five minutes.
import type { EventFilter, EventRow } from "../audit/projection.ts"
import { readOpening } from "../audit/read.ts"
import type { AuditEvent } from "#contract/events.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { assertAllowed } from "../domain/decide.ts"
import { Denied, NotFound, Unavailable } from "../domain/errors.ts"
import { sha256Hex } from "../domain/hash.ts"
import { canonicalJson } from "../domain/agreements.ts"
import { intend, type Asked } from "./change.ts"
import { assertMay, assertPerson, getDataSet, getInstallation, getProject, may } from "./load.ts"
import { HIDDEN_FROM_MEMBERS, actorName, loadNames, sentenceOf } from "./words.ts"

const READ_EVERY_MS = 300_000
const recentReads = new WeakMap<object, Map<string, { until: number; index: number }>>()

/** Durable before anything of the log is served; the same session and filter within five minutes is one event. */
export async function intendLogRead(
  ctx: Ctx,
  asked: Asked,
  filter: Record<string, unknown>,
  place: { project?: string; dataSet?: string } = {},
): Promise<number> {
  const actor = assertPerson(asked.actor)
  ctx.audit.assertHealthy()
  let seen = recentReads.get(ctx.audit)
  if (!seen) recentReads.set(ctx.audit, (seen = new Map()))
  const key = `${actor.session}|${sha256Hex(canonicalJson(filter))}`
  const now = ctx.clock.now().getTime()
  const recent = seen.get(key)
  if (recent && recent.until > now) {
    asked.onIntent?.(recent.index)
    return recent.index
  }
  if (seen.size > 10_000) for (const [k, v] of seen) if (v.until <= now) seen.delete(k)
  const index = await intend(ctx, asked, {
    code: "log.read",
    ...place,
    facts: { filter: sha256Hex(canonicalJson(filter)) },
    detail: { filter },
  })
  seen.set(key, { until: now + READ_EVERY_MS, index })
  return index
}

interface Query {
  person?: string
  project?: string
  dataSet?: string
  workspace?: string
  code?: string
  family?: string
  outcome?: string
  from?: string
  until?: string
  before?: number
  limit?: number
}

/** Auditors see everything; a custodian the lines of their own data set; a member those of their own project. */
async function assertReads(ctx: Ctx, actor: PersonActor, query: Query): Promise<{ blind: boolean }> {
  const known = await getInstallation(ctx, ctx.db, actor)
  const all = ctx.access.decide(actor, "log.search", known.resource, known.facts)
  if (all.allow) return { blind: false }
  if (query.dataSet !== undefined) {
    const dataSet = await getDataSet(ctx, ctx.db, actor, query.dataSet)
    assertMay(ctx, actor, "dataSet.log", dataSet)
    return { blind: true }
  }
  if (query.project !== undefined) {
    const project = await getProject(ctx, ctx.db, actor, query.project)
    assertMay(ctx, actor, "project.activity", project)
    return { blind: true }
  }
  assertAllowed(all)
  throw new Denied("not_permitted")
}

function filterOf(ctx: Ctx, query: Query): EventFilter {
  const { before: _b, limit: _l, ...filter } = query
  return { ...filter, log: ctx.audit.currentLog("access") }
}

async function rowsWithSentences(ctx: Ctx, rows: readonly EventRow[], reader: string, blind: boolean) {
  const names = await loadNames(ctx.db, rows)
  const log = ctx.audit.currentLog("access")
  const visible = blind ? rows.filter((r) => !HIDDEN_FROM_MEMBERS.has(r.code)) : rows
  return Promise.all(
    visible.map(async (row) => {
      const entry = await ctx.audit.openEntry(log, row.index)
      const facts = factsOf(entry)
      return {
        index: row.index,
        at: row.time,
        code: row.code,
        outcome: row.outcome,
        actor: {
          kind: row.actorKind as "person" | "service" | "system",
          id: blind && row.actorId !== reader ? "" : row.actorId,
          name: actorName(names, row),
        },
        project: row.project === null ? null : (names.projects.get(row.project) ?? null),
        sentence: sentenceOf(names, row, facts, reader, { blind }),
      }
    }),
  )
}

type Entry = Awaited<ReturnType<Ctx["audit"]["openEntry"]>>

function factsOf(entry: Entry): AuditEvent["facts"] {
  const opening = entry?.groups.facts
  if (opening === undefined) return {}
  const value = readOpening(opening)
  return (value["facts"] as AuditEvent["facts"] | undefined) ?? (value as AuditEvent["facts"])
}

export async function searchLog(ctx: Ctx, asked: Asked, query: Query) {
  const actor = assertPerson(asked.actor)
  const { blind } = await assertReads(ctx, actor, query)
  await intendLogRead(ctx, asked, { ...query }, query)
  const limit = query.limit ?? 50
  const filter = filterOf(ctx, query)
  const log = ctx.audit.currentLog("access")
  const rows = await ctx.audit.search(
    filter,
    limit,
    query.before === undefined ? undefined : { log, index: query.before },
  )
  const total = query.before === undefined ? await ctx.audit.count(filter) : null
  return {
    rows: await rowsWithSentences(ctx, rows, actor.person, blind),
    next: rows.length === limit ? (rows.at(-1)?.index ?? null) : null,
    total,
  }
}

export async function chartLog(ctx: Ctx, asked: Asked, query: Query) {
  const actor = assertPerson(asked.actor)
  await assertReads(ctx, actor, query)
  await intendLogRead(ctx, asked, { ...query }, query)
  const filter = filterOf(ctx, query)
  const from = query.from === undefined ? ctx.clock.now().getTime() - 86_400_000 : Date.parse(query.from)
  const until = query.until === undefined ? ctx.clock.now().getTime() : Date.parse(query.until)
  const unit = until - from > 3 * 86_400_000 ? ("day" as const) : ("hour" as const)
  const bounded = { ...filter, from: new Date(from).toISOString() }
  const [bars, families] = await Promise.all([
    ctx.audit.chart(bounded, unit, ctx.config.zone),
    ctx.audit.families(filter),
  ])
  return { unit, bars, families }
}

async function getRow(ctx: Ctx, index: number): Promise<EventRow> {
  const log = ctx.audit.currentLog("access")
  const find = async () =>
    (await ctx.audit.search({ log }, 1, { log, index: index + 1 })).find((r) => r.index === index)
  const size = ctx.audit.healthy().logs.find((l) => l.log === log)?.size ?? 0
  let row = await find()
  // In the log, and not in the search table yet: a chip is read in the second after its event.
  if (!row && index < size) {
    await ctx.audit.projectNow()
    row = await find()
  }
  if (!row) throw new NotFound()
  return row
}

export async function getLogEntry(ctx: Ctx, asked: Asked, index: number) {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "log.search", await getInstallation(ctx, ctx.db, actor))
  await intendLogRead(ctx, asked, { index })
  const row = await getRow(ctx, index)
  const entry = await ctx.audit.openEntry(ctx.audit.currentLog("access"), index)
  if (!entry) throw new NotFound()
  const groups = (["who", "facts", "detail"] as const).map((group) => ({
    group,
    opening: entry.groups[group],
  }))
  const related = row.request === null && row.intent === null ? [] : await findRelated(ctx, row)
  const [view] = await rowsWithSentences(ctx, [row], actor.person, false)
  if (!view) throw new NotFound()
  const open = Object.fromEntries(
    groups.map(({ group, opening }) => [group, opening === undefined ? null : readOpening(opening)]),
  ) as Record<"who" | "facts" | "detail", Record<string, unknown> | null>
  return {
    row: view,
    ...open,
    leaf: Buffer.from(entry.leaf).toString("base64"),
    openings: groups.flatMap(({ group, opening }) =>
      opening === undefined
        ? []
        : [
            {
              group,
              salt: Buffer.from(opening.salt).toString("base64"),
              bytes: Buffer.from(opening.bytes).toString("base64"),
            },
          ],
    ),
    related: await rowsWithSentences(ctx, related, actor.person, false),
  }
}

/** Around it in the same run or by the same actor: what happened just before and after. */
async function findRelated(ctx: Ctx, row: EventRow): Promise<EventRow[]> {
  const log = ctx.audit.currentLog("access")
  const filter: EventFilter = row.run === null ? { log, person: row.actorId } : { log, run: row.run }
  const rows = await ctx.audit.search(filter, 7, { log, index: row.index + 4 })
  return rows.filter((r) => r.index !== row.index)
}

/** What a chip shows: to an auditor any event, to others those about themselves or their own project. */
export async function getChip(ctx: Ctx, asked: Asked, index: number) {
  const actor = assertPerson(asked.actor)
  const row = await getRow(ctx, index)
  const blind = await assertSeesRow(ctx, actor, row)
  await intendLogRead(ctx, asked, { index }, row.project === null ? {} : { project: row.project })
  const [view] = await rowsWithSentences(ctx, [row], actor.person, blind)
  const entry = await ctx.audit.openEntry(ctx.audit.currentLog("access"), index)
  if (!view || !entry) throw new NotFound()
  const facts = entry.groups.facts === undefined ? {} : readOpening(entry.groups.facts)
  return {
    row: view,
    policy: typeof facts["policy"] === "string" ? facts["policy"] : null,
    request: row.request,
    leaf: Buffer.from(entry.leaf).toString("base64"),
  }
}

async function assertSeesRow(ctx: Ctx, actor: PersonActor, row: EventRow): Promise<boolean> {
  const known = await getInstallation(ctx, ctx.db, actor)
  if (may(ctx, actor, "log.search", known).allowed) return false
  if (row.actorId === actor.person || row.subject === actor.person) return true
  if (row.project !== null) {
    assertMay(ctx, actor, "project.activity", await getProject(ctx, ctx.db, actor, row.project))
    if (HIDDEN_FROM_MEMBERS.has(row.code)) throw new NotFound()
    return true
  }
  if (row.dataSet !== null) {
    assertMay(ctx, actor, "dataSet.log", await getDataSet(ctx, ctx.db, actor, row.dataSet))
    return true
  }
  throw new NotFound()
}

export async function getProof(ctx: Ctx, index: number): Promise<string> {
  const proof = await ctx.audit.proveEntry(ctx.audit.currentLog("access"), index, ctx.cosignatures.names)
  if (proof === undefined) throw new NotFound()
  return proof
}

export async function getLeaf(ctx: Ctx, index: number): Promise<{ leaf: string }> {
  const entry = await ctx.audit.openEntry(ctx.audit.currentLog("access"), index)
  if (!entry) throw new NotFound()
  return { leaf: Buffer.from(entry.leaf).toString("base64") }
}

export async function getActivity(
  ctx: Ctx,
  asked: Asked,
  project: string,
  query: { before?: number; limit?: number },
) {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "project.activity", await getProject(ctx, ctx.db, actor, project))
  await intendLogRead(ctx, asked, { project }, { project })
  const limit = query.limit ?? 20
  const log = ctx.audit.currentLog("access")
  const rows = await ctx.audit.search(
    { log, project },
    limit,
    query.before === undefined ? undefined : { log, index: query.before },
  )
  const { blind } = await assertReads(ctx, actor, { project })
  const lines = await rowsWithSentences(ctx, rows, actor.person, blind)
  return {
    lines: lines.map(({ index, at, code, outcome, sentence }) => ({ index, at, code, outcome, sentence })),
    next: rows.length === limit ? (rows.at(-1)?.index ?? null) : null,
  }
}

export async function getPulse(ctx: Ctx) {
  const log = ctx.audit.currentLog("access")
  const health = ctx.audit.healthy()
  const state = health.logs.find((l) => l.log === log)
  const [recent, witness] = await Promise.all([
    ctx.audit.recentCheckpoints(log, 13),
    ctx.cosignatures.lastWitnessed(log),
  ]).catch((cause: unknown) => {
    throw new Unavailable("database_unavailable", {}, { cause })
  })
  const sizes = recent.map((r) => r.size)
  return {
    size: state?.size ?? 0,
    checkpoint: state?.publishedAt ? { size: state.publishedSize, at: state.publishedAt } : null,
    witness,
    witnesses: ctx.cosignatures.policy.witnesses.length,
    writable: health.ok,
    reason: health.ok ? null : (health.message ?? health.code ?? null),
    ticks: sizes.slice(1).map((size, i) => size - (sizes[i] ?? size)),
    origin: `glasshouse/${ctx.config.installation.id}/access/${ctx.clock.now().getUTCFullYear()}`,
  }
}
