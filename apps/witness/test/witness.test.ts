import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import net from "node:net"
import { describe, test } from "node:test"
import fc from "fast-check"
import { formatAddCheckpoint, parseGrowth } from "#transparency/add-checkpoint.ts"
import { fromUtf8, toBase64, utf8 } from "#transparency/bytes.ts"
import { parseCheckpoint, signCheckpoint } from "#transparency/checkpoint.ts"
import { verifyCosignature } from "#transparency/cosignature.ts"
import { emptyRoot } from "#transparency/merkle.ts"
import { formatNote, parseNote, signNote, verifyNote } from "#transparency/note.ts"
import { makeTestSigner, nodeSha256 } from "#transparency/testing.ts"
import { Memory } from "../src/memory.ts"
import { MAX_BODY_BYTES } from "../src/server.ts"
import { Witness } from "../src/witness.ts"
import { ask, GrowingLog, makeDirectory, serveTestWitness, witnessSigner } from "./support.ts"

const ORIGIN = "glasshouse/test/access/2026"
const log = new GrowingLog(makeTestSigner(ORIGIN))
const trusted = new Map([[ORIGIN, [log.signer.key]]])

describe("a log that grows", () => {
  test("is cosigned at each size, with a proof between any two", async (t) => {
    const { port, memory } = await serveTestWitness(t, trusted)
    let old = 0
    for (const size of [0, 1, 2, 7, 7, 8, 64, 255, 256, 257, 1000]) {
      const answer = await ask(port, await log.request(old, size))
      assert.equal(answer.status, 200, `${old} → ${size}: ${answer.body}`)
      const note = parseNote((await log.checkpoint(size)) + answer.body)
      const seconds = await verifyCosignature(note, witnessSigner.key)
      assert.ok(Math.abs(seconds - Date.now() / 1000) < 5)
      assert.equal(memory.newest(ORIGIN)?.size, size)
      old = size
    }
  })

  test("is remembered by a witness that starts again", async (t) => {
    const directory = makeDirectory(t)
    const first = await serveTestWitness(t, trusted, directory)
    assert.equal((await ask(first.port, await log.request(0, 9))).status, 200)
    const second = await serveTestWitness(t, trusted, directory)
    assert.equal((await ask(second.port, await log.request(0, 12))).body, "9\n")
    assert.equal((await ask(second.port, await log.request(9, 12))).status, 200)
  })

  test("is shown to monitors with both signatures, and unknown ones left out", async (t) => {
    const { port } = await serveTestWitness(t, trusted)
    const url = `/${createHash("sha256").update(ORIGIN).digest("hex")}/checkpoint`
    assert.equal((await ask(port, undefined, { url })).status, 404)
    const note = parseNote(await log.checkpoint(3))
    note.signatures.push(await signNote(note.text, makeTestSigner("somebody.else/key")))
    const body = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: formatNote(note) })
    assert.equal((await ask(port, body)).status, 200)
    const shown = parseNote((await ask(port, undefined, { url })).body)
    await verifyNote(shown, log.signer.key)
    await verifyCosignature(shown, witnessSigner.key)
    assert.equal(shown.signatures.length, 2)
    assert.equal(parseCheckpoint(shown.text).size, 3)
  })

  test("is cosigned with its extension lines, unless one is empty", async (t) => {
    const { port } = await serveTestWitness(t, trusted)
    for (const [extension, status] of [
      ["more\nand more\n", 200],
      ["more\n\nand more\n", 400],
    ] as const) {
      const text = parseNote(await log.checkpoint(3)).text + extension
      const source = formatNote({ text, signatures: [await signNote(text, log.signer)] })
      const answer = await ask(port, formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: source }))
      assert.equal(answer.status, status, answer.body)
      if (status === 200) await verifyCosignature(parseNote(source + answer.body), witnessSigner.key)
    }
  })
})

describe("each refusal", () => {
  const forked = new GrowingLog(log.signer, "another past")
  const emptyOther = signCheckpoint({ origin: ORIGIN, size: 0, root: new Uint8Array(32) }, log.signer)
  const unsigned = async (size: number): Promise<string> =>
    formatAddCheckpoint({
      oldSize: 5,
      proof: log.proof(5, size),
      checkpoint: await new GrowingLog(makeTestSigner(ORIGIN)).checkpoint(size),
    })
  const broken = async (): Promise<string> => {
    const note = parseNote(await log.checkpoint(9))
    const line = note.signatures[0]!
    const wrong = { ...line, signature: line.signature.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) }
    return formatAddCheckpoint({
      oldSize: 5,
      proof: log.proof(5, 9),
      checkpoint: formatNote({ text: note.text, signatures: [line, wrong] }),
    })
  }
  const grown = async (proof: Uint8Array[]): Promise<string> =>
    formatAddCheckpoint({ oldSize: 5, proof, checkpoint: await log.checkpoint(9) })

  const cases: [string, () => Promise<string>, number, string?][] = [
    ["an origin that is not known", () => new GrowingLog(makeTestSigner("x/y")).request(5, 9), 404],
    ["a signature of another key", () => unsigned(9), 403],
    ["a false signature beside a true one", broken, 403],
    [
      "an unknown origin before its signature",
      () => new GrowingLog(makeTestSigner("a/b")).request(0, 1),
      404,
    ],
    ["an old size above the checkpoint's", () => log.request(6, 4), 400],
    ["an old size that is not the newest", () => log.request(4, 9), 409, "5\n"],
    ["an old size of zero", () => log.request(0, 9), 409, "5\n"],
    ["an old size that is not known yet", () => log.request(8, 9), 409, "5\n"],
    ["a smaller checkpoint", () => log.request(4, 4), 409, "5\n"],
    ["another past", () => forked.request(5, 9), 422],
    ["another past of the same size", () => forked.request(5, 5), 422],
    ["no proof", () => grown([]), 422],
    ["a proof with a hash too many", () => grown([...log.proof(5, 9), new Uint8Array(32)]), 422],
    ["a proof with a hash too few", () => grown(log.proof(5, 9).slice(1)), 422],
    ["a proof with two hashes exchanged", () => grown(log.proof(5, 9).toReversed()), 422],
    ["63 hashes that prove nothing", () => grown(Array.from({ length: 63 }, () => new Uint8Array(32))), 422],
    ["64 hashes", () => grown(Array.from({ length: 64 }, () => new Uint8Array(32))), 400],
  ]
  for (const [what, body, status, said] of cases) {
    test(`${status}: ${what}, and nothing moves`, async (t) => {
      const { port, memory } = await serveTestWitness(t, trusted)
      assert.equal((await ask(port, await log.request(0, 5))).status, 200)
      const before = memory.newest(ORIGIN)
      const answer = await ask(port, await body())
      assert.equal(answer.status, status, answer.body)
      if (said !== undefined) assert.deepEqual([answer.body, answer.type], [said, "text/x.tlog.size"])
      assert.ok(!answer.body.includes("\u2014"), "no signature leaves with a refusal")
      assert.deepEqual(memory.newest(ORIGIN), before)
    })
  }

  test("422: a first checkpoint of size zero with another root, or with a proof", async (t) => {
    const { port, memory } = await serveTestWitness(t, trusted)
    const other = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: await emptyOther })
    assert.equal((await ask(port, other)).status, 422)
    const note = await signCheckpoint({ origin: ORIGIN, size: 0, root: emptyRoot(nodeSha256) }, log.signer)
    const proved = formatAddCheckpoint({ oldSize: 0, proof: [new Uint8Array(32)], checkpoint: note })
    assert.equal((await ask(port, proved)).status, 422)
    assert.equal(memory.newest(ORIGIN), undefined)
  })

  test("other methods and paths", async (t) => {
    const { port } = await serveTestWitness(t, trusted)
    assert.equal((await ask(port, undefined)).status, 405)
    assert.equal((await ask(port, "x", { method: "PUT" })).status, 405)
    assert.equal((await ask(port, "x", { url: "/" })).status, 405)
    assert.equal((await ask(port, undefined, { url: "/nothing" })).status, 404)
    assert.equal((await ask(port, undefined, { url: `/${"0".repeat(64)}/checkpoint` })).status, 404)
    assert.deepEqual((await ask(port, undefined, { url: "/" })).body, "v\n")
  })
})

describe("hostile bodies", () => {
  test("a valid request with one change is never cosigned as something else", async (t) => {
    const { witness, memory } = await serveTestWitness(t, trusted)
    assert.equal((await witness.addCheckpoint(utf8(await log.request(0, 5)))).status, 200)
    const valid = utf8(await log.request(5, 9))
    const before = memory.newest(ORIGIN)!
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(valid.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom("set", "insert", "drop", "cut"),
        async (at, byte, how) => {
          if (how === "set" && valid[at] === byte) return
          const body =
            how === "cut"
              ? valid.subarray(0, at)
              : Buffer.concat([
                  valid.subarray(0, at),
                  how === "drop" ? new Uint8Array(0) : new Uint8Array([byte]),
                  valid.subarray(how === "insert" ? at : at + 1),
                ])
          const { status } = await witness.addCheckpoint(body)
          seen.set(status, (seen.get(status) ?? 0) + 1)
          // Ignored signature lines are the one part that may change without consequence; there is none here.
          assert.notEqual(status, 200, JSON.stringify(Buffer.from(body).toString()))
          assert.deepEqual(memory.newest(ORIGIN), before)
        },
      ),
      { numRuns: 1500 },
    )
    for (const status of [400, 403]) assert.ok((seen.get(status) ?? 0) > 0, `${status} was among the answers`)
  })

  test("bytes at random answer 400, under an unknown origin 404, under a known one 403", async (t) => {
    const { witness } = await serveTestWitness(t, trusted)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        assert.equal((await witness.addCheckpoint(bytes)).status, 400)
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (text) => {
        assert.equal((await witness.addCheckpoint(utf8(`old 0\n\n${text}\n`))).status, 404)
        assert.equal((await witness.addCheckpoint(utf8(`old 0\n\n${ORIGIN}\n${text}\n`))).status, 403)
      }),
    )
  })

  test("absurd numbers", async (t) => {
    const { witness } = await serveTestWitness(t, trusted)
    const root = toBase64(new Uint8Array(32))
    for (const number of [
      "9007199254740992",
      "18446744073709551616",
      "9".repeat(1000),
      "-1",
      "01",
      "1e3",
      " 1",
    ]) {
      const note = fromUtf8(utf8(`${ORIGIN}\n${number}\n${root}\n`))
      const source = formatNote({ text: note, signatures: [await signNote(note, log.signer)] })
      assert.equal((await witness.addCheckpoint(utf8(`old 0\n\n${source}`))).status, 400, number)
      assert.equal(
        (await witness.addCheckpoint(utf8(`old ${number}\n\n${await log.checkpoint(3)}`))).status,
        400,
      )
    }
    assert.throws(() => parseGrowth("old 1"), /no end/)
  })

  test("a body over the limit is refused unread, announced or not, and the witness goes on", async (t) => {
    const { port, problems } = await serveTestWitness(t, trusted)
    const send = (head: string, body: Buffer): Promise<string> =>
      new Promise((resolve) => {
        const socket = net.connect(port, "127.0.0.1")
        let said = ""
        socket.on("data", (part) => (said += part.toString()))
        socket.on("error", () => {})
        socket.on("close", () => resolve(said))
        socket.write(`POST /add-checkpoint HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`)
        socket.write(body)
      })
    assert.match(await send("content-length: 99999999999", Buffer.alloc(10)), /^HTTP\/1\.1 413 /)
    const chunk = Buffer.concat([
      Buffer.from(`${(MAX_BODY_BYTES + 1).toString(16)}\r\n`),
      Buffer.alloc(MAX_BODY_BYTES + 1, "a"),
      Buffer.from("\r\n"),
    ])
    assert.match(await send("transfer-encoding: chunked", chunk), /^HTTP\/1\.1 413 /)
    assert.equal((await ask(port, await log.request(0, 5))).status, 200)
    assert.deepEqual(problems, [])
  })
})

describe("requests at once", () => {
  test("of many from one old size exactly one moves on; two processes' memories are one", async (t) => {
    const directory = makeDirectory(t)
    const served = await Promise.all([0, 1].map(() => serveTestWitness(t, trusted, directory)))
    let old = 0
    for (let round = 0; round < 20; round++) {
      const sizes = [old + 1, old + 2, old + 3, old + 5]
      const bodies = await Promise.all(sizes.map((size) => log.request(old, size)))
      const answers = await Promise.all(bodies.map((body, i) => ask(served[i % 2]!.port, body)))
      const won = answers.filter(({ status }) => status === 200)
      const lost = answers.filter(({ status }) => status === 409)
      assert.equal(won.length, 1, JSON.stringify(answers))
      assert.equal(lost.length, 3)
      old = served[0]!.memory.newest(ORIGIN)!.size
      const winner = sizes[answers.indexOf(won[0]!)]
      assert.equal(old, winner)
      for (const { body } of lost) assert.equal(body, `${old}\n`)
    }
  })

  for (const old of [0, 1])
    test(`a first request from ${old} that stalls between its check and its writing loses to a second`, async (t) => {
      const memory = new Memory(makeDirectory(t))
      t.after(() => memory[Symbol.dispose]())
      const release = Promise.withResolvers<void>()
      const stalled = Promise.withResolvers<void>()
      let first = true
      const signer = {
        key: witnessSigner.key,
        async sign(message: Uint8Array) {
          if (first) {
            first = false
            stalled.resolve()
            await release.promise
          }
          return witnessSigner.sign(message)
        },
      }
      const witness = new Witness({ signer, logs: trusted, memory, now: Date.now })
      const seed = new Witness({ signer: witnessSigner, logs: trusted, memory, now: Date.now })
      if (old > 0) assert.equal((await seed.addCheckpoint(utf8(await log.request(0, old)))).status, 200)
      const shorter = witness.addCheckpoint(utf8(await log.request(old, 3)))
      await stalled.promise
      assert.equal((await witness.addCheckpoint(utf8(await log.request(old, 5)))).status, 200)
      release.resolve()
      assert.deepEqual(await shorter, { status: 409, type: "text/x.tlog.size", body: "5\n" })
      assert.equal(memory.newest(ORIGIN)?.size, 5)
    })
})
