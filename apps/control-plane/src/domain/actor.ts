// Who asks. Made once per request from the token, the session and the appointments in force.
import type { Role, ScopeKind } from "#contract/vocabulary.ts"

export interface Appointed {
  readonly role: Role
  readonly scope: ScopeKind
  readonly id: string | null
  readonly until: Date | null
}

export interface PersonActor {
  readonly kind: "person"
  readonly person: string
  readonly name: string
  readonly email: string
  readonly organisation: string
  readonly session: string
  readonly appointments: readonly Appointed[]
  /** level of authentication and time of the last code, as Keycloak states them (seconds) */
  readonly acr: string
  readonly authTime: number
}

export interface ServiceActor {
  readonly kind: "service"
  readonly id: string
  readonly scopes: readonly string[]
}

/** Our own work, by name: reconciler, sequencer, expiry, gateway. */
export interface SystemActor {
  readonly kind: "system"
  readonly id: string
}

export type Actor = PersonActor | ServiceActor | SystemActor

export function actorId(actor: Actor): string {
  return actor.kind === "person" ? actor.person : actor.id
}
