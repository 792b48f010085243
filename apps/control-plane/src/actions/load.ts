// Load a thing together with the facts about it, or answer "not found"; and decide in one line.
import type { Ctx } from "../context.ts"
import type { Actor, PersonActor } from "../domain/actor.ts"
import { assertAllowed, permission, type Facts, type Resource } from "../domain/decide.ts"
import { NotFound, Unauthenticated } from "../domain/errors.ts"
import type { PowerName } from "../domain/powers.ts"
import type { Db, Tx } from "../store/db.ts"
import {
  findDataSet,
  findProject,
  findRequest,
  findWorkspace,
  installationFacts,
  type Known,
  type Moment,
} from "../store/facts.ts"

export function moment(ctx: Ctx): Moment {
  return { now: ctx.clock.now(), zone: ctx.config.zone }
}

export function assertPerson(actor: Actor): PersonActor {
  if (actor.kind !== "person") throw new Unauthenticated("unauthenticated")
  return actor
}

function found<T>(known: T | undefined): T {
  if (known === undefined) throw new NotFound()
  return known
}

export const getProject = async (ctx: Ctx, db: Db | Tx, actor: Actor, id: string) =>
  found(await findProject(db, moment(ctx), actor, id))
export const getWorkspace = async (ctx: Ctx, db: Db | Tx, actor: Actor, id: string) =>
  found(await findWorkspace(db, moment(ctx), actor, id))
export const getRequest = async (ctx: Ctx, db: Db | Tx, actor: Actor, id: string) =>
  found(await findRequest(db, moment(ctx), actor, id))
export const getDataSet = async (ctx: Ctx, db: Db | Tx, actor: Actor, id: string) =>
  found(await findDataSet(db, moment(ctx), actor, id))
export const getInstallation = (ctx: Ctx, db: Db | Tx, actor: Actor) =>
  installationFacts(db, moment(ctx), actor)

/** Throws Denied or NotFound. `ties` adds what only the action knows (voted, downloaded …). */
export function assertMay(
  ctx: Ctx,
  actor: Actor,
  power: PowerName,
  known: Pick<Known<unknown>, "resource" | "facts">,
  ties: readonly string[] = [],
): void {
  assertAllowed(ctx.access.decide(actor, power, known.resource, withTies(known.facts, ties)))
}

export function may(
  ctx: Ctx,
  actor: Actor,
  power: PowerName,
  known: { resource: Resource; facts: Facts },
  ties: readonly string[] = [],
) {
  return permission(ctx.access.decide(actor, power, known.resource, withTies(known.facts, ties)))
}

function withTies(facts: Facts, ties: readonly string[]): Facts {
  return ties.length === 0 ? facts : { ...facts, ties: [...facts.ties, ...ties] }
}
