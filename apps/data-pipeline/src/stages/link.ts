// link: reads checked, writes identity. Finds the person of every distinct set of identifiers through custody and
// keeps, beside the identifiers, an opaque reference, the method and its confidence. It never learns a pseudonym.
import { join } from "node:path"
import { METHOD_CONFIDENCE, type LinkMethod } from "#custody/protocol.ts"
import type { LinkResult, SubmissionParams } from "../contract.ts"
import { IDENTIFIERS, loadDataSet, type DataSet } from "../data-set.ts"
import { readDocument, type CheckedManifest } from "../documents.ts"
import { canonicalSql, rungsSql, subjectSql } from "../domain/identity.ts"
import * as sql from "../domain/sql.ts"
import { BATCH } from "../drivers/custody.ts"
import { assertSame, encode, type StageContext } from "../stage.ts"

const RUNGS = ["nhsDob", "nhsDobSwapped", "nhsName", "nameDobPostcode"] as const

export async function link(ctx: StageContext, params: SubmissionParams): Promise<LinkResult> {
  const { store, db, custody } = ctx
  const { dataSet } = loadDataSet(ctx.contracts, params.dataSet)
  const prefix = `${params.dataSet}/${params.submission}`
  const checked = await readDocument<CheckedManifest>(store, "checked", `${prefix}/manifest.json`)
  await gatherSubjects(ctx, dataSet, checked.value)
  const [{ n: total } = { n: 0 }] = await db.all("SELECT count(*)::INTEGER AS n FROM subjects")
  const subjects = Number(total)
  await db.run("CREATE TABLE found (reference VARCHAR, method VARCHAR, rank VARCHAR)")
  const methods: Record<string, number> = {}
  let minted = 0
  let conflicts = 0
  for (let from = 0; from < subjects; from += BATCH) {
    ctx.progress(from, subjects, "subjects")
    const [rank, subject, ...rungs] =
      (await db.columns(`SELECT rank::VARCHAR, subject, ${RUNGS.join(", ")} FROM subjects
      WHERE rank > ${from} AND rank <= ${from + BATCH} ORDER BY rank`)) as (string | null)[][]
    const answer = await custody.link(params.dataSet, params.submission, {
      subject: (subject ?? []) as string[],
      nhsDob: rungs[0] ?? [],
      nhsDobSwapped: rungs[1] ?? [],
      nhsName: rungs[2] ?? [],
      nameDobPostcode: rungs[3] ?? [],
    })
    for (const method of answer.methods) methods[method] = (methods[method] ?? 0) + 1
    minted += answer.minted
    conflicts += answer.conflicts
    await db.append("found", [answer.references, answer.methods, rank ?? []])
  }
  const people = await savePeople(ctx, prefix, checked.sha256)
  return {
    dataSet: params.dataSet,
    submission: params.submission,
    subjects,
    people,
    minted,
    methods,
    conflicts,
  }
}

/** Distinct subjects of every table that carries identifiers; those that know most come first in the ladder. */
async function gatherSubjects(ctx: StageContext, dataSet: DataSet, checked: CheckedManifest): Promise<void> {
  const selects: string[] = []
  for (const { table: name, object } of checked.tables) {
    const table = dataSet.tables.find((t) => t.name === name)
    if (!table || !("identifiers" in table.person)) continue
    const path = join(ctx.scratch, `${name}.parquet`)
    assertSame(await ctx.store.download("checked", object.path, path), object)
    const canonical = canonicalSql(table)
    const columns = IDENTIFIERS.map((i) => `${canonical[i]} AS ${sql.ident(i)}`)
    selects.push(`SELECT ${sql.list(columns)} FROM read_parquet(${sql.text(path)})`)
  }
  const plain = Object.fromEntries(IDENTIFIERS.map((i) => [i, sql.ident(i)])) as Record<
    (typeof IDENTIFIERS)[number],
    string
  >
  const rungs = rungsSql(plain)
  await ctx.db.run(`CREATE TABLE subjects AS
    WITH people AS (SELECT DISTINCT * FROM (${selects.join(" UNION ALL ")})),
      digested AS (SELECT *, ${subjectSql(plain)} AS subject, ${sql.list(RUNGS.map((r) => `${rungs[r]} AS ${r}`))} FROM people)
    SELECT row_number() OVER (ORDER BY nameDobPostcode IS NULL, nhsDob IS NULL, subject) AS rank, *
    FROM digested WHERE subject IS NOT NULL`)
}

async function savePeople(ctx: StageContext, prefix: string, checkedSha256: string): Promise<number> {
  const { db, store } = ctx
  const path = join(ctx.scratch, "people.parquet")
  const confidence = Object.entries(METHOD_CONFIDENCE)
    .map(([method, value]) => `WHEN ${sql.text(method satisfies string as LinkMethod)} THEN ${value}`)
    .join(" ")
  await db.run(`COPY (SELECT f.reference, ${sql.list(IDENTIFIERS.map((i) => `s.${sql.ident(i)}`))}, f.method,
      (CASE f.method ${confidence} END)::DOUBLE AS confidence
    FROM subjects s JOIN found f ON s.rank = f.rank::BIGINT ORDER BY f.reference, s.rank)
    TO ${sql.text(path)} (FORMAT parquet, COMPRESSION zstd)`)
  const object = await store.upload("identity", `${prefix}/people.parquet`, path)
  const [{ n: people } = { n: 0 }] = await db.all("SELECT count(DISTINCT reference)::INTEGER AS n FROM found")
  const manifest = { format: 1, checked: checkedSha256, people: Number(people), object }
  await store.write("identity", `${prefix}/manifest.json`, encode(manifest))
  return Number(people)
}
