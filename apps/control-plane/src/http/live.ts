// The event socket: a one-time ticket opens it, the browser names topics, each is checked by the same
// decision as the page that it belongs to, and only names of what to fetch again are sent.
import type { FastifyInstance } from "fastify"
import type { WebSocket } from "@fastify/websocket"
import { sql } from "kysely"
import { getDataSet, getInstallation, getProject, getRequest, getWorkspace, may } from "../actions/load.ts"
import { getRelease } from "../actions/releases.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { sha256 } from "../domain/hash.ts"
import { isId } from "../domain/id.ts"
import type { PowerName } from "../domain/powers.ts"
import { findPersonActor } from "../store/actors.ts"

const MOST_TOPICS = 64
const CHECK_EVERY_MS = 2_000

export function registerLive(app: FastifyInstance, ctx: Ctx): void {
  app.get("/api/live", { websocket: true }, (socket, request) => {
    const origin = request.headers.origin
    const ticket = (request.query as { ticket?: string }).ticket
    if (origin !== ctx.config.site.origin || typeof ticket !== "string") {
      socket.close(4401, "unauthenticated")
      return
    }
    void open(ctx, socket, ticket).catch(() => socket.close(1011, "internal"))
  })
}

interface Listener {
  readonly session_id: string
  readonly person_id: string
}

async function open(ctx: Ctx, socket: WebSocket, ticket: string): Promise<void> {
  const topics = new Set<string>()
  // A browser names its topics as soon as the socket is open: what comes while the ticket is looked up waits.
  const opening = redeem(ctx, ticket)
  let turn: Promise<unknown> = opening
  socket.on("error", () => socket.terminate())
  socket.on("message", (data: Buffer) => {
    turn = turn
      .then(async () => {
        const listener = await opening
        if (!listener) return
        for (const topic of await subscribe(ctx, listener, topics, data))
          if (ctx.live.namedRecently(topic)) socket.send(JSON.stringify({ topic }))
      })
      .catch(() => socket.close(1008, "invalid_input"))
  })

  const listener = await opening
  if (!listener) {
    socket.close(4401, "ticket_invalid")
    return
  }
  for (const topic of [`person:${listener.person_id}`, "holds"]) topics.add(topic)
  const own = new Set([`person:${listener.person_id}`, "holds"])
  const stop = ctx.live.on((topic) => {
    if (topic === "everything" || topics.has(topic)) socket.send(JSON.stringify({ topic }))
    // A role that was lost takes its topics with it.
    if (own.has(topic)) void forget(ctx, listener, topics, own).catch(() => socket.close(1011, "internal"))
  })
  // A session that ended, for whatever reason, closes its socket within seconds; so does a removed person's.
  const check = setInterval(() => {
    void ctx.db
      .selectFrom("session as s")
      .innerJoin("person as p", "p.id", "s.person_id")
      .select(["s.ended_at", "p.state"])
      .where("s.id", "=", listener.session_id)
      .executeTakeFirst()
      .then((s) => {
        if (!s || s.ended_at !== null || s.state === "removed") socket.close(4401, "session_ended")
      })
      .catch(() => {})
  }, CHECK_EVERY_MS)
  const end = (): void => {
    clearInterval(check)
    stop()
  }
  // It may have gone while the ticket was looked up.
  if (socket.readyState === socket.OPEN) socket.on("close", end)
  else end()
  socket.send(JSON.stringify({ topic: "everything" }))
}

/** A ticket opens one socket, once. */
async function redeem(ctx: Ctx, ticket: string): Promise<Listener | undefined> {
  const { rows } = await sql<Listener>`
    update ticket t set used_at = ${ctx.clock.now()} from session s
    where t.hash = ${sha256(ticket)} and t.kind = 'events' and t.used_at is null and t.expires_at > ${ctx.clock.now()}
      and s.id = t.session_id and s.ended_at is null
    returning t.session_id, s.person_id`.execute(ctx.db)
  return rows[0]
}

/** Drops the topics that this person may no longer hear of. */
async function forget(ctx: Ctx, row: Listener, topics: Set<string>, own: ReadonlySet<string>): Promise<void> {
  const actor = await findPersonActor(ctx.db, row.person_id, row.session_id, ctx.clock.now())
  for (const topic of topics)
    if (!own.has(topic) && (!actor || !(await mayHear(ctx, actor, topic)))) topics.delete(topic)
}

/** Adds what this person may hear of, and answers what was added. */
async function subscribe(ctx: Ctx, row: Listener, topics: Set<string>, data: Buffer): Promise<string[]> {
  if (data.length > 4_096) throw new Error("too long")
  const message = JSON.parse(data.toString("utf8")) as { subscribe?: unknown }
  if (!Array.isArray(message.subscribe)) throw new Error("no topics")
  const actor = await findPersonActor(ctx.db, row.person_id, row.session_id, ctx.clock.now())
  if (!actor) throw new Error("no person")
  const added: string[] = []
  for (const topic of message.subscribe.slice(0, MOST_TOPICS)) {
    if (typeof topic !== "string" || topics.has(topic) || topics.size >= MOST_TOPICS) continue
    if (!(await mayHear(ctx, actor, topic))) continue
    topics.add(topic)
    added.push(topic)
  }
  return added
}

async function mayHear(ctx: Ctx, actor: PersonActor, topic: string): Promise<boolean> {
  const [kind, id] = topic.split(":")
  const installation: Record<string, PowerName> = {
    queue: "queue.view",
    log: "log.search",
    platform: "platform.view",
  }
  const power = kind === undefined ? undefined : installation[kind]
  if (power !== undefined && id === undefined)
    return may(ctx, actor, power, await getInstallation(ctx, ctx.db, actor)).allowed
  if (id === undefined || !isId(id)) return false
  try {
    if (kind === "project")
      return may(ctx, actor, "project.view", await getProject(ctx, ctx.db, actor, id)).allowed
    if (kind === "workspace")
      return may(ctx, actor, "workspace.view", await getWorkspace(ctx, ctx.db, actor, id)).allowed
    if (kind === "request")
      return may(ctx, actor, "request.view", await getRequest(ctx, ctx.db, actor, id)).allowed
    if (kind === "release")
      return may(ctx, actor, "release.view", await getRelease(ctx, ctx.db, actor, id)).allowed
    if (kind === "dataSet")
      return may(ctx, actor, "dataSet.view", await getDataSet(ctx, ctx.db, actor, id)).allowed
  } catch {
    return false
  }
  return false
}
