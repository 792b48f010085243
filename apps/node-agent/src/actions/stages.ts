// Data stages: one container per job, told what to do on its standard input, read from its output. The
// container and its log are the memory, so a restart of the agent loses no result. Ended ones are removed
// when their caller has written the result down, or after an hour. What a stage is given (its key, custody's
// socket) is bound by the engine; the agent itself sees none of it.
import { chown, mkdir, rm } from "node:fs/promises"
import type { StageRequest, StageStatus } from "#protocol/agent.ts"
import type { Context } from "../context.ts"
import { containmentFaults } from "../domain/containment.ts"
import { stageSpec, type Spec } from "../domain/containers.ts"
import { AgentError, conflict, notFound, unavailable } from "../domain/errors.ts"
import { requireId } from "../domain/ids.ts"
import { containerName, scratchDirectory } from "../domain/layout.ts"
import { readStageLine, stageStatus, type StageProcess } from "../domain/stage-output.ts"
import {
  ensureContainer,
  findContainer,
  findImage,
  listContainers,
  removeContainer,
  startContainer,
  type ContainerState,
} from "../drivers/engine.ts"
import { attachInput, followLines, waitForEnd } from "../drivers/streams.ts"

const KEPT_MILLISECONDS = 60 * 60 * 1000
const APP_ID = 5440
const NEVER = "0001-01-01T00:00:00Z"

/** Starts the job's process, once. Throws 409 `stage_conflict`, 503 `no_stage_network`, `image_missing`, `stage_secret_missing`. */
export async function startStage(ctx: Context, job: string, request: StageRequest): Promise<StageStatus> {
  requireId("job", job)
  const { stage, params } = request
  const known = await findContainer(ctx.engine, containerName(ctx.layout, "stage", job))
  if (known !== null && known.labels["glasshouse.stage"] !== stage) {
    throw conflict("stage_conflict", "This job was started as another stage.")
  }
  if (known !== null && known.startedAt !== NEVER) return await readStage(ctx, job)
  if (ctx.stageNetwork === null)
    throw unavailable("no_stage_network", "No network for data stages is configured.")
  if ((await findImage(ctx.engine, ctx.images.app)) === null)
    throw unavailable("image_missing", `There is no image ${ctx.images.app}.`)

  const spec = stageSpec(
    ctx.layout,
    ctx.images,
    ctx.seccomp,
    ctx.stageNetwork,
    ctx.stageEnvironment,
    job,
    stage,
  )
  const faults = containmentFaults(ctx.layout, spec, ctx.stageNetwork)
  if (faults.length > 0)
    throw new AgentError(500, "internal", `refused to make ${spec.name}: ${faults.join(", ")}`)
  await makeScratch(ctx, job)
  const container = known ?? (await makeStage(ctx, spec, job, stage))
  const input = await attachInput(ctx.engine, container.id)
  await startContainer(ctx.engine, container.id)
  input.on("error", () => undefined)
  input.end(`${JSON.stringify(params)}\n`)
  return await readStage(ctx, job)
}

async function makeStage(ctx: Context, spec: Spec, job: string, stage: string): Promise<ContainerState> {
  try {
    return await ensureContainer(ctx.engine, spec)
  } catch (error) {
    await removeScratch(ctx, job)
    if (error instanceof AgentError && /bind source path does not exist/.test(error.message))
      throw unavailable("stage_secret_missing", `The stage ${stage} lacks something on this node.`, error)
    throw error
  }
}

/** Forgets an ended job and all that is left of it. Absent is fine. Throws 409 `stage_running`. */
export async function forgetStage(ctx: Context, job: string): Promise<void> {
  requireId("job", job)
  const name = containerName(ctx.layout, "stage", job)
  const container = await findContainer(ctx.engine, name)
  if (container?.running === true) throw conflict("stage_running", "This job still runs.")
  if (container !== null) await removeContainer(ctx.engine, name)
  await removeScratch(ctx, job)
  ctx.stages.delete(job)
}

/** Throws 404 when there is no such job. */
export async function readStage(ctx: Context, job: string): Promise<StageStatus> {
  requireId("job", job)
  const container = await findContainer(ctx.engine, containerName(ctx.layout, "stage", job))
  if (container === null) throw notFound("There is no such job.")
  const output = follow(ctx, job, container)
  if (container.running || container.startedAt === NEVER) return stageStatus(job, output.process, null)
  // Ended: its log ends too, so the last line is in.
  await output.read
  return stageStatus(job, output.process, container)
}

/** Removes what ended more than an hour ago, and working files of jobs that do not run. */
export async function removeEndedStages(ctx: Context, now: Date): Promise<void> {
  for (const { name, labels } of await listContainers(ctx.engine, ["service"])) {
    const job = labels["glasshouse.job"]
    if (job === undefined) continue
    const container = await findContainer(ctx.engine, name)
    if (container === null || container.running) continue
    await removeScratch(ctx, job)
    if (now.getTime() - new Date(container.finishedAt).getTime() < KEPT_MILLISECONDS) continue
    await removeContainer(ctx.engine, name)
    ctx.stages.delete(job)
  }
}

async function makeScratch(ctx: Context, job: string): Promise<void> {
  const scratch = scratchDirectory(ctx.layout, job)
  await mkdir(scratch, { recursive: true, mode: 0o700 })
  await chown(scratch, APP_ID, APP_ID)
}

async function removeScratch(ctx: Context, job: string): Promise<void> {
  await rm(scratchDirectory(ctx.layout, job), { recursive: true, force: true })
}

function follow(
  ctx: Context,
  job: string,
  container: ContainerState,
): { process: StageProcess; read: Promise<void> } {
  const known = ctx.stages.get(job)
  if (known !== undefined) return known
  const process: StageProcess = { stage: container.labels["glasshouse.stage"] as StageProcess["stage"] }
  const read = (async () => {
    await followLines(ctx.engine, container.id, (line) => readStageLine(process, line))
    await waitForEnd(ctx.engine, container.id)
    await removeScratch(ctx, job)
  })().catch((error: unknown) => {
    ctx.log.error({ job, error: String(error) }, "the output of a stage could not be read")
    ctx.stages.delete(job)
  })
  const output = { process, read }
  ctx.stages.set(job, output)
  return output
}
