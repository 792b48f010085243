// What the rest of the control plane knows of the log. Nothing may answer with data before the
// promise of `append` has resolved, and a state change is recorded by `appendInTransaction` in the
// transaction that makes it.
import type { QueryExecutorProvider } from "kysely"
import type { AuditEvent } from "../contract/events.ts"
import { Unavailable } from "../domain/errors.ts"
import type { EventFilter, EventRow } from "./projection.ts"
import type { OpenedEntry } from "./read.ts"
import type { PublicAnswer } from "./serve.ts"

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

export type HealthCode =
  | "log_unwritable"
  | "outbox_stalled"
  | "log_corrupt"
  | "log_rolled_back"
  | "log_forked"
  | "clock_stepped_back"

export interface AuditHealth {
  ok: boolean
  /** Why data and changes are refused, when they are. */
  code?: HealthCode
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
  /** From memory, for every request that changes state or serves data. */
  healthy(): AuditHealth
  /** Throws AuditUnavailable when neither data may be served nor state be changed. */
  assertHealthy(): void
  /** Id of the log of this name that entries go to now, such as `access-2026`. */
  currentLog(name: LogName): string
  /** One event opened, group by group (absent = erased), with its leaf; undefined when there is no such entry. The read must be an event already. */
  openEntry(log: string, index: number): Promise<OpenedEntry | undefined>
  /** The same for up to `count` entries in order. */
  openEntries(log: string, from: number, count: number): Promise<OpenedEntry[]>
  /** A .tlog-proof, its checkpoint with the lines of these witnesses; undefined while no published checkpoint covers the entry. */
  proveEntry(log: string, index: number, witnesses?: string[]): Promise<string | undefined>
  /** What the public may read: see serve.ts. Witnesses are named by verifier key in the list, by name elsewhere. */
  serveLogList(witnesses?: string[]): Promise<PublicAnswer>
  serveLogPath(path: string, witnesses?: string[]): Promise<PublicAnswer>
  readRegister(
    log: string,
    from: number,
    to: number,
  ): Promise<{ index: number; entry: Record<string, unknown> }[]>
  /** The search table, newest first. */
  search(filter: EventFilter, limit: number, before?: LogPosition): Promise<EventRow[]>
  count(filter: EventFilter): Promise<number>
  chart(
    filter: EventFilter,
    unit: "hour" | "day",
    zone: string,
  ): Promise<{ at: string; events: number; refusals: number }[]>
  families(filter: EventFilter): Promise<{ family: string; events: number }[]>
  /** Sizes of the newest published checkpoints, oldest first. */
  recentCheckpoints(log: string, count: number): Promise<{ size: number; at: string }[]>
  /** Signs and publishes the heads now rather than at the next tick. */
  publishNow(): Promise<void>
  /** Brings the search table up to the head now. */
  projectNow(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface AuditClock {
  /** Wall time, milliseconds since the epoch. */
  now(): number
  /** Monotonic, milliseconds. */
  monotonic(): number
}
