// Where outputs lie in the object store, and copying that proves what was copied. Nothing here decides;
// a store that does not answer is 503 and never "not there".
import { createHash } from "node:crypto"
import type { Readable } from "node:stream"
import type { Ctx } from "../context.ts"
import { Conflict, Unavailable } from "../domain/errors.ts"
import { TooLarge } from "../drivers/objects.ts"
import type { Tx } from "../store/db.ts"

export const QUARANTINE = "quarantine"
export const RELEASED = "released"

export const uploadKey = (project: string, upload: string) => `uploads/${project}/${upload}`
export const submittedKey = (request: string, file: string) => `requests/${request}/${file}/submitted`
/** What leaves: a copy of what was handed in, or the same written anew. */
export const candidateKey = (request: string, file: { id: string; renderer: string | null }) =>
  `requests/${request}/${file.id}/${file.renderer === null ? "candidate" : "rendered"}`
export const releasedKey = (release: string, file: string) => `${release}/${file}`

/** Bytes in the store are not the ones that were frozen: a bug or tampering, never to be served. */
export class WrongBytes extends Error {}

export async function fromStore<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof TooLarge || cause instanceof WrongBytes) throw cause
    throw new Unavailable("store_unavailable", {}, { cause })
  }
}

export async function hashStream(stream: Readable): Promise<string> {
  const hash = createHash("sha256")
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest("hex")
}

/** Copies, then reads the copy back. Repeating it is harmless. Throws WrongBytes, or Unavailable. */
export async function copyVerified(
  ctx: Ctx,
  fromBucket: string,
  fromKey: string,
  toBucket: string,
  toKey: string,
  sha256: string,
): Promise<void> {
  const { objects } = ctx.drivers
  await fromStore(
    (async () => {
      await objects.copy(fromBucket, fromKey, toBucket, toKey)
      const found = await hashStream(await objects.get(toBucket, toKey))
      if (found !== sha256) throw new WrongBytes(`${toBucket}/${toKey} has ${found}, not ${sha256}`)
    })(),
  )
}

/** A whole object whose size was bounded when it came in, verified. Throws WrongBytes, or Unavailable. */
export async function readVerified(ctx: Ctx, bucket: string, key: string, sha256: string): Promise<Buffer> {
  const bytes = await fromStore(ctx.drivers.objects.read(bucket, key))
  const found = createHash("sha256").update(bytes).digest("hex")
  if (found !== sha256) throw new WrongBytes(`${bucket}/${key} has ${found}, not ${sha256}`)
  return bytes
}

/** Written down before an object is: whatever happens next, the sweep finds it. */
export async function expectObjects(ctx: Ctx, bucket: string, ...keys: string[]): Promise<void> {
  const at = ctx.clock.now()
  await ctx.db
    .insertInto("pending_object")
    .values(keys.map((key) => ({ bucket, key, at })))
    .onConflict((c) => c.columns(["bucket", "key"]).doUpdateSet({ at }))
    .execute()
}

/** In the transaction that refers to them. Throws Conflict where the sweep was first. */
export async function keepObjects(tx: Tx, bucket: string, ...keys: string[]): Promise<void> {
  const kept = await tx
    .deleteFrom("pending_object")
    .where("bucket", "=", bucket)
    .where("key", "in", keys)
    .executeTakeFirst()
  if (kept.numDeletedRows !== BigInt(keys.length)) throw new Conflict("stale")
}

/** At once where it works, else by the sweep. */
export async function forget(ctx: Ctx, bucket: string, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    try {
      await ctx.drivers.objects.remove(bucket, key)
      await ctx.db.deleteFrom("pending_object").where("bucket", "=", bucket).where("key", "=", key).execute()
    } catch (error) {
      ctx.log.warn({ bucket, key, cause: String(error) }, "an unused object is left to the sweep")
    }
  }
}
