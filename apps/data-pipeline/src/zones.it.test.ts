// Every credential of the store on every zone: reading, writing, listing and deleting.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Client } from "minio"
import { newId, storeAs } from "./testing-stack.ts"

const BUCKETS = ["landed", "checked", "identity", "linked", "project", "quarantine", "released"] as const
const USERS = [
  "control-plane",
  "gateway",
  "stage-land",
  "stage-validate",
  "stage-link",
  "stage-deidentify",
  "stage-snapshot",
  "stage-extract",
] as const
type Bucket = (typeof BUCKETS)[number]
type User = (typeof USERS)[number]

/** Whatever is not here must be denied. */
const READS: Record<User, readonly Bucket[]> = {
  "control-plane": ["quarantine", "released"],
  gateway: ["project"],
  "stage-land": [],
  "stage-validate": ["landed"],
  "stage-link": ["checked"],
  "stage-deidentify": ["checked"],
  "stage-snapshot": ["linked"],
  "stage-extract": ["linked"],
}
const WRITES: Record<User, readonly Bucket[]> = {
  "control-plane": ["quarantine", "released"],
  gateway: [],
  "stage-land": ["landed"],
  "stage-validate": ["checked"],
  "stage-link": ["identity"],
  "stage-deidentify": ["linked"],
  "stage-snapshot": [],
  "stage-extract": ["project"],
}
/** Only who must tell "not there" from "not allowed" looks into a bucket. */
const LISTS: Record<User, readonly Bucket[]> = {
  "control-plane": ["quarantine", "released"],
  gateway: [],
  "stage-land": [],
  "stage-validate": [],
  "stage-link": [],
  "stage-deidentify": [],
  "stage-snapshot": [],
  "stage-extract": [],
}

const key = `zones/${newId()}.txt`
const clients = new Map<User, Client>()

function as(user: User): Client {
  const client = clients.get(user)
  assert.ok(client)
  return client
}

/** ok, denied or missing; anything else is a failure of the test. */
async function attempt(work: () => Promise<unknown>): Promise<"ok" | "denied" | "missing"> {
  try {
    await work()
    return "ok"
  } catch (error) {
    const code = String((error as { code?: string }).code)
    if (code === "AccessDenied") return "denied"
    if (code === "NoSuchKey" || code === "NotFound") return "missing"
    throw error
  }
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

before(async () => {
  for (const user of USERS) clients.set(user, await storeAs(user))
  // one object in every zone, each written by the one that may
  for (const bucket of BUCKETS) {
    const writer = USERS.find((u) => WRITES[u].includes(bucket))
    assert.ok(writer, bucket)
    await as(writer).putObject(bucket, key, Buffer.from("x"))
  }
})

after(async () => {
  for (const bucket of ["quarantine", "released"] as const) {
    await attempt(() => as("control-plane").removeObject(bucket, key))
  }
})

for (const user of USERS) {
  test(`${user}: reads only ${READS[user].join(", ") || "nothing"}`, async () => {
    for (const bucket of BUCKETS) {
      const found = await attempt(async () => drain(await as(user).getObject(bucket, key)))
      assert.equal(found, READS[user].includes(bucket) ? "ok" : "denied", bucket)
      const stat = await attempt(() => as(user).statObject(bucket, key))
      assert.equal(stat, READS[user].includes(bucket) ? "ok" : "denied", `stat ${bucket}`)
    }
  })

  test(`${user}: writes only ${WRITES[user].join(", ") || "nothing"}`, async () => {
    for (const bucket of BUCKETS) {
      const found = await attempt(() => as(user).putObject(bucket, `zones/${newId()}.txt`, Buffer.from("x")))
      assert.equal(found, WRITES[user].includes(bucket) ? "ok" : "denied", bucket)
    }
  })

  test(`${user}: lists nothing${LISTS[user].length > 0 ? ` but ${LISTS[user].join(", ")}` : ""}, nor learns that there is a bucket`, async () => {
    // the store tells a user only of buckets that it may look into; of the others it does not even give the name
    const named = await as(user)
      .listBuckets()
      .catch(() => [])
    assert.deepEqual(named.map(({ name }) => name).toSorted(), LISTS[user].toSorted())
    for (const bucket of BUCKETS) {
      const found = await attempt(() => drain(as(user).listObjectsV2(bucket, "zones/", true)))
      assert.equal(found, LISTS[user].includes(bucket) ? "ok" : "denied", bucket)
    }
  })

  test(`${user}: no stage deletes, nobody changes a bucket`, async () => {
    for (const bucket of BUCKETS) {
      if (user !== "control-plane")
        assert.equal(await attempt(() => as(user).removeObject(bucket, key)), "denied", bucket)
      assert.equal(await attempt(() => as(user).setBucketPolicy(bucket, "")), "denied", bucket)
      assert.equal(await attempt(() => as(user).removeBucket(bucket)), "denied", bucket)
    }
    assert.equal(await attempt(() => as(user).makeBucket(`zone-${newId()}`)), "denied")
  })
}

test("stage-snapshot writes manifests and nothing else of the linked zone", async () => {
  const snapshot = as("stage-snapshot")
  assert.equal(
    await attempt(() => snapshot.putObject("linked", `manifests/zones/${newId()}.json`, Buffer.from("{}"))),
    "ok",
  )
  assert.equal(
    await attempt(() => snapshot.putObject("linked", `nafld/${newId()}/nafld1.parquet`, Buffer.from("x"))),
    "denied",
  )
})

test("no credential reads two of landed or checked, identity, linked", () => {
  for (const user of USERS) {
    const kinds = new Set(
      READS[user]
        .map((b) => (b === "checked" ? "landed" : b))
        .filter((b) => ["landed", "identity", "linked"].includes(b)),
    )
    assert.ok(kinds.size <= 1, user)
  }
})

test("copying through the store is no way around", async () => {
  for (const user of USERS) {
    for (const from of BUCKETS) {
      for (const to of WRITES[user]) {
        if (READS[user].includes(from)) continue
        const copied = await attempt(() => as(user).copyObject(to, `zones/${newId()}.txt`, `/${from}/${key}`))
        assert.equal(copied, "denied", `${user} copies ${from} to ${to}`)
      }
    }
  }
})
