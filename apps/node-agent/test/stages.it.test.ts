// Data stages on the real engine: one process per job with one secret, what it says is what is answered,
// and its working files are gone when it has ended.
import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { chown, mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { StageStatus } from "#protocol/agent.ts"
import { scratchDirectory, stageSecrets } from "../src/domain/layout.ts"
import { newId, run, startNode, type Node } from "./node.ts"

const network = `glasshouse-test-${newId()}`
let node: Node

before(async () => {
  await run("docker", ["network", "create", "--internal", network])
  node = await startNode({ GLASSHOUSE_NETWORK_BACK: network, GLASSHOUSE_STORE_URL: "http://minio:9000" })
})
after(async () => {
  await node[Symbol.asyncDispose]()
  await run("docker", ["network", "rm", network])
})

async function put(
  job: string,
  stage: string,
  params: object,
): Promise<{ status: number; body: StageStatus }> {
  const answer = await node.app.inject({
    method: "PUT",
    url: `/v1/stages/${job}`,
    payload: { stage, params },
  })
  return { status: answer.statusCode, body: answer.json() }
}

async function ended(job: string): Promise<StageStatus> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const status = (await node.app.inject({ url: `/v1/stages/${job}` })).json<StageStatus>()
    if (status.state !== "running") return status
    assert.ok(performance.now() < deadline, "the stage did not end")
    await run("docker", ["wait", `glasshouse-${node.ctx.layout.installation}-stage-${job}`])
  }
}

test("a stage without its key is refused; with a key it runs, fails with its own code, and cleans up", async () => {
  const job = newId()
  const refused = await node.app.inject({
    method: "PUT",
    url: `/v1/stages/${job}`,
    payload: { stage: "snapshot", params: {} },
  })
  assert.deepEqual([refused.statusCode, refused.json().code], [503, "stage_secret_missing"])

  const secrets = stageSecrets(node.ctx.layout, "snapshot")
  await mkdir(secrets, { recursive: true, mode: 0o700 })
  await writeFile(join(secrets, "store-stage-snapshot-key"), "not the key", { mode: 0o600 })
  for (const path of [secrets, join(secrets, "store-stage-snapshot-key")]) await chown(path, 5440, 5440)

  const first = await put(job, "snapshot", { nonsense: true })
  assert.equal(first.status, 202)
  assert.equal((await put(job, "snapshot", { nonsense: true })).status, 202)
  const other = await node.app.inject({
    method: "PUT",
    url: `/v1/stages/${job}`,
    payload: { stage: "land", params: {} },
  })
  assert.deepEqual([other.statusCode, other.json().code], [409, "stage_conflict"])

  const status = await ended(job)
  assert.equal(status.state, "failed")
  assert.match(status.code ?? "", /^[a-z_]+$/)
  assert.notEqual(status.code, "stage_died")
  assert.equal(existsSync(scratchDirectory(node.ctx.layout, job)), false)

  // The answer is the engine's and not the process's memory.
  node = await node.restarted()
  assert.deepEqual(await ended(job), status)

  // Its result is written down elsewhere: nothing of it is left, and asking again is fine.
  for (let n = 0; n < 2; n++) {
    const forgotten = await node.app.inject({ method: "DELETE", url: `/v1/stages/${job}` })
    assert.equal(forgotten.statusCode, 204)
  }
  assert.equal((await node.app.inject({ url: `/v1/stages/${job}` })).statusCode, 404)
  const left = await run("docker", ["ps", "-aq", "--filter", `name=-stage-${job}`])
  assert.equal(left.stdout, "")
})
