// Our own sessions, beside the identity server's: so that a hold, a removed person or a lost role cuts
// whatever is open within seconds, and idleness ends a session here whatever the other side thinks.
import type { Ctx } from "../context.ts"
import { Unauthenticated } from "../domain/errors.ts"
import { newId, newSecret } from "../domain/id.ts"
import { sha256 } from "../domain/hash.ts"
import type { Tx } from "../store/db.ts"
import { buildEvent, change, type Asked, type Recorder } from "./change.ts"
import { assertPerson } from "./load.ts"

const SEEN_EVERY_MS = 15_000
const EVENTS_TICKET_SECONDS = 30

/** The first request of a browser session opens ours; two at once open one. */
export async function openSession(
  ctx: Ctx,
  input: { person: string; issuer: string; sid: string; request: string },
): Promise<string> {
  ctx.audit.assertHealthy()
  return ctx.db.transaction().execute(async (tx) => {
    const id = newId()
    const made = await tx
      .insertInto("session")
      .values({
        id,
        person_id: input.person,
        issuer: input.issuer,
        sid: input.sid,
        started_at: ctx.clock.now(),
        last_seen_at: ctx.clock.now(),
      })
      .onConflict((c) => c.columns(["issuer", "sid"]).doNothing())
      .returning("id")
      .executeTakeFirst()
    if (!made) {
      const other = await tx
        .selectFrom("session")
        .select("id")
        .where("issuer", "=", input.issuer)
        .where("sid", "=", input.sid)
        .executeTakeFirstOrThrow()
      return other.id
    }
    const actor = {
      kind: "person",
      person: input.person,
      name: "",
      email: "",
      organisation: "",
      session: id,
      appointments: [],
      acr: "",
      authTime: 0,
    } as const
    await ctx.audit.appendInTransaction(
      tx,
      buildEvent(ctx, { actor, request: input.request }, { code: "session.opened" }),
    )
    return id
  })
}

export async function touchSession(
  ctx: Ctx,
  input: { session: string; person: string; lastSeen: Date; background: boolean },
): Promise<void> {
  const now = ctx.clock.now()
  const idle = now.getTime() - input.lastSeen.getTime()
  if (idle > ctx.config.idleSeconds * 1_000) {
    await endSessions(ctx, { actor: { kind: "system", id: "sessions" } }, { session: input.session }, "idle")
    throw new Unauthenticated("session_idle")
  }
  // Polling by an open tab is nobody's activity.
  if (input.background || idle < SEEN_EVERY_MS) return
  await ctx.db.updateTable("session").set({ last_seen_at: now }).where("id", "=", input.session).execute()
}

/** Ends sessions and what hangs on them; notebooks notice with their next renewal. */
export async function endSessions(
  ctx: Ctx,
  asked: Asked,
  which: { session?: string; person?: string },
  code: string,
): Promise<number | null> {
  const { index } = await change(ctx, asked, (tx, recorder) =>
    endSessionsWithin(ctx, tx, recorder, which, code),
  )
  return index
}

/** The same in a change that is under way: what cuts and what is cut commit together. */
export async function endSessionsWithin(
  ctx: Ctx,
  tx: Tx,
  { record, touch }: Recorder,
  which: { session?: string; person?: string },
  code: string,
): Promise<void> {
  let query = tx
    .updateTable("session")
    .set({ ended_at: ctx.clock.now(), ended_code: code })
    .where("ended_at", "is", null)
  if (which.session !== undefined) query = query.where("id", "=", which.session)
  if (which.person !== undefined) query = query.where("person_id", "=", which.person)
  const ended = await query.returning(["id", "person_id"]).execute()
  for (const session of ended) {
    await tx
      .updateTable("notebook_session")
      .set({ ended_at: ctx.clock.now(), ended_code: "session_ended" })
      .where("session_id", "=", session.id)
      .where("ended_at", "is", null)
      .execute()
    await record({ code: "session.ended", subject: session.person_id, facts: { code, ended: session.id } })
    await touch(`person:${session.person_id}`)
  }
}

export async function endOwnSession(ctx: Ctx, asked: Asked): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  return { index: await endSessions(ctx, asked, { session: actor.session }, "signed_out") }
}

export async function makeEventsTicket(ctx: Ctx, asked: Asked): Promise<{ ticket: string; seconds: number }> {
  const actor = assertPerson(asked.actor)
  const ticket = newSecret()
  await ctx.db
    .insertInto("ticket")
    .values({
      hash: sha256(ticket),
      kind: "events",
      session_id: actor.session,
      workspace_id: null,
      expires_at: new Date(ctx.clock.now().getTime() + EVENTS_TICKET_SECONDS * 1_000),
      used_at: null,
    })
    .execute()
  return { ticket, seconds: EVENTS_TICKET_SECONDS }
}
