import assert from "node:assert/strict"
import { test } from "node:test"
import { createClient, type Sent } from "./client.ts"
import { operationById } from "./index.ts"

const sent: Sent[] = []
const client = createClient(
  (id) => operationById.get(id)!,
  async (request) => {
    sent.push(request)
    return { index: 7 }
  },
)

test("an operation is called by its name, with its own method, path and body", async () => {
  const { index } = await client("memberRenew", {
    params: { project: "a/../b", person: "x" },
    body: { until: "2030-01-01" },
  })
  assert.equal(index, 7)
  assert.deepEqual(sent.pop(), {
    method: "POST",
    path: "/api/projects/a%2F..%2Fb/members/x/renew",
    body: { until: "2030-01-01" },
  })
  await client("logSearch", { query: { limit: 5, code: undefined as never } })
  assert.equal(sent.pop()?.path, "/api/log?limit=5")
  await client("homeGet")
  assert.deepEqual(sent.pop(), { method: "GET", path: "/api/home", body: undefined })
})

test("what an operation does not take does not compile, and a missing parameter is never an address", async () => {
  // @ts-expect-error a body is needed
  await assert.rejects(client("memberRenew", { params: { project: "a" } }), /needs person/)
  // @ts-expect-error no such field
  await client("termsAccept", { body: { version: 1, more: 2 } })
  // @ts-expect-error it takes no body
  await client("homeGet", { body: {} })
})
