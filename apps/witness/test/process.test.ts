// The command as people run it: its first start, files in and out, kill -9 in the middle of everything.
import assert from "node:assert/strict"
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import path from "node:path"
import { describe, test, type TestContext } from "node:test"
import { formatGrowth } from "#transparency/add-checkpoint.ts"
import { verifyCosignature } from "#transparency/cosignature.ts"
import { formatVkey, parseNote, parseVkey } from "#transparency/note.ts"
import { makeTestSigner, nodeSha256 } from "#transparency/testing.ts"
import { Memory } from "../src/memory.ts"
import { ask, GrowingLog, makeDirectory } from "./support.ts"

const CLI = path.join(import.meta.dirname, "../src/cli.ts")
const NAME = "example.org/witness"
const ORIGIN = "glasshouse/test/access/2026"
const log = new GrowingLog(makeTestSigner(ORIGIN))

function makePlace(t: TestContext): {
  dir: string
  logs: string
  file: (name: string, text: string) => string
} {
  const place = makeDirectory(t)
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(place, name), text)
    return path.join(place, name)
  }
  const logs = file("logs", `log ${formatVkey(log.signer.key)} http://x.example/\nquorum none\n`)
  return { dir: path.join(place, "state"), logs, file }
}

function run(...args: string[]): { code: number | null; out: string; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: "utf8",
    timeout: 60_000,
  })
  return { code: status, out: stdout, said: stderr }
}

async function start(
  t: TestContext,
  dir: string,
  logs: string,
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(
    process.execPath,
    [CLI, "serve", "--dir", dir, "--logs", logs, "--name", NAME, "--listen", "127.0.0.1:0"],
    { stdio: ["ignore", "pipe", "inherit"] },
  )
  t.after(() => child.kill("SIGKILL"))
  const port = await new Promise<number>((resolve, reject) => {
    let said = ""
    child.stdout.on("data", (part: Buffer) => {
      said += part.toString()
      const found = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    child.on("exit", () => reject(new Error(`the witness ended: ${said}`)))
  })
  return { child, port }
}

const ended = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once("exit", resolve))

describe("the first start", () => {
  test("makes a key that nobody else may read, and keeps it and its name", (t) => {
    const { dir } = makePlace(t)
    assert.equal(run("status", "--dir", dir).code, 1)
    const first = run("status", "--dir", dir, "--name", NAME)
    assert.equal(first.code, 0, first.said)
    assert.ok(first.out.startsWith(`${NAME}+`))
    assert.equal(statSync(path.join(dir, "key")).mode & 0o777, 0o600)
    assert.equal(run("status", "--dir", dir).out, first.out)
    assert.equal(run("status", "--dir", dir, "--name", NAME).out, first.out)
    assert.match(run("status", "--dir", dir, "--name", "other.example/w").said, /one name for ever/)
  })

  test("nothing is signed with a key that others can read, is damaged, or has lost its memory", (t) => {
    const { dir, logs, file } = makePlace(t)
    run("status", "--dir", dir, "--name", NAME)
    const key = path.join(dir, "key")
    const text = readFileSync(key, "utf8")
    chmodSync(key, 0o640)
    assert.match(run("status", "--dir", dir).said, /read by others/)
    chmodSync(key, 0o600)
    writeFileSync(key, text.replace(NAME, "example.org/another"))
    assert.match(run("status", "--dir", dir).said, /damaged/)
    writeFileSync(key, text.slice(0, -9))
    assert.equal(run("status", "--dir", dir).code, 1)
    writeFileSync(key, text)
    rmSync(path.join(dir, "seen.sqlite"))
    const gone = run("sign", file("c", "x\n"), "--dir", dir, "--logs", logs)
    assert.equal(gone.code, 1)
    assert.match(gone.said, /what this witness has seen is gone/)
    assert.ok(!existsSync(path.join(dir, "seen.sqlite")), "no empty memory takes the old one's place")
  })

  test("wrong use is said", (t) => {
    const { dir } = makePlace(t)
    for (const args of [[], ["serve"], ["nonsense", "--dir", dir], ["sign", "--dir", dir], ["serve", "--x"]])
      assert.equal(run(...args).code, 2, args.join(" "))
    assert.equal(run("--help").code, 0)
  })
})

test("signs from a file, with the growth from what it last signed, and nothing else", async (t) => {
  const { dir, logs, file } = makePlace(t)
  const sign = (checkpoint: string, ...more: string[]) =>
    run("sign", file("checkpoint", checkpoint), "--dir", dir, "--logs", logs, "--name", NAME, ...more)
  const small = await log.checkpoint(5)
  const first = sign(small)
  assert.equal(first.code, 0, first.said)
  const key = parseVkey(nodeSha256, run("status", "--dir", dir).out.split("\n")[0]!)
  await verifyCosignature(parseNote(small + first.out), key)
  assert.equal(sign(small).code, 0, "the same once more")

  const large = await log.checkpoint(12)
  const unproved = sign(large)
  assert.deepEqual([unproved.code, unproved.out], [1, ""])
  assert.match(unproved.said, /last cosigned size 5; give the growth/)
  const growth = file("growth", formatGrowth({ oldSize: 5, proof: log.proof(5, 12) }))
  const second = sign(large, "--proof", growth)
  assert.equal(second.code, 0, second.said)
  await verifyCosignature(parseNote(large + second.out), key)

  assert.match(sign(small).said, /last cosigned size 12/)
  assert.equal(sign(await new GrowingLog(log.signer, "another").checkpoint(12)).code, 1)
  assert.match(sign(await new GrowingLog(makeTestSigner("x/y")).checkpoint(3)).said, /does not know/)
  assert.equal(run("status", "--dir", dir).out.split("\n")[1], `${ORIGIN} 12`)
})

test("kill -9 at any moment loses nothing that was acknowledged", async (t) => {
  const { dir, logs } = makePlace(t)
  let acknowledged = 0
  let killed = 0
  for (let round = 0; round < 8; round++) {
    const { child, port } = await start(t, dir, logs)
    const gone = ended(child)
    using memory = new Memory(dir)
    const from = memory.newest(ORIGIN)?.size ?? 0
    assert.ok(from >= acknowledged, `${from} is remembered, ${acknowledged} was acknowledged`)
    // Killed after a number of answers and a little more, so that the blow falls at another place each time.
    const after = 1 + ((round * 5) % 7)
    let old = from
    try {
      for (let i = 0; ; i++) {
        const answer = ask(port, await log.request(old, old + 1 + (i % 3)))
        if (i >= after) setTimeout(() => child.kill("SIGKILL"), (round * 3) % 8)
        const { status, body } = await answer
        assert.equal(status, 200, body)
        old += 1 + (i % 3)
        acknowledged = old
      }
    } catch (error) {
      assert.ok(["ECONNRESET", "ECONNREFUSED"].includes((error as { code: string }).code), String(error))
      killed++
    }
    await gone
  }
  assert.equal(killed, 8)
  const { child, port } = await start(t, dir, logs)
  using memory = new Memory(dir)
  const { size, note } = memory.newest(ORIGIN)!
  assert.ok(size >= acknowledged)
  const key = parseVkey(nodeSha256, (await ask(port, undefined, { url: "/" })).body.trim())
  await verifyCosignature(parseNote(note), key)
  assert.equal((await ask(port, await log.request(size, size + 10))).status, 200)
  child.kill("SIGTERM")
  await ended(child)
  assert.equal(child.exitCode, 0)
})

test("kill -9 during the first start leaves a witness or none, never half of one", async (t) => {
  const { dir, logs } = makePlace(t)
  let vkey: string | undefined
  for (let round = 0; round < 6; round++) {
    const child = spawn(
      process.execPath,
      [CLI, "serve", "--dir", dir, "--logs", logs, "--name", NAME, "--listen", "127.0.0.1:0"],
      { stdio: "ignore" },
    )
    const gone = ended(child)
    setTimeout(() => child.kill("SIGKILL"), 60 + round * 25)
    await gone
    if (!existsSync(path.join(dir, "key"))) continue
    const now = run("status", "--dir", dir)
    assert.equal(now.code, 0, now.said)
    vkey ??= now.out
    assert.equal(now.out, vkey)
  }
  const { child } = await start(t, dir, logs)
  child.kill("SIGKILL")
  assert.equal(run("status", "--dir", dir).code, 0)
})
