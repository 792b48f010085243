// Follows Keycloak's own event store without a gap: from a minute before the last seen moment, dropping
// what is known. Rows become visible at their commit, after their time, which is what the minute is for.
import { createHash } from "node:crypto"
import type { EventCode } from "#contract/events.ts"
import { change } from "../actions/change.ts"
import type { Ctx } from "../context.ts"
import type { IdentityAdminEvent, IdentityEvent } from "../drivers/identity.ts"
import type { Tx } from "../store/db.ts"

const OVERLAP_MS = 60_000
const PAGE = 500

const CODES: Readonly<Record<string, EventCode>> = {
  LOGIN: "identity.signedIn",
  LOGIN_ERROR: "identity.signInFailed",
  LOGOUT: "identity.signedOut",
  UPDATE_CREDENTIAL: "identity.secondFactorChanged",
  UPDATE_TOTP: "identity.secondFactorChanged",
  REMOVE_TOTP: "identity.secondFactorChanged",
  REMOVE_CREDENTIAL: "identity.secondFactorChanged",
  USER_DISABLED_BY_TEMPORARY_LOCKOUT: "identity.signInFailed",
}

export async function followIdentityEvents(ctx: Ctx): Promise<void> {
  const cursor = await ctx.db
    .selectFrom("setting")
    .select("value")
    .where("key", "=", "identity_cursor")
    .executeTakeFirst()
  const from = Math.max(0, Number(cursor?.value ?? 0) - OVERLAP_MS)
  const [events, admin] = await Promise.all([
    ctx.drivers.identity.events(from, PAGE),
    ctx.drivers.identity.adminEvents(from, PAGE),
  ])
  const last = Math.max(Number(cursor?.value ?? 0), ...events.map((e) => e.time), ...admin.map((e) => e.time))
  const seen = new Set(
    (await ctx.db.selectFrom("identity_event_seen").select("id").execute()).map((r) => r.id),
  )
  const fresh = events.filter((e) => !seen.has(e.id))
  const freshAdmin = admin.map((e) => ({ ...e, key: adminKey(e) })).filter((e) => !seen.has(e.key))
  if (fresh.length === 0 && freshAdmin.length === 0) return
  await change(ctx, { actor: { kind: "system", id: "identity" } }, async (tx, { record }) => {
    for (const event of fresh) {
      if (!(await remember(tx, event.id, event.time))) continue
      const code = CODES[event.type]
      if (code === undefined || (await isRepeat(tx, event))) continue
      const person = event.userId === undefined ? undefined : await personOf(ctx, tx, event.userId)
      await record({
        code,
        outcome: event.type.endsWith("ERROR") || event.type.startsWith("USER_DISABLED") ? "refused" : "done",
        ...(person === undefined ? {} : { subject: person }),
        facts: { type: event.type, error: event.error ?? null, at: new Date(event.time).toISOString() },
      })
    }
    for (const event of freshAdmin) {
      if (!(await remember(tx, event.key, event.time))) continue
      await record({
        code: "identity.adminChanged",
        facts: {
          operation: event.operationType,
          resource: event.resourceType,
          client: event.authDetails?.clientId ?? null,
          at: new Date(event.time).toISOString(),
        },
        detail: { path: event.resourcePath ?? "" },
      })
    }
    await tx
      .insertInto("setting")
      .values({ key: "identity_cursor", value: JSON.stringify(last) })
      .onConflict((c) =>
        c.column("key").doUpdateSet({ value: JSON.stringify(last), changed_at: ctx.clock.now() }),
      )
      .execute()
    await tx
      .deleteFrom("identity_event_seen")
      .where("at", "<", new Date(last - 2 * OVERLAP_MS))
      .execute()
  })
}

function adminKey(event: IdentityAdminEvent): string {
  return (
    event.id ??
    createHash("sha256")
      .update(JSON.stringify([event.time, event.operationType, event.resourceType, event.resourcePath]))
      .digest("hex")
      .slice(0, 36)
  )
}

/** False when another instance wrote it in the meantime. */
async function remember(tx: Tx, id: string, time: number): Promise<boolean> {
  const made = await tx
    .insertInto("identity_event_seen")
    .values({ id, at: new Date(time) })
    .onConflict((c) => c.doNothing())
    .returning("id")
    .executeTakeFirst()
  return made !== undefined
}

/** Every silent sign-on is another LOGIN of the same session: the first one is the sign-in. */
async function isRepeat(tx: Tx, event: IdentityEvent): Promise<boolean> {
  if (event.type !== "LOGIN" || event.sessionId === undefined) return false
  const first = await tx
    .insertInto("identity_event_seen")
    .values({ id: `login:${event.sessionId}`, at: new Date(event.time + 40_000_000) })
    .onConflict((c) => c.doNothing())
    .returning("id")
    .executeTakeFirst()
  return first === undefined
}

async function personOf(ctx: Ctx, tx: Tx, subject: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom("identity")
    .select("person_id")
    .where("issuer", "=", ctx.config.identity.issuer)
    .where("subject", "=", subject)
    .executeTakeFirst()
  return row?.person_id
}
