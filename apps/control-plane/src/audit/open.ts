// Opens both logs and keeps them going: appends, outbox, publishing, search table, health. A log is
// per year; at the turn of the year (UTC) entries go to the next one and the old one stays readable.
import { performance } from "node:perf_hooks"
import path from "node:path"
import { Client, type Pool, type PoolConfig } from "pg"
import { formatVkey } from "#transparency/note.ts"
import { Committer } from "./append.ts"
import { Publisher, SigningRefused } from "./checkpoint.ts"
import { deriveSigner, KeyRing, readKeyFile } from "./keys.ts"
import { ensureLog, LogCorrupt, readHead, type LogHead } from "./log-store.ts"
import { assertDurable, openLogPool } from "./pools.ts"
import { chartEvents, countEvents, countFamilies, project, searchEvents } from "./projection.ts"
import { proveEntry } from "./proof.ts"
import { openEntries } from "./read.ts"
import { itemOfEntry, itemOfEvent, type Item } from "./seal.ts"
import { insertOutbox, Sequencer } from "./sequencer.ts"
import { readRegister, serveLogList, serveLogPath } from "./serve.ts"
import { AuditUnavailable } from "./types.ts"
import type { Audit, AuditClock, AuditHealth, HealthCode, LogName, LogPosition } from "./types.ts"

const TICK_MS = 1_000
const STALLED_SECONDS = 30
/** An idle log is written to this often, so that everybody knows within seconds when it cannot be. */
const PROBE_AFTER_MS = 2_000
const GROUPS = ["who", "facts", "detail"] as const

export interface AuditKeys {
  access: Buffer
  register: Buffer
  master: Buffer
}

export interface AuditOptions {
  /** Connections of the application role; the log takes its own, so that nothing else can starve it. */
  database: PoolConfig
  keys: AuditKeys
  installationId: string
  /** `<state>/published` */
  publishedDirectory: string
  clock?: AuditClock
  /** Called when health changes and when something in the background failed. */
  onProblem?: (problem: { code: string; message: string; error?: unknown }) => void
}

/** Reads `<state>/keys/log-signing-access`, `log-signing-register` and `log-master`. */
export async function loadAuditKeys(directory: string): Promise<AuditKeys> {
  return {
    access: await readKeyFile(path.join(directory, "log-signing-access")),
    register: await readKeyFile(path.join(directory, "log-signing-register")),
    master: await readKeyFile(path.join(directory, "log-master")),
  }
}

export function logOrigin(installationId: string, name: LogName, year: number): string {
  return `glasshouse/${installationId}/${name}/${year}`
}

const systemClock: AuditClock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Ready to append when it resolves. Throws when the database does not sync, the keys are not those of the logs, or a log contradicts itself. */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const audit = new OpenAudit(options)
  try {
    await audit.start()
  } catch (error) {
    await audit[Symbol.asyncDispose]()
    throw error
  }
  return audit
}

interface OpenLog {
  log: string
  name: LogName
  committer: Committer
  publisher: Publisher
  head: number
}

class OpenAudit implements Audit {
  readonly #options: AuditOptions
  readonly #clock: AuditClock
  readonly #writers: Pool
  readonly #readers: Pool
  readonly #keys: KeyRing
  readonly #sequencer: Sequencer
  readonly #logs = new Map<string, Promise<OpenLog>>()
  readonly #opened = new Map<string, OpenLog>()
  readonly #refusals = new Map<string, { code: HealthCode; message: string }>()
  #unwritable: string | undefined
  /** monotonic */
  #writtenAt = -Infinity
  #timer: ReturnType<typeof setInterval> | undefined
  #background: Promise<void> | undefined
  #projectionDue = true
  #closed = false

  constructor(options: AuditOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#writers = openLogPool(options.database, 6)
    this.#readers = openLogPool(options.database, 6)
    this.#keys = new KeyRing(this.#writers, options.keys.master)
    this.#sequencer = new Sequencer({
      db: this.#writers,
      keys: this.#keys,
      clock: this.#clock,
      current: (name) => this.#current(name),
      listen: () => this.#listen(),
      onTrouble: (error) => this.#note(error),
    })
  }

  async start(): Promise<void> {
    await assertDurable(this.#writers)
    await this.#current("access")
    await this.#current("register")
    this.#sequencer.start()
    await this.#work()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  async append(event: Parameters<Audit["append"]>[0]): Promise<LogPosition> {
    return this.#append("access", itemOfEvent(event))
  }

  async appendRegister(entry: Parameters<Audit["appendRegister"]>[0]): Promise<LogPosition> {
    return this.#append("register", itemOfEntry(entry))
  }

  async appendInTransaction(
    tx: Parameters<Audit["appendInTransaction"]>[0],
    event: Parameters<Audit["appendInTransaction"]>[1],
  ): Promise<number> {
    this.assertHealthy()
    return insertOutbox(tx, this.#keys, this.#place("access"), itemOfEvent(event))
  }

  async registerInTransaction(
    tx: Parameters<Audit["registerInTransaction"]>[0],
    entry: Parameters<Audit["registerInTransaction"]>[1],
  ): Promise<number> {
    this.assertHealthy()
    return insertOutbox(tx, this.#keys, this.#place("register"), itemOfEntry(entry))
  }

  waitForIndex(outboxId: number, ms = 2_000): Promise<LogPosition | undefined> {
    return this.#sequencer.waitForIndex(outboxId, ms)
  }

  currentLog(name: LogName): string {
    return `${name}-${new Date(this.#clock.now()).getUTCFullYear()}`
  }

  healthy(): AuditHealth {
    const logs = [...this.#opened.values()].map(({ log, head, publisher }) => ({
      log,
      size: head,
      publishedSize: publisher.published?.size ?? 0,
      publishedAt: publisher.published ? new Date(publisher.published.at).toISOString() : null,
    }))
    const outboxSeconds = this.#sequencer.waitingSeconds()
    const blocked = this.#blocked()
    if (blocked !== undefined) return { ok: false, ...blocked, outboxSeconds, logs }
    if (this.#unwritable !== undefined) {
      return { ok: false, code: "log_unwritable", message: this.#unwritable, outboxSeconds, logs }
    }
    return { ok: true, outboxSeconds, logs }
  }

  /** An unwritable database needs no gate: every append and every transaction fails by itself, and the next that succeeds shows that it is over. */
  assertHealthy(): void {
    const blocked = this.#blocked()
    if (blocked !== undefined) throw new AuditUnavailable(blocked.message, 5)
  }

  async openEntry(log: string, index: number): ReturnType<Audit["openEntry"]> {
    const [entry] = await this.openEntries(log, index, 1)
    return entry
  }

  openEntries(log: string, from: number, count: number): ReturnType<Audit["openEntries"]> {
    return openEntries(this.#readers, this.#keys, log, from, count, GROUPS)
  }

  proveEntry(log: string, index: number, witnesses: string[] = []): Promise<string | undefined> {
    return proveEntry(this.#readers, log, index, witnesses)
  }

  serveLogList(witnesses: string[] = []): ReturnType<Audit["serveLogList"]> {
    return serveLogList(this.#readers, witnesses)
  }

  serveLogPath(requested: string, witnesses: string[] = []): ReturnType<Audit["serveLogPath"]> {
    return serveLogPath(this.#readers, requested, witnesses)
  }

  readRegister(log: string, from: number, to: number): ReturnType<Audit["readRegister"]> {
    return readRegister(this.#readers, log, from, to)
  }

  search(...args: Parameters<Audit["search"]>): ReturnType<Audit["search"]> {
    return searchEvents(this.#readers, ...args)
  }

  count(...args: Parameters<Audit["count"]>): ReturnType<Audit["count"]> {
    return countEvents(this.#readers, ...args)
  }

  chart(...args: Parameters<Audit["chart"]>): ReturnType<Audit["chart"]> {
    return chartEvents(this.#readers, ...args)
  }

  families(...args: Parameters<Audit["families"]>): ReturnType<Audit["families"]> {
    return countFamilies(this.#readers, ...args)
  }

  async recentCheckpoints(log: string, count: number): Promise<{ size: number; at: string }[]> {
    const { rows } = await this.#readers.query<{ size: string | number; published_at: Date }>(
      "select size, published_at from checkpoint where log_id = $1 order by id desc limit $2",
      [log, count],
    )
    return rows.map((row) => ({ size: Number(row.size), at: row.published_at.toISOString() })).toReversed()
  }

  async publishNow(): Promise<void> {
    for (const open of this.#opened.values()) {
      const failure = await this.#publish(open, () => open.publisher.publish())
      if (failure !== undefined) throw failure
    }
  }

  async projectNow(): Promise<void> {
    await project(this.#readers, this.#keys, this.currentLog("access"), () => true)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#sequencer.close()
    await this.#background
    for (const { committer } of this.#opened.values()) await committer.close()
    await this.#writers.end()
    await this.#readers.end()
  }

  async #append(name: LogName, item: Item): Promise<LogPosition> {
    this.assertHealthy()
    const { log, committer } = await this.#current(name)
    return { log, index: await committer.append(item) }
  }

  #place(name: LogName): { name: LogName; log: string; now: number } {
    return { name, log: this.currentLog(name), now: this.#clock.now() }
  }

  #current(name: LogName): Promise<OpenLog> {
    const log = this.currentLog(name)
    const known = this.#logs.get(log)
    if (known !== undefined) return known
    const opening = this.#open(name, log)
    this.#logs.set(log, opening)
    // A failed attempt must not be the last one.
    opening.catch(() => this.#logs.delete(log))
    return opening
  }

  async #open(name: LogName, log: string): Promise<OpenLog> {
    const year = new Date(this.#clock.now()).getUTCFullYear()
    const signer = deriveSigner(this.#options.keys[name], logOrigin(this.#options.installationId, name, year))
    await ensureLog(
      this.#writers,
      { id: log, name, origin: signer.key.name, vkey: formatVkey(signer.key) },
      year,
    )
    const committer = new Committer({
      db: this.#writers,
      log,
      keys: this.#keys,
      clock: this.#clock,
      onCommit: (head) => this.#onHead(log, head),
      onTrouble: (error) => this.#note(error),
    })
    await committer.open()
    const publisher = new Publisher({
      db: this.#readers,
      log,
      signer,
      directory: this.#options.publishedDirectory,
      clock: this.#clock,
    })
    const open = { log, name, committer, publisher, head: committer.size }
    this.#opened.set(log, open)
    return open
  }

  #onHead(log: string, head: LogHead): void {
    const open = this.#opened.get(log)
    if (open === undefined || open.head === head.size) return
    open.head = head.size
    if (open.name === "access") this.#projectionDue = true
  }

  #note(error: unknown): void {
    if (error === undefined) {
      this.#unwritable = undefined
      this.#writtenAt = this.#clock.monotonic()
      return
    }
    const message = error instanceof Error ? error.message : "the database refused"
    if (error instanceof LogCorrupt) this.#refuse("database", "log_corrupt", message)
    if (this.#unwritable === undefined) this.#report("log_unwritable", message, error)
    this.#unwritable = message
  }

  #refuse(about: string, code: HealthCode, message: string): void {
    if (this.#refusals.get(about)?.code !== code) this.#report(code, message)
    this.#refusals.set(about, { code, message })
  }

  #report(code: string, message: string, error?: unknown): void {
    this.#options.onProblem?.(error === undefined ? { code, message } : { code, message, error })
  }

  #blocked(): { code: HealthCode; message: string } | undefined {
    const [refusal] = this.#refusals.values()
    if (refusal !== undefined) return refusal
    const waiting = this.#sequencer.waitingSeconds()
    if (waiting <= STALLED_SECONDS) return undefined
    const message = `events of state changes may have been waiting for the log for ${Math.round(waiting)} s`
    return { code: "outbox_stalled", message }
  }

  #tick(): void {
    if (this.#background !== undefined || this.#closed) return
    this.#background = this.#work().finally(() => {
      this.#background = undefined
    })
  }

  async #work(): Promise<void> {
    for (const open of this.#opened.values()) {
      await this.#publish(open, async () => {
        // Another process may have moved the head.
        this.#onHead(open.log, await readHead(this.#readers, open.log))
        await open.publisher.publishIfDue(open.head)
      })
    }
    const idle = this.#clock.monotonic() - this.#writtenAt > PROBE_AFTER_MS
    if (this.#unwritable !== undefined || idle) await this.#probe()
    await this.#project()
  }

  async #publish(open: OpenLog, work: () => Promise<void>): Promise<Error | undefined> {
    try {
      await work()
      this.#refusals.delete(open.log)
      return undefined
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error("publishing failed", { cause })
      if (error instanceof SigningRefused || error instanceof LogCorrupt) {
        this.#refuse(open.log, error.code, error.message)
      } else this.#report("publishing_failed", error.message, error)
      return error
    }
  }

  /** While nothing is appended, only a write shows whether writing works. */
  async #probe(): Promise<void> {
    try {
      await this.#writers.query("update log_head set updated_at = now() where log_id = $1", [
        this.currentLog("access"),
      ])
      this.#note(undefined)
    } catch (error) {
      this.#note(error)
    }
  }

  async #project(): Promise<void> {
    if (!this.#projectionDue) return
    this.#projectionDue = false
    try {
      const open = await this.#current("access")
      // While appends are waiting, searching may lag behind: one step a tick.
      const caughtUp = await project(this.#readers, this.#keys, open.log, () => !open.committer.busy)
      if (!caughtUp) this.#projectionDue = true
    } catch (error) {
      this.#projectionDue = true
      this.#report("projection_failed", error instanceof Error ? error.message : String(error), error)
    }
  }

  async #listen(): Promise<Client> {
    const client = new Client(this.#options.database)
    client.on("error", () => {})
    await client.connect()
    return client
  }
}
