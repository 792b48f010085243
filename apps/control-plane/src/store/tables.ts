// Row types of every table, for Kysely. bigint columns arrive as numbers (db.ts sets the parser; none
// can pass 2^53), dates as YYYY-MM-DD strings, timestamps as Date.
import type { ColumnType, Generated } from "kysely"
import type {
  AgreementState,
  HoldKind,
  HoldSubject,
  Role,
  ScopeKind,
  WorkspaceState,
} from "#contract/vocabulary.ts"
import type { Observed } from "#protocol/agent.ts"
import type {
  UploadTable,
  OutputRequestTable,
  OutputGroupTable,
  OutputFileTable,
  PendingObjectTable,
  OutputCheckTable,
  OutputReviewTable,
  OutputVoteTable,
  OutputCommentTable,
  OutputStepTable,
  ReleaseTable,
  ReleaseFileTable,
} from "./tables-outputs.ts"

export type Json<T> = ColumnType<T, string, string>
export type Now = Generated<Date>

export type * from "./tables-outputs.ts"

export interface OrganisationTable {
  id: string
  name: string
  created_at: Now
}
export interface PersonTable {
  id: string
  name: string
  email: string
  organisation_id: string
  state: Generated<"active" | "removed">
  created_at: Now
}
export interface IdentityTable {
  issuer: string
  subject: string
  person_id: string
  created_at: Now
}
export interface TrainingTable {
  person_id: string
  kind: string
  until: string
  evidence: string
  recorded_by: string | null
  recorded_at: Now
}
export interface TermsTable {
  version: number
  text: string
  valid_days: Generated<number>
  from_at: Now
}
export interface TermsAcceptanceTable {
  person_id: string
  version: number
  accepted_at: Now
}
export interface ServiceIdentityTable {
  id: string
  name: string
  client: string
  scopes: string[]
  until: Date
  created_at: Now
}
export interface AppointmentTable {
  id: string
  person_id: string
  role: Role
  scope_kind: ScopeKind
  scope_id: string | null
  from_at: Date
  until_at: Date | null
  reason: string
  state: "proposed" | "active" | "ended"
  proposed_by: string | null
  confirmed_by: string | null
  bootstrap: Generated<boolean>
  ended_at: Date | null
  ended_reason: string | null
  created_at: Now
}
export interface HoldTable {
  id: string
  subject_kind: HoldSubject
  subject_id: string | null
  within_project: string | null
  kind: HoldKind
  cause: string
  reason: string
  by_kind: "person" | "system"
  by_id: string
  from_at: Now
  until_at: Date | null
  lift_proposed_by: string | null
  lift_reason: string | null
  lift_until: Date | null
  lift_proposed_at: Date | null
  lifted_by: string | null
  lifted_at: Date | null
}
export interface SessionTable {
  id: string
  person_id: string
  issuer: string
  sid: string
  started_at: Now
  last_seen_at: Now
  ended_at: Date | null
  ended_code: string | null
}
export interface TicketTable {
  hash: Buffer
  kind: "events" | "notebook"
  session_id: string
  workspace_id: string | null
  expires_at: Date
  used_at: Date | null
}
export interface ProjectTable {
  id: string
  number: string
  title: string
  summary: string
  organisation_id: string
  partners: Generated<string[]>
  state: Generated<"active" | "closed">
  created_at: Now
}
export interface InvitationTable {
  id: string
  project_id: string
  email: string
  name: string
  role: "researcher" | "project_admin"
  until: string
  token_hash: Buffer
  state: "sent" | "accepted" | "withdrawn" | "expired"
  invited_by: string
  expires_at: Date
  accepted_by: string | null
  created_at: Now
}
export interface DataSetTable {
  id: string
  code: string
  title: string
  description: string
  organisation_id: string
  contract: Json<unknown>
  created_at: Now
}
export interface AgreementVersionTable {
  project_id: string
  version: number
  state: AgreementState
  document: string
  sha256: string
  reason: string
  proposed_by: string | null
  proposed_at: Now
  in_force_at: Date | null
  until: string
  ended_at: Date | null
  event_outbox: number | null
}
export interface AgreementDecisionTable {
  project_id: string
  version: number
  data_set_id: string
  decision: Generated<"waits" | "approved" | "refused">
  person_id: string | null
  reason: string | null
  at: Date | null
}
export interface AgreementSignatureTable {
  project_id: string
  version: number
  person_id: string
  sha256: string
  at: Now
}
export interface SubmissionTable {
  id: string
  data_set_id: string
  state: "running" | "accepted" | "rejected" | "failed"
  report: Json<unknown> | null
  code: string | null
  created_at: Now
  finished_at: Date | null
}
export interface StageJobTable {
  id: string
  stage: string
  submission_id: string | null
  extract_id: string | null
  params: Json<Record<string, unknown>>
  state: Generated<"waits" | "running" | "succeeded" | "failed">
  attempts: Generated<number>
  progress: Json<unknown> | null
  result: Json<unknown> | null
  code: string | null
  message: string | null
  created_at: Now
  started_at: Date | null
  finished_at: Date | null
}
export interface SnapshotTable {
  id: string
  data_set_id: string
  number: number
  manifest: Json<unknown>
  sha256: string
  row_count: number
  people: number
  created_at: Now
}
export interface ExtractTable {
  id: string
  project_id: string
  version: number
  state: "preparing" | "ready" | "failed"
  manifest: Json<unknown> | null
  sha256: string | null
  created_at: Now
  ready_at: Date | null
}
export interface ExtractSnapshotTable {
  extract_id: string
  snapshot_id: string
}
export interface ExtractObjectTable {
  extract_id: string
  key: string
  table_name: string
  store_bucket: string
  store_key: string
  size: number
  etag: string
  sha256: string
  row_count: number
  last_modified: Date
}
export interface WorkspaceTable {
  id: string
  project_id: string
  person_id: string
  state: WorkspaceState
  code: string | null
  last_human_at: Date | null
  created_at: Now
  changed_at: Now
}
export interface RunStepRecord {
  step: string
  startedAt: string
  finishedAt: string | null
}
export interface RunTable {
  id: string
  workspace_id: string
  generation: number
  node: string | null
  wanted: "running" | "stopped"
  observed: Generated<Observed | "absent" | "unknown">
  absences: Generated<number>
  step: string | null
  steps: ColumnType<RunStepRecord[], string | undefined, string>
  probes: Json<unknown> | null
  code: string | null
  agreement_version: number
  extract_id: string | null
  created_at: Now
  started_at: Date | null
  stopped_at: Date | null
  observed_at: Date | null
}
export interface NotebookSessionTable {
  hash: Buffer
  session_id: string
  workspace_id: string
  run_id: string
  person_id: string
  created_at: Now
  renewed_at: Now
  ended_at: Date | null
  ended_code: string | null
  shown_unlogged: Generated<number>
  shown_logged_at: Now
}
export interface ShownTable {
  person_id: string
  project_id: string
  day: string
  bytes: Generated<number>
}
export interface IntentTable {
  id: string
  run_id: string
  kind: "object" | "list"
  extract_id: string | null
  key: string | null
  log_index: number
  issued_at: Now
  expires_at: Date
  finished_at: Date | null
  bytes: number | null
  requests: number | null
  outcome: "done" | "unknown" | null
}
export interface SettingTable {
  key: string
  value: Json<unknown>
  changed_at: Now
}
export interface PolicyBundleTable {
  sha256: string
  files: Json<unknown>
  loaded_at: Now
}
export interface MailTable {
  id: string
  recipient: string
  subject: string
  body: string
  created_at: Now
  sent_at: Date | null
  failed_at: Generated<Date | null>
  attempts: Generated<number>
}
export interface IdentityEventSeenTable {
  id: string
  at: Date
}

export interface Tables {
  organisation: OrganisationTable
  person: PersonTable
  identity: IdentityTable
  training: TrainingTable
  terms: TermsTable
  terms_acceptance: TermsAcceptanceTable
  service_identity: ServiceIdentityTable
  appointment: AppointmentTable
  hold: HoldTable
  session: SessionTable
  ticket: TicketTable
  project: ProjectTable
  invitation: InvitationTable
  data_set: DataSetTable
  agreement_version: AgreementVersionTable
  agreement_decision: AgreementDecisionTable
  agreement_signature: AgreementSignatureTable
  submission: SubmissionTable
  stage_job: StageJobTable
  snapshot: SnapshotTable
  extract: ExtractTable
  extract_snapshot: ExtractSnapshotTable
  extract_object: ExtractObjectTable
  workspace: WorkspaceTable
  run: RunTable
  notebook_session: NotebookSessionTable
  shown: ShownTable
  intent: IntentTable
  upload: UploadTable
  pending_object: PendingObjectTable
  output_request: OutputRequestTable
  output_group: OutputGroupTable
  output_file: OutputFileTable
  output_check: OutputCheckTable
  output_review: OutputReviewTable
  output_vote: OutputVoteTable
  output_comment: OutputCommentTable
  output_step: OutputStepTable
  release: ReleaseTable
  release_file: ReleaseFileTable
  setting: SettingTable
  policy_bundle: PolicyBundleTable
  mail: MailTable
  identity_event_seen: IdentityEventSeenTable
}
