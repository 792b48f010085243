// deidentify: reads checked, writes linked. Every row gets its person's master pseudonym from custody; identifiers
// are dropped or generalised as the contract says. A row whose person was never linked stops the stage.
import { join } from "node:path"
import type { DeidentifyParams, StoredObject } from "../contract.ts"
import { getTable, loadDataSet, type DataSet, type Table } from "../data-set.ts"
import { readDocument, type CheckedManifest, type Contents } from "../documents.ts"
import { PipelineError } from "../domain/errors.ts"
import { canonicalSql, subjectSql } from "../domain/identity.ts"
import { linkedColumnsSql, linkedOrderSql } from "../domain/publish.ts"
import * as sql from "../domain/sql.ts"
import { BATCH } from "../drivers/custody.ts"
import { assertSame, encode, type StageContext } from "../stage.ts"

export type DeidentifyResult = {
  dataSet: string
  snapshot: string
  tables: { table: string; rows: number }[]
  objects: StoredObject[]
  contents: string
}

export async function deidentify(ctx: StageContext, params: DeidentifyParams): Promise<DeidentifyResult> {
  const { db, store } = ctx
  const { dataSet, sha256 } = loadDataSet(ctx.contracts, params.dataSet)
  const parents: Contents["parents"] = []
  for (const [i, submission] of params.submissions.entries()) {
    ctx.progress(i, params.submissions.length, "submissions")
    const key = `${params.dataSet}/${submission}/manifest.json`
    const checked = await readDocument<CheckedManifest>(store, "checked", key)
    parents.push({ submission, sha256: checked.sha256 })
    for (const { table, object } of checked.value.tables) {
      const path = join(ctx.scratch, `${table}.parquet`)
      assertSame(await store.download("checked", object.path, path), object)
      await viewChecked(ctx, getTable(dataSet, table), path)
    }
    await joinPeople(ctx, dataSet, params.dataSet, submission)
    for (const table of dataSet.tables) await publish(ctx, dataSet, table)
    await db.run("DROP TABLE subject_master")
  }
  const prefix = `${params.dataSet}/${params.snapshot}`
  const tables: Contents["tables"] = []
  for (const table of dataSet.tables)
    tables.push({ table: table.name, object: await save(ctx, prefix, table) })
  const contents: Contents = {
    format: 1,
    dataSet: params.dataSet,
    snapshot: params.snapshot,
    contract: { version: dataSet.version, sha256 },
    parents,
    tables,
  }
  await store.write("linked", `${prefix}/contents.json`, encode(contents))
  return {
    dataSet: params.dataSet,
    snapshot: params.snapshot,
    tables: tables.map((t) => ({ table: t.table, rows: t.object.rows })),
    objects: tables.map((t) => t.object),
    contents: `${prefix}/contents.json`,
  }
}

/** The checked rows with their subject, where the table carries identifiers. */
async function viewChecked(ctx: StageContext, table: Table, path: string): Promise<void> {
  const subject = "identifiers" in table.person ? `, ${subjectSql(canonicalSql(table))} AS gh_subject` : ""
  await ctx.db.run(`CREATE OR REPLACE TABLE ${sql.ident(`checked ${table.name}`)} AS
    SELECT *${subject} FROM read_parquet(${sql.text(path)})`)
}

/** subject digest → master and method, for one submission, and for its local ids. */
async function joinPeople(
  ctx: StageContext,
  dataSet: DataSet,
  code: string,
  submission: string,
): Promise<void> {
  const { db, custody } = ctx
  await db.run("CREATE TABLE subject_master (subject VARCHAR, master BIGINT, method VARCHAR)")
  const tables = dataSet.tables.filter((t) => "identifiers" in t.person)
  const selects = tables.map((t) => `SELECT gh_subject AS subject FROM ${sql.ident(`checked ${t.name}`)}`)
  await db.run(`CREATE OR REPLACE TEMP TABLE wanted AS SELECT row_number() OVER () AS n, subject
    FROM (SELECT DISTINCT subject FROM (${selects.join(" UNION ALL ")})) WHERE subject IS NOT NULL`)
  const [{ n } = { n: 0 }] = await db.all("SELECT count(*)::INTEGER AS n FROM wanted")
  for (let from = 0; from < Number(n); from += BATCH) {
    ctx.progress(from, Number(n), "subjects")
    const [subjects = []] = (await db.columns(
      `SELECT subject FROM wanted WHERE n > ${from} AND n <= ${from + BATCH} ORDER BY n`,
    )) as string[][]
    const answer = await custody.masters(code, submission, subjects)
    if (answer.masters.includes(0n)) {
      throw new PipelineError("subject_unlinked", "a person of this submission was never linked")
    }
    await db.append("subject_master", [subjects, answer.masters, answer.methods])
  }
}

function personJoin(dataSet: DataSet, table: Table): string {
  if ("identifiers" in table.person) return "LEFT JOIN subject_master m ON m.subject = r.gh_subject"
  const { reference } = table.person
  return `JOIN ${localMasters(getTable(dataSet, reference.table))} m ON m.local = r.${sql.ident(reference.column)}`
}

function localMasters(people: Table): string {
  const local = "identifiers" in people.person ? (people.person.localId ?? "") : ""
  return `(SELECT c.${sql.ident(local)} AS local, s.master, s.method FROM ${sql.ident(`checked ${people.name}`)} c
    JOIN subject_master s ON s.subject = c.gh_subject)`
}

async function publish(ctx: StageContext, dataSet: DataSet, table: Table): Promise<void> {
  const people = dataSet.tables.find((t) => "identifiers" in t.person && t.person.localId !== undefined)
  const references = table.fields.filter((f) => f.publish === "person")
  if (references.length > 0 && !people)
    throw new PipelineError("contract_invalid", "no table explains local ids")
  const joins = references.map((f) => {
    const alias = sql.ident(`ref_${f.name}`)
    return `LEFT JOIN ${localMasters(people as Table)} ${alias} ON ${alias}.local = r.${sql.ident(f.name)}`
  })
  const select = `SELECT ${sql.list(linkedColumnsSql(table))} FROM ${sql.ident(`checked ${table.name}`)} r
    ${personJoin(dataSet, table)} ${joins.join(" ")}`
  const name = sql.ident(`linked ${table.name}`)
  await ctx.db.run(`CREATE TABLE IF NOT EXISTS ${name} AS ${select} LIMIT 0`)
  await ctx.db.run(`INSERT INTO ${name} ${select}`)
}

async function save(ctx: StageContext, prefix: string, table: Table): Promise<StoredObject> {
  const { db, store } = ctx
  const name = sql.ident(`linked ${table.name}`)
  if ("reference" in table.person || table.person.optional !== true) {
    const missing = await db.all(`SELECT 1 FROM ${name} WHERE gh_master IS NULL LIMIT 1`)
    if (missing.length > 0) throw new PipelineError("person_missing", `a row of ${table.name} has no person`)
  }
  const path = join(ctx.scratch, "linked.parquet")
  await db.run(`COPY (SELECT * FROM ${name} ORDER BY ${linkedOrderSql(table)}) TO ${sql.text(path)}
    (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`)
  const [{ n } = { n: 0 }] = await db.all(`SELECT count(*)::BIGINT AS n FROM ${name}`)
  const key = `${prefix}/${table.name}.parquet`
  return { path: key, ...(await store.upload("linked", key, path)), rows: Number(n) }
}
