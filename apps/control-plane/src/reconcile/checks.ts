// Machine checks of requests: what waits is claimed, checked in the sandbox, and written down; a request
// that was sent moves on to its checkers. Two instances may run: a claim is one update, and a result is
// kept only under the claim it was made for. Drafts are checked too, so that authors see what checkers will.
import { sql } from "kysely"
import type { RequestState } from "#contract/vocabulary.ts"
import { change, type Asked } from "../actions/change.ts"
import { runChecks, type CheckInput, type CheckOutcome } from "../actions/output-checks.ts"
import { candidateKey, QUARANTINE } from "../actions/output-objects.ts"
import { pictureFindings, renderPictures } from "../actions/output-pictures.ts"
import { recordStep } from "../actions/output-loaded.ts"
import type { Ctx } from "../context.ts"
import { newId } from "../domain/id.ts"
import { REQUEST, systemMoves } from "../domain/lifecycle.ts"
import { workingTurn } from "../domain/outputs.ts"
import { writeToCheckers } from "../actions/letters.ts"
import {
  loadParts,
  lockRequest,
  moveRequest,
  outputsOf,
  policyOf,
  type RequestParts,
} from "../store/outputs.ts"

/** A claim older than this belongs to a process that is gone. */
const CLAIM_SECONDS = 240
/** After so long without an answer a request goes to its checkers unchecked, and says so. */
const GIVE_UP_SECONDS = 600
const AT_A_TIME = 5

export async function checks(ctx: Ctx): Promise<void> {
  for (let n = 0; n < AT_A_TIME; n++) {
    const claimed = await claimNext(ctx)
    if (!claimed) break
    await checkOne(ctx, claimed)
  }
  await moveOnWithoutOutputs(ctx)
}

interface Claimed {
  readonly request: string
  readonly turn: number
  readonly at: Date
}

async function claimNext(ctx: Ctx): Promise<Claimed | undefined> {
  const now = ctx.clock.now()
  const stale = new Date(now.getTime() - CLAIM_SECONDS * 1_000)
  return ctx.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string; turn: number; state: RequestState }>`
      select q.id, q.turn, q.state from output_request q
      where q.state in ('draft', 'returned', 'checking') and exists (
        select 1 from output_check c join output_file f on f.id = c.file_id and f.withdrawn_at is null and f.kind = 'output'
        where c.request_id = q.id
          and c.turn = case when q.state = 'returned' then q.turn + 1 else q.turn end
          and (c.state = 'waits' or (c.state = 'running' and c.started_at < ${stale})))
      order by (q.state = 'checking') desc, q.changed_at
      limit 1 for update of q skip locked`.execute(tx)
    const row = rows[0]
    if (!row) return undefined
    const turn = workingTurn(row.state, row.turn)
    await tx
      .updateTable("output_check")
      .set({ state: "running", started_at: now })
      .where("request_id", "=", row.id)
      .where("turn", "=", turn)
      .execute()
    return { request: row.id, turn, at: now }
  })
}

async function checkOne(ctx: Ctx, claimed: Claimed): Promise<void> {
  let parts = await loadParts(ctx.db, claimed.request)
  let outcomes: Map<string, CheckOutcome>
  try {
    await renderPictures(ctx, parts)
    parts = await loadParts(ctx.db, claimed.request)
    outcomes = await runChecks(ctx, {
      project: parts.request.project_id,
      policy: policyOf(parts.request),
      files: outputsOf(parts).map((f) => inputOf(claimed.request, f)),
      supporting: parts.files.filter((f) => f.kind !== "output").map((f) => inputOf(claimed.request, f)),
    })
  } catch (error) {
    const waited = (ctx.clock.now().getTime() - parts.request.changed_at.getTime()) / 1_000
    ctx.log.warn({ request: claimed.request, cause: String(error), waited }, "a check had no answer")
    if (parts.request.state !== "checking" || waited < GIVE_UP_SECONDS) {
      await giveBack(ctx, claimed)
      return
    }
    outcomes = new Map(outputsOf(parts).map((f) => [f.path, { state: "failed", reason: "no_answer" }]))
  }
  await writeDown(ctx, claimed, outcomes)
}

function inputOf(request: string, f: RequestParts["files"][number]): CheckInput {
  return {
    path: f.path,
    size: f.candidate_size,
    sha256: f.candidate_sha256,
    bucket: QUARANTINE,
    key: candidateKey(request, f),
    known: pictureFindings(f.media_kind, f.rendering),
  }
}

async function giveBack(ctx: Ctx, claimed: Claimed): Promise<void> {
  await ctx.db
    .updateTable("output_check")
    .set({ state: "waits", started_at: null })
    .where("request_id", "=", claimed.request)
    .where("turn", "=", claimed.turn)
    .where("state", "=", "running")
    .where("started_at", "=", claimed.at)
    .execute()
}

async function writeDown(ctx: Ctx, claimed: Claimed, outcomes: Map<string, CheckOutcome>): Promise<void> {
  const asked: Asked = { actor: { kind: "system", id: "checks" }, request: newId() }
  await change(ctx, asked, async (tx, { record, touch }) => {
    await lockRequest(tx, claimed.request)
    const parts = await loadParts(tx, claimed.request)
    const now = ctx.clock.now()
    for (const file of outputsOf(parts)) {
      const outcome = outcomes.get(file.path)
      // Added while the checker was busy: it waits for the next pass.
      if (!outcome) continue
      await tx
        .updateTable("output_check")
        .set({
          finished_at: now,
          ...(outcome.state === "done"
            ? {
                state: "done" as const,
                verdict: outcome.verdict,
                engine: outcome.engine,
                policy: JSON.stringify(outcome.policy),
                findings: JSON.stringify(outcome.findings),
                reason: null,
              }
            : {
                state: "failed" as const,
                verdict: null,
                findings: JSON.stringify(pictureFindings(file.media_kind, file.rendering)),
                reason: outcome.reason,
              }),
        })
        .where("file_id", "=", file.id)
        .where("turn", "=", claimed.turn)
        .where("state", "=", "running")
        .where("started_at", "=", claimed.at)
        .execute()
    }
    await touch(`request:${claimed.request}`)
    await moveOn(ctx, asked, tx, { record, touch }, claimed.request)
  })
}

/** To the checkers, once every output has an answer. Does nothing when it has moved on already. */
async function moveOn(
  ctx: Ctx,
  asked: Asked,
  tx: Parameters<typeof loadParts>[0] & Parameters<typeof moveRequest>[0],
  { record, touch }: Pick<Parameters<Parameters<typeof change>[2]>[1], "record" | "touch">,
  request: string,
): Promise<void> {
  const parts = await loadParts(tx, request)
  if (parts.request.state !== "checking") return
  const now = outputsOf(parts).map((f) => parts.checks.get(f.id))
  if (!now.every((c) => c?.turn === parts.request.turn && (c.state === "done" || c.state === "failed")))
    return
  if (!systemMoves(REQUEST, "checking", "independent"))
    throw new Error("no move from checking to independent")
  const { turn, project_id, number } = parts.request
  const moved = await moveRequest(tx, {
    request,
    from: "checking",
    to: "independent",
    turn,
    now: ctx.clock.now(),
  })
  if (!moved) return
  const count = (test: (c: (typeof now)[number]) => boolean) => now.filter(test).length
  await recordStep(
    ctx,
    asked,
    tx,
    record,
    { id: request, turn },
    {
      code: "output.checked",
      project: project_id,
      facts: {
        request,
        number,
        turn,
        violated: count((c) => c?.verdict === "violated"),
        notVerifiable: count((c) => c?.verdict === "not-verifiable"),
        failed: count((c) => c?.state === "failed"),
        engine: now.find((c) => c?.engine)?.engine ?? null,
        policy: (now.find((c) => c?.policy)?.policy as { sha256?: string } | undefined)?.sha256 ?? null,
      },
    },
  )
  await writeToCheckers(ctx, tx, project_id, ctx.clock.now(), {
    subject: "A request for release waits for output checkers",
    text: "A request for release waits in the queue. Sign in and look at it here:",
    link: new URL("/queue", ctx.config.site).href,
  })
  await touch("queue", `project:${project_id}`)
}

/** A request whose checks were all written down before the move was made (a stop in between). */
async function moveOnWithoutOutputs(ctx: Ctx): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select q.id from output_request q where q.state = 'checking' and not exists (
      select 1 from output_check c join output_file f on f.id = c.file_id and f.withdrawn_at is null and f.kind = 'output'
      where c.request_id = q.id and c.turn = q.turn and c.state in ('waits', 'running'))`.execute(ctx.db)
  for (const { id } of rows) {
    const asked: Asked = { actor: { kind: "system", id: "checks" }, request: newId() }
    await change(ctx, asked, async (tx, recorder) => {
      await lockRequest(tx, id)
      await moveOn(ctx, asked, tx, recorder, id)
    })
  }
}
