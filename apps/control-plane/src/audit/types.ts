// What the rest of the control plane knows of the log. Nothing may answer with data before the
// promise of `append` has resolved, and a state change is recorded by `appendInTransaction` in the
// transaction that makes it.
import type { QueryExecutorProvider } from "kysely"

export type LogName = "access" | "register"

export interface AuditActor {
  kind: "person" | "service" | "system"
  id: string
  name?: string
  session?: string
  address?: string
}

/**
 * An event of the access log. `actor` is sealed as group *who*; `code`, the identifiers, the decision
 * and `facts` as group *facts*; `detail` (titles, cell text, paths) as group *detail*.
 */
export interface AuditEvent {
  code: string
  version: number
  /** UTC, ISO 8601 with milliseconds. */
  time: string
  actor: AuditActor
  project?: string
  dataset?: string
  workspace?: string
  run?: string
  agreement?: string
  agreementVersion?: number
  decision?: { allow: boolean; code?: string }
  /** SHA-256 of the policy bundle in force, hex. */
  policy?: string
  request?: string
  facts: Record<string, string | number | boolean | null>
  detail: Record<string, unknown>
}

/** An entry of the register log: public as it stands, one JSON object, at most 65,535 bytes. */
export interface RegisterEntry {
  kind: string
  version: number
  time: string
  [field: string]: unknown
}

/** `log` is the id of a log (`access-2026`); an index means nothing without it. */
export interface LogPosition {
  log: string
  index: number
}

export interface AuditHealth {
  ok: boolean
  /** Why data and changes are refused, when they are. */
  code?: "log_unwritable" | "outbox_stalled" | "log_rolled_back" | "log_forked" | "clock_stepped_back"
  message?: string
  outboxSeconds: number
  logs: { log: string; size: number; publishedSize: number; publishedAt: string | null }[]
}

/** Answer 503 with Retry-After (seconds) and no byte of data. Whether the entry is in the log is not known. */
export class AuditUnavailable extends Error {
  readonly code = "audit_unavailable"
  readonly retryAfter: number
  constructor(message: string, retryAfter = 2, options?: ErrorOptions) {
    super(message, options)
    this.name = "AuditUnavailable"
    this.retryAfter = retryAfter
  }
}

export interface Audit {
  /** Resolves when the entry is durable (synced by PostgreSQL); rejects with AuditUnavailable, at the latest after 2 s. */
  append(event: AuditEvent): Promise<LogPosition>
  appendRegister(entry: RegisterEntry): Promise<LogPosition>
  /** Returns the id of the outbox row. The event is durable when, and only when, the transaction commits. */
  appendInTransaction(tx: QueryExecutorProvider, event: AuditEvent): Promise<string>
  registerInTransaction(tx: QueryExecutorProvider, entry: RegisterEntry): Promise<string>
  /** Where an outbox row went, waiting up to `ms` (default 2,000) for the sequencer; undefined when it did not get there in time. */
  waitForIndex(outboxId: string, ms?: number): Promise<LogPosition | undefined>
  /** Cheap, from memory: read by every request that changes state or serves data. */
  healthy(): AuditHealth
  /** Throws AuditUnavailable unless healthy. */
  assertHealthy(): void
  [Symbol.asyncDispose](): Promise<void>
}

export interface AuditClock {
  /** Wall time, milliseconds since the epoch. */
  now(): number
  /** Monotonic, milliseconds. */
  monotonic(): number
}
