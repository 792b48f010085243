// An object store in memory that can be told to fail, or to have been tampered with.
import { createHash } from "node:crypto"
import { Readable } from "node:stream"
import { TooLarge, type ObjectStore } from "../src/drivers/objects.ts"

export interface MemoryStore extends ObjectStore {
  readonly objects: Map<string, Buffer>
  /** Throws before the verb takes effect; given "bucket/key". */
  fail: ((verb: string, name: string) => boolean) | undefined
}

export function makeMemoryStore(): MemoryStore {
  const objects = new Map<string, Buffer>()
  function look(verb: string, name: string): Buffer {
    strike(verb, name)
    const found = objects.get(name)
    if (!found) throw Object.assign(new Error("NoSuchKey"), { code: "NoSuchKey" })
    return found
  }
  function strike(verb: string, name: string): void {
    if (store.fail?.(verb, name)) throw new Error(`the store failed at ${verb}`)
  }
  const store: MemoryStore = {
    objects,
    fail: undefined,
    async put(bucket, key, body, maxBytes) {
      const parts: Buffer[] = []
      let size = 0
      for await (const chunk of body) {
        size += (chunk as Buffer).length
        if (size > maxBytes) throw new TooLarge("too large")
        parts.push(chunk as Buffer)
      }
      strike("put", `${bucket}/${key}`)
      const bytes = Buffer.concat(parts)
      objects.set(`${bucket}/${key}`, bytes)
      return { size, sha256: createHash("sha256").update(bytes).digest("hex") }
    },
    get: async (bucket, key) => Readable.from([look("get", `${bucket}/${key}`)], { objectMode: false }),
    read: async (bucket, key) => look("read", `${bucket}/${key}`),
    async copy(fromBucket, fromKey, toBucket, toKey) {
      const bytes = look("copy", `${fromBucket}/${fromKey}`)
      objects.set(`${toBucket}/${toKey}`, bytes)
    },
    async exists(bucket, key) {
      strike("exists", `${bucket}/${key}`)
      return objects.has(`${bucket}/${key}`)
    },
    async remove(bucket, key) {
      strike("remove", `${bucket}/${key}`)
      objects.delete(`${bucket}/${key}`)
    },
    ready: async () => true,
  }
  return store
}
