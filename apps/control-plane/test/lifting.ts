// Confirming a lift names the proposal that was looked at.
import assert from "node:assert/strict"
import type { PersonName } from "./seed.ts"
import type { World } from "./walk/world.ts"

/** Confirms the proposal as it stands now, or as it was looked at. */
export async function confirmLift(w: World, by: PersonName, hold: string, seen?: string) {
  const proposedAt = seen ?? (await proposalOf(w, hold))
  return w.call(by, "POST", `/api/holds/${hold}/lift/confirm`, { proposedAt })
}

/** When the lift was proposed; of a hold that nobody wants lifted, when it was placed. */
export async function proposalOf(w: World, hold: string): Promise<string> {
  const [row] = await w.sql("select coalesce(lift_proposed_at, from_at) as at from hold where id = $1", [
    hold,
  ])
  const at = row?.["at"]
  assert.ok(at instanceof Date, `no hold ${hold}`)
  return at.toISOString()
}
