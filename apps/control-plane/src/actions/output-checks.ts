// Asking the output checker: files of a request go into its sandbox as one tar, with what supports them
// and what the project released before; a verdict per file comes out. A sandbox that breaks costs the
// verdict of the file that broke it, nothing more. Not being able to ask at all is thrown, to try again.
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { pack, type Pack } from "tar-stream"
import type { Ctx } from "../context.ts"
import type { CheckOptions } from "../drivers/agent.ts"
import { NeighbourRefused } from "../drivers/http-socket.ts"
import {
  platformFinding,
  readReport,
  worst,
  type CheckedFinding,
  type Verdict,
} from "../domain/check-report.ts"
import { newId } from "../domain/id.ts"
import type { Db, Tx } from "../store/db.ts"
import type { OutputPolicy } from "../store/outputs.ts"
import { fromStore, RELEASED, releasedKey } from "./output-objects.ts"

/** Below the agent's own limit, with room for headers. */
const MOST_ARCHIVE_BYTES = 240 * 1024 * 1024
const PERSON_IDS = 2 ** 32

export interface CheckInput {
  readonly path: string
  readonly size: number
  readonly sha256: string
  readonly bucket: string
  readonly key: string
  /** instead of the object, where they are not stored */
  readonly bytes?: Buffer
  /** what the platform itself knows of it */
  readonly known?: readonly CheckedFinding[]
}

export interface CheckPlan {
  readonly project: string
  readonly policy: OutputPolicy
  readonly files: readonly CheckInput[]
  readonly supporting: readonly CheckInput[]
}

export type CheckOutcome =
  | {
      readonly state: "done"
      readonly verdict: Verdict
      readonly engine: string
      readonly policy: { readonly name: string; readonly version: string; readonly sha256: string }
      readonly findings: CheckedFinding[]
    }
  | { readonly state: "failed"; readonly reason: string }

/** Outcome by path. Throws when store, custody or agent do not answer. */
export async function runChecks(ctx: Ctx, plan: CheckPlan): Promise<Map<string, CheckOutcome>> {
  const outcomes = new Map<string, CheckOutcome>()
  if (plan.files.length === 0) return outcomes
  const range = await ctx.drivers.custody.projectRange(plan.project)
  const ids = range === undefined ? undefined : range.from - (range.from % PERSON_IDS)
  const own = sizeOf(plan.files) + sizeOf(plan.supporting)
  if (own > MOST_ARCHIVE_BYTES) {
    for (const f of plan.files) outcomes.set(f.path, { state: "failed", reason: "too_large" })
    return outcomes
  }
  const earlier = await listEarlier(ctx.db, plan.project, MOST_ARCHIVE_BYTES - own)
  const together = await ask(ctx, plan.policy, ids, plan.files, plan.supporting, earlier.files)
  if (together.state === "done" || plan.files.length === 1) {
    collect(outcomes, plan.files, together, earlier.left > 0 ? [leftOut(earlier.left)] : [])
    return outcomes
  }
  // Something among the files breaks the checker: each alone, so that only the guilty one pays.
  for (const file of plan.files) {
    const alone = await ask(ctx, plan.policy, ids, [file], [], earlier.files)
    collect(outcomes, [file], alone, [
      platformFinding(
        "recovery",
        "not-verifiable",
        "The files were checked one by one, because checking them together broke the checker. What they say together was not looked at.",
      ),
      ...(earlier.left > 0 ? [leftOut(earlier.left)] : []),
    ])
  }
  return outcomes
}

function leftOut(files: number): CheckedFinding {
  return platformFinding(
    "differencing",
    "not-verifiable",
    `${files} files that the project released before were not compared, because they are too large together.`,
  )
}

type Answer =
  | { readonly state: "done"; readonly report: NonNullable<ReturnType<typeof readReport>> }
  | { readonly state: "failed"; readonly reason: string }

async function ask(
  ctx: Ctx,
  policy: OutputPolicy,
  ids: number | undefined,
  files: readonly CheckInput[],
  supporting: readonly CheckInput[],
  previous: readonly Earlier[],
): Promise<Answer> {
  const archive = pack()
  const filled = fill(ctx, archive, [
    ...files.map((f) => ({ ...f, name: `output/${f.path}` })),
    ...supporting.map((f) => ({ ...f, name: `supporting/${f.path}` })),
    ...previous.map((f) => ({ ...f, name: `previous/${f.release}/${f.path}` })),
  ])
  const answered = ctx.drivers.agent
    .check(newId(), checkOptions(policy, ids), Readable.from(archive))
    // Who has answered reads no more: whatever is still being written must not wait for ever.
    .finally(() => archive.destroy())
  const [sent, answer] = await Promise.allSettled([filled, answered])
  if (answer.status === "rejected") {
    if (answer.reason instanceof NeighbourRefused)
      return { state: "failed", reason: failureOf(answer.reason) }
    // The store broke the archive off, or nobody answered: neither says anything about the files.
    throw sent.status === "rejected" ? sent.reason : answer.reason
  }
  const report = readReport(answer.value)
  return report ? { state: "done", report } : { state: "failed", reason: "bad_answer" }
}

function checkOptions({ preset, overrides }: OutputPolicy, ids: number | undefined): CheckOptions {
  const { threshold = null, rounding = null } = overrides ?? {}
  return {
    policy: preset,
    ...(threshold === null ? {} : { threshold }),
    ...(rounding === null ? {} : { rounding }),
    ...(ids === undefined ? {} : { ids }),
  }
}

export function failureOf(refused: NeighbourRefused): string {
  if (refused.code !== "check_failed") return refused.code === "too_large" ? "too_large" : "checker_died"
  try {
    const { reason } = JSON.parse(refused.message) as { reason?: unknown }
    if (typeof reason === "string" && /^[a-z_]{1,40}$/.test(reason)) return reason
  } catch {
    // The agent said it in words.
  }
  return "checker_died"
}

async function fill(
  ctx: Ctx,
  archive: Pack,
  entries: readonly (CheckInput & { name: string })[],
): Promise<void> {
  try {
    for (const e of entries) {
      const bytes = e.bytes
        ? Readable.from([e.bytes], { objectMode: false })
        : await fromStore(ctx.drivers.objects.get(e.bucket, e.key))
      await fromStore(
        pipeline(bytes, archive.entry({ name: e.name, size: e.size, type: "file", mode: 0o600 })),
      )
    }
    archive.finalize()
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

function collect(
  outcomes: Map<string, CheckOutcome>,
  files: readonly CheckInput[],
  answer: Answer,
  more: readonly CheckedFinding[],
): void {
  for (const file of files) {
    if (answer.state === "failed") {
      outcomes.set(file.path, answer)
      continue
    }
    const found = answer.report.files.find((f) => f.path === file.path)
    if (!found) outcomes.set(file.path, { state: "failed", reason: "bad_answer" })
    else if (found.sha256 !== file.sha256)
      outcomes.set(file.path, { state: "failed", reason: "hash_mismatch" })
    else {
      const added = [...(file.known ?? []), ...more]
      outcomes.set(file.path, {
        state: "done",
        verdict: worst([found.verdict, ...added.map((m) => m.status)]),
        engine: answer.report.engine,
        policy: answer.report.policy,
        findings: [...found.findings, ...added],
      })
    }
  }
}

function sizeOf(files: readonly CheckInput[]): number {
  // Each entry is padded to blocks and has a header or two.
  return files.reduce((sum, f) => sum + f.size + 4_096, 0)
}

interface Earlier extends CheckInput {
  readonly release: string
}

/** What the project released before, newest first, as much as fits; a revoked release has left all the same. */
async function listEarlier(
  db: Db | Tx,
  project: string,
  room: number,
): Promise<{ files: Earlier[]; left: number }> {
  const rows = await db
    .selectFrom("release as r")
    .innerJoin("release_file as f", "f.release_id", "r.id")
    .innerJoin("output_request as q", "q.id", "r.request_id")
    .select(["r.id", "q.number", "f.file_id", "f.path", "f.size", "f.sha256"])
    .where("r.project_id", "=", project)
    .where("r.published_at", "is not", null)
    .orderBy("r.released_at", "desc")
    .orderBy("f.path")
    .execute()
  const files: Earlier[] = []
  let used = 0
  for (const row of rows) {
    used += row.size + 4_096
    if (used > room) break
    files.push({
      release: row.number,
      path: row.path,
      size: row.size,
      sha256: row.sha256,
      bucket: RELEASED,
      key: releasedKey(row.id, row.file_id),
    })
  }
  return { files, left: rows.length - files.length }
}
