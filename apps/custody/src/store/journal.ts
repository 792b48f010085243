// Append-only record of what was asked of custody: caller, verb, an opaque id, a count. Never an identifier.
import type { Tx } from "./db.ts"
import type { Caller, Verb } from "../protocol.ts"

export async function record(
  tx: Tx,
  caller: Caller,
  verb: Verb,
  subject: string,
  count: number,
): Promise<void> {
  await tx.insertInto("journal").values({ caller, verb, subject, count }).execute()
}
