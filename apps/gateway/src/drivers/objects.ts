// The object store, read-only and one object at a time: the gateway's credential can do nothing else
// and never lists. Plain S3 through the minio client.
import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import type { Readable } from "node:stream"
import { Client } from "minio"
import type { Range } from "../domain/ranges.ts"
import { bareEtag } from "../domain/s3-xml.ts"

export type StoredObject = { storeBucket: string; storeKey: string; size: number; etag: string }

export type ObjectStore = {
  /** The bytes of one range, of exactly the version that `etag` names. @throws StoreFailure */
  read(object: StoredObject, range: Range): Promise<Readable>
  close(): void
}

/** `object_changed`: the store holds other bytes than those that were allowed; `store_unavailable`: anything else. */
export class StoreFailure extends Error {
  readonly code: "object_changed" | "store_unavailable"
  constructor(code: "object_changed" | "store_unavailable", options?: ErrorOptions) {
    super(
      code === "object_changed" ? "The stored object is not the allowed one." : "The store does not answer.",
      options,
    )
    this.code = code
  }
}

const REGION = "us-east-1"

export function connectStore(address: string, accessKey: string, secretKey: string): ObjectStore {
  const url = new URL(address)
  const secure = url.protocol === "https:"
  // Bounded per run by who serves it: one bound for all would let one run wait for every other's share.
  const options = { keepAlive: true, maxSockets: 4096, timeout: 30_000 }
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options)
  const client = new Client({
    endPoint: url.hostname,
    port: Number(url.port || (secure ? 443 : 80)),
    useSSL: secure,
    accessKey,
    secretKey,
    region: REGION,
    transportAgent: agent,
  })
  return {
    read: (object, range) => readRange(client, object, range),
    close: () => agent.destroy(),
  }
}

async function readRange(client: Client, object: StoredObject, [from, to]: Range): Promise<Readable> {
  const etag = bareEtag(object.etag)
  const answer = await client
    .makeRequestAsync(
      {
        method: "GET",
        bucketName: object.storeBucket,
        objectName: object.storeKey,
        headers: {
          "if-match": `"${etag}"`,
          ...(object.size > 0 ? { range: `bytes=${from}-${to - 1}` } : {}),
        },
      },
      "",
      [200, 206],
      REGION,
    )
    .catch((cause: unknown) => {
      throw new StoreFailure(isMismatch(cause) ? "object_changed" : "store_unavailable", { cause })
    })
  const { headers } = answer
  if (bareEtag(String(headers["etag"] ?? "")) !== etag || Number(headers["content-length"]) !== to - from) {
    answer.destroy()
    throw new StoreFailure("object_changed")
  }
  return answer
}

function isMismatch(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  return code === "PreconditionFailed" || code === "NoSuchKey" || code === "InvalidRange"
}
