// The gateway's credential against the real object store: it reads one version of one object, and
// nothing else works, whatever this process would try.
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Readable } from "node:stream"
import { after, before, test } from "node:test"
import { Client } from "minio"
import { connectStore, StoreFailure, type StoredObject } from "./objects.ts"

const address = process.env["GLASSHOUSE_STORE_URL"] ?? ""
const secrets = process.env["GLASSHOUSE_TEST_SECRETS"] ?? ""
const keyOf = (user: string): string => readFileSync(join(secrets, user, `store-${user}-key`), "utf8").trim()
const clientOf = (user: string): Client => {
  const { hostname, port } = new URL(address)
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: false,
    accessKey: user,
    secretKey: keyOf(user),
    region: "us-east-1",
  })
}

const bytes = randomBytes(3_000_000)
const key = `test-${randomBytes(6).toString("hex")}/e/labs/a b+é.parquet`
const store = connectStore(address, "gateway", keyOf("gateway"))
let object: StoredObject

before(async () => {
  const { etag } = await clientOf("stage-extract").putObject("project", key, bytes)
  object = { storeBucket: "project", storeKey: key, size: bytes.length, etag }
})
after(() => store.close())

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const failing = (code: string) => (error: unknown) => error instanceof StoreFailure && error.code === code

test("ranges are those of the object, many at once over kept connections", async () => {
  assert.ok((await collect(await store.read(object, [0, object.size]))).equals(bytes))
  const ranges = Array.from({ length: 40 }, (_, index): [number, number] => [
    index * 1000,
    index * 1000 + 777,
  ])
  await Promise.all(
    ranges.map(async ([from, to]) => {
      assert.ok((await collect(await store.read(object, [from, to]))).equals(bytes.subarray(from, to)))
    }),
  )
})

test("another version, a missing object and another size are not served", async () => {
  await assert.rejects(store.read({ ...object, etag: "0".repeat(32) }, [0, 10]), failing("object_changed"))
  // Some stores do not tell one who may not list whether there is such an object.
  await assert.rejects(store.read({ ...object, storeKey: `${key}x` }, [0, 10]), StoreFailure)
  await assert.rejects(
    store.read({ ...object, size: object.size + 10 }, [0, object.size + 10]),
    failing("object_changed"),
  )
})

test("the credential reads no other zone and writes nothing", async () => {
  for (const bucket of ["landed", "checked", "identity", "linked", "quarantine", "released"]) {
    await assert.rejects(
      store.read({ ...object, storeBucket: bucket }, [0, 10]),
      failing("store_unavailable"),
      bucket,
    )
  }
  const gateway = clientOf("gateway")
  await assert.rejects(gateway.putObject("project", `${key}-written`, "x"), /Access Denied/)
  await assert.rejects(gateway.removeObject("project", key), /Access Denied/)
  // The store tells each user the buckets that it may look into; this one looks into none.
  assert.deepEqual(await gateway.listBuckets().catch(() => []), [])
  await assert.rejects(gateway.listObjectsV2("project", "", true).toArray(), /Access Denied/)
})

test("a wrong key opens nothing", async () => {
  const other = connectStore(address, "gateway", "not-the-key-of-the-gateway")
  await assert.rejects(other.read(object, [0, 10]), failing("store_unavailable"))
  other.close()
})
