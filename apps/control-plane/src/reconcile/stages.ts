// Takes data through its stages, one step at a time: each finished stage begins the next in the same
// transaction that records it. The agent runs the processes; asking it twice for one job starts one.
import type { StageStatus } from "#protocol/agent.ts"
import { change, type Asked, type Recorder } from "../actions/change.ts"
import { insertStage, startExtract } from "../actions/data.ts"
import type { Ctx } from "../context.ts"
import { newId } from "../domain/id.ts"
import { readyJobs } from "../domain/stage-order.ts"
import { touch } from "../drivers/live.ts"
import type { Tx } from "../store/db.ts"
import { publishExtract, publishSnapshot, type Job, type Manifest } from "./stage-results.ts"

const SYSTEM: Asked = { actor: { kind: "system", id: "stages" } }
const AT_ONCE = 2
/** What may be over at the next try: a neighbour or the store did not answer, or the process was killed. */
const PASSING = new Set([
  "custody_failed",
  "custody_unavailable",
  "store_unavailable",
  "stage_died",
  "stage_lost",
  "engine_unavailable",
])
const MOST_ATTEMPTS = 5

export async function reconcileStages(ctx: Ctx): Promise<void> {
  const jobs = (await ctx.db
    .selectFrom("stage_job")
    .select(["id", "stage", "submission_id", "extract_id", "params", "state", "attempts"])
    .where("state", "in", ["waits", "running"])
    .orderBy("created_at")
    .execute()) as Job[]
  for (const job of jobs.filter((j) => j.state === "running")) await follow(ctx, job)
  const free = AT_ONCE - jobs.filter((j) => j.state === "running").length
  for (const job of readyJobs(jobs, await listLinkedFirst(ctx)).slice(0, Math.max(0, free))) {
    await ctx.drivers.agent.startStage(job.id, { stage: job.stage, params: job.params })
    await change(ctx, SYSTEM, async (tx, { record }) => {
      const moved = await tx
        .updateTable("stage_job")
        .set({ state: "running", started_at: ctx.clock.now() })
        .where("id", "=", job.id)
        .where("state", "=", "waits")
        .returning("id")
        .executeTakeFirst()
      if (moved)
        await record({
          code: "data.stageStarted",
          ...(await placeOf(tx, job)),
          facts: { job: job.id, stage: job.stage },
        })
    })
  }
  await startMissingExtracts(ctx)
}

async function listLinkedFirst(ctx: Ctx): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom("data_set").select(["code", "contract"]).execute()
  return new Set(rows.flatMap((r) => ((r.contract as { linkFirst?: boolean }).linkFirst ? [r.code] : [])))
}

async function placeOf(tx: Tx, job: Job): Promise<{ project?: string; dataSet?: string }> {
  if (job.extract_id !== null)
    return {
      project: (
        await tx
          .selectFrom("extract")
          .select("project_id")
          .where("id", "=", job.extract_id)
          .executeTakeFirstOrThrow()
      ).project_id,
    }
  if (job.submission_id !== null && job.stage !== "land")
    return {
      dataSet: (
        await tx
          .selectFrom("submission")
          .select("data_set_id")
          .where("id", "=", job.submission_id)
          .executeTakeFirstOrThrow()
      ).data_set_id,
    }
  return {}
}

async function follow(ctx: Ctx, job: Job): Promise<void> {
  let status
  try {
    status = await ctx.drivers.agent.stage(job.id)
  } catch (error) {
    // A job that the agent does not know was lost with its container: starting it again is safe, since
    // stages write objects that do not exist yet or exist with equal bytes.
    if ((error as { status?: number }).status !== 404) throw error
    await ctx.db
      .updateTable("stage_job")
      .set({ state: "waits" })
      .where("id", "=", job.id)
      .where("state", "=", "running")
      .execute()
    return
  }
  if (status.state === "running") {
    if (status.progress)
      await ctx.db
        .updateTable("stage_job")
        .set({ progress: JSON.stringify(status.progress) })
        .where("id", "=", job.id)
        .execute()
    await touch(ctx.db, "data")
    return
  }
  if (status.state === "failed" && (await tryAgain(ctx, job, status.code))) return
  await finish(ctx, job, status)
  // Written down: what is left of the process may go. Where this is missed the agent does it after an hour.
  await ctx.drivers.agent
    .forgetStage(job.id)
    .catch((error: unknown) =>
      ctx.log.warn({ job: job.id, cause: String(error) }, "an ended stage stays a while"),
    )
}

async function finish(ctx: Ctx, job: Job, status: StageStatus): Promise<void> {
  await change(ctx, SYSTEM, async (tx, recorder) => {
    const moved = await tx
      .updateTable("stage_job")
      .set({
        state: status.state as "succeeded" | "failed",
        result: status.result === undefined ? null : JSON.stringify(status.result),
        code: status.code ?? null,
        message: status.message ?? null,
        finished_at: ctx.clock.now(),
      })
      .where("id", "=", job.id)
      .where("state", "=", "running")
      .returning("id")
      .executeTakeFirst()
    if (!moved) return
    const place = await placeOf(tx, job)
    await recorder.record({
      code: "data.stageFinished",
      outcome: status.state === "succeeded" ? "done" : "failed",
      ...place,
      facts: { job: job.id, stage: job.stage, state: status.state, code: status.code ?? null },
    })
    if (status.state === "succeeded") await next(ctx, tx, recorder, job, status.result as never)
    else await fail(ctx, tx, job, status.code ?? "stage_failed")
    await recorder.touch(
      ...(place.project ? [`project:${place.project}`] : []),
      ...(place.dataSet ? [`dataSet:${place.dataSet}`] : []),
    )
  })
}

/** The agent knows a job by its id for good, so another attempt is another job with the same parameters. */
async function tryAgain(ctx: Ctx, job: Job, code: string | undefined): Promise<boolean> {
  if (code === undefined || !PASSING.has(code) || job.attempts + 1 >= MOST_ATTEMPTS) return false
  ctx.log.warn(
    { job: job.id, stage: job.stage, code, attempt: job.attempts + 1 },
    "a stage failed for a passing reason; tried again",
  )
  await ctx.db
    .updateTable("stage_job")
    .set({
      id: newId(),
      state: "waits",
      attempts: job.attempts + 1,
      progress: null,
      created_at: ctx.clock.now(),
    })
    .where("id", "=", job.id)
    .where("state", "=", "running")
    .execute()
  return true
}

async function fail(ctx: Ctx, tx: Tx, job: Job, code: string): Promise<void> {
  if (job.extract_id !== null)
    await tx.updateTable("extract").set({ state: "failed" }).where("id", "=", job.extract_id).execute()
  const submissions =
    job.stage === "land"
      ? (job.params["submissions"] as { submission: string }[]).map((s) => s.submission)
      : job.submission_id === null
        ? []
        : [job.submission_id]
  for (const id of submissions)
    await tx
      .updateTable("submission")
      .set({ state: "failed", code, finished_at: ctx.clock.now() })
      .where("id", "=", id)
      .execute()
}

async function next(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  job: Job,
  result: Record<string, unknown> & { manifest?: Manifest; manifestSha256?: string; verdict?: string },
): Promise<void> {
  const of = job.submission_id === null ? {} : { submission: job.submission_id }
  const params = job.params as { dataSet: string; submission: string; snapshot: string }
  switch (job.stage) {
    case "land":
      for (const s of job.params["submissions"] as { dataSet: string; submission: string }[])
        await insertStage(ctx, tx, "validate", s, { submission: s.submission })
      return
    case "validate":
      await tx
        .updateTable("submission")
        .set({ report: JSON.stringify({ validate: result }) })
        .where("id", "=", params.submission)
        .execute()
      if (result.verdict === "rejected") {
        await tx
          .updateTable("submission")
          .set({ state: "rejected", code: "rejected", finished_at: ctx.clock.now() })
          .where("id", "=", params.submission)
          .execute()
        return
      }
      await insertStage(ctx, tx, "link", { dataSet: params.dataSet, submission: params.submission }, of)
      return
    case "link": {
      const row = await tx
        .selectFrom("submission")
        .select(["report", "data_set_id"])
        .where("id", "=", params.submission)
        .executeTakeFirstOrThrow()
      await tx
        .updateTable("submission")
        .set({
          state: "accepted",
          report: JSON.stringify({ ...(row.report as object), link: result }),
          finished_at: ctx.clock.now(),
        })
        .where("id", "=", params.submission)
        .execute()
      const accepted = await tx
        .selectFrom("submission")
        .select("id")
        .where("data_set_id", "=", row.data_set_id)
        .where("state", "=", "accepted")
        .orderBy("created_at")
        .execute()
      await insertStage(
        ctx,
        tx,
        "deidentify",
        { dataSet: params.dataSet, snapshot: newId(), submissions: accepted.map((s) => s.id) },
        of,
      )
      return
    }
    case "deidentify": {
      const set = await tx
        .selectFrom("data_set")
        .select("id")
        .where("code", "=", params.dataSet)
        .executeTakeFirstOrThrow()
      const previous = await tx
        .selectFrom("snapshot")
        .select("id")
        .where("data_set_id", "=", set.id)
        .orderBy("number", "desc")
        .limit(1)
        .executeTakeFirst()
      await insertStage(
        ctx,
        tx,
        "snapshot",
        { dataSet: params.dataSet, snapshot: params.snapshot, previous: previous?.id ?? null },
        of,
      )
      return
    }
    case "snapshot":
      return publishSnapshot(ctx, tx, recorder, params, result)
    case "extract":
      return publishExtract(ctx, tx, recorder, job, result)
  }
}

/** A version in force without any extract gets its first one as soon as every snapshot is there. */
async function startMissingExtracts(ctx: Ctx): Promise<void> {
  const missing = await ctx.db
    .selectFrom("agreement_version as v")
    .select("v.project_id")
    .where("v.state", "=", "in_force")
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("extract as x")
            .select("x.id")
            .whereRef("x.project_id", "=", "v.project_id")
            .whereRef("x.version", "=", "v.version"),
        ),
      ),
    )
    .execute()
  for (const { project_id } of missing) {
    await change(ctx, SYSTEM, async (tx, recorder) => {
      await tx.selectFrom("project").select("id").where("id", "=", project_id).forUpdate().execute()
      const again = await tx
        .selectFrom("extract as x")
        .innerJoin("agreement_version as v", (j) =>
          j.onRef("v.project_id", "=", "x.project_id").onRef("v.version", "=", "x.version"),
        )
        .select("x.id")
        .where("x.project_id", "=", project_id)
        .where("v.state", "=", "in_force")
        .executeTakeFirst()
      if (!again) await startExtract(ctx, tx, recorder, project_id)
    })
  }
}
