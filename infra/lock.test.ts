import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { after, test } from "node:test"
import { clearDead, processBirth, withLock } from "./lock.ts"

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

test("whoever clears a dead lock too late leaves the lock of the one who was quicker", () => {
  const file = path.join(directory, "quick")
  writeFileSync(file, "fresh")
  clearDead(file, "dead")
  assert.equal(readFileSync(file, "utf8"), "fresh")
  clearDead(file, "fresh")
  clearDead(file, "fresh")
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith("quick")),
    [],
  )
})

test("of many that start at once only one works at a time", async () => {
  const file = path.join(directory, "many")
  const lock = JSON.stringify(path.join(import.meta.dirname, "lock.ts"))
  const program = `import { withLock } from ${lock}
    import { openSync, closeSync, rmSync } from "node:fs"
    await withLock(${JSON.stringify(file)}, () => {}, async () => {
      closeSync(openSync(${JSON.stringify(`${file}.inside`)}, "wx"))
      rmSync(${JSON.stringify(`${file}.inside`)})
    })`
  writeFileSync(file, "999999999 5")
  const run = () =>
    new Promise<number | null>((resolve) =>
      spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "ignore" }).on(
        "exit",
        resolve,
      ),
    )
  assert.deepEqual(await Promise.all([run(), run(), run(), run()]), [0, 0, 0, 0])
})
