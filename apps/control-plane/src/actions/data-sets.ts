// Data sets as their managers, custodians and auditors see them: titles, counts, reports without values.
import type { STAGES } from "#protocol/agent.ts"
import type { Ctx } from "../context.ts"
import { NotFound } from "../domain/errors.ts"
import type { Asked } from "./change.ts"
import { assertMay, assertPerson, getDataSet, getInstallation, may } from "./load.ts"

const CHAIN = ["land", "validate", "link", "deidentify", "snapshot"] as const

interface Contract {
  readonly tables: readonly {
    name: string
    description?: string
    title?: string
    fields: readonly { name: string; as?: string; type: string; label?: string; publish?: string }[]
  }[]
}

export async function listDataSets(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  const known = await getInstallation(ctx, ctx.db, actor)
  assertMay(ctx, actor, "dataSet.list", known)
  const rows = await ctx.db
    .selectFrom("data_set as d")
    .innerJoin("organisation as o", "o.id", "d.organisation_id")
    .select(["d.id", "d.code", "d.title", "d.contract", "o.name"])
    .orderBy("d.title")
    .execute()
  const holds = await ctx.db
    .selectFrom("hold")
    .select("subject_id")
    .where("subject_kind", "=", "data_set")
    .where("lifted_at", "is", null)
    .execute()
  const dataSets = []
  for (const r of rows) {
    if (!may(ctx, actor, "dataSet.view", await getDataSet(ctx, ctx.db, actor, r.id)).allowed) continue
    const snapshot = await ctx.db
      .selectFrom("snapshot")
      .select(["number", "created_at", "row_count"])
      .where("data_set_id", "=", r.id)
      .orderBy("number", "desc")
      .limit(1)
      .executeTakeFirst()
    dataSets.push({
      id: r.id,
      code: r.code,
      title: r.title,
      organisation: r.name,
      tables: (r.contract as Contract).tables.length,
      snapshot: snapshot
        ? { number: snapshot.number, at: snapshot.created_at.toISOString(), rows: snapshot.row_count }
        : null,
      held: holds.some((h) => h.subject_id === r.id),
    })
  }
  return { dataSets, actions: { refresh: may(ctx, actor, "dataSet.list", known) } }
}

type Stage = (typeof STAGES)[number]

async function stagesOf(ctx: Ctx, submission: string) {
  const jobs = await ctx.db
    .selectFrom("stage_job")
    .selectAll()
    .where((e) =>
      e.or([
        e("submission_id", "=", submission),
        e.and([e("stage", "=", "land"), e(e.cast<string>("params", "text"), "like", `%${submission}%`)]),
      ]),
    )
    .orderBy("created_at")
    .execute()
  return CHAIN.map((stage) => {
    const job = jobs.findLast((j) => j.stage === stage)
    const progress = job?.progress as { done: number; total: number; unit: string } | null | undefined
    return {
      stage: stage as Stage,
      state: job?.state ?? ("waits" as const),
      done: progress?.done ?? null,
      total: progress?.total ?? null,
      unit: progress?.unit ?? null,
      seconds: job?.started_at
        ? Math.round(((job.finished_at ?? ctx.clock.now()).getTime() - job.started_at.getTime()) / 100) / 10
        : null,
      message: job?.message ?? null,
    }
  })
}

interface Report {
  readonly validate?: {
    tables: { rows: number; aside: number }[]
    rules: {
      table: string
      column: string | null
      rule: string
      severity: "reject-file" | "reject-row" | "warn"
      count: number
    }[]
    findings: { file: string; row: number | null; column: string | null; rule: string }[]
  }
  readonly link?: { methods: Record<string, number>; subjects: number; people: number }
}

export async function viewDataSet(ctx: Ctx, asked: Asked, id: string) {
  const actor = assertPerson(asked.actor)
  const known = await getDataSet(ctx, ctx.db, actor, id)
  assertMay(ctx, actor, "dataSet.view", known)
  const row = await ctx.db
    .selectFrom("data_set as d")
    .innerJoin("organisation as o", "o.id", "d.organisation_id")
    .select(["d.description", "d.contract", "o.id as organisation", "o.name"])
    .where("d.id", "=", id)
    .executeTakeFirstOrThrow()
  const [custodians, submissions, snapshots, uses] = await Promise.all([
    ctx.db
      .selectFrom("appointment as a")
      .innerJoin("person as p", "p.id", "a.person_id")
      .select(["p.id", "p.name"])
      .where("a.role", "=", "custodian")
      .where("a.scope_id", "=", id)
      .where("a.state", "=", "active")
      .execute(),
    ctx.db
      .selectFrom("submission")
      .selectAll()
      .where("data_set_id", "=", id)
      .orderBy("created_at", "desc")
      .limit(20)
      .execute(),
    ctx.db
      .selectFrom("snapshot")
      .selectAll()
      .where("data_set_id", "=", id)
      .orderBy("number", "desc")
      .limit(20)
      .execute(),
    ctx.db
      .selectFrom("agreement_decision as d")
      .innerJoin("agreement_version as v", (j) =>
        j.onRef("v.project_id", "=", "d.project_id").onRef("v.version", "=", "d.version"),
      )
      .innerJoin("project as p", "p.id", "d.project_id")
      .select(["p.id", "p.number", "p.title", "v.version", "v.until", "v.document"])
      .where("d.data_set_id", "=", id)
      .where("v.state", "=", "in_force")
      .execute(),
  ])
  const installation = await getInstallation(ctx, ctx.db, actor)
  return {
    id,
    code: known.row.code,
    title: known.row.title,
    description: row.description,
    organisation: { id: row.organisation, name: row.name },
    custodians,
    tables: (row.contract as Contract).tables.map((t) => ({
      name: `${known.row.code}_${t.name}`,
      description: t.description ?? t.title ?? "",
      columns: t.fields
        .filter((f) => f.publish !== "drop")
        .map((f) => ({ name: f.as ?? f.name, type: f.type, description: f.label ?? "" })),
    })),
    submissions: await Promise.all(
      submissions.map(async (s) => {
        const tables = (s.report as Report | null)?.validate?.tables
        return {
          id: s.id,
          at: s.created_at.toISOString(),
          state: s.state,
          rows: tables ? tables.reduce((n, t) => n + t.rows, 0) : null,
          setAside: tables ? tables.reduce((n, t) => n + t.aside, 0) : null,
          stages: await stagesOf(ctx, s.id),
        }
      }),
    ),
    snapshots: snapshots.map((s, i) => ({
      id: s.id,
      number: s.number,
      at: s.created_at.toISOString(),
      rows: s.row_count,
      people: s.people,
      manifest: s.sha256,
      drift: driftOf(s.manifest, snapshots[i + 1]?.manifest),
    })),
    projects: uses.map((u) => ({
      project: { id: u.id, number: u.number, title: u.title },
      agreementVersion: u.version,
      until: u.until,
      columns: (
        JSON.parse(u.document) as { dataSets: { dataSet: string; tables: { columns: string[] }[] }[] }
      ).dataSets
        .filter((d) => d.dataSet === known.row.code)
        .reduce((n, d) => n + d.tables.reduce((m, t) => m + t.columns.length, 0), 0),
    })),
    actions: {
      refresh: may(ctx, actor, "dataSet.refresh", known),
      holdPlace: may(ctx, actor, "hold.place", installation),
      logView: may(ctx, actor, "dataSet.log", known),
    },
  }
}

function driftOf(manifest: unknown, before: unknown): { table: string; before: number; after: number }[] {
  const tables = (m: unknown) =>
    (m as { tables?: { table: string; rows: number }[] } | undefined)?.tables ?? []
  if (before === undefined) return []
  return tables(manifest).map((t) => ({
    table: t.table,
    before: tables(before).find((b) => b.table === t.table)?.rows ?? 0,
    after: t.rows,
  }))
}

export async function viewSubmission(ctx: Ctx, asked: Asked, dataSet: string, submission: string) {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "dataSet.view", await getDataSet(ctx, ctx.db, actor, dataSet))
  const row = await ctx.db
    .selectFrom("submission")
    .selectAll()
    .where("id", "=", submission)
    .where("data_set_id", "=", dataSet)
    .executeTakeFirst()
  if (!row) throw new NotFound()
  const report = (row.report ?? {}) as Report
  return {
    id: row.id,
    at: row.created_at.toISOString(),
    stages: await stagesOf(ctx, row.id),
    rules: (report.validate?.rules ?? []).map((r) => ({
      table: r.table,
      column: r.column,
      rule: r.rule,
      severity: r.severity,
      rows: r.count,
      examples: (report.validate?.findings ?? [])
        .filter(
          (f) => f.rule === r.rule && f.column === r.column && f.row !== null && f.file.startsWith(r.table),
        )
        .slice(0, 5)
        .map((f) => f.row ?? 0),
    })),
    linkage: report.link
      ? {
          methods: Object.entries(report.link.methods).map(([method, people]) => ({ method, people })),
          unlinked: report.link.methods["none"] ?? 0,
        }
      : null,
  }
}
