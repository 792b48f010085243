import assert from "node:assert/strict"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { after, test } from "node:test"
import { processBirth, withLock } from "./lock.ts"

const directory = mkdtempSync(path.join(os.tmpdir(), "lock-"))
after(() => rmSync(directory, { recursive: true }))

test("two at a time take turns", async () => {
  const file = path.join(directory, "turns")
  const order: string[] = []
  const say = () => void order.push("second waits")
  let finish = () => {}
  const first = withLock(
    file,
    () => {},
    () => new Promise<void>((resolve) => (finish = resolve)).then(() => void order.push("first")),
  )
  const second = withLock(
    file,
    () => (say(), finish()),
    async () => void order.push("second"),
  )
  await Promise.all([first, second])
  assert.deepEqual(order, ["second waits", "first", "second"])
  assert.equal(existsSync(file), false)
})

test("a lock whose process is gone, or whose number now belongs to another process, is taken over", async () => {
  const file = path.join(directory, "stale")
  for (const left of [`${process.pid} 1`, "999999999 5", ""]) {
    writeFileSync(file, left)
    assert.equal(
      await withLock(
        file,
        () => assert.fail("waited"),
        async () => 7,
        1,
      ),
      7,
    )
  }
  assert.notEqual(processBirth(process.pid), undefined)
})

test("a failure gives the lock back", async () => {
  const file = path.join(directory, "failing")
  await assert.rejects(
    withLock(
      file,
      () => {},
      () => Promise.reject(new Error("no")),
    ),
    /no/,
  )
  assert.equal(existsSync(file), false)
})
