// Health, and the platform as its operator sees it: parts, nodes, runs wanted and actual, queues. States
// and counts only; an operator reads no data.
import { sql } from "kysely"
import type { Ctx } from "../context.ts"
import type { Asked } from "./change.ts"
import { assertMay, assertPerson, getInstallation } from "./load.ts"

interface Part {
  part: string
  ready: boolean
  message: string | null
}

/** When a gateway last asked what it may serve, by monotonic milliseconds. It asks every second. */
const heard = new WeakMap<Ctx, number>()
const GATEWAY_SILENT_MS = 4_000

export function noteGateway(ctx: Ctx): void {
  heard.set(ctx, performance.now())
}

function gatewayHeard(ctx: Ctx): boolean {
  return performance.now() - (heard.get(ctx) ?? -Infinity) < GATEWAY_SILENT_MS
}

async function probe(part: string, ask: () => Promise<boolean>, message: string): Promise<Part> {
  try {
    const ready = await ask()
    return { part, ready, message: ready ? null : message }
  } catch {
    return { part, ready: false, message }
  }
}

export async function checkParts(ctx: Ctx): Promise<Part[]> {
  const health = ctx.audit.healthy()
  return Promise.all([
    probe(
      "database",
      async () => (await sql`select 1`.execute(ctx.db)).rows.length === 1,
      "PostgreSQL does not answer",
    ),
    Promise.resolve({
      part: "log",
      ready: health.ok,
      message: health.ok ? null : (health.message ?? "The log cannot be written"),
    }),
    probe("store", () => ctx.drivers.objects.ready(), "The object store does not answer"),
    probe("identity", () => ctx.drivers.identity.ready(), "Keycloak does not answer"),
    Promise.resolve({
      part: "gateway",
      ready: gatewayHeard(ctx),
      message: gatewayHeard(ctx) ? null : "The gateway does not ask for its runs",
    }),
    probe("custody", () => ctx.drivers.custody.ready(), "Custody does not answer"),
    probe(
      "agent",
      async () => (await ctx.drivers.agent.node()).protocol === 1,
      "The node agent does not answer",
    ),
  ])
}

export async function isReady(ctx: Ctx): Promise<{ ready: boolean; parts: Part[] }> {
  const parts = await checkParts(ctx)
  return { ready: parts.every((p) => p.ready), parts }
}

export function getSite(ctx: Ctx) {
  const { identity, notebookDomain, zone, installation, demo } = ctx.config
  return {
    identity: identity.origin,
    realm: identity.realm,
    client: identity.client,
    notebookDomain,
    zone,
    installation: installation.id,
    demo,
  }
}

const JOB_NAMES = { mail: "letters", sweep: "sweeps", "mail-dead": "undeliverable letters" } as const

export async function viewPlatform(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "platform.view", await getInstallation(ctx, ctx.db, actor))
  const [parts, node, runs, stages, checks, outbox, mail, jobs] = await Promise.all([
    checkParts(ctx),
    ctx.drivers.agent.node().catch(() => undefined),
    ctx.db
      .selectFrom("run")
      .select(["id", "workspace_id", "wanted", "observed", "created_at"])
      .where("stopped_at", "is", null)
      .orderBy("created_at", "desc")
      .limit(200)
      .execute(),
    ctx.db
      .selectFrom("stage_job")
      .select((e) => ["state", e.fn.countAll<number>().as("n")])
      .groupBy("state")
      .execute(),
    ctx.db
      .selectFrom("output_check")
      .select((e) => ["state", e.fn.countAll<number>().as("n")])
      .groupBy("state")
      .execute(),
    sql<{
      n: number
      oldest: number | null
    }>`select count(*)::bigint as n, extract(epoch from now() - min(created_at))::float8 as oldest from audit_outbox`.execute(
      ctx.db,
    ),
    ctx.db
      .selectFrom("mail")
      .select((e) => e.fn.countAll<number>().as("n"))
      .where("sent_at", "is", null)
      .where("failed_at", "is", null)
      .executeTakeFirstOrThrow(),
    ctx.jobs.counts(ctx.db),
  ])
  const health = ctx.audit.healthy()
  const count = (rows: { state: string; n: number }[], ...states: string[]) =>
    rows.filter((r) => states.includes(r.state)).reduce((n, r) => n + Number(r.n), 0)
  return {
    version: ctx.config.version,
    parts,
    nodes: node
      ? [
          {
            node: node.node,
            engine: node.engine,
            cpus: node.cpus,
            memoryBytes: node.memoryBytes,
            diskFreeBytes: node.diskFreeBytes,
            reachable: true,
          },
        ]
      : [],
    runs: runs.map((r) => ({
      run: r.id,
      workspace: r.workspace_id,
      wanted: r.wanted,
      observed: r.observed,
      since: r.created_at.toISOString(),
    })),
    queues: [
      {
        name: "data stages",
        waiting: count(stages, "waits"),
        active: count(stages, "running"),
        failed: count(stages, "failed"),
      },
      {
        name: "output checks",
        waiting: count(checks, "waits"),
        active: count(checks, "running"),
        failed: count(checks, "failed"),
      },
      ...jobs.filter((j) => j.name !== "mail-dead").map((j) => ({ ...j, name: JOB_NAMES[j.name] })),
    ],
    log: {
      size: health.logs.reduce((n, l) => n + l.size, 0),
      outbox: outbox.rows[0]?.n ?? 0,
      oldestSeconds: outbox.rows[0]?.oldest ?? null,
      writable: health.ok,
    },
    policies: [{ name: "access", sha256: ctx.access.sha256 }],
    mail: { waiting: Number(mail.n), page: ctx.config.mail.page },
  }
}
