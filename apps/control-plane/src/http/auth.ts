// From a bearer token to an actor: the token's signature, issuer, audience, party and times (jose), then
// our own session and the person's appointments in force. Nothing in the token grants anything.
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose"
import type { FastifyRequest } from "fastify"
import { openSession, touchSession } from "../actions/session.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { Denied, Unauthenticated, Unavailable } from "../domain/errors.ts"
import { listAppointments } from "../store/actors.ts"

export interface Verified {
  readonly issuer: string
  readonly subject: string
  readonly sid: string
  readonly acr: string
  readonly authTime: number
}

/** Known, and refused whatever they ask: the refusal is theirs in the log. */
export class RemovedPerson extends Denied {
  readonly actor: PersonActor
  constructor(person: string) {
    super("person_removed")
    const nothing = { name: "", email: "", organisation: "", session: "", acr: "", authTime: 0 }
    this.actor = { kind: "person", person, appointments: [], ...nothing }
  }
}

export type VerifyToken = (token: string) => Promise<Verified>

export function createTokenVerifier(ctx: Pick<Ctx, "config">, keys?: JWTVerifyGetKey): VerifyToken {
  const { identity } = ctx.config
  // The keys are fetched by the inner address: the outer one does not resolve in here.
  const jwks =
    keys ??
    createRemoteJWKSet(
      new URL(`${identity.internal}/realms/${identity.realm}/protocol/openid-connect/certs`),
      { timeoutDuration: 3_000 },
    )
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, jwks, {
        issuer: identity.issuer,
        audience: "glasshouse-api",
        algorithms: ["ES256"],
        requiredClaims: ["sub", "sid", "exp", "iat", "azp"],
        clockTolerance: 2,
      })
      if (payload["azp"] !== identity.client) throw new Unauthenticated("token_invalid")
      return {
        issuer: identity.issuer,
        subject: String(payload.sub),
        sid: String(payload["sid"]),
        acr: typeof payload["acr"] === "string" ? payload["acr"] : "",
        authTime: Number(payload["auth_time"] ?? 0),
      }
    } catch (cause) {
      if (cause instanceof Unauthenticated) throw cause
      if (
        cause instanceof errors.JWKSTimeout ||
        (cause instanceof TypeError && /fetch failed/.test(cause.message))
      ) {
        throw new Unavailable("store_unavailable", {}, { cause })
      }
      throw new Unauthenticated("token_invalid", {}, { cause })
    }
  }
}

export function bearerOf(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization
  const match = header === undefined ? null : /^Bearer ([A-Za-z0-9._-]+)$/.exec(header)
  return match?.[1]
}

export async function authenticate(
  ctx: Ctx,
  verify: VerifyToken,
  request: FastifyRequest,
): Promise<PersonActor> {
  const token = bearerOf(request)
  if (token === undefined) throw new Unauthenticated("unauthenticated")
  const verified = await verify(token)
  const now = ctx.clock.now()
  const known = await ctx.db
    .selectFrom("identity as i")
    .innerJoin("person as p", "p.id", "i.person_id")
    .leftJoin("session as s", (join) =>
      join.on("s.issuer", "=", verified.issuer).on("s.sid", "=", verified.sid),
    )
    .select([
      "p.id",
      "p.name",
      "p.email",
      "p.organisation_id",
      "p.state",
      "s.id as session",
      "s.person_id as session_person",
      "s.ended_at",
      "s.ended_code",
      "s.last_seen_at",
    ])
    .where("i.issuer", "=", verified.issuer)
    .where("i.subject", "=", verified.subject)
    .executeTakeFirst()
  if (!known) throw new Denied("person_unknown")
  if (known.state === "removed") throw new RemovedPerson(known.id)
  if (known.session !== null && known.session_person !== known.id) throw new Unauthenticated("token_invalid")
  if (known.ended_at !== null)
    throw new Unauthenticated(known.ended_code === "idle" ? "session_idle" : "session_ended")
  const session =
    known.session ??
    (await openSession(ctx, {
      person: known.id,
      issuer: verified.issuer,
      sid: verified.sid,
      request: request.id,
    }))
  if (known.last_seen_at !== null) {
    await touchSession(ctx, {
      session,
      person: known.id,
      lastSeen: known.last_seen_at,
      background: request.headers["x-background"] === "1",
    })
  }
  return {
    kind: "person",
    person: known.id,
    name: known.name,
    email: known.email,
    organisation: known.organisation_id,
    session,
    appointments: await listAppointments(ctx.db, known.id, now),
    acr: verified.acr,
    authTime: verified.authTime,
  }
}

/**
 * A code not older than the configured time. `acr` alone is not freshness (a refreshed token keeps it), and
 * `auth_time` alone may be a sign-in.
 */
export function assertStepUp(ctx: Ctx, actor: PersonActor): void {
  const age = ctx.clock.now().getTime() / 1_000 - actor.authTime
  // Said so that a time that is none is no fresh one either.
  const inTime = age >= -5 && age <= ctx.config.stepUpSeconds
  if (actor.acr !== "gh-fresh" || !inTime) throw new Unauthenticated("step_up_required")
}
