// Who is calling: one bearer token per caller, compared in constant time; then the caller's allow-list.
import { createHash, timingSafeEqual } from "node:crypto"
import { Denied } from "../domain/errors.ts"
import { ALLOWED, CALLERS, type Caller, type Verb } from "../protocol.ts"

export type Gatekeeper = (authorization: string | undefined, verb: Verb) => Caller

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest()
}

export function makeGatekeeper(tokens: Readonly<Record<Caller, string>>): Gatekeeper {
  const known = CALLERS.map((caller) => ({ caller, digest: digest(`Bearer ${tokens[caller]}`) }))
  return (authorization, verb) => {
    const given = digest(authorization ?? "")
    let caller: Caller | undefined
    // every token is compared, so that the time says nothing about which one was near
    for (const entry of known) if (timingSafeEqual(entry.digest, given)) caller = entry.caller
    if (caller === undefined) throw new Denied("caller_unknown", "custody does not know this caller")
    if (!ALLOWED[caller].includes(verb)) throw new Denied("verb_not_allowed", "this caller may not do that")
    return caller
  }
}
