// What one run is being sent holds connections to the store, read or not: others need some too.
import assert from "node:assert/strict"
import { test } from "node:test"
import { RUN, startRig } from "../../test/rig.ts"
import { until } from "../../test/until.ts"

const MOST_AT_ONCE = 64

test("what one run is sent at once is bounded, and what has ended makes room", async () => {
  const rig = await startRig()
  rig.controlPlane.objects.set(`${RUN}/data/x`, {
    storeBucket: "project",
    storeKey: "x",
    size: 1,
    etag: "e",
    sha256: "",
    lastModified: "2026-01-02T03:04:05Z",
  })
  rig.store.bytes.set("project/x", Buffer.from("x"))
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  rig.store.beforePiece = () => gate
  try {
    const held = Array.from({ length: MOST_AT_ONCE }, () => rig.inside("/data/x"))
    await until(() => rig.store.reads.length === MOST_AT_ONCE, "all of them stream")
    const more = await rig.inside("/data/x", { timeout: 3000 })
    assert.equal(more.status, 503)
    assert.match(more.body.toString(), /<Code>SlowDown<\/Code>/)
    go()
    assert.ok((await Promise.all(held)).every(({ status }) => status === 200))
    assert.equal((await rig.inside("/data/x")).status, 200)
  } finally {
    go()
    await rig.close()
  }
})
