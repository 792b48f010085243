// Refusals are events, with bounded aggregation: the first of a kind within a minute is written at once,
// the ones after it are counted and written as one when the minute is over. A flood costs one entry a
// minute for each person, operation and code.
import type { Ctx } from "../context.ts"
import { actorId } from "../domain/actor.ts"
import { buildEvent, type Asked, type EventInput } from "./change.ts"

const WINDOW_MS = 60_000
const MOST_KINDS = 10_000

interface Counted {
  readonly asked: Asked
  readonly event: EventInput
  readonly until: number
  times: number
}

const windows = new WeakMap<object, Map<string, Counted>>()

function countedOf(ctx: Ctx): Map<string, Counted> {
  let map = windows.get(ctx.audit)
  if (!map) {
    map = new Map()
    windows.set(ctx.audit, map)
  }
  return map
}

/** Place of the refusal in the log; undefined when it was only counted, or the log does not answer (nothing is served either way). */
export async function recordRefusal(
  ctx: Ctx,
  asked: Asked,
  operation: string,
  code: string,
  params: Record<string, string> = {},
): Promise<number | undefined> {
  const { project, workspace, dataSet, ...rest } = params
  return recordCounted(ctx, asked, `${operation}|${code}|${JSON.stringify(params)}`, {
    code: "access.refused",
    outcome: "refused",
    decision: code,
    ...(project === undefined ? {} : { project }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(dataSet === undefined ? {} : { dataSet }),
    facts: {
      operation,
      code,
      ...Object.fromEntries(Object.entries(rest).filter(([, v]) => /^[a-z0-9-]{1,40}$/i.test(v))),
    },
  })
}

export async function recordCounted(
  ctx: Ctx,
  asked: Asked,
  kind: string,
  event: EventInput,
): Promise<number | undefined> {
  const counted = countedOf(ctx)
  const now = ctx.clock.now().getTime()
  await flushRefusals(ctx, now)
  const key = `${actorId(asked.actor)}|${kind}`
  const open = counted.get(key)
  if (open) {
    open.times += 1
    return undefined
  }
  if (counted.size >= MOST_KINDS) return undefined
  counted.set(key, { asked, event, until: now + WINDOW_MS, times: 0 })
  try {
    return (await ctx.audit.append(buildEvent(ctx, asked, event))).index
  } catch (error) {
    ctx.log.error({ code: event.code, cause: String(error) }, "a refusal could not be written to the log")
    return undefined
  }
}

/** Writes what was counted in windows that are over; called by every refusal and by the reconciler. */
export async function flushRefusals(ctx: Ctx, now = ctx.clock.now().getTime()): Promise<void> {
  const counted = countedOf(ctx)
  for (const [key, entry] of counted) {
    if (entry.until > now) continue
    counted.delete(key)
    if (entry.times === 0) continue
    const event = { ...entry.event, facts: { ...entry.event.facts, times: entry.times } }
    await ctx.audit.append(buildEvent(ctx, entry.asked, event)).catch((error: unknown) => {
      ctx.log.error(
        { code: event.code, cause: String(error) },
        "counted refusals could not be written to the log",
      )
    })
  }
}
