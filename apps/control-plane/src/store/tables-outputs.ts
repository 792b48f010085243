// Row types of what leaves: pushed files, requests with their reviews, releases.
import type { ColumnType, Generated } from "kysely"
import type { EventCode } from "#contract/events.ts"
import type { RequestState, Vote } from "#contract/vocabulary.ts"
import type { Json, Now } from "./tables.ts"

export interface UploadTable {
  id: string
  project_id: string
  person_id: string
  run_id: string
  path: string
  size: number
  sha256: string
  media_kind: string
  created_at: Now
  removed_at: Date | null
}
export interface PolicyOverrides {
  readonly threshold: number | null
  readonly rounding: number | null
}
export interface Rendering {
  /** why the file leaves as it was handed in; null when it was written anew */
  readonly reason: string | null
  /** what was in the file and is not in what leaves */
  readonly left: readonly string[]
}
export interface OutputRequestTable {
  id: string
  number: string
  project_id: string
  author_id: string
  title: string
  state: RequestState
  turn: Generated<number>
  policy: string
  /** the agreement's own numbers on top of the policy, fixed with it */
  overrides: Json<PolicyOverrides> | null
  created_at: Now
  submitted_at: Date | null
  turn_at: Date | null
  held_seconds: Generated<number>
  changed_at: Now
}
export interface OutputGroupTable {
  id: string
  request_id: string
  name: string
  context: string
  position: number
  removed_at: Date | null
}
export interface OutputFileTable {
  id: string
  request_id: string
  group_id: string
  path: string
  kind: "output" | "supporting" | "code"
  description: string
  small_numbers: string
  size: number
  media_kind: string
  submitted_sha256: string
  candidate_sha256: string
  renderer: string | null
  candidate_size: number
  /** how the candidate came about; null while that is not tried */
  rendering: Json<Rendering> | null
  withdrawn_at: Date | null
  created_at: Now
}
export interface PendingObjectTable {
  bucket: string
  key: string
  at: Date
}
export interface OutputCheckTable {
  request_id: string
  turn: number
  file_id: string
  state: "waits" | "running" | "done" | "failed"
  verdict: string | null
  engine: string | null
  policy: Json<unknown> | null
  findings: ColumnType<unknown[], string | undefined, string>
  reason: string | null
  started_at: Date | null
  finished_at: Date | null
}
export interface OutputReviewTable {
  request_id: string
  turn: number
  person_id: string
  opened_at: Now
  submitted_at: Date | null
}
export interface OutputVoteTable {
  file_id: string
  turn: number
  person_id: string
  vote: Vote
  candidate_sha256: string
  at: Now
}
export interface OutputCommentTable {
  id: string
  request_id: string
  file_id: string | null
  group_id: string | null
  turn: number
  person_id: string
  part: "author" | "member" | "checker"
  visibility: "public" | "checkers"
  text: string
  at: Now
}
export interface OutputStepTable {
  id: Generated<number>
  request_id: string
  turn: number
  code: EventCode
  person_id: string | null
  facts: Json<Record<string, string | number | boolean | null>>
  outbox_id: number | null
  log_index: number | null
  at: Date
}
export interface ReleaseTable {
  id: string
  request_id: string
  project_id: string
  record: string
  record_sha256: string
  released_by: string
  released_at: Now
  published_at: Date | null
  revoked_at: Date | null
  revoked_by: string | null
  revoked_reason: string | null
}
export interface ReleaseFileTable {
  release_id: string
  file_id: string
  sha256: string
  size: number
  path: string
  claimed_by: string | null
  claimed_at: Date | null
  attempt_id: string | null
  attempt_at: Date | null
  downloaded_at: Date | null
  downloaded_by: string | null
}
