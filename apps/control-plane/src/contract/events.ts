// Every event there is. One table: what it is called, which family it belongs to, who can be its actor,
// whether the public register log carries it too. Codes never change their meaning; a change of fields
// raises the version.

export const FAMILIES = [
  "session",
  "people",
  "holds",
  "projects",
  "agreements",
  "data",
  "workspaces",
  "code",
  "reads",
  "outputs",
  "log",
  "platform",
  "refusals",
] as const
export type Family = (typeof FAMILIES)[number]

export interface EventKind {
  readonly family: Family
  readonly version: number
  /** also an entry of the public register log */
  readonly register?: true
}

export const EVENTS = {
  "session.opened": { family: "session", version: 1 },
  "session.ended": { family: "session", version: 1 },
  "identity.signedIn": { family: "session", version: 1 },
  "identity.signInFailed": { family: "session", version: 1 },
  "identity.signedOut": { family: "session", version: 1 },
  "identity.secondFactorChanged": { family: "session", version: 1 },
  "identity.adminChanged": { family: "session", version: 1 },
  "terms.accepted": { family: "people", version: 1 },
  "training.recorded": { family: "people", version: 1 },
  "person.created": { family: "people", version: 1 },
  "person.removed": { family: "people", version: 1 },
  "appointment.proposed": { family: "people", version: 1 },
  "appointment.confirmed": { family: "people", version: 1 },
  "appointment.ended": { family: "people", version: 1 },
  "appointment.bootstrapped": { family: "people", version: 1 },
  "hold.placed": { family: "holds", version: 1 },
  "hold.liftProposed": { family: "holds", version: 1 },
  "hold.lifted": { family: "holds", version: 1 },
  "hold.resumed": { family: "holds", version: 1 },
  "hold.ended": { family: "holds", version: 1 },
  "project.created": { family: "projects", version: 1, register: true },
  "member.invited": { family: "projects", version: 1 },
  "invitation.withdrawn": { family: "projects", version: 1 },
  "invitation.expired": { family: "projects", version: 1 },
  "member.joined": { family: "projects", version: 1 },
  "member.renewed": { family: "projects", version: 1 },
  "member.removed": { family: "projects", version: 1 },
  "agreement.proposed": { family: "agreements", version: 1 },
  "agreement.decided": { family: "agreements", version: 1 },
  "agreement.inForce": { family: "agreements", version: 1, register: true },
  "agreement.refused": { family: "agreements", version: 1 },
  "agreement.ended": { family: "agreements", version: 1, register: true },
  "agreement.signed": { family: "agreements", version: 1 },
  "data.refreshStarted": { family: "data", version: 1 },
  "data.stageStarted": { family: "data", version: 1 },
  "data.stageFinished": { family: "data", version: 1 },
  "data.snapshotPublished": { family: "data", version: 1, register: true },
  "data.extractStarted": { family: "data", version: 1 },
  "data.extractPublished": { family: "data", version: 1 },
  "workspace.opened": { family: "workspaces", version: 1 },
  "workspace.running": { family: "workspaces", version: 1 },
  "workspace.entered": { family: "workspaces", version: 1 },
  "workspace.left": { family: "workspaces", version: 1 },
  "workspace.stopped": { family: "workspaces", version: 1 },
  "workspace.lost": { family: "workspaces", version: 1 },
  "workspace.failed": { family: "workspaces", version: 1 },
  "workspace.deleted": { family: "workspaces", version: 1 },
  "notebook.message": { family: "code", version: 1 },
  "notebook.contents": { family: "code", version: 1 },
  "notebook.shown": { family: "code", version: 1 },
  "data.listed": { family: "reads", version: 1 },
  "data.readIntended": { family: "reads", version: 1 },
  "data.read": { family: "reads", version: 1 },
  "output.requested": { family: "outputs", version: 1 },
  "output.edited": { family: "outputs", version: 1 },
  "output.filePushed": { family: "outputs", version: 1 },
  "output.fileAdded": { family: "outputs", version: 1 },
  "output.fileRemoved": { family: "outputs", version: 1 },
  "output.submitted": { family: "outputs", version: 1 },
  "output.rendered": { family: "outputs", version: 1 },
  "output.checked": { family: "outputs", version: 1 },
  "output.withdrawn": { family: "outputs", version: 1 },
  "output.commented": { family: "outputs", version: 1 },
  "output.fileViewed": { family: "outputs", version: 1 },
  "output.voted": { family: "outputs", version: 1 },
  "output.reviewed": { family: "outputs", version: 1 },
  "output.reopened": { family: "outputs", version: 1 },
  "output.returned": { family: "outputs", version: 1 },
  "output.rejected": { family: "outputs", version: 1 },
  "output.released": { family: "outputs", version: 1, register: true },
  "output.revoked": { family: "outputs", version: 1, register: true },
  "output.downloaded": { family: "outputs", version: 1 },
  "log.read": { family: "log", version: 1 },
  "log.exported": { family: "log", version: 1 },
  "intent.finished": { family: "log", version: 1 },
  "platform.started": { family: "platform", version: 1 },
  "policy.loaded": { family: "platform", version: 1 },
  "access.refused": { family: "refusals", version: 1 },
  "gateway.refused": { family: "refusals", version: 1 },
} as const satisfies Record<string, EventKind>

export type EventCode = keyof typeof EVENTS

export interface EventActor {
  readonly kind: "person" | "service" | "system"
  readonly id: string
}

/**
 * What is appended. Groups of the leaf: *who* = actor and session; *facts* = code, outcome, ids and
 * facts; *detail* = free text and content (cell text, titles, reasons), which can be erased on its own.
 * Facts hold ids, codes, numbers and hashes only.
 */
export interface AuditEvent {
  readonly code: EventCode
  /** UTC, RFC 3339, milliseconds */
  readonly time: string
  readonly outcome: "done" | "refused" | "failed" | "unknown"
  readonly actor: EventActor
  readonly session?: string | undefined
  readonly project?: string | undefined
  readonly dataSet?: string | undefined
  readonly workspace?: string | undefined
  readonly run?: string | undefined
  /** the person it is about, where that is another than the actor */
  readonly subject?: string | undefined
  readonly agreementVersion?: number | undefined
  readonly decision?: string | undefined
  /** hash of the policy bundle in force */
  readonly policy?: string | undefined
  /** request id */
  readonly request?: string | undefined
  /** index of the intent that this one finishes */
  readonly intent?: number | undefined
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
  readonly detail?: Readonly<Record<string, unknown>> | undefined
}
