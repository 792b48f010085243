// The deterministic ladder: NHS number + date of birth first, then cross-checks. Pure: tokens in, decisions
// out. A rung that points at two people points at nobody. The order of rungs is the order of trust, and a
// person's number that was found is never changed by a later rung. Probabilistic scoring belongs after the
// ladder, over those it leaves as new or one-time, and joins here as one more rung.
import type { LinkMethod } from "../protocol.ts"

/** Tokens (hex) of one subject; undefined where the subject lacks what the rung needs. */
export type SubjectTokens = {
  readonly nhsDob: string | undefined
  /** the token that nhsDob would have, were day and month of birth swapped; looked up, never kept */
  readonly nhsDobSwapped: string | undefined
  readonly nhsName: string | undefined
  readonly nameDobPostcode: string | undefined
}

/** What is known: token → master, or null when two people share it. */
export type KeyIndex = Map<string, bigint | null>

export type LinkDecision = {
  readonly master: bigint
  readonly method: LinkMethod
  readonly minted: boolean
  readonly conflict: boolean
}

export function resolveSubject(tokens: SubjectTokens, index: KeyIndex, mint: () => bigint): LinkDecision {
  const found = (token: string | undefined) =>
    token === undefined ? undefined : (index.get(token) ?? undefined)
  const rungs: readonly (readonly [LinkMethod, bigint | undefined])[] = [
    ["nhs-dob", found(tokens.nhsDob)],
    ["nhs-dob-swapped", found(tokens.nhsDobSwapped)],
    ["nhs-name", found(tokens.nhsName)],
    [tokens.nhsDob === undefined ? "name-dob-postcode" : "superseded-nhs", found(tokens.nameDobPostcode)],
  ]
  const hit = rungs.find(([, master]) => master !== undefined)
  const kept = [tokens.nhsDob, tokens.nhsName, tokens.nameDobPostcode].filter((t) => t !== undefined)
  if (hit?.[1] === undefined) {
    const master = mint()
    for (const token of kept) index.set(token, index.has(token) ? null : master)
    const method = kept.length === 0 ? "one-time" : "new-person"
    return { master, method, minted: true, conflict: false }
  }
  const master = hit[1]
  const conflict = rungs.some(([, other]) => other !== undefined && other !== master)
  for (const token of kept) {
    if (!index.has(token)) index.set(token, master)
    else if (index.get(token) !== master) index.set(token, null)
  }
  return { master, method: hit[0], minted: false, conflict }
}
