// Queries about requests, their files, reviews and votes. A request is small (at most 1,000 files), so it
// is loaded whole: decisions and views are made from the same parts.
import { sql, type Selectable } from "kysely"
import type { RequestState } from "#contract/vocabulary.ts"
import type { CastVote } from "../domain/outputs.ts"
import type { Db, Tx } from "./db.ts"
import type {
  OutputCheckTable,
  OutputCommentTable,
  OutputFileTable,
  OutputGroupTable,
  OutputRequestTable,
  OutputReviewTable,
  OutputVoteTable,
  PolicyOverrides,
} from "./tables.ts"

export type RequestFileRow = Selectable<OutputFileTable>
export type CheckRow = Selectable<OutputCheckTable>
export type CommentRow = Selectable<OutputCommentTable>
export type ReviewRow = Selectable<OutputReviewTable>
export type VoteRow = Selectable<OutputVoteTable>

export interface RequestParts {
  readonly request: Selectable<OutputRequestTable>
  readonly groups: Selectable<OutputGroupTable>[]
  /** files that were not taken out, in the order of their paths */
  readonly files: RequestFileRow[]
  /** the newest check of each file */
  readonly checks: ReadonlyMap<string, CheckRow>
  /** of the present turn */
  readonly reviews: ReviewRow[]
  readonly votes: VoteRow[]
  /** reviewers whose word counts no more; see countedParts */
  readonly lapsed: ReadonlySet<string>
  readonly comments: CommentRow[]
}

/** Nothing else may change a locked request until the transaction ends. */
export async function lockRequest(tx: Tx, request: string): Promise<void> {
  await tx.selectFrom("output_request").select("id").where("id", "=", request).forUpdate().execute()
}

export async function loadParts(db: Db | Tx, request: string): Promise<RequestParts> {
  const row = await db
    .selectFrom("output_request")
    .selectAll()
    .where("id", "=", request)
    .executeTakeFirstOrThrow()
  const files = await db
    .selectFrom("output_file")
    .selectAll()
    .where("request_id", "=", request)
    .where("withdrawn_at", "is", null)
    .orderBy("path")
    .execute()
  const groups = await db
    .selectFrom("output_group")
    .selectAll()
    .where("request_id", "=", request)
    .where("removed_at", "is", null)
    .orderBy("position")
    .execute()
  const checks = await db
    .selectFrom("output_check")
    .selectAll()
    .where("request_id", "=", request)
    .orderBy("turn")
    .execute()
  const inTurn = { request_id: request, turn: row.turn }
  const reviews = await db
    .selectFrom("output_review")
    .selectAll()
    .where("request_id", "=", inTurn.request_id)
    .where("turn", "=", inTurn.turn)
    .orderBy("opened_at")
    .execute()
  const votes =
    files.length === 0
      ? []
      : await db
          .selectFrom("output_vote")
          .selectAll()
          .where("turn", "=", row.turn)
          .where(
            "file_id",
            "in",
            files.map((f) => f.id),
          )
          .orderBy("at")
          .execute()
  const comments = await db
    .selectFrom("output_comment")
    .selectAll()
    .where("request_id", "=", request)
    .orderBy("at")
    .execute()
  return {
    request: row,
    groups,
    files,
    checks: new Map(checks.map((c) => [c.file_id, c])),
    reviews,
    votes,
    lapsed: new Set(),
    comments,
  }
}

export function outputsOf(parts: RequestParts): RequestFileRow[] {
  return parts.files.filter((f) => f.kind === "output")
}

/** Those whose review is in and counts. */
export function submittedReviewers(parts: RequestParts): ReadonlySet<string> {
  const counted = parts.reviews.filter((r) => r.submitted_at !== null && !parts.lapsed.has(r.person_id))
  return new Set(counted.map((r) => r.person_id))
}

/** Votes on one file by those who have submitted their review. */
export function castVotes(parts: RequestParts, file: string): CastVote[] {
  const submitted = submittedReviewers(parts)
  return parts.votes
    .filter((v) => v.file_id === file && submitted.has(v.person_id))
    .map((v) => ({ person: v.person_id, vote: v.vote, candidate: v.candidate_sha256 }))
}

export async function nextRequestNumber(tx: Tx): Promise<string> {
  const { rows } = await sql<{ n: number }>`select nextval('request_number') as n`.execute(tx)
  return `R-${String(rows[0]?.n).padStart(4, "0")}`
}

/** What outputs are judged by: a preset, and an agreement's own numbers on top. */
export interface OutputPolicy {
  readonly preset: string
  readonly overrides: PolicyOverrides | null
}

export function policyOf(request: RequestParts["request"]): OutputPolicy {
  return { preset: request.policy, overrides: request.overrides }
}

/** Output policy of the agreement in force, and the hash and version it is of; undefined without one. */
export async function findOutputPolicy(
  db: Db | Tx,
  project: string,
): Promise<(OutputPolicy & { version: number; sha256: string }) | undefined> {
  const row = await db
    .selectFrom("agreement_version")
    .select(["version", "sha256", "document"])
    .where("project_id", "=", project)
    .where("state", "=", "in_force")
    .executeTakeFirst()
  if (!row) return undefined
  const document = JSON.parse(row.document) as {
    outputPolicy?: { preset?: string }
    overrides?: PolicyOverrides | null
  }
  return {
    preset: document.outputPolicy?.preset ?? "nhs-england-sde",
    overrides: document.overrides ?? null,
    version: row.version,
    sha256: row.sha256,
  }
}

/** Moves the state if it is still what it was; false when somebody was first. */
export async function moveRequest(
  tx: Tx,
  input: { request: string; from: RequestState; to: RequestState; turn: number; now: Date },
  also: {
    turn?: number
    submitted_at?: Date
    turn_at?: Date
    held_seconds?: number
    policy?: string
    overrides?: string | null
  } = {},
): Promise<boolean> {
  const moved = await tx
    .updateTable("output_request")
    .set({ state: input.to, changed_at: input.now, ...also })
    .where("id", "=", input.request)
    .where("state", "=", input.from)
    .where("turn", "=", input.turn)
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}

/** Every output is to be checked again in the turn that is being prepared. */
export async function askForChecks(tx: Tx, request: string, turn: number): Promise<void> {
  await sql`
    insert into output_check (request_id, turn, file_id, state)
    select ${request}, ${turn}, id, 'waits' from output_file
    where request_id = ${request} and kind = 'output' and withdrawn_at is null
    on conflict (file_id, turn) do update
    set state = 'waits', verdict = null, engine = null, policy = null, findings = '[]', reason = null,
      started_at = null, finished_at = null`.execute(tx)
}

/** Names of people by id. */
export async function listNames(db: Db | Tx, people: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(people)]
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom("person").select(["id", "name"]).where("id", "in", ids).execute()
  return new Map(rows.map((r) => [r.id, r.name]))
}

export interface Step {
  readonly code: string
  readonly at: Date
  readonly person_id: string | null
  readonly facts: Record<string, string | number | boolean | null>
  readonly index: number | null
}

/** What happened to a request, oldest first, with its place in the access log. */
export async function listSteps(db: Db | Tx, request: string): Promise<Step[]> {
  const { rows } = await sql<{
    code: string
    at: Date
    person_id: string | null
    facts: Step["facts"]
    idx: number | null
  }>`
    select s.code, s.at, s.person_id, s.facts, coalesce(q.idx, s.log_index) as idx from output_step s
    left join audit_sequenced q on q.outbox_id = s.outbox_id
    where s.request_id = ${request} order by s.id`.execute(db)
  return rows.map(({ idx, ...r }) => ({ ...r, index: idx === null ? null : Number(idx) }))
}
