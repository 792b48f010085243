// Object store of one stage: whole objects between a bucket and the scratch directory, hashed on the way. Which
// buckets answer is decided by the stage's own credential, not here. A stage that is run again writes the same
// bytes again, so writes replace; what pins an object is its SHA-256 in the next document, checked by every reader.
import { createHash } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { stat } from "node:fs/promises"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { Client } from "minio"
import { PipelineError } from "../domain/errors.ts"

export type Bucket = "landed" | "checked" | "identity" | "linked" | "project"
export type Hashed = { sha256: string; bytes: number }

export type Store = {
  download(bucket: Bucket, key: string, path: string): Promise<Hashed>
  /** `etag` is the store's own, for conditional reads of exactly this object. */
  upload(bucket: Bucket, key: string, path: string): Promise<Hashed & { etag: string }>
  read(bucket: Bucket, key: string): Promise<{ body: Buffer; sha256: string }>
  /** `once`: refuses with `object_exists` when there is such an object. */
  write(bucket: Bucket, key: string, body: Buffer, how?: "once"): Promise<Hashed>
}

export type StoreAccess = { url: string; user: string; secret: string }

/** Manifests and reports are read whole; anything larger is an error. */
const LARGEST_DOCUMENT = 32 * 1024 * 1024

export function openStore(access: StoreAccess): Store {
  const url = new URL(access.url)
  const client = new Client({
    endPoint: url.hostname,
    port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
    useSSL: url.protocol === "https:",
    accessKey: access.user,
    secretKey: access.secret,
    region: "us-east-1",
    pathStyle: true,
  })
  return {
    async download(bucket, key, path) {
      const hash = createHash("sha256")
      let bytes = 0
      const source = await client.getObject(bucket, key).catch(translate)
      await pipeline(
        source,
        tap(hash, (n) => (bytes += n)),
        createWriteStream(path, { mode: 0o600 }),
      ).catch(translate)
      return { sha256: hash.digest("hex"), bytes }
    },
    async upload(bucket, key, path) {
      const { size } = await stat(path)
      const sha256 = await hashFile(path)
      const { etag } = await client.putObject(bucket, key, createReadStream(path), size).catch(translate)
      return { sha256, bytes: size, etag }
    },
    async read(bucket, key) {
      const source = await client.getObject(bucket, key).catch(translate)
      const parts: Buffer[] = []
      let bytes = 0
      for await (const part of source as AsyncIterable<Buffer>) {
        bytes += part.length
        if (bytes > LARGEST_DOCUMENT) throw new PipelineError("document_too_large", `${key} is too large`)
        parts.push(part)
      }
      const body = Buffer.concat(parts)
      return { body, sha256: createHash("sha256").update(body).digest("hex") }
    },
    async write(bucket, key, body, how) {
      const headers = how === "once" ? { "If-None-Match": "*" } : {}
      await client.putObject(bucket, key, body, body.length, headers).catch(translate)
      return { sha256: createHash("sha256").update(body).digest("hex"), bytes: body.length }
    },
  }
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256")
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part)
  return hash.digest("hex")
}

function tap(hash: { update(part: Buffer): unknown }, seen: (bytes: number) => void): Transform {
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      hash.update(part)
      seen(part.length)
      done(null, part)
    },
  })
}

function translate(cause: unknown): never {
  const code = (cause as { code?: string }).code
  if (code === "NoSuchKey" || code === "NotFound")
    throw new PipelineError("object_missing", "an object is missing", { cause })
  if (code === "AccessDenied" || code === "SignatureDoesNotMatch" || code === "InvalidAccessKeyId")
    throw new PipelineError("store_denied", "the store refused this stage", { cause })
  if (code === "PreconditionFailed")
    throw new PipelineError("object_exists", "an object of this name exists", { cause })
  throw new PipelineError("store_unavailable", "the store did not answer", { cause })
}
