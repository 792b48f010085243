import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { after, test } from "node:test"
import { root } from "../launch.js"
import { shortenFailure } from "./count-reporter.ts"
import { addCounts, findTests, runNodeTests, settle, splitIntegration } from "./suites.ts"

const directory = mkdtempSync(path.join(os.tmpdir(), "suites-"))
after(() => rmSync(directory, { recursive: true }))

test("a suite that crashed without counting a failure has failed", () => {
  assert.deepEqual(settle({ passed: 3, failed: 0 }, 1), { passed: 3, failed: 1 })
  assert.deepEqual(settle(undefined, 0), { passed: 0, failed: 1 })
  assert.deepEqual(settle({ passed: 3, failed: 2 }, 1), { passed: 3, failed: 2 })
  assert.deepEqual(
    addCounts([
      { passed: 1, failed: 0 },
      { passed: 2, failed: 3 },
    ]),
    { passed: 3, failed: 3 },
  )
})

test("unit and integration files are told apart, and the console's are left to its own runner", () => {
  for (const name of [
    "apps/x/src/a.test.ts",
    "apps/x/src/b.it.test.ts",
    "apps/web/src/c.test.ts",
    "apps/x/node_modules/m/d.test.ts",
  ]) {
    mkdirSync(path.join(directory, path.dirname(name)), { recursive: true })
    writeFileSync(path.join(directory, name), "")
  }
  assert.deepEqual(findTests(directory, "unit"), ["apps/x/src/a.test.ts"])
  assert.deepEqual(findTests(directory, "integration"), ["apps/x/src/b.it.test.ts"])
  const [alone, engine, other] = [
    "apps/control-plane/test/a.it.test.ts",
    "apps/control-plane/test/workspace-engine.it.test.ts",
    "infra/b.it.test.ts",
  ]
  assert.deepEqual(splitIntegration([alone, engine, other]), { database: [alone], platform: [engine, other] })
})

test("passed, failed, skipped and crashed tests are counted for what they are", async () => {
  const write = (name: string, text: string) => {
    const file = path.join(directory, name)
    writeFileSync(file, `import { test, describe } from "node:test"\n${text}`)
    return file
  }
  const good = write("good.mjs", `describe("a", () => { test("b", () => {}); test("c", () => {}) })`)
  const skipped = write("skipped.mjs", `test.skip("d", () => {})`)
  const bad = write("bad.mjs", `test("e", () => { throw new Error("no") })`)
  const crashed = write("crashed.mjs", `test("f", () => {}); process.exit(3)`)
  const run = (...files: string[]) =>
    runNodeTests(root, files, {}).then(({ passed, failed }) => ({ passed, failed }))
  assert.deepEqual(await run(good), { passed: 2, failed: 0 })
  assert.deepEqual(await run(skipped), { passed: 0, failed: 1 })
  assert.deepEqual(await run(good, bad), { passed: 2, failed: 1 })
  assert.ok((await run(crashed)).failed > 0)
})

test("a failure is told again in few lines, with its cause and without a browser's noise", async () => {
  const file = path.join(directory, "told.mjs")
  writeFileSync(file, `import { test } from "node:test"\ntest("g", () => { throw new Error("the cause") })`)
  const { failures } = await runNodeTests(root, [file], {})
  assert.deepEqual(
    failures?.map(({ name, file: where }) => ({ name, where })),
    [{ name: "g", where: file }],
  )
  assert.match(failures?.[0]?.text ?? "", /the cause/)
  const noise = ["Error: no button", "Browser logs:", "", "<launching> /usr/bin/chromium", "[pid=1][err] bus"]
  const text = [...noise, "\u001b[31mCall log:\u001b[39m", ...Array.from({ length: 60 }, (_, n) => `${n}`)]
  const told = shortenFailure(text.join("\n")).split("\n")
  assert.deepEqual(told.slice(0, 3), ["Error: no button", "Call log:", "0"])
  assert.equal(told.length, 31)
})

test("tests that hang, in any of three ways, fail in time and keep nobody waiting", async () => {
  const write = (name: string, text: string) => {
    const file = path.join(directory, name)
    writeFileSync(file, `import { test } from "node:test"\n${text}`)
    return file
  }
  const files = [
    write("open.mjs", `test("a", () => {}); setInterval(() => {}, 1000)`),
    write("pending.mjs", `test("b", () => new Promise(() => setInterval(() => {}, 1000)))`),
  ]
  const began = performance.now()
  const { passed, failed } = await runNodeTests(root, files, {}, { patience: 1_000 })
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 })
  const busy = write("busy.mjs", `test("c", () => { for (;;); })`)
  const stop = AbortSignal.timeout(2_000)
  const ended = await runNodeTests(root, [busy], {}, { patience: 1_000, signal: stop })
  assert.ok(ended.failed > 0)
  assert.ok(performance.now() - began < 40_000)
})
