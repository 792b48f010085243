// Who a run is: its person and project. The workspace never says so itself; the socket that a request
// came through names the run, and everything is decided as that person, now.
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { NotFound } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import { findPersonActor } from "../store/actors.ts"
import type { Asked } from "./change.ts"

export interface RunOwner {
  readonly asked: Asked & { readonly actor: PersonActor }
  readonly project: string
  readonly workspace: string
  readonly run: string
}

/** The person of a run that is wanted and of whom we know; NotFound otherwise. */
export async function getRunOwner(ctx: Ctx, run: string, request?: string): Promise<RunOwner> {
  const row = await ctx.db
    .selectFrom("run as r")
    .innerJoin("workspace as w", "w.id", "r.workspace_id")
    .select(["r.id", "w.id as workspace", "w.project_id", "w.person_id"])
    .where("r.id", "=", run)
    .where("r.wanted", "=", "running")
    .executeTakeFirst()
  if (!row) throw new NotFound()
  // A workspace has no browser session of its own; the newest one that is open in it is named.
  const session = await ctx.db
    .selectFrom("notebook_session")
    .select("session_id")
    .where("run_id", "=", run)
    .where("ended_at", "is", null)
    .orderBy("renewed_at", "desc")
    .limit(1)
    .executeTakeFirst()
  const actor = await findPersonActor(ctx.db, row.person_id, session?.session_id ?? "", ctx.clock.now())
  if (!actor) throw new NotFound()
  return {
    asked: { actor, request: request ?? newId() },
    project: row.project_id,
    workspace: row.workspace,
    run,
  }
}
