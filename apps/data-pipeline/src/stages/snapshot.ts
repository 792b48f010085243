// snapshot: reads linked, writes its manifest under linked/manifests. From then on the objects it lists are the
// snapshot: hashes, counts, parents, versions, a profile for the catalogue, drift against the snapshot before.
import { join } from "node:path"
import type { SnapshotParams } from "../contract.ts"
import { getTable, loadDataSet, publishedColumns, type Table } from "../data-set.ts"
import {
  readDocument,
  type Contents,
  type SnapshotManifest,
  type TableProfile,
  type TableStats,
} from "../documents.ts"
import { findDrift } from "../domain/drift.ts"
import { PipelineError } from "../domain/errors.ts"
import { profileTable } from "./profile.ts"
import { MASTER } from "../domain/publish.ts"
import * as sql from "../domain/sql.ts"
import { assertSame, encode, type StageContext } from "../stage.ts"

/** Changes when a stage would make other bytes of the same input. */
export const CODE_VERSION = "1"

export type SnapshotResult = { manifest: SnapshotManifest; manifestPath: string; manifestSha256: string }

export async function snapshot(ctx: StageContext, params: SnapshotParams): Promise<SnapshotResult> {
  const { store, db } = ctx
  const { dataSet } = loadDataSet(ctx.contracts, params.dataSet)
  const { value: contents } = await readDocument<Contents>(
    store,
    "linked",
    `${params.dataSet}/${params.snapshot}/contents.json`,
  )
  if (contents.dataSet !== params.dataSet || contents.snapshot !== params.snapshot) {
    throw new PipelineError("snapshot_mismatch", "the contents are of another snapshot")
  }
  const tables: TableStats[] = []
  const profile: TableProfile[] = []
  const relations: string[] = []
  for (const [i, { table: name, object }] of contents.tables.entries()) {
    ctx.progress(i, contents.tables.length, "tables")
    const table = getTable(dataSet, name)
    const path = join(ctx.scratch, `${name}.parquet`)
    assertSame(await store.download("linked", object.path, path), object)
    const relation = `read_parquet(${sql.text(path)})`
    relations.push(relation)
    const stats = await measure(ctx, table, relation, object)
    if (stats.rows !== object.rows)
      throw new PipelineError("rows_differ", `${name} has not the rows that were written`)
    tables.push(stats)
    const counts = { rows: stats.rows, people: stats.people, dateColumn: table.date }
    profile.push(await profileTable(db, relation, name, publishedColumns(table), counts))
  }
  const people = await countPeople(ctx, relations)
  const previous = params.previous === null ? null : await readPrevious(ctx, params.dataSet, params.previous)
  const manifest: SnapshotManifest = {
    format: 1,
    dataSet: params.dataSet,
    snapshot: params.snapshot,
    previous: params.previous,
    created: ctx.now.toISOString(),
    contract: contents.contract,
    code: CODE_VERSION,
    parents: contents.parents,
    tables,
    rows: tables.reduce((sum, t) => sum + t.rows, 0),
    people,
    profile,
    drift: previous === null ? [] : findDrift(previous.tables, tables),
  }
  return publish(ctx, manifest)
}

/** The first manifest of a snapshot stays. A repeated run that measured the same answers it; another is refused. */
async function publish(ctx: StageContext, manifest: SnapshotManifest): Promise<SnapshotResult> {
  const manifestPath = `manifests/${manifest.dataSet}/${manifest.snapshot}.json`
  try {
    const { sha256 } = await ctx.store.write("linked", manifestPath, encode(manifest), "once")
    return { manifest, manifestPath, manifestSha256: sha256 }
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== "object_exists") throw error
    const first = await readDocument<SnapshotManifest>(ctx.store, "linked", manifestPath)
    const again = { ...manifest, created: first.value.created }
    if (!encode(again).equals(encode(first.value))) {
      throw new PipelineError("snapshot_exists", "a different snapshot has this id", { cause: error })
    }
    return { manifest: first.value, manifestPath, manifestSha256: first.sha256 }
  }
}

async function measure(
  ctx: StageContext,
  table: Table,
  relation: string,
  object: TableStats["object"],
): Promise<TableStats> {
  const columns = publishedColumns(table)
  const counts = columns.map((c, i) => `count(${sql.ident(c.name)})::BIGINT AS c${i}`)
  const latest = table.date !== undefined && columns.some((c) => c.name === table.date)
  const [row] = await ctx.db.all(`SELECT count(*)::BIGINT AS n, count(DISTINCT ${MASTER})::BIGINT AS people,
    ${latest ? `max(${sql.ident(table.date ?? "")})::VARCHAR` : "NULL"} AS latest, ${sql.list(counts)} FROM ${relation}`)
  const rows = Number(row?.n)
  return {
    table: table.name,
    rows,
    people: Number(row?.people),
    object,
    columns: columns.map((c, i) => ({
      name: c.name,
      complete: rows === 0 ? 0 : Number(row?.[`c${i}`]) / rows,
    })),
    latest: row?.latest === null || row?.latest === undefined ? null : String(row.latest),
  }
}

async function countPeople(ctx: StageContext, relations: readonly string[]): Promise<number> {
  const all = relations.map((r) => `SELECT ${MASTER} FROM ${r}`).join(" UNION ALL ")
  const [row] = await ctx.db.all(`SELECT count(DISTINCT ${MASTER})::BIGINT AS n FROM (${all})`)
  return Number(row?.n)
}

async function readPrevious(ctx: StageContext, dataSet: string, snapshot: string): Promise<SnapshotManifest> {
  const { value } = await readDocument<SnapshotManifest>(
    ctx.store,
    "linked",
    `manifests/${dataSet}/${snapshot}.json`,
  )
  return value
}
