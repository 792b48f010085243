// The log's own connections, as the application's role, so that nothing else can starve it.
import { Pool, type PoolConfig } from "pg"

export function openLogPool(database: PoolConfig, max: number): Pool {
  const pool = new Pool({
    ...database,
    max,
    connectionTimeoutMillis: 2_000,
    // Kept for good: on a busy machine, signing in anew can take longer than an append may.
    idleTimeoutMillis: 0,
    keepAlive: true,
    options: `${database.options ?? ""} -c statement_timeout=5000 -c lock_timeout=4000 -c synchronous_commit=on -c timezone=UTC`,
  })
  // A broken connection, idle or in use, is replaced by the pool and fails its query; without these
  // listeners it would end the process.
  pool.on("error", () => {})
  pool.on("connect", (client) => client.on("error", () => {}))
  return pool
}

/** An acknowledgement means "synced to disk": a server that does not sync is refused. */
export async function assertDurable(db: Pool): Promise<void> {
  const { rows } = await db.query<{ fsync: string; commit: string }>(
    "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit",
  )
  const [settings] = rows
  if (settings?.fsync !== "on" || settings.commit === "off") {
    throw new Error("the log needs PostgreSQL with fsync and synchronous_commit on")
  }
}
