// An object store for unit tests: bytes in memory, read in pieces, able to lie and to fail.
import { Readable } from "node:stream"
import { type ObjectStore, StoreFailure } from "../src/drivers/objects.ts"

export type FakeStore = ReturnType<typeof fakeStore>

export function fakeStore() {
  const state = {
    bytes: new Map<string, Buffer>(),
    reads: [] as string[],
    failure: undefined as "object_changed" | "store_unavailable" | undefined,
    piece: 64 * 1024,
    /** called before each piece; may wait */
    beforePiece: undefined as ((at: number) => Promise<void> | void) | undefined,
  }
  const store: ObjectStore = {
    read: (object, [from, to]) => {
      state.reads.push(`${object.storeBucket}/${object.storeKey} ${from}-${to}`)
      if (state.failure !== undefined) return Promise.reject(new StoreFailure(state.failure))
      const bytes = state.bytes.get(`${object.storeBucket}/${object.storeKey}`)
      if (bytes === undefined) return Promise.reject(new StoreFailure("object_changed"))
      return Promise.resolve(Readable.from(pieces(bytes.subarray(from, to)), { objectMode: false }))
    },
    close: () => undefined,
  }
  return { state, store }

  async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += state.piece) {
      await state.beforePiece?.(at)
      yield bytes.subarray(at, at + state.piece)
    }
  }
}
