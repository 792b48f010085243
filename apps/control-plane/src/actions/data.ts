// Data sets on their way: a submission is taken through its stages, each a short-lived process with its
// own credential; a snapshot is made, and extracts of the agreements in force. Rows say what is wanted and
// how far it is; reconcile/stages.ts does the work.
import type { StageName } from "#protocol/agent.ts"
import type { AgreementDocument } from "#contract/agreements.ts"
import type { Ctx } from "../context.ts"
import { compileExtract } from "../domain/agreements.ts"
import { Conflict } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import type { Tx } from "../store/db.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { assertMay, assertPerson, getDataSet, getProject } from "./load.ts"

export async function insertStage(
  ctx: Ctx,
  tx: Tx,
  stage: StageName,
  params: Record<string, unknown>,
  of: { submission?: string; extract?: string } = {},
): Promise<string> {
  const id = newId()
  await tx
    .insertInto("stage_job")
    .values({
      id,
      stage,
      params: JSON.stringify(params),
      submission_id: of.submission ?? null,
      extract_id: of.extract ?? null,
      progress: null,
      result: null,
      code: null,
      message: null,
      created_at: ctx.clock.now(),
      started_at: null,
      finished_at: null,
    })
    .execute()
  return id
}

interface Landing {
  readonly generator: string
  readonly seed: number
  readonly people?: number
  readonly dataSets: readonly string[]
}

/** One landing brings a submission for each of its data sets. */
export async function insertLanding(ctx: Ctx, tx: Tx, landing: Landing): Promise<string[]> {
  const submissions: { dataSet: string; submission: string }[] = []
  for (const code of landing.dataSets) {
    const set = await tx
      .selectFrom("data_set")
      .select("id")
      .where("code", "=", code)
      .executeTakeFirstOrThrow()
    const id = newId()
    await tx
      .insertInto("submission")
      .values({
        id,
        data_set_id: set.id,
        state: "running",
        report: null,
        code: null,
        created_at: ctx.clock.now(),
        finished_at: null,
      })
      .execute()
    submissions.push({ dataSet: code, submission: id })
  }
  const first = submissions[0]
  await insertStage(
    ctx,
    tx,
    "land",
    {
      generator: landing.generator,
      seed: landing.seed,
      ...(landing.people === undefined ? {} : { people: landing.people }),
      submissions,
    },
    first ? { submission: first.submission } : {},
  )
  return submissions.map((s) => s.submission)
}

export async function refreshDataSet(
  ctx: Ctx,
  asked: Asked,
  id: string,
): Promise<{ submission: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { value, index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const known = await getDataSet(ctx, tx, actor, id)
    assertMay(ctx, actor, "dataSet.refresh", known)
    const landings = (
      await tx.selectFrom("setting").select("value").where("key", "=", "landings").executeTakeFirst()
    )?.value as Landing[] | undefined
    const landing = landings?.find((l) => l.dataSets.includes(known.row.code))
    if (!landing) throw new Conflict("no_provider")
    await tx.selectFrom("data_set").select("id").where("id", "=", id).forUpdate().executeTakeFirst()
    const underway = await tx
      .selectFrom("submission")
      .select("id")
      .where("data_set_id", "=", id)
      .where("state", "=", "running")
      .executeTakeFirst()
    if (underway) throw new Conflict("refresh_underway")
    const submissions = await insertLanding(ctx, tx, landing)
    const own = await tx
      .selectFrom("submission")
      .select("id")
      .where("data_set_id", "=", id)
      .where("id", "in", submissions)
      .executeTakeFirstOrThrow()
    await record({ code: "data.refreshStarted", dataSet: id, facts: { submission: own.id } })
    await touch(`dataSet:${id}`)
    return own.id
  })
  return { submission: value, index }
}

/** Begins an extract for the version in force from the newest snapshots; undefined while one of them is missing. */
export async function startExtract(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  project: string,
): Promise<string | undefined> {
  const version = await tx
    .selectFrom("agreement_version")
    .selectAll()
    .where("project_id", "=", project)
    .where("state", "=", "in_force")
    .executeTakeFirst()
  if (!version) return undefined
  const document = JSON.parse(version.document) as AgreementDocument
  const codes = document.dataSets.map((d) => d.dataSet)
  const snapshots = await tx
    .selectFrom("snapshot as s")
    .innerJoin("data_set as d", "d.id", "s.data_set_id")
    .select(["s.id", "d.code", "s.number"])
    .where("d.code", "in", codes)
    .orderBy("s.number", "desc")
    .execute()
  const newest = codes.flatMap((code) => snapshots.find((s) => s.code === code) ?? [])
  const plan = compileExtract(
    document,
    newest.map((s) => ({ dataSet: s.code, snapshot: s.id })),
  )
  if (!plan) return undefined
  const id = newId()
  await tx
    .insertInto("extract")
    .values({
      id,
      project_id: project,
      version: version.version,
      state: "preparing",
      manifest: null,
      sha256: null,
      created_at: ctx.clock.now(),
      ready_at: null,
    })
    .execute()
  await tx
    .insertInto("extract_snapshot")
    .values(newest.map((s) => ({ extract_id: id, snapshot_id: s.id })))
    .execute()
  await insertStage(
    ctx,
    tx,
    "extract",
    {
      project,
      extract: id,
      agreement: { id: project, version: version.version, sha256: version.sha256 },
      ...plan,
    },
    { extract: id },
  )
  await recorder.record({
    code: "data.extractStarted",
    project,
    agreementVersion: version.version,
    facts: { extract: id, version: version.version, snapshots: newest.map((s) => s.id).join(",") },
  })
  await recorder.touch(`project:${project}`)
  return id
}

export async function refreshExtract(
  ctx: Ctx,
  asked: Asked,
  project: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    assertMay(ctx, actor, "extract.refresh", await getProject(ctx, tx, actor, project))
    await tx.selectFrom("project").select("id").where("id", "=", project).forUpdate().executeTakeFirst()
    const underway = await tx
      .selectFrom("extract")
      .select("id")
      .where("project_id", "=", project)
      .where("state", "=", "preparing")
      .executeTakeFirst()
    if (underway) throw new Conflict("refresh_underway")
    if ((await startExtract(ctx, tx, recorder, project)) === undefined) throw new Conflict("no_snapshot")
  })
  return { index }
}
