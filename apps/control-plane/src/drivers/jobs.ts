// Work without a state of its own that people look at: letters, and sweeps at a set time. pg-boss keeps it in
// its own schema, made by the owner's role; the application's role may use the tables and make none. A job
// is added in the transaction that wants it, and carries ids only.
import { PgBoss, fromKysely } from "pg-boss"
import { sql } from "kysely"
import type { Db, Tx } from "../store/db.ts"

export const JOBS_SCHEMA = "jobs"
/** What could not be done after every try waits in the last one, and a person looks. */
export const QUEUES = ["mail", "sweep", "mail-dead"] as const
export type Queue = (typeof QUEUES)[number]

export interface JobCounts {
  readonly name: Queue
  readonly waiting: number
  readonly active: number
  readonly failed: number
}

export interface Jobs extends AsyncDisposable {
  /** Part of the transaction: without its commit there is no job. */
  add(tx: Tx, queue: Queue, data: { readonly id: string }): Promise<void>
  /** Calls `handle` for one job at a time; what throws is tried again as its queue says. */
  work(queue: Queue, handle: (id: string | undefined) => Promise<void>): Promise<void>
  counts(db: Db): Promise<JobCounts[]>
}

interface Connection {
  readonly connectionString: string
  readonly options?: string
}

const QUIET = { persistWarnings: false, monitorVacuum: false, reindex: false } as const

/** As the owner: the schema of this version of pg-boss, the queues, the timetable, and the application's rights. */
export async function prepareJobs(owner: Connection, zone: string): Promise<void> {
  const boss = new PgBoss({
    ...owner,
    schema: JOBS_SCHEMA,
    max: 2,
    supervise: false,
    schedule: false,
    ...QUIET,
  })
  boss.on("error", () => {})
  await boss.start()
  try {
    await boss.createQueue("mail-dead")
    const mail = { retryLimit: 20, retryDelay: 5, retryBackoff: true, retryDelayMax: 3_600 }
    await boss.createQueue("mail", { ...mail, deadLetter: "mail-dead", deleteAfterSeconds: 86_400 })
    await boss.createQueue("sweep", { retryLimit: 3, retryDelay: 60, deleteAfterSeconds: 86_400 })
    await boss.schedule("sweep", "17 * * * *", null, { tz: zone })
    for (const text of [
      `grant usage on schema ${JOBS_SCHEMA} to glasshouse_app`,
      `grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to glasshouse_app`,
      `revoke insert, update, delete on ${JOBS_SCHEMA}.version from glasshouse_app`,
      // pg-boss notes there when it last looked after its queues.
      `grant update on ${JOBS_SCHEMA}.version to glasshouse_app`,
    ])
      await boss.getDb().executeSql(text)
  } finally {
    await boss.stop({ graceful: false })
  }
}

export async function openJobs(
  app: Connection,
  options: { readonly zone: string; readonly onError: (error: Error) => void; readonly keepTime?: boolean },
): Promise<Jobs> {
  const keepTime = options.keepTime ?? true
  const boss = new PgBoss({
    ...app,
    schema: JOBS_SCHEMA,
    max: 4,
    migrate: false,
    createSchema: false,
    supervise: keepTime,
    schedule: keepTime,
    ...QUIET,
  })
  boss.on("error", options.onError)
  await boss.start()
  return {
    async add(tx, queue, data) {
      await boss.send(queue, data, { db: fromKysely(tx) })
    },
    async work(queue, handle) {
      await boss.work<{ id?: string } | null>(queue, { pollingIntervalSeconds: 2 }, async (jobs) => {
        for (const job of jobs) await handle(job.data?.id)
      })
    },
    async counts(db) {
      const { rows } = await sql<{ name: string; state: string; n: number }>`
        select name, state::text as state, count(*)::int as n from jobs.job group by name, state`.execute(db)
      const count = (name: string, ...states: string[]) =>
        rows.filter((r) => r.name === name && states.includes(r.state)).reduce((sum, r) => sum + r.n, 0)
      return QUEUES.map((name) => ({
        name,
        waiting: count(name, "created", "retry"),
        active: count(name, "active"),
        failed: count(name, "failed"),
      }))
    },
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: true, timeout: 5_000 })
    },
  }
}
