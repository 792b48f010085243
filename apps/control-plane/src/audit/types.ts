// What the rest of the control plane knows of the log. Nothing may answer with data before the
// promise of `append` has resolved, and a state change is recorded by `appendInTransaction` in the
// transaction that makes it.
import type { QueryExecutorProvider } from "kysely"
import type { AuditEvent } from "../contract/events.ts"
import { Unavailable } from "../domain/errors.ts"

export type { AuditEvent }

export type LogName = "access" | "register"

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
export class AuditUnavailable extends Unavailable {
  readonly retryAfter: number
  constructor(cause: string | Error, retryAfter = 2) {
    super("audit_unavailable", {}, { cause })
    this.retryAfter = retryAfter
  }
}

export interface Audit {
  /** Resolves when the entry is durable (synced by PostgreSQL); rejects with AuditUnavailable, at the latest after 2 s. */
  append(event: AuditEvent): Promise<LogPosition>
  appendRegister(entry: RegisterEntry): Promise<LogPosition>
  /** Returns the id of the outbox row. The event is durable when, and only when, the transaction commits. */
  appendInTransaction(tx: QueryExecutorProvider, event: AuditEvent): Promise<number>
  registerInTransaction(tx: QueryExecutorProvider, entry: RegisterEntry): Promise<number>
  /** Where an outbox row went, waiting up to `ms` (default 2,000) for the sequencer; undefined when it did not get there in time. */
  waitForIndex(outboxId: number, ms?: number): Promise<LogPosition | undefined>
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
