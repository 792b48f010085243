// Shows each newly published checkpoint to each witness and keeps the line that comes back. A witness that is
// away, slow or lying costs nothing but its line: no pass waits for one, and each has its own pauses.
import { formatAddCheckpoint } from "#transparency/add-checkpoint.ts"
import { parseDecimal } from "#transparency/bytes.ts"
import { verifyCosignature } from "#transparency/cosignature.ts"
import { formatSignatureLine, parseNote, signaturesBy, type VerifierKey } from "#transparency/note.ts"
import { change } from "../actions/change.ts"
import type { Shown } from "../audit/cosignatures.ts"
import type { Ctx } from "../context.ts"
import { askWitness, type AskWitness } from "../drivers/witness.ts"

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 600_000
/** A line dated otherwise says nothing about now. */
const CLOCK_TOLERANCE_SECONDS = 300

/** What is known of one witness and one log; lost with the process, and found out again. */
interface Acquaintance {
  busy: boolean
  /** size that it last cosigned, as far as is known */
  size?: number
  /** id of the checkpoint that it cosigned last */
  shown: number
  failures: number
  /** milliseconds since the epoch */
  pauseUntil: number
}

const acquaintances = new WeakMap<Ctx, Map<string, Acquaintance>>()

export async function collectCosignatures(ctx: Ctx): Promise<void> {
  void Promise.all(await visitWitnesses(ctx, askWitness))
}

/** Begins what is due, and answers what was begun; none of it ever fails. */
export async function visitWitnesses(ctx: Ctx, ask: AskWitness): Promise<Promise<void>[]> {
  await followPolicy(ctx)
  const { witnesses } = ctx.cosignatures.policy
  const reachable = witnesses.flatMap(({ key, url }) => (url === undefined ? [] : [{ key, url }]))
  if (reachable.length === 0) return []
  const shown = await ctx.cosignatures.newest()
  return reachable.flatMap(({ key, url }) =>
    shown.flatMap((checkpoint) => {
      const known = acquaintanceOf(ctx, key, checkpoint.log)
      if (known.busy || known.shown >= checkpoint.id || known.pauseUntil > ctx.clock.now().getTime())
        return []
      return [visit(ctx, known, { key, url }, checkpoint, ask)]
    }),
  )
}

/** A policy that is new is an event; a broken one is said once a pass, and the earlier one stays in force. */
async function followPolicy(ctx: Ctx): Promise<void> {
  const sha256 = await ctx.cosignatures.load()
  if (sha256 === undefined) return
  await change(ctx, { actor: { kind: "system", id: "platform" } }, (_tx, { record }) =>
    record({ code: "policy.loaded", facts: { bundle: "witnesses", sha256 } }),
  )
}

function acquaintanceOf(ctx: Ctx, key: VerifierKey, log: string): Acquaintance {
  const all = acquaintances.get(ctx) ?? new Map<string, Acquaintance>()
  acquaintances.set(ctx, all)
  const place = `${key.name}\n${log}`
  const known = all.get(place) ?? { busy: false, shown: 0, failures: 0, pauseUntil: 0 }
  all.set(place, known)
  return known
}

async function visit(
  ctx: Ctx,
  known: Acquaintance,
  witness: { key: VerifierKey; url: string },
  checkpoint: Shown,
  ask: AskWitness,
): Promise<void> {
  known.busy = true
  try {
    known.size ??= await ctx.cosignatures.sizeOf(checkpoint.log, witness.key.name)
    const line = await obtainLine(ctx, known.size, witness, checkpoint, ask)
    await ctx.cosignatures.keep(checkpoint.log, checkpoint.size, witness.key.name, line)
    Object.assign(known, { size: checkpoint.size, shown: checkpoint.id, failures: 0 })
  } catch (error) {
    known.failures += 1
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (known.failures - 1))
    known.pauseUntil = ctx.clock.now().getTime() + pause
    const cause = error instanceof Error ? error.message : String(error)
    ctx.log.warn({ witness: witness.key.name, log: checkpoint.log, cause }, "a witness did not cosign")
  } finally {
    known.busy = false
  }
}

/** Throws with the reason when no valid line came back. */
async function obtainLine(
  ctx: Ctx,
  believed: number,
  { key, url }: { key: VerifierKey; url: string },
  { log, size, note }: Shown,
  ask: AskWitness,
): Promise<string> {
  const askFrom = async (oldSize: number) => {
    if (oldSize > size) throw new Error(`it says that it has seen ${oldSize} entries; there are ${size}`)
    return ask(
      url,
      formatAddCheckpoint({ ...(await ctx.cosignatures.proveGrowth(log, oldSize, size)), checkpoint: note }),
    )
  }
  let answer = await askFrom(Math.min(believed, size))
  // Only the witness knows what it last cosigned: a first visit, or one whose answer got lost.
  if (answer.status === 409) answer = await askFrom(parseDecimal(answer.body.trim(), "the size it answered"))
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 200).trim()}`)
  const cosigned = parseNote(note + answer.body)
  const seconds = await verifyCosignature(cosigned, key)
  if (Math.abs(seconds - ctx.clock.now().getTime() / 1000) > CLOCK_TOLERANCE_SECONDS)
    throw new Error(`its line is dated ${new Date(seconds * 1000).toISOString()}`)
  return formatSignatureLine(signaturesBy(cosigned, key).at(-1)!)
}
