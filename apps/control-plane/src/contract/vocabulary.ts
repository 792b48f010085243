// Words shared by the contract, the rules and the console: roles, kinds and states.

export const INSTALLATION_ROLES = ["output_checker", "data_manager", "auditor", "operator"] as const
export const PROJECT_ROLES = ["researcher", "project_admin"] as const
export const DATA_SET_ROLES = ["custodian", "data_manager"] as const
export const ROLES = [
  "researcher",
  "project_admin",
  "output_checker",
  "data_manager",
  "custodian",
  "auditor",
  "operator",
] as const
export type Role = (typeof ROLES)[number]

export const SCOPES = ["installation", "project", "data_set"] as const
export type ScopeKind = (typeof SCOPES)[number]

/** Which scope a role may be given for. Installation and data-set roles need two people, neither the appointee. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly ScopeKind[]>> = {
  researcher: ["project"],
  project_admin: ["project"],
  output_checker: ["installation"],
  data_manager: ["installation", "data_set"],
  custodian: ["data_set"],
  auditor: ["installation"],
  operator: ["installation"],
}

/** An operator may hold none of these, nor the other way round: who runs the platform reads no data. */
export const EXCLUSIVE_WITH_OPERATOR: readonly Role[] = [
  "researcher",
  "output_checker",
  "custodian",
  "auditor",
]

export const HOLD_SUBJECTS = [
  "person",
  "project",
  "data_set",
  "organisation",
  "release",
  "installation",
] as const
export type HoldSubject = (typeof HOLD_SUBJECTS)[number]
export const HOLD_KINDS = ["expired", "training", "incident", "legal"] as const
export type HoldKind = (typeof HOLD_KINDS)[number]

export const WORKSPACE_STATES = [
  "stopped",
  "opening",
  "running",
  "stopping",
  "failed",
  "deleting",
  "deleted",
] as const
export type WorkspaceState = (typeof WORKSPACE_STATES)[number]

export const AGREEMENT_STATES = ["draft", "proposed", "in_force", "superseded", "refused", "ended"] as const
export type AgreementState = (typeof AGREEMENT_STATES)[number]

export const REQUEST_STATES = [
  "draft",
  "checking",
  "independent",
  "consolidating",
  "returned",
  "approved",
  "released",
  "rejected",
  "withdrawn",
  "revoked",
] as const
export type RequestState = (typeof REQUEST_STATES)[number]

export const FILE_KINDS = ["output", "supporting", "code"] as const
export const VOTES = ["approve", "change", "reject"] as const
export type Vote = (typeof VOTES)[number]

export const OUTCOMES = ["done", "refused", "failed", "unknown"] as const
export type Outcome = (typeof OUTCOMES)[number]
