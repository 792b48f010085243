// A database of its own for each test that needs one, with the log's tables and roles as in the product.
// GLASSHOUSE_TEST_DATABASE_URL names a PostgreSQL server as a superuser.
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { Kysely, PostgresDialect } from "kysely"
import { Client, Pool, type PoolConfig } from "pg"
import { verifyLogs, type VerifyReport } from "#transparency/verify-log.ts"
import { up } from "../store/migrations/0002-log.ts"
import { nodeHash } from "./hash.ts"
import { openAudit, type AuditOptions } from "./open.ts"
import type { Audit, AuditEvent } from "./types.ts"

const ROLES = ["glasshouse_owner", "glasshouse_app", "glasshouse_reader"]

export interface TestDatabase {
  name: string
  /** As the application's role. */
  app: PoolConfig
  /** As a superuser. */
  admin: Pool
  pool: Pool
  kysely: Kysely<unknown>
  publishedDirectory: string
  keys: AuditOptions["keys"]
  open(more?: Partial<AuditOptions>): Promise<Audit>
  close(): Promise<void>
}

export async function makeTestDatabase(): Promise<TestDatabase> {
  const url = process.env["GLASSHOUSE_TEST_DATABASE_URL"]
  if (url === undefined) throw new Error("set GLASSHOUSE_TEST_DATABASE_URL (npm test does)")
  const name = `audit_${randomBytes(6).toString("hex")}`
  await asAdmin(url, async (client) => {
    for (const role of ROLES) {
      const { rowCount } = await client.query("select from pg_roles where rolname = $1", [role])
      if (rowCount === 0) await client.query(`create role ${role} login`)
    }
    await client.query(`create database ${name}`)
  })
  const own = new URL(url)
  own.pathname = `/${name}`
  const admin = new Pool({ connectionString: own.href, max: 4 })
  surviveErrors(admin)
  const migrator = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: own.href, max: 1 }) }),
  })
  await up(migrator)
  await migrator.destroy()
  const app: PoolConfig = { connectionString: own.href, options: "-c role=glasshouse_app" }
  const pool = new Pool({ ...app, max: 8 })
  surviveErrors(pool)
  const publishedDirectory = await mkdtemp(path.join(tmpdir(), "published-"))
  const keys = { access: randomBytes(32), register: randomBytes(32), master: randomBytes(32) }
  return {
    name,
    app,
    admin,
    pool,
    kysely: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    publishedDirectory,
    keys,
    open: (more) =>
      openAudit({ database: app, keys, installationId: "abcdefghijkl", publishedDirectory, ...more }),
    async close() {
      await pool.end()
      await admin.end()
      await rm(publishedDirectory, { recursive: true, force: true })
      await asAdmin(url, (client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

function surviveErrors(pool: Pool): void {
  pool.on("error", () => {})
  pool.on("connect", (client) => client.on("error", () => {}))
}

async function asAdmin(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

export function makeEvent(more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    code: "data.readIntended",
    time: "2026-11-25T10:00:00.000Z",
    outcome: "done",
    actor: { kind: "person", id: "aaaaaaaaaaaa" },
    facts: {},
    ...more,
  }
}

/** The public logs, verified as an outsider would. */
export async function verifyPublic(audit: Audit, known: readonly string[] = []): Promise<VerifyReport> {
  const list = await audit.serveLogList()
  return verifyLogs({
    fetch: async (requested) => {
      const answer = await audit.serveLogPath(requested)
      return answer.status === 200 ? answer.body : undefined
    },
    list: list.body,
    hash: nodeHash,
    known,
  })
}

/** Looks again until it holds. Fails, saying what was looked for, when it does not within `seconds`. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  seconds = 10,
): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
