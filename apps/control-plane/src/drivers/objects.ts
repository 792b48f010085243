// Object store, plain S3, with the control plane's own credential: quarantine and released, nothing else.
import { createHash } from "node:crypto"
import { PassThrough, type Readable } from "node:stream"
import { Client } from "minio"

export interface Stored {
  readonly size: number
  readonly sha256: string
}

export class TooLarge extends Error {}

export interface ObjectStore {
  /** Streams into the store under a name that does not exist yet; stops with TooLarge past maxBytes and leaves nothing. */
  put(bucket: string, key: string, body: Readable, maxBytes: number): Promise<Stored>
  get(bucket: string, key: string): Promise<Readable>
  /** Whole object; for files that were bounded when they came in. */
  read(bucket: string, key: string): Promise<Buffer>
  copy(fromBucket: string, fromKey: string, toBucket: string, toKey: string): Promise<void>
  exists(bucket: string, key: string): Promise<boolean>
  remove(bucket: string, key: string): Promise<void>
  ready(): Promise<boolean>
}

export function openObjects(options: {
  endPoint: string
  port: number
  accessKey: string
  secretKey: string
}): ObjectStore {
  const client = new Client({
    endPoint: options.endPoint,
    port: options.port,
    useSSL: false,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    region: "us-east-1",
  })

  async function put(bucket: string, key: string, body: Readable, maxBytes: number): Promise<Stored> {
    const hash = createHash("sha256")
    let size = 0
    const counted = new PassThrough()
    body.on("data", (chunk: Buffer) => {
      size += chunk.length
      hash.update(chunk)
      if (size > maxBytes) {
        counted.destroy(new TooLarge(`more than ${maxBytes} bytes`))
        body.destroy()
      } else if (!counted.write(chunk)) {
        body.pause()
        counted.once("drain", () => body.resume())
      }
    })
    body.on("end", () => counted.end())
    body.on("error", (error) => counted.destroy(error))
    body.on("close", () => {
      if (!body.readableEnded && !counted.destroyed) counted.destroy(new Error("the sender went away"))
    })
    await client.putObject(bucket, key, counted)
    return { size, sha256: hash.digest("hex") }
  }

  return {
    put,
    get: (bucket, key) => client.getObject(bucket, key),
    async read(bucket, key) {
      const chunks: Buffer[] = []
      for await (const chunk of await client.getObject(bucket, key)) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    },
    async copy(fromBucket, fromKey, toBucket, toKey) {
      await client.copyObject(toBucket, toKey, `/${fromBucket}/${encodeURI(fromKey)}`)
    },
    async exists(bucket, key) {
      try {
        await client.statObject(bucket, key)
        return true
      } catch (error) {
        if (
          (error as { code?: string }).code === "NotFound" ||
          (error as { code?: string }).code === "NoSuchKey"
        )
          return false
        throw error
      }
    },
    remove: (bucket, key) => client.removeObject(bucket, key),
    async ready() {
      // A credential that may not list buckets can still ask for an object that is not there.
      try {
        await client.statObject("quarantine", "ready-probe")
        return true
      } catch (error) {
        const code = (error as { code?: string }).code
        return code === "NotFound" || code === "NoSuchKey"
      }
    },
  }
}
