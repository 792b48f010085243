import assert from "node:assert/strict"
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { execFile } from "node:child_process"
import { createServer } from "node:http"
import { describe, test } from "node:test"
import { promisify } from "node:util"
import { fromUtf8, utf8 } from "./bytes.ts"
import { formatCheckpoint, signCheckpoint } from "./checkpoint.ts"
import { cosign } from "./cosignature.ts"
import { formatNote, formatVkey, parseNote, SIGNATURE_COSIGNATURE } from "./note.ts"
import { formatPolicy, parsePolicy } from "./policy.ts"
import { sha256 } from "./sha256.ts"
import { makeTestLog, makeTestSigner, nodeSha256, publish, type TestLog } from "./testing.ts"
import { verifyLogs, type VerifyOptions, type VerifyReport } from "./verify-log.ts"

type Files = Map<string, Uint8Array>

async function verify(files: Files, more: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
  return verifyLogs({
    fetch: async (requested) => files.get(requested.slice(1)),
    list: files.get("logs.json") ?? new Uint8Array(0),
    hash: nodeSha256,
    ...more,
  })
}

async function assertRefused(files: Files, code: string, more: Partial<VerifyOptions> = {}): Promise<void> {
  const report = await verify(files, more)
  assert.deepEqual(
    report.problems.map((problem) => problem.code),
    [code],
    JSON.stringify(report.problems),
  )
}

function checkpointOf(files: Files, log: TestLog): string {
  return fromUtf8(files.get(`${log.prefix.slice(1)}checkpoint`)!)
}

const SIZE = 5_123
const big = makeTestLog("access-2026", SIZE)
const huge = makeTestLog("access-2026", 70_123)
const small = makeTestLog("register-2026", 300)
const files = await publish([big, small])
const copy = (): Files => new Map(files)
const at = (name: string): string => `log/access-2026/${name}`

describe("a log as it should be", () => {
  test("verifies completely: 70,123 entries and 300", async () => {
    const report = await verify(await publish([huge, small]))
    assert.deepEqual(report.problems, [])
    assert.deepEqual(
      report.logs.map(({ name, size, bundles, tiles, keyFrom }) => ({ name, size, bundles, tiles, keyFrom })),
      [
        // 273 full and one partial tile at level 0, one full and one partial at level 1, one at level 2
        { name: "access-2026", size: 70_123, bundles: 274, tiles: 277, keyFrom: "log" },
        { name: "register-2026", size: 300, bundles: 2, tiles: 3, keyFrom: "log" },
      ],
    )
  })

  for (const size of [0, 1, 255, 256, 257, 512, 65_536]) {
    test(`verifies at size ${size}`, async () => {
      const report = await verify(await publish([makeTestLog("access-2026", size)]))
      assert.deepEqual(report.problems, [])
      assert.equal(report.logs[0]?.size, size)
    })
  }

  test("verifies with the hash that browsers use", async () => {
    assert.deepEqual((await verify(await publish([small]), { hash: sha256 })).problems, [])
  })

  test("verifies when partial tiles were dropped for full ones", async () => {
    const grown = await publish([{ ...small, entries: [...small.entries, ...makeTestLog("x", 212).entries] }])
    const mixed = await publish([small])
    assert.ok(mixed.delete("log/register-2026/tile/0/001.p/44"))
    assert.ok(mixed.delete("log/register-2026/tile/entries/001.p/44"))
    for (const [name, body] of grown) if (name.includes("/tile/") && !mixed.has(name)) mixed.set(name, body)
    assert.deepEqual((await verify(mixed)).problems, [])
  })
})

describe("a log that somebody changed", () => {
  test("every one of 400 flipped bytes, wherever it is, is found", async () => {
    const log = await publish([small])
    const names = [...log.keys()].filter((name) => name !== "logs.json")
    for (let i = 0; i < 400; i++) {
      const name = names[i % names.length]!
      const body = log.get(name)!.slice()
      body[(i * 7919) % body.length]! ^= 1 << (i % 8)
      const changed = new Map(log).set(name, body)
      const report = await verify(changed)
      assert.equal(report.problems.length, 1, `${name} byte ${(i * 7919) % body.length}`)
    }
  })

  test("an entry edited", async () => {
    const changed = copy()
    const body = changed.get(at("tile/entries/010"))!.slice()
    body[4]! ^= 1
    await assertRefused(changed.set(at("tile/entries/010"), body), "tile_invalid")
  })

  test("two entries of equal length swapped", async () => {
    const swapped = { ...big, entries: [...big.entries] }
    ;[swapped.entries[3_000], swapped.entries[3_001]] = [swapped.entries[3_001]!, swapped.entries[3_000]!]
    const other = await publish([swapped])
    await assertRefused(
      copy().set(at("tile/entries/011"), other.get(at("tile/entries/011"))!),
      "tile_invalid",
    )
  })

  test("an entry inserted, one deleted, the tail dropped, inside their bundle", async () => {
    const bundle = files.get(at("tile/entries/010"))!
    const length = 2 + bundle[0]! * 256 + bundle[1]!
    const cut = bundle.slice(length)
    await assertRefused(copy().set(at("tile/entries/010"), cut), "bundle_invalid")
    const longer = new Uint8Array([...bundle, ...bundle.slice(0, length)])
    await assertRefused(copy().set(at("tile/entries/010"), longer), "bundle_invalid")
    await assertRefused(copy().set(at("tile/entries/010"), bundle.slice(0, -3)), "bundle_invalid")
  })

  test("a bundle deleted, a full and a partial one", async () => {
    const full = copy()
    full.delete(at("tile/entries/015"))
    await assertRefused(full, "bundle_invalid")
    const partial = copy()
    assert.ok(partial.delete(at(`tile/entries/020.p/${SIZE % 256}`)))
    await assertRefused(partial, "bundle_invalid")
  })

  test("a tile changed, deleted, shortened or swapped, at every level, full and partial", async () => {
    const whole = await publish([huge])
    const levels: [Files, string][] = [
      [files, "tile/0/000"],
      [files, `tile/0/020.p/${SIZE % 256}`],
      [files, "tile/1/000.p/20"],
      [whole, "tile/1/000"],
      [whole, "tile/2/000.p/1"],
    ]
    for (const [source, name] of levels) {
      const body = source.get(at(name))!
      assert.ok(body, name)
      const flipped = body.slice()
      flipped[body.length - 1]! ^= 128
      await assertRefused(new Map(source).set(at(name), flipped), "tile_invalid")
      await assertRefused(new Map(source).set(at(name), body.slice(32)), "tile_invalid")
      const gone = new Map(source)
      gone.delete(at(name))
      await assertRefused(gone, "tile_invalid")
    }
    await assertRefused(copy().set(at("tile/0/001"), files.get(at("tile/0/002"))!), "tile_invalid")
  })

  test("the size in the checkpoint lowered or raised, and signed again", async () => {
    for (const size of [SIZE - 1, SIZE + 1]) {
      const note = await signCheckpoint(
        { origin: big.signer.key.name, size, root: new Uint8Array(32) },
        big.signer,
      )
      const report = await verify(copy().set(at("checkpoint"), utf8(note)))
      assert.equal(report.problems.length, 1)
    }
  })

  test("a wrong root, signed", async () => {
    const note = await signCheckpoint(
      { origin: big.signer.key.name, size: SIZE, root: new Uint8Array(32) },
      big.signer,
    )
    await assertRefused(copy().set(at("checkpoint"), utf8(note)), "root_mismatch")
  })

  test("another key, another origin, another log's checkpoint, none", async () => {
    const impostor = makeTestSigner(big.signer.key.name)
    const forged = copy()
    forged.set(at("checkpoint"), (await publish([{ ...big, signer: impostor }])).get(at("checkpoint"))!)
    await assertRefused(forged, "signature_invalid")
    const renamed = await publish([{ ...big, signer: makeTestSigner("glasshouse/other/access-2026") }])
    await assertRefused(copy().set(at("checkpoint"), renamed.get(at("checkpoint"))!), "origin_mismatch")
    await assertRefused(
      copy().set(at("checkpoint"), files.get("log/register-2026/checkpoint")!),
      "origin_mismatch",
    )
    const gone = copy()
    gone.delete(at("checkpoint"))
    await assertRefused(gone, "missing")
  })

  test("a list whose origin is not that of its key", async () => {
    const list = fromUtf8(files.get("logs.json")!).replace(
      `"origin":"${big.signer.key.name}"`,
      '"origin":"glasshouse/other/access-2026"',
    )
    await assertRefused(copy().set("logs.json", utf8(list)), "origin_mismatch")
  })

  for (const [what, list] of Object.entries({
    "no JSON": "{",
    "no logs": "{}",
    "a prefix that climbs": '{"logs":[{"name":"a","origin":"o","vkey":"v","prefix":"/log/../../etc/"}]}',
    "a prefix that is an address": '{"logs":[{"name":"a","origin":"o","vkey":"v","prefix":"http://x/"}]}',
    "the same log twice": JSON.stringify({
      logs: [0, 1].map(() => ({ name: "a", origin: "o", vkey: "v", prefix: "/l/" })),
    }),
    "a name that is no text": '{"logs":[{"name":1,"origin":"o","vkey":"v","prefix":"/l/"}]}',
  })) {
    test(`a list with ${what}`, () => assertRefused(copy().set("logs.json", utf8(list)), "malformed"))
  }
})

describe("what was known before", () => {
  test("a log that goes on from it verifies", async () => {
    for (const size of [1, 256, 300, 4_097, SIZE]) {
      const earlier = await publish([{ ...big, entries: big.entries.slice(0, size) }])
      const report = await verify(files, { known: [checkpointOf(earlier, big)] })
      assert.deepEqual(report.problems, [])
      assert.equal(report.logs[0]?.continues, 1)
    }
  })

  test("a log that lost its tail is rolled back", async () => {
    const shorter = await publish([{ ...big, entries: big.entries.slice(0, SIZE - 1) }, small])
    await assertRefused(shorter, "rolled_back", { known: [checkpointOf(files, big)] })
    const none = await publish([{ ...small, entries: [] }])
    await assertRefused(none, "rolled_back", { known: [checkpointOf(await publish([small]), small)] })
  })

  test("a log with another past is forked, at the same size and grown", async () => {
    const entries = [...small.entries]
    entries[7] = utf8("another")
    const known = [checkpointOf(await publish([{ ...small, entries }]), small)]
    await assertRefused(await publish([small]), "forked", { known })
    const grown = { ...small, entries: [...small.entries, utf8("more")] }
    await assertRefused(await publish([grown]), "forked", { known })
  })

  test("a log that vanished, and a checkpoint of another key", async () => {
    await assertRefused(await publish([small]), "log_missing", { known: [checkpointOf(files, big)] })
    const impostor = { ...small, signer: makeTestSigner(small.signer.key.name) }
    const known = [checkpointOf(await publish([impostor]), small)]
    await assertRefused(await publish([small]), "signature_invalid", { known })
  })
})

describe("a policy", () => {
  const witness = makeTestSigner("witness.example/w", SIGNATURE_COSIGNATURE)
  const second = makeTestSigner("witness.example/v", SIGNATURE_COSIGNATURE)
  const source = [
    `log ${formatVkey(small.signer.key)} http://example.com/log`,
    "",
    "# two witnesses, one is enough",
    `witness W ${formatVkey(witness.key)}`,
    `\twitness  V ${formatVkey(second.key)} `,
    "group some any W V",
    "group every all W V",
  ].join("\n")
  const policy = (quorum: string): VerifyOptions["policy"] =>
    parsePolicy(nodeSha256, `${source}\nquorum ${quorum}\n`)

  test("pins the key, and refuses a log whose key it does not name", async () => {
    const report = await verify(await publish([small]), { policy: policy("none") })
    assert.deepEqual(report.problems, [])
    assert.equal(report.logs[0]?.keyFrom, "policy")
    await assertRefused(files, "key_not_trusted", { policy: policy("none") })
    const other = { ...small, signer: makeTestSigner(small.signer.key.name) }
    await assertRefused(await publish([other]), "key_not_trusted", { policy: policy("none") })
    await assertRefused(await publish([]), "log_missing", { policy: policy("none") })
  })

  test("asks for its quorum", async () => {
    const log = await publish([small])
    await assertRefused(log, "quorum_not_reached", { policy: policy("some") })
    const note = parseNote(checkpointOf(log, small))
    note.signatures.push(await cosign(note.text, 1_800_000_000, witness))
    log.set("log/register-2026/checkpoint", utf8(formatNote(note)))
    const report = await verify(log, { policy: policy("some") })
    assert.deepEqual(report.problems, [])
    assert.deepEqual(report.logs[0]?.cosignedBy, ["W"])
    await assertRefused(log, "quorum_not_reached", { policy: policy("every") })
    note.signatures.push(await cosign(note.text.replace("300", "301"), 1_800_000_000, second))
    log.set("log/register-2026/checkpoint", utf8(formatNote(note)))
    await assertRefused(log, "quorum_not_reached", { policy: policy("some") })
  })

  test("prints to what it was read from", () => {
    const read = policy("every")!
    assert.deepEqual(parsePolicy(nodeSha256, formatPolicy(read)), read)
  })

  for (const [what, line] of Object.entries({
    "an unknown word": "logs x",
    "a group of nobody": "group g any",
    "a group of somebody unknown": "group g any X",
    "a group that needs too many": "group g 3 W V",
    "a group that needs none": "group g 0 W V",
    "a member twice": "group g any W W",
    "a name taken": "group W any V",
    "the name none": "group none any V",
    "a witness key for a log": `log ${formatVkey(witness.key)}`,
    "a log key for a witness": `witness X ${formatVkey(small.signer.key)}`,
    "a key twice": `witness X ${formatVkey(witness.key)}`,
    "a second quorum": "quorum none",
  })) {
    test(`refused: ${what}`, () =>
      assert.throws(() => parsePolicy(nodeSha256, `${source}\nquorum W\n${line}\n`)))
  }

  test("refused: no quorum", () => assert.throws(() => parsePolicy(nodeSha256, source), /no quorum/))
})

describe("the command line", () => {
  const run = promisify(execFile)
  const cli = path.join(import.meta.dirname, "cli.ts")
  const call = async (...args: string[]): Promise<{ code: number; out: string }> => {
    try {
      const { stdout, stderr } = await run(process.execPath, [cli, ...args])
      return { code: 0, out: stdout + stderr }
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string }
      return { code: failed.code, out: failed.stdout + failed.stderr }
    }
  }

  test("exports from a site under .localhost, verifies the mirror, and refuses what does not continue it", async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), "mirror-"))
    t.after(() => rm(directory, { recursive: true }))
    const grown = { ...small, entries: [...small.entries, utf8("one more")] }
    let served = await publish([small])
    const hosts = new Set<string | undefined>()
    const server = createServer((request, response) => {
      hosts.add(request.headers.host)
      const body = served.get(request.url === "/log/" ? "logs.json" : request.url!.slice(1))
      response.writeHead(body === undefined ? 404 : 200).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    t.after(() => server.close())
    const { port } = server.address() as { port: number }
    const url = `http://glasshouse.localhost:${port}`

    const first = await call("export", directory, "--url", url)
    assert.equal(first.code, 0, first.out)
    assert.deepEqual([...hosts], [`glasshouse.localhost:${port}`])
    const verified = await call("verify", "--dir", directory)
    assert.equal(verified.code, 0, verified.out)
    assert.match(verified.out, /key taken from the log itself/)

    const known = path.join(directory, "known")
    await writeFile(known, checkpointOf(served, small))
    served = await publish([grown])
    const second = await call("export", directory, "--url", url)
    assert.equal(second.code, 0, second.out)
    assert.equal((await call("verify", "--dir", directory, "--known", known)).code, 0)

    const before = await readFile(path.join(directory, "log/register-2026/checkpoint"), "utf8")
    served = await publish([small])
    const rolledBack = await call("export", directory, "--url", url)
    assert.equal(rolledBack.code, 1)
    assert.match(rolledBack.out, /rolled_back/)
    assert.equal(await readFile(path.join(directory, "log/register-2026/checkpoint"), "utf8"), before)

    await writeFile(path.join(directory, "log/register-2026/tile/0/000"), new Uint8Array(8192))
    const damaged = await call("verify", "--dir", directory)
    assert.equal(damaged.code, 1)
    assert.match(damaged.out, /tile_invalid/)
  })

  test("pins keys by a policy file, and says what wrong use is", async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), "mirror-"))
    t.after(() => rm(directory, { recursive: true }))
    for (const [name, body] of await publish([small])) {
      await mkdir(path.dirname(path.join(directory, name)), { recursive: true })
      await writeFile(path.join(directory, name), body)
    }
    const file = path.join(directory, "policy")
    await writeFile(file, `log ${formatVkey(small.signer.key)}\nquorum none\n`)
    const pinned = await call("verify", "--dir", directory, "--policy", file)
    assert.equal(pinned.code, 0, pinned.out)
    assert.match(pinned.out, /key pinned by the policy/)
    await writeFile(file, `log ${formatVkey(makeTestSigner(small.signer.key.name).key)}\nquorum none\n`)
    assert.equal((await call("verify", "--dir", directory, "--policy", file)).code, 1)
    assert.equal((await call("verify", "--dir", path.join(directory, "nothing"))).code, 1)
    for (const args of [
      [],
      ["verify", "--nonsense"],
      ["verify", "x"],
      ["export"],
      ["verify", "--url", "u", "--dir", "d"],
    ]) {
      assert.equal((await call(...args)).code, 2, args.join(" "))
    }
    assert.match(formatCheckpoint({ origin: "o", size: 0, root: new Uint8Array(32) }), /^o\n0\n/)
  })
})
