// Disclosure control of counts that the catalogue shows.

export const SMALLEST_COUNT = 10
const ROUND_TO = 5

/** Null: hidden. */
export function controlCount(count: number): number | null {
  return count < SMALLEST_COUNT ? null : Math.round(count / ROUND_TO) * ROUND_TO
}
