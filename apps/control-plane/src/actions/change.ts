// One way to change something: load, decide, change and record in one transaction, then wait a little
// for the event's place in the log. A change without its event cannot be written, because the outbox row
// commits with it or not at all.
import type { AuditEvent, EventCode } from "#contract/events.ts"
import type { Ctx } from "../context.ts"
import type { Actor } from "../domain/actor.ts"
import { actorId } from "../domain/actor.ts"
import { touch, type Topic } from "../drivers/live.ts"
import type { Tx } from "../store/db.ts"

/** What is the same for every event of one request. */
export interface Asked {
  readonly actor: Actor
  readonly request?: string | undefined
  /** Told where the intent is in the log that what is about to be served stands on. */
  readonly onIntent?: ((index: number) => void) | undefined
}

export type EventInput = Pick<AuditEvent, "code"> &
  Partial<Omit<AuditEvent, "code" | "time" | "actor" | "policy" | "request" | "session">>

export interface Recorder {
  /** Adds an event to the outbox of this transaction; answers the id of the row. */
  record(event: EventInput): Promise<number>
  /** Adds an entry to the public register log; plain JSON that everybody may read for ever. */
  register(kind: EventCode, fields: Record<string, unknown>): Promise<void>
  /** Tells consoles to fetch these again, once this is committed. */
  touch(...topics: Topic[]): Promise<void>
}

export function buildEvent(ctx: Ctx, asked: Asked, input: EventInput): AuditEvent {
  const { actor } = asked
  return {
    outcome: "done",
    facts: {},
    ...input,
    time: ctx.clock.now().toISOString(),
    actor: { kind: actor.kind, id: actorId(actor) },
    session: actor.kind === "person" && actor.session !== "" ? actor.session : undefined,
    policy: ctx.access.sha256,
    request: asked.request,
  }
}

export interface Changed<T> {
  readonly value: T
  /** place of the last event in the access log, or null when the sequencer was not quick enough */
  readonly index: number | null
}

export async function change<T>(
  ctx: Ctx,
  asked: Asked,
  body: (tx: Tx, recorder: Recorder) => Promise<T>,
): Promise<Changed<T>> {
  ctx.audit.assertHealthy()
  let last: number | undefined
  const value = await ctx.db.transaction().execute(async (tx) => {
    const recorder: Recorder = {
      async record(input) {
        last = await ctx.audit.appendInTransaction(tx, buildEvent(ctx, asked, input))
        await touch(tx, "log")
        return last
      },
      async register(kind, fields) {
        await ctx.audit.registerInTransaction(tx, {
          kind,
          version: 1,
          time: ctx.clock.now().toISOString(),
          ...fields,
        })
      },
      touch: (...topics) => touch(tx, ...topics),
    }
    return body(tx, recorder)
  })
  if (last === undefined) return { value, index: null }
  // It is committed: that its place cannot be told now must not look like a failure, or it is done twice.
  const position = await ctx.audit.waitForIndex(last).catch(() => undefined)
  return { value, index: position?.index ?? null }
}

/** Intent first: durable before the answer begins. Throws AuditUnavailable, and then nothing may be served. */
export async function intend(ctx: Ctx, asked: Asked, input: EventInput): Promise<number> {
  const position = await ctx.audit.append(buildEvent(ctx, asked, input))
  asked.onIntent?.(position.index)
  return position.index
}
