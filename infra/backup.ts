// A backup of the databases before the control plane changes their shape. Taken while the servers run and
// before our new apps start; keys and secrets are not in it. The newest five are kept.
import { createWriteStream, existsSync, globSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { spawn } from "node:child_process"
import path from "node:path"
import { pipeline } from "node:stream/promises"
import { inspectServices } from "./containers.ts"
import type { Installation } from "./installation.ts"
import { run } from "./run.ts"
import { StepFailed } from "./steps.ts"

const KEPT = 5
const DATABASES = ["glasshouse", "custody", "keycloak"] as const

/** Numbers of the migrations that these sources bring, from their file names. */
export function migrationNumbers(files: string[]): number[] {
  return files
    .map((file) => /^(\d{4})-[a-z0-9-]+\.ts$/.exec(path.basename(file))?.[1])
    .filter((text) => text !== undefined)
    .map(Number)
    .toSorted((a, b) => a - b)
}

/** A backup is due when the database has a shape already and these sources would change it. */
export function backupDue(applied: number[], known: number[]): boolean {
  return applied.length > 0 && known.some((number) => !applied.includes(number))
}

/** Which of the backups, named by their time, are to go. */
export function outdated(names: string[]): string[] {
  return names
    .filter((name) => /^\d{8}T\d{6}Z-/.test(name))
    .toSorted()
    .toReversed()
    .slice(KEPT * DATABASES.length)
}

/** Numbers that the database has; none where it is empty. No answer is an error: nothing is migrated blindly. */
async function appliedMigrations(container: string): Promise<number[]> {
  const psql = ["psql", "--no-psqlrc", "-At", "-h", "/run/postgresql", "-U", "postgres", "-d", "glasshouse"]
  const ask = (query: string) => run("docker", ["exec", container, ...psql, "-c", query], { timeout: 30_000 })
  if ((await ask("SELECT to_regclass('public.schema_migration') IS NULL")).trim() === "t") return []
  return JSON.parse(await ask("SELECT coalesce(json_agg(number), '[]') FROM schema_migration")) as number[]
}

async function dump(container: string, database: string, file: string): Promise<void> {
  // Unlogged tables are rebuilt from the log and do not belong into a copy.
  const args = [
    "pg_dump",
    "-h",
    "/run/postgresql",
    "-U",
    "postgres",
    "-Fc",
    // Quick rather than small: a start waits for it, and only the newest few are kept.
    "--compress=1",
    "--no-unlogged-table-data",
    database,
  ]
  const child = spawn("docker", ["exec", container, ...args], { stdio: ["ignore", "pipe", "ignore"] })
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)))
  await pipeline(child.stdout, createWriteStream(`${file}.part`, { mode: 0o600 }))
  if ((await ended) !== 0 || statSync(`${file}.part`).size === 0)
    throw new StepFailed(
      `the backup of ${database} failed`,
      "Nothing was migrated. Is the disk full? Then start again.",
    )
  renameSync(`${file}.part`, file)
}

/** Answers the folder the backups are in, or undefined when these sources change nothing. */
export async function backupBeforeMigration(
  root: string,
  installation: Installation,
): Promise<string | undefined> {
  const container = (await inspectServices(installation.project)).find(
    (one) => one.service === "postgresql",
  )?.id
  if (container === undefined) throw new StepFailed("postgresql does not run", "Start again.")
  const applied = await appliedMigrations(container)
  const known = migrationNumbers(globSync("apps/control-plane/src/store/migrations/*.ts", { cwd: root }))
  if (!backupDue(applied, known)) return undefined
  const directory = path.join(installation.state, "backups")
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")
  for (const database of DATABASES)
    await dump(container, database, path.join(directory, `${time}-${database}.dump`))
  for (const name of existsSync(directory) ? outdated(readdirSync(directory)) : [])
    rmSync(path.join(directory, name))
  return directory
}
