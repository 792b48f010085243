// person_id = project number × 2³² + rank. The number is 20 bits and never 0, so every id is below 2⁵²
// (exact in JavaScript, R and doubles) and shows by its high part which project it belongs to.
import { randomInt } from "node:crypto"

const NUMBERS = 2 ** 20
const RANKS = 2 ** 32

export const FIRST_RANK = 1
export const LAST_RANK = RANKS - 1

export function drawProjectNumber(): number {
  return randomInt(1, NUMBERS)
}

export function projectRange(number: number): { from: number; to: number } {
  if (!Number.isInteger(number) || number < 1 || number >= NUMBERS) throw new RangeError("no project number")
  return { from: number * RANKS, to: number * RANKS + LAST_RANK }
}

export function toPersonId(number: number, rank: number): number {
  if (!Number.isInteger(rank) || rank < FIRST_RANK || rank > LAST_RANK) throw new RangeError("no rank")
  return projectRange(number).from + rank
}

export function fromPersonId(id: number): { number: number; rank: number } {
  if (!Number.isSafeInteger(id) || id < RANKS + FIRST_RANK) throw new RangeError("no person id")
  const number = Math.floor(id / RANKS)
  const rank = id % RANKS
  if (number >= NUMBERS || rank < FIRST_RANK) throw new RangeError("no person id")
  return { number, rank }
}
