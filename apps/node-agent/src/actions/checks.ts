// The output checker in its sandbox: hostile files go in as one stream, one JSON document comes out; or one
// picture goes in and comes out written anew. The agent carries them and looks into none, beyond the size.
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { Context } from "../context.ts"
import { containmentFaults } from "../domain/containment.ts"
import { checkSpec, pictureSpec, type CheckAsked, type Spec } from "../domain/containers.ts"
import { AgentError, conflict, unavailable } from "../domain/errors.ts"
import { requireId } from "../domain/ids.ts"
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
export const PICTURE_BODY_LIMIT = 24 * 1024 * 1024
/** A picture written anew may be larger than it was, and has a line before it. */
const PICTURE_RESULT_LIMIT = 2 * PICTURE_BODY_LIMIT
const TIME_LIMIT_MILLISECONDS = 120_000

/** The checker's exit codes that come with a document: nothing wrong, something violated, not verifiable. */
const WITH_DOCUMENT: ReadonlySet<number> = new Set([0, 1, 3])
/** The checker's exit code for wrong use: an archive or a policy that it cannot read. */
const UNREADABLE = 2
/** The exit code of a picture that cannot be written anew; the reason is on standard output. */
const NOT_RENDERED = 3

export type Answer = { readonly status: 200 | 422; readonly body: Buffer }

/** Throws 400 `invalid_policy`, `invalid_archive`, 413 `too_large`, 409 `check_running`, 503. */
export async function runCheck(
  ctx: Context,
  id: string,
  asked: CheckAsked,
  archive: NodeJS.ReadableStream,
): Promise<Answer> {
  const spec = checkSpec(ctx.layout, ctx.images, ctx.seccomp, requireId("check", id), asked)
  return await inSandbox(ctx, spec, archive, CHECK_BODY_LIMIT, RESULT_LIMIT, (code, stdout) =>
    WITH_DOCUMENT.has(code) && isJson(stdout.toString()) ? { status: 200, body: stdout } : undefined,
  )
}

/** Throws 400 `invalid_kind`, 413 `too_large`, 409 `check_running`, 503. */
export async function runPicture(
  ctx: Context,
  id: string,
  kind: unknown,
  picture: NodeJS.ReadableStream,
): Promise<Answer> {
  const spec = pictureSpec(ctx.layout, ctx.images, ctx.seccomp, requireId("check", id), kind)
  return await inSandbox(ctx, spec, picture, PICTURE_BODY_LIMIT, PICTURE_RESULT_LIMIT, (code, stdout) => {
    if (code === 0) return { status: 200, body: stdout }
    if (code !== NOT_RENDERED) return undefined
    const reason = /^\{"reason":"([a-z_]{1,40})"\}\n$/.exec(stdout.toString("latin1", 0, 100))?.[1]
    return reason === undefined ? undefined : failed(reason)
  })
}

/** `answer` reads the output of a program that ended by itself; undefined when it is none. */
type Read = (code: number, stdout: Buffer) => Answer | undefined

async function inSandbox(
  ctx: Context,
  spec: Spec,
  input: NodeJS.ReadableStream,
  inputLimit: number,
  outputLimit: number,
  read: Read,
): Promise<Answer> {
  const faults = containmentFaults(ctx.layout, spec, null)
  if (faults.length > 0)
    throw new AgentError(500, "internal", `refused to make ${spec.name}: ${faults.join(", ")}`)
  if ((await findImage(ctx.engine, ctx.images.app)) === null)
    throw unavailable("image_missing", `There is no image ${ctx.images.app}.`)
  if ((await findContainer(ctx.engine, spec.name)) !== null)
    throw conflict("check_running", "This check runs already.")
  return await ctx.checkQueue(async () => {
    try {
      const container = await ensureContainer(ctx.engine, spec)
      return await carry(ctx, container.id, input, inputLimit, outputLimit, read)
    } finally {
      await removeContainer(ctx.engine, spec.name)
    }
  })
}

async function carry(
  ctx: Context,
  id: string,
  input: NodeJS.ReadableStream,
  inputLimit: number,
  outputLimit: number,
  read: Read,
): Promise<Answer> {
  const attached = await attachAll(ctx.engine, id, outputLimit)
  await startContainer(ctx.engine, id)
  // Only now: before it was started a container counts as one that does not run any more.
  const ended = waitForEnd(ctx.engine, id)
  const gate = limited(inputLimit)
  // Heard from the gate itself: the engine's stream may not close, and the pipeline would wait for it.
  const tooLarge = new Promise<never>((_, reject) => {
    gate.once("error", (error) => error instanceof AgentError && reject(error))
  })
  tooLarge.catch(() => undefined)
  const sent = pipeline(input, gate, attached.input).catch(() => {
    // The checker may end before it has read everything; how it ended says what is wrong.
  })
  const { promise: late, resolve } = Promise.withResolvers<"late">()
  const timer = setTimeout(() => resolve("late"), TIME_LIMIT_MILLISECONDS)
  try {
    const code = await Promise.race([Promise.all([ended, sent]).then(([exit]) => exit), tooLarge, late])
    if (code === "late") return failed("time_limit")
    await attached.ended
    if (attached.stdout.full) return failed("result_too_large")
    const answer = read(code, attached.stdout.bytes())
    if (answer !== undefined) return answer
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
      if (seen > bytes) done(new AgentError(413, "too_large", `It is larger than ${bytes} bytes.`))
      else done(null, chunk)
    },
  })
}

function failed(reason: string): Answer {
  return { status: 422, body: Buffer.from(JSON.stringify({ code: "check_failed", reason })) }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
