// validate: reads landed, writes checked. Each file against its contract: what breaks a rule is set aside or
// blanked and reported by file, row, column and rule, never by value. A rejected submission leaves its report only.
import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import { join } from "node:path"
import type { Finding, Severity, SubmissionParams, ValidateResult, StoredObject } from "../contract.ts"
import { loadDataSet, type Table } from "../data-set.ts"
import { readDocument, type CheckedManifest, type Submission } from "../documents.ts"
import * as checks from "../domain/checks.ts"
import { PipelineError } from "../domain/errors.ts"
import { compileFilter } from "../domain/filter.ts"
import * as sql from "../domain/sql.ts"
import type { Database } from "../drivers/database.ts"
import { assertSame, encode, type StageContext } from "../stage.ts"

const FINDINGS_SHOWN = 500
const LONGEST_LINE = 65_536

type TableOutcome = ValidateResult["tables"][number]

export async function validate(ctx: StageContext, params: SubmissionParams): Promise<ValidateResult> {
  const { store, db, scratch } = ctx
  const { dataSet, sha256: contractSha256 } = loadDataSet(ctx.contracts, params.dataSet)
  const prefix = `${params.dataSet}/${params.submission}`
  const landed = await readDocument<Submission>(store, "landed", `${prefix}/submission.json`)
  const submission = landed.value
  if (submission.dataSet !== params.dataSet || submission.submission !== params.submission) {
    throw new PipelineError("submission_mismatch", "the submission's document is of another submission")
  }
  await db.run(
    `CREATE TABLE findings ("table" VARCHAR, file VARCHAR, "row" BIGINT, "column" VARCHAR, rule VARCHAR, severity VARCHAR)`,
  )
  const outcomes: TableOutcome[] = []
  for (const [done, table] of dataSet.tables.entries()) {
    ctx.progress(done, dataSet.tables.length, "files")
    const file = submission.files.find((f) => f.table === table.name)
    if (!file) {
      await note(db, table.name, `${table.name}.csv`, null, "file-missing", "reject-file")
      outcomes.push({ table: table.name, rows: 0, accepted: 0, aside: 0, warnings: 0 })
      continue
    }
    const path = join(scratch, `${table.name}.csv`)
    assertSame(await store.download("landed", file.path, path), file)
    outcomes.push(await checkFile(db, table, path, submission.received))
  }
  const rejected = (await db.all(`SELECT 1 FROM findings WHERE severity = 'reject-file' LIMIT 1`)).length > 0
  const tables: CheckedManifest["tables"] = []
  if (!rejected) {
    for (const outcome of outcomes) {
      tables.push({
        table: outcome.table,
        object: await save(ctx, `${prefix}/${outcome.table}.parquet`, outcome),
      })
      await save(ctx, `${prefix}/aside/${outcome.table}.parquet`, { table: `aside ${outcome.table}` })
    }
  }
  const result = await report(db, params, rejected ? "rejected" : "accepted", outcomes)
  await saveFindings(ctx, prefix)
  await store.write("checked", result.report, encode(result))
  if (!rejected) {
    const manifest: CheckedManifest = {
      format: 1,
      dataSet: params.dataSet,
      submission: params.submission,
      received: submission.received,
      contract: { version: dataSet.version, sha256: contractSha256 },
      landed: landed.sha256,
      tables,
    }
    await store.write("checked", `${prefix}/manifest.json`, encode(manifest))
  }
  return result
}

/** Makes two tables in the database: the accepted rows, typed, under the table's name; `aside <name>`, as landed. */
export async function checkFile(
  db: Database,
  table: Table,
  path: string,
  received: string,
): Promise<TableOutcome> {
  const file = `${table.name}.csv`
  const problems = checks.checkHeader(await readHeader(path), table)
  const empty = { table: table.name, rows: 0, accepted: 0, aside: 0, warnings: 0 }
  for (const p of problems) await note(db, table.name, file, p.column, p.rule, "reject-file")
  if (problems.length > 0) return empty
  await readLanded(db, table, path, file)
  await typeRows(db, table, received)
  for (const field of table.fields) {
    await noteRows(db, table, file, `f_${field.name}`, field.name, checks.severityOf(field))
  }
  for (const rule of table.rules) {
    const holds = compileFilter(rule.expect, checks.landedColumns(table))
    await db.run(`INSERT INTO findings SELECT ${sql.text(table.name)}, ${sql.text(file)}, _row, NULL,
      ${sql.text(rule.id)}, ${sql.text(rule.severity)} FROM typed WHERE (${holds}) IS FALSE`)
  }
  await db.run(`CREATE OR REPLACE TEMP TABLE bad AS SELECT DISTINCT "row" AS _row FROM findings
    WHERE "table" = ${sql.text(table.name)} AND severity = 'reject-row' AND "row" IS NOT NULL`)
  await noteDuplicates(db, table, file)
  await noteOrphans(db, table, file)
  await db.run(`CREATE TABLE ${sql.ident(table.name)} AS SELECT _row, ${sql.list(table.fields.map((f) => sql.ident(f.name)))}
    FROM typed ANTI JOIN bad USING (_row) ORDER BY _row`)
  await db.run(
    `CREATE TABLE ${sql.ident(`aside ${table.name}`)} AS SELECT raw.* FROM raw SEMI JOIN bad USING (_row) ORDER BY _row`,
  )
  const outcome = await countRows(db, table)
  await judgeFile(db, table, file, outcome)
  await db.run("DROP TABLE raw")
  await db.run("DROP TABLE typed")
  return outcome
}

async function readHeader(path: string): Promise<string[]> {
  const lines = createInterface({ input: createReadStream(path, { end: LONGEST_LINE }), crlfDelay: Infinity })
  for await (const line of lines) {
    lines.close()
    return line
      .replace(/^\uFEFF/, "")
      .split(",")
      .map((name) => name.replace(/^"(.*)"$/, "$1"))
  }
  return []
}

async function readLanded(db: Database, table: Table, path: string, file: string): Promise<void> {
  const header = await readHeader(path)
  const columns = sql.list(header.map((name) => `${sql.text(name)}: 'VARCHAR'`))
  await db.run(`CREATE TABLE raw AS SELECT row_number() OVER () AS _row, * FROM read_csv(${sql.text(path)},
    auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns}},
    max_line_size = ${LONGEST_LINE}, ignore_errors = true, store_rejects = true, rejects_limit = 0)`)
  // rows that are no CSV have no data row number: they are reported by their line, less the header
  await db.run(`INSERT INTO findings SELECT DISTINCT ${sql.text(table.name)}, ${sql.text(file)}, line - 1, NULL, 'unreadable-line', 'warn'
    FROM reject_errors`)
  await db.run("DELETE FROM reject_errors")
}

async function typeRows(db: Database, table: Table, received: string): Promise<void> {
  const at = sql.date(received.slice(0, 10))
  const raws = table.fields.map((f) => `${checks.rawSql(f)} AS ${sql.ident(`r_${f.name}`)}`)
  const typed = table.fields.map(
    (f) => `${checks.typedSql(f, sql.ident(`r_${f.name}`))} AS ${sql.ident(`t_${f.name}`)}`,
  )
  const broken = table.fields.map((f) => {
    const rule = checks.brokenRuleSql(f, sql.ident(`r_${f.name}`), sql.ident(`t_${f.name}`), at)
    return `${rule} AS ${sql.ident(`f_${f.name}`)}`
  })
  // a value that breaks a rule is blanked: in rows that stay, that is what `warn` means
  const kept = table.fields.map(
    (f) =>
      `CASE WHEN ${sql.ident(`f_${f.name}`)} IS NULL THEN ${sql.ident(`t_${f.name}`)} END AS ${sql.ident(f.name)}`,
  )
  const flags = table.fields.map((f) => sql.ident(`f_${f.name}`))
  await db.run(`CREATE TABLE typed AS
    WITH r AS (SELECT _row, ${sql.list(raws)} FROM raw),
      t AS (SELECT *, ${sql.list(typed)} FROM r),
      f AS (SELECT *, ${sql.list(broken)} FROM t)
    SELECT _row, ${sql.list(kept)}, ${sql.list(flags)} FROM f`)
}

async function noteRows(
  db: Database,
  table: Table,
  file: string,
  flag: string,
  column: string,
  severity: Severity,
): Promise<void> {
  await db.run(`INSERT INTO findings SELECT ${sql.text(table.name)}, ${sql.text(file)}, _row, ${sql.text(column)},
    ${sql.ident(flag)}, ${sql.text(severity)} FROM typed WHERE ${sql.ident(flag)} IS NOT NULL`)
}

/** The first row of a key is kept; later ones are set aside. */
async function noteDuplicates(db: Database, table: Table, file: string): Promise<void> {
  if (table.key.length === 0) return
  const key = sql.list(table.key.map((k) => sql.ident(k)))
  await db.run(`CREATE OR REPLACE TEMP TABLE twice AS SELECT _row FROM (SELECT _row, row_number() OVER (PARTITION BY ${key} ORDER BY _row) AS n
    FROM typed ANTI JOIN bad USING (_row)) WHERE n > 1`)
  await noteBad(db, table, file, "twice", table.key[0] ?? null, "duplicate-key")
}

/** Rows whose local id no accepted row of the referenced table explains. */
async function noteOrphans(db: Database, table: Table, file: string): Promise<void> {
  if (!("reference" in table.person)) return
  const { column, table: target } = table.person.reference
  await db.run(`CREATE OR REPLACE TEMP TABLE orphans AS SELECT t._row FROM typed t ANTI JOIN bad USING (_row)
    WHERE NOT EXISTS (SELECT 1 FROM ${sql.ident(target)} p WHERE p.${sql.ident(column)} = t.${sql.ident(column)})`)
  await noteBad(db, table, file, "orphans", column, "unknown-person")
}

async function noteBad(
  db: Database,
  table: Table,
  file: string,
  rows: string,
  column: string | null,
  rule: string,
): Promise<void> {
  await db.run(`INSERT INTO findings SELECT ${sql.text(table.name)}, ${sql.text(file)}, _row,
    ${column === null ? "NULL" : sql.text(column)}, ${sql.text(rule)}, 'reject-row' FROM ${rows}`)
  await db.run(`INSERT INTO bad SELECT _row FROM ${rows}`)
}

async function countRows(db: Database, table: Table): Promise<TableOutcome> {
  const [row] = await db.all(`SELECT (SELECT count(*) FROM raw) AS landed,
    (SELECT count(*) FROM ${sql.ident(table.name)}) AS accepted, (SELECT count(*) FROM bad) AS aside,
    (SELECT count(*) FROM findings WHERE "table" = ${sql.text(table.name)} AND severity = 'warn') AS warnings`)
  return {
    table: table.name,
    rows: Number(row?.landed),
    accepted: Number(row?.accepted),
    aside: Number(row?.aside),
    warnings: Number(row?.warnings),
  }
}

async function judgeFile(db: Database, table: Table, file: string, outcome: TableOutcome): Promise<void> {
  if (outcome.rows < table.file.minRows) await note(db, table.name, file, null, "too-few-rows", "reject-file")
  if (outcome.aside > table.file.maxAsideShare * outcome.rows) {
    await note(db, table.name, file, null, "too-many-aside", "reject-file")
  }
}

async function note(
  db: Database,
  table: string,
  file: string,
  column: string | null,
  rule: string,
  severity: Severity,
): Promise<void> {
  const shown = column === null ? "NULL" : sql.text(column)
  await db.run(
    `INSERT INTO findings VALUES (${sql.text(table)}, ${sql.text(file)}, NULL, ${shown}, ${sql.text(rule)}, ${sql.text(severity)})`,
  )
}

async function save(
  ctx: StageContext,
  key: string,
  outcome: { table: string; accepted?: number },
): Promise<StoredObject> {
  const path = join(ctx.scratch, "out.parquet")
  await ctx.db.run(`COPY ${sql.ident(outcome.table)} TO ${sql.text(path)} (FORMAT parquet, COMPRESSION zstd)`)
  const hashed = await ctx.store.upload("checked", key, path)
  return { path: key, ...hashed, rows: outcome.accepted ?? 0 }
}

async function saveFindings(ctx: StageContext, prefix: string): Promise<void> {
  const path = join(ctx.scratch, "findings.csv")
  await ctx.db.run(
    `COPY (SELECT file, "row", "column", rule, severity FROM findings ORDER BY ALL) TO ${sql.text(path)} (HEADER)`,
  )
  await ctx.store.upload("checked", `${prefix}/findings.csv`, path)
}

async function report(
  db: Database,
  params: SubmissionParams,
  verdict: ValidateResult["verdict"],
  tables: TableOutcome[],
): Promise<ValidateResult> {
  const rules = await db.all(
    `SELECT "table", "column", rule, severity, count(*) AS n FROM findings GROUP BY ALL ORDER BY ALL`,
  )
  const shown = await db.all(
    `SELECT file, "row", "column", rule, severity FROM findings ORDER BY ALL LIMIT ${FINDINGS_SHOWN}`,
  )
  return {
    dataSet: params.dataSet,
    submission: params.submission,
    verdict,
    tables,
    rules: rules.map((r) => ({
      table: String(r.table),
      column: r.column === null ? null : String(r.column),
      rule: String(r.rule),
      severity: r.severity as Severity,
      count: Number(r.n),
    })),
    findings: shown.map((r): Finding => ({
      file: String(r.file),
      row: r.row === null ? null : Number(r.row),
      column: r.column === null ? null : String(r.column),
      rule: String(r.rule),
      severity: r.severity as Severity,
    })),
    report: `${params.dataSet}/${params.submission}/report.json`,
  }
}
