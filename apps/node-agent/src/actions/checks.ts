// The output checker in its sandbox: hostile files go in as one stream, one JSON document comes out. The
// agent carries both and looks into neither, beyond the size.
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { Context } from "../context.ts"
import { containmentFaults } from "../domain/containment.ts"
import { checkSpec } from "../domain/containers.ts"
import { AgentError, conflict, unavailable } from "../domain/errors.ts"
import { requireId } from "../domain/ids.ts"
import { containerName } from "../domain/layout.ts"
import {
  ensureContainer,
  findContainer,
  findImage,
  removeContainer,
  startContainer,
} from "../drivers/engine.ts"
import { attachAll, waitForEnd } from "../drivers/streams.ts"

export const CHECK_BODY_LIMIT = 256 * 1024 * 1024
const RESULT_LIMIT = 16 * 1024 * 1024
const TIME_LIMIT_MILLISECONDS = 120_000

/** The checker's exit codes that come with a document: nothing wrong, something violated, not verifiable. */
const WITH_DOCUMENT: ReadonlySet<number> = new Set([0, 1, 3])
/** The checker's exit code for wrong use: an archive or a policy that it cannot read. */
const UNREADABLE = 2

export type CheckAnswer = { readonly status: 200 | 422; readonly body: string }

/** Throws 400 `invalid_policy`, `invalid_archive`, 413 `too_large`, 409 `check_running`, 503. */
export async function runCheck(
  ctx: Context,
  id: string,
  policy: unknown,
  ids: unknown,
  archive: NodeJS.ReadableStream,
): Promise<CheckAnswer> {
  requireId("check", id)
  const name = containerName(ctx.layout, "check", id)
  const spec = checkSpec(ctx.layout, ctx.images, ctx.seccomp, id, policy, ids)
  const faults = containmentFaults(ctx.layout, spec, null)
  if (faults.length > 0)
    throw new AgentError(500, "internal", `refused to make ${name}: ${faults.join(", ")}`)
  if ((await findImage(ctx.engine, ctx.images.app)) === null)
    throw unavailable("image_missing", `There is no image ${ctx.images.app}.`)
  if ((await findContainer(ctx.engine, name)) !== null)
    throw conflict("check_running", "This check runs already.")
  return await ctx.checkQueue(async () => {
    try {
      const container = await ensureContainer(ctx.engine, spec)
      return await carry(ctx, container.id, archive)
    } finally {
      await removeContainer(ctx.engine, name)
    }
  })
}

async function carry(ctx: Context, id: string, archive: NodeJS.ReadableStream): Promise<CheckAnswer> {
  const attached = await attachAll(ctx.engine, id, RESULT_LIMIT)
  await startContainer(ctx.engine, id)
  // Only now: before it was started a container counts as one that does not run any more.
  const ended = waitForEnd(ctx.engine, id)
  const sent = pipeline(archive, limited(CHECK_BODY_LIMIT), attached.input).catch((error: unknown) => {
    if (error instanceof AgentError) throw error
    // The checker may end before it has read everything; how it ended says what is wrong.
  })
  const { promise: late, resolve } = Promise.withResolvers<"late">()
  const timer = setTimeout(() => resolve("late"), TIME_LIMIT_MILLISECONDS)
  try {
    const code = await Promise.race([Promise.all([ended, sent]).then(([exit]) => exit), late])
    if (code === "late") return failed("time_limit")
    await attached.ended
    if (attached.stdout.full) return failed("result_too_large")
    if (WITH_DOCUMENT.has(code) && isJson(attached.stdout.text()))
      return { status: 200, body: attached.stdout.text() }
    const state = await findContainer(ctx.engine, id)
    if (state?.outOfMemory === true) return failed("out_of_memory")
    ctx.log.warn({ code, stderr: attached.stderr.text().slice(0, 300) }, "a check died")
    return failed(code === UNREADABLE ? "unreadable_input" : "checker_died")
  } finally {
    clearTimeout(timer)
  }
}

function limited(bytes: number): Transform {
  let seen = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length
      if (seen > bytes) done(new AgentError(413, "too_large", "The archive is larger than 256 MiB."))
      else done(null, chunk)
    },
  })
}

function failed(reason: string): CheckAnswer {
  return { status: 422, body: JSON.stringify({ code: "check_failed", reason }) }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
