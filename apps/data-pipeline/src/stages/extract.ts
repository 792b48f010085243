// extract: reads linked, writes project. The agreement's columns and rows with this project's person_id; equal
// agreement, snapshots and map give equal bytes. Masters stay in this process and in custody.
import { createHash } from "node:crypto"
import { join } from "node:path"
import type { ExtractManifest, ExtractParams, StoredObject } from "../contract.ts"
import { loadDataSet, type DataSet } from "../data-set.ts"
import { readDocument, type SnapshotManifest } from "../documents.ts"
import { PipelineError } from "../domain/errors.ts"
import { planExtract, selectSql, type ExtractPlan, type PlannedTable } from "../domain/extract-plan.ts"
import { SMALLEST_COUNT } from "../domain/counts.ts"
import { MASTER, orderSql } from "../domain/publish.ts"
import * as sql from "../domain/sql.ts"
import { BATCH } from "../drivers/custody.ts"
import { assertSame, encode, type StageContext } from "../stage.ts"

export type ExtractResult = { manifest: ExtractManifest; manifestPath: string; manifestSha256: string }

type Snapshots = Map<string, { manifest: SnapshotManifest; sha256: string }>

export async function extract(ctx: StageContext, params: ExtractParams): Promise<ExtractResult> {
  const dataSets = loadDataSets(ctx, params)
  const plan = planExtract(params, dataSets)
  const snapshots = await readSnapshots(ctx, params)
  const relations = await fetchTables(ctx, plan, snapshots)
  await gatherMasters(ctx, plan, relations)
  const people = await mapPeople(ctx, params)
  const tables: ExtractManifest["tables"] = []
  for (const [i, planned] of plan.tables.entries()) {
    ctx.progress(i, plan.tables.length, "tables")
    tables.push(await writeTable(ctx, params, planned, relations, plan.cohort !== null))
  }
  const objects = tables.flatMap((t) => t.objects.map((o) => `${t.name} ${o.sha256} ${o.rows}`))
  const manifest: ExtractManifest = {
    format: 1,
    id: params.extract,
    project: params.project,
    agreement: params.agreement,
    snapshots: [...snapshots].map(([key, s]) => {
      const [dataSet = "", snapshot = ""] = key.split("/")
      return { dataSet, snapshot, sha256: s.sha256 }
    }),
    people,
    tables,
    contentSha256: createHash("sha256").update(objects.join("\n")).digest("hex"),
  }
  const manifestPath = `${params.project}/${params.extract}/manifest.json`
  const { sha256 } = await ctx.store.write("project", manifestPath, encode(manifest))
  return { manifest, manifestPath, manifestSha256: sha256 }
}

function loadDataSets(ctx: StageContext, params: ExtractParams): Map<string, DataSet> {
  const codes = new Set([
    ...params.tables.map((t) => t.dataSet),
    ...(params.cohort ? [params.cohort.dataSet] : []),
  ])
  return new Map([...codes].map((code) => [code, loadDataSet(ctx.contracts, code).dataSet]))
}

async function readSnapshots(ctx: StageContext, params: ExtractParams): Promise<Snapshots> {
  const sources = [...params.tables, ...(params.cohort ? [params.cohort] : [])]
  const snapshots: Snapshots = new Map()
  for (const { dataSet, snapshot } of sources) {
    const key = `${dataSet}/${snapshot}`
    if (snapshots.has(key)) continue
    const { value, sha256 } = await readDocument<SnapshotManifest>(
      ctx.store,
      "linked",
      `manifests/${key}.json`,
    )
    if (value.dataSet !== dataSet || value.snapshot !== snapshot) {
      throw new PipelineError("snapshot_mismatch", "a manifest is of another snapshot")
    }
    snapshots.set(key, { manifest: value, sha256 })
  }
  return snapshots
}

type Relations = (source: { dataSet: string; snapshot: string; table: string }) => string

async function fetchTables(ctx: StageContext, plan: ExtractPlan, snapshots: Snapshots): Promise<Relations> {
  const sources = [...plan.tables.map((t) => t.source), ...(plan.cohort ? [plan.cohort] : [])]
  const paths = new Map<string, string>()
  for (const { dataSet, snapshot, table } of sources) {
    const key = `${dataSet}/${snapshot}/${table}`
    if (paths.has(key)) continue
    const stats = snapshots.get(`${dataSet}/${snapshot}`)?.manifest.tables.find((t) => t.table === table)
    if (!stats) throw new PipelineError("extract_refused", `the snapshot has no table ${table}`)
    const path = join(ctx.scratch, `source-${paths.size}.parquet`)
    assertSame(await ctx.store.download("linked", stats.object.path, path), stats.object)
    paths.set(key, path)
  }
  return (s) => {
    const path = paths.get(`${s.dataSet}/${s.snapshot}/${s.table}`)
    if (path === undefined) throw new Error("a table was not fetched")
    return `read_parquet(${sql.text(path)})`
  }
}

/** The people of this extract: those of the cohort, else everyone in a row that the agreement selects. */
async function gatherMasters(ctx: StageContext, plan: ExtractPlan, relations: Relations): Promise<void> {
  const selects = plan.tables.map(
    (t) =>
      `SELECT ${MASTER} AS master FROM ${relations(t.source)}${t.where === null ? "" : ` WHERE ${t.where}`}`,
  )
  const everyone = `SELECT DISTINCT master FROM (${selects.join(" UNION ALL ")})`
  const people =
    plan.cohort === null
      ? everyone
      : `${everyone} INTERSECT SELECT ${MASTER} FROM ${relations(plan.cohort)} WHERE ${plan.cohort.where}`
  await ctx.db.run(`CREATE TABLE people AS SELECT row_number() OVER (ORDER BY master) AS n, master
    FROM (${people}) WHERE master IS NOT NULL`)
}

async function mapPeople(ctx: StageContext, params: ExtractParams): Promise<number> {
  const { db, custody } = ctx
  const [{ n } = { n: 0 }] = await db.all("SELECT count(*)::INTEGER AS n FROM people")
  const total = Number(n)
  const batches = Array.from({ length: Math.ceil(total / BATCH) }, (_, i) => i * BATCH)
  const mastersFrom = async (from: number) => {
    const [masters = []] = await db.columns(
      `SELECT master FROM people WHERE n > ${from} AND n <= ${from + BATCH} ORDER BY n`,
    )
    return masters as bigint[]
  }
  for (const from of batches) {
    ctx.progress(from, total * 2, "people")
    await custody.offer(params.project, params.extract, await mastersFrom(from))
  }
  if (total > 0) await custody.assign(params.project, params.extract)
  await db.run("CREATE TABLE person_map (master BIGINT, person_id BIGINT)")
  for (const from of batches) {
    ctx.progress(total + from, total * 2, "people")
    const masters = await mastersFrom(from)
    const ids = await custody.personIds(params.project, masters)
    if (ids.includes(0n)) throw new PipelineError("person_unmapped", "custody has no number for a person")
    await db.append("person_map", [masters, ids])
  }
  return total
}

async function writeTable(
  ctx: StageContext,
  params: ExtractParams,
  planned: PlannedTable,
  relations: Relations,
  cohort: boolean,
): Promise<ExtractManifest["tables"][number]> {
  const { db, store } = ctx
  const path = join(ctx.scratch, "part-0.parquet")
  const order = orderSql(planned.table, planned.columns, "person_id NULLS LAST")
  const select = selectSql(planned, relations(planned.source), cohort, order)
  await db.run(
    `COPY (${select}) TO ${sql.text(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
  )
  const written = `read_parquet(${sql.text(path)})`
  const [counts] = await db.all(
    `SELECT count(*)::BIGINT AS n, count(DISTINCT person_id)::BIGINT AS people FROM ${written}`,
  )
  const key = `${params.project}/${params.extract}/${planned.name}/part-0.parquet`
  const object: StoredObject = {
    path: key,
    ...(await store.upload("project", key, path)),
    rows: Number(counts?.n),
  }
  return {
    name: planned.name,
    dataSet: planned.source.dataSet,
    table: planned.source.table,
    snapshot: planned.source.snapshot,
    title: planned.table.title,
    rows: Number(counts?.n),
    people: Number(counts?.people),
    columns: [
      { name: "person_id", type: "integer", label: "Person, in this project only" },
      ...planned.columns.map(({ name, type, label, unit, values }) => ({
        name,
        type,
        label,
        ...(unit === undefined ? {} : { unit }),
        ...(values === undefined ? {} : { values }),
      })),
    ],
    objects: [object],
    smallCells: await measureRisk(ctx, planned, written),
  }
}

async function measureRisk(
  ctx: StageContext,
  planned: PlannedTable,
  relation: string,
): Promise<number | null> {
  const quasi = planned.columns.filter((c) => c.quasi)
  if (quasi.length === 0) return null
  const [row] = await ctx.db
    .all(`SELECT coalesce(sum(n) FILTER (people < ${SMALLEST_COUNT}) / sum(n), 0)::DOUBLE AS share FROM
    (SELECT count(*) AS n, count(DISTINCT person_id) AS people FROM ${relation}
     GROUP BY ${sql.list(quasi.map((c) => sql.ident(c.name)))})`)
  return Math.round(Number(row?.share) * 10_000) / 10_000
}
