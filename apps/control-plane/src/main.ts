// Starts the control plane: configuration, migrations under the owner's role, the log, the first start's
// data, the servers, the reconcilers. The only module with side effects on import.
import { mkdirSync, rmSync, chmodSync } from "node:fs"
import { dirname, join } from "node:path"
import { Kysely, PostgresDialect } from "kysely"
import { Pool } from "pg"
import { bootstrap } from "./actions/bootstrap.ts"
import { change } from "./actions/change.ts"
import { buildApp } from "./app.ts"
import { Cosignatures } from "./audit/cosignatures.ts"
import { loadAuditKeys, openAudit } from "./audit/open.ts"
import { BadConfiguration, readConfig } from "./config.ts"
import type { Ctx, Logger } from "./context.ts"
import { loadAccess } from "./domain/decide.ts"
import { openAgent } from "./drivers/agent.ts"
import { openCustody } from "./drivers/custody.ts"
import { openIdentity } from "./drivers/identity.ts"
import { openJobs, prepareJobs } from "./drivers/jobs.ts"
import { openLive } from "./drivers/live.ts"
import { openMail } from "./drivers/mail.ts"
import { openObjects } from "./drivers/objects.ts"
import { buildGatewayServer } from "./http/gateway-server.ts"
import { startJobs } from "./reconcile/jobs.ts"
import { startReconciling } from "./reconcile/loop.ts"
import { stopAll } from "./stop.ts"
import { openDb, openPool } from "./store/db.ts"
import { migrate } from "./store/migrate.ts"

const log: Logger = {
  info: (fields, message) => write("info", fields, message),
  warn: (fields, message) => write("warn", fields, message),
  error: (fields, message) => write("error", fields, message),
}

function write(level: string, fields: Record<string, unknown>, message: string): void {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, message })}\n`)
}

async function main(): Promise<void> {
  const config = readConfig(process.env)

  const owner = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: config.database.owner, max: 1 }) }),
  })
  const applied = await migrate(owner)
  await owner.destroy()
  if (applied.length > 0) log.info({ applied }, "database migrated")
  await prepareJobs({ connectionString: config.database.owner }, config.zone)

  const access = loadAccess(join(config.policiesDir, "access"))
  const pool = openPool({ connectionString: config.database.app })
  const audit = await openAudit({
    database: { connectionString: config.database.app },
    keys: await loadAuditKeys(config.secretsDir),
    installationId: config.installation.id,
    publishedDirectory: join(config.stateDir, "published"),
    onProblem: ({ code, message, error }) =>
      log.error({ code, cause: error instanceof Error ? error.message : undefined }, message),
  })
  const { identity } = config
  const ctx: Ctx = {
    config,
    db: openDb(pool),
    pool,
    audit,
    cosignatures: new Cosignatures({
      db: pool,
      file: join(config.stateDir, "policies", "witnesses"),
      site: config.site.origin,
    }),
    access,
    clock: { now: () => new Date() },
    drivers: {
      agent: openAgent(config.agentSocket),
      custody: openCustody(config.custodySocket, config.custodyToken),
      identity: openIdentity({
        base: identity.internal,
        realm: identity.realm,
        client: identity.service.client,
        secret: identity.service.secret,
      }),
      mail: openMail(config.mail),
      objects: openObjects(config.store),
    },
    jobs: await openJobs(
      { connectionString: config.database.app },
      { zone: config.zone, onError: (error) => log.warn({ cause: error.message }, "jobs are in trouble") },
    ),
    live: await openLive(config.database.app, (message) => log.warn({}, message)),
    log,
  }

  if (await bootstrap(ctx))
    log.info({}, "first start: people, data sets and demonstration projects are in place")
  await change(ctx, { actor: { kind: "system", id: "platform" } }, async (_tx, { record }) => {
    await record({ code: "platform.started", facts: { version: config.version } })
    await record({ code: "policy.loaded", facts: { bundle: "access", sha256: access.sha256 } })
  })

  const app = await buildApp(ctx)
  const gateways = await buildGatewayServer(ctx)
  const socket = config.listen.gatewaySocket
  mkdirSync(dirname(socket), { recursive: true })
  rmSync(socket, { force: true })
  await gateways.listen({ path: socket })
  chmodSync(socket, 0o660)
  await app.listen({ host: config.listen.host, port: config.listen.port })
  const reconciling = startReconciling(ctx)
  await startJobs(ctx)
  log.info({ port: config.listen.port }, "control plane is listening")

  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, "stopping")
    const began = performance.now()
    const late = await stopAll({ ctx, servers: [app, gateways], reconciling })
    log.info({ milliseconds: Math.round(performance.now() - began), late }, "stopped")
    process.exit(0)
  }
  process.on("SIGTERM", () => void stop("SIGTERM"))
  process.on("SIGINT", () => void stop("SIGINT"))
}

main().catch((error: unknown) => {
  const text =
    error instanceof BadConfiguration
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error)
  write("error", { cause: text }, "the control plane could not start")
  process.exit(1)
})
