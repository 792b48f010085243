// For tests only: a database in a directory of its own, and an object store that is a directory.
import { createHash } from "node:crypto"
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { openDatabase, type Database } from "./drivers/database.ts"
import type { Store } from "./drivers/store.ts"
import { PipelineError } from "./domain/errors.ts"

export type Bench = { readonly db: Database; readonly directory: string } & AsyncDisposable

export async function openBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), "glasshouse-test-"))
  const db = await openDatabase(directory, { directories: [] })
  return {
    db,
    directory,
    async [Symbol.asyncDispose]() {
      db[Symbol.dispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function hashed(body: Buffer): { sha256: string; bytes: number } {
  return { sha256: createHash("sha256").update(body).digest("hex"), bytes: body.length }
}

export function openFileStore(root: string): Store {
  const place = async (bucket: string, key: string) => {
    const path = join(root, bucket, key)
    await mkdir(dirname(path), { recursive: true })
    return path
  }
  const read = async (bucket: string, key: string) =>
    readFile(join(root, bucket, key)).catch(() => {
      throw new PipelineError("object_missing", `${key} is missing`)
    })
  return {
    async download(bucket, key, path) {
      const body = await read(bucket, key)
      await writeFile(path, body)
      return hashed(body)
    },
    async upload(bucket, key, path) {
      await copyFile(path, await place(bucket, key))
      const written = hashed(await readFile(path))
      return { ...written, etag: written.sha256.slice(0, 32) }
    },
    async read(bucket, key) {
      const body = await read(bucket, key)
      return { body, sha256: hashed(body).sha256 }
    },
    async write(bucket, key, body, how) {
      const path = await place(bucket, key)
      await writeFile(path, body, how === "once" ? { flag: "wx" } : {}).catch(() => {
        throw new PipelineError("object_exists", `${key} exists`)
      })
      return hashed(body)
    },
  }
}
