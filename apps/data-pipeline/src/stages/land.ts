// land: writes landed. In this installation a generator stands where providers' uploads will: it makes the same
// files, with identifiers from a seed and a known number of defects, so that every later stage has work to do.
import { join } from "node:path"
import type { LandParams, StoredObject } from "../contract.ts"
import { loadDataSet } from "../data-set.ts"
import type { Submission } from "../documents.ts"
import { PipelineError } from "../domain/errors.ts"
import * as sql from "../domain/sql.ts"
import { generateNafld } from "../demo/nafld.ts"
import { generateNational } from "../demo/national.ts"
import { encode, type StageContext } from "../stage.ts"

/** Tables in the database named `<data set> <table>`, with the landed columns, in the order they are to be written. */
export type Generated = {
  received: string
  provider: string
  /** rows made on purpose that break a rule: data set → rule → rows */
  planted: Record<string, Record<string, number>>
  /** rows whose identifiers were corrupted on purpose: data set → method that should still find the person → rows */
  links: Record<string, Record<string, number>>
}

export type LandResult = {
  submissions: { dataSet: string; submission: string; files: (StoredObject & { table: string })[] }[]
  planted: Generated["planted"]
  links: Generated["links"]
}

export async function land(ctx: StageContext, params: LandParams): Promise<LandResult> {
  const generated = await generate(ctx, params)
  const submissions: LandResult["submissions"] = []
  for (const [i, { dataSet: code, submission }] of params.submissions.entries()) {
    ctx.progress(i, params.submissions.length, "submissions")
    const { dataSet } = loadDataSet(ctx.contracts, code)
    const files: Submission["files"] = []
    for (const table of dataSet.tables) {
      const relation = sql.ident(`${code} ${table.name}`)
      const path = join(ctx.scratch, `${table.name}.csv`)
      const columns = sql.list(table.fields.map((f) => sql.ident(f.name)))
      await ctx.db
        .run(`COPY (SELECT ${columns} FROM ${relation}) TO ${sql.text(path)} (FORMAT csv, HEADER)`)
        .catch((cause: unknown) => {
          throw new PipelineError("generator_mismatch", `the generator does not make ${code}`, { cause })
        })
      const [row] = await ctx.db.all(`SELECT count(*)::BIGINT AS n FROM ${relation}`)
      const key = `${code}/${submission}/${table.name}.csv`
      const hashed = await ctx.store.upload("landed", key, path)
      files.push({ table: table.name, path: key, ...hashed, rows: Number(row?.n) })
    }
    const document: Submission = {
      format: 1,
      dataSet: code,
      submission,
      provider: generated.provider,
      received: generated.received,
      files,
    }
    await ctx.store.write("landed", `${code}/${submission}/submission.json`, encode(document))
    submissions.push({ dataSet: code, submission, files })
  }
  return { submissions, planted: generated.planted, links: generated.links }
}

async function generate(ctx: StageContext, params: LandParams): Promise<Generated> {
  switch (params.generator) {
    case "nafld":
      if (ctx.demoData === undefined)
        throw new PipelineError("demo_data_missing", "the register's files are not here")
      return generateNafld(ctx.db, ctx.demoData, params.seed)
    case "national":
      return generateNational(ctx.db, params.seed, params.people)
  }
}
