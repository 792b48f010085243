// Witnesses of the platform's own log: a real one over HTTP, and every way in which one can be away, slow or
// lying. Serving never waits for any of them.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import path from "node:path"
import { after, before, describe, test } from "node:test"
import { parseAddCheckpoint } from "#transparency/add-checkpoint.ts"
import { utf8 } from "#transparency/bytes.ts"
import { parseCheckpoint } from "#transparency/checkpoint.ts"
import { cosign, verifyCosignature } from "#transparency/cosignature.ts"
import {
  formatSignatureLine,
  formatVkey,
  parseNote,
  SIGNATURE_COSIGNATURE,
  type VerifierKey,
} from "#transparency/note.ts"
import { parsePolicy } from "#transparency/policy.ts"
import { parseProof } from "#transparency/proof.ts"
import { makeTestSigner, nodeSha256 } from "#transparency/testing.ts"
import { verifyLogs } from "#transparency/verify-log.ts"
import { Memory } from "../../witness/src/memory.ts"
import { createWitnessServer } from "../../witness/src/server.ts"
import { Witness } from "../../witness/src/witness.ts"
import { Cosignatures } from "../src/audit/cosignatures.ts"
import type { Ctx } from "../src/context.ts"
import { askWitness, type AskWitness } from "../src/drivers/witness.ts"
import { visitWitnesses } from "../src/reconcile/witnesses.ts"
import { startStack, type Stack } from "./stack.ts"

let stack: Stack
let directory: string
let policyFile: string
before(async () => {
  stack = await startStack()
  directory = mkdtempSync(path.join(tmpdir(), "witnesses-"))
  policyFile = path.join(directory, "witnesses")
  const { pool: db, config } = stack.ctx
  Object.assign(stack.ctx, {
    cosignatures: new Cosignatures({ db, file: policyFile, site: config.site.origin }),
  })
  await grow()
})
after(async () => {
  await stack[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

const signer = makeTestSigner("witness.example/w", SIGNATURE_COSIGNATURE)
const line = (name: string, key: VerifierKey, url = `http://${name}.example`): string =>
  `witness ${name} ${formatVkey(key)} ${url}\n`

async function get(address: string, accept = "application/json"): Promise<{ status: number; text: string }> {
  const answer = await stack.app.inject({ method: "GET", url: address, headers: { accept } })
  return { status: answer.statusCode, text: answer.payload }
}

const logName = (): string => stack.ctx.audit.currentLog("access")
const checkpoint = async (): Promise<string> => (await get(`/log/${logName()}/checkpoint`)).text

async function pulse(): Promise<{ witness: string | null; witnesses: number }> {
  return JSON.parse((await get("/api/log/pulse")).text) as { witness: string | null; witnesses: number }
}

/** One more entry, published. */
async function grow(): Promise<void> {
  await stack.ctx.audit.append({
    code: "log.read",
    time: stack.ctx.clock.now().toISOString(),
    actor: { kind: "system", id: "platform" },
    outcome: "done",
    facts: {},
  } as Parameters<Ctx["audit"]["append"]>[0])
  await stack.ctx.audit.publishNow()
}

async function visitAll(ask: AskWitness): Promise<number> {
  const visits = await visitWitnesses(stack.ctx, ask)
  await Promise.all(visits)
  return visits.length
}

test("nobody configured: it is said, and nobody is asked", async () => {
  assert.equal(
    await visitAll(() => {
      throw new Error("nobody to ask")
    }),
    0,
  )
  const { witness, witnesses } = await pulse()
  assert.deepEqual([witness, witnesses], [null, 0])
  const { text } = await get("/log/policy")
  assert.match(text, /^# no witness is configured$/m)
  const policy = parsePolicy(nodeSha256, text)
  assert.deepEqual([policy.logs.length, policy.quorum], [2, "none"])
  const { logs } = JSON.parse((await get("/log/")).text) as { logs: { witnesses: string[] }[] }
  assert.deepEqual(
    logs.map((log) => log.witnesses),
    [[], []],
  )
})

describe("a witness over HTTP", () => {
  let memory: Memory
  let url: string
  const server = createServer()
  before(async () => {
    memory = new Memory(directory)
    const { logs } = parsePolicy(nodeSha256, (await get("/log/policy")).text)
    const trusted = new Map(logs.map(({ key }) => [key.name, [key]]))
    const witness = new Witness({ signer, logs: trusted, memory, now: Date.now })
    const listener = createWitnessServer({ witness, logs: trusted, vkey: "", onProblem: () => {} })
    server.on("request", (request, response) => void listener.emit("request", request, response))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    writeFileSync(policyFile, `${line("W", signer.key, `${url}/`)}group enough any W\nquorum enough\n`)
  })
  after(() => {
    server.close()
    server.closeAllConnections()
    memory[Symbol.dispose]()
  })

  test("cosigns both logs; its lines are served, listed, and satisfy the published policy", async () => {
    assert.equal(await visitAll(askWitness), 2)
    const { text } = await get("/log/policy")
    const policy = parsePolicy(nodeSha256, text)
    assert.equal(policy.quorum, "enough")
    const report = await verifyLogs({
      fetch: async (requested) => {
        const answer = await stack.app.inject({ url: requested })
        return answer.statusCode === 200 ? answer.rawPayload : undefined
      },
      list: utf8((await get("/log/")).text),
      hash: nodeSha256,
      policy,
    })
    assert.deepEqual(report.problems, [])
    assert.deepEqual(
      report.logs.map((log) => log.cosignedBy),
      [["W"], ["W"]],
    )
    assert.ok(Math.abs(Date.parse((await pulse()).witness!) - Date.now()) < 60_000)
    assert.equal((await pulse()).witnesses, 1)
    const { logs } = JSON.parse((await get("/log/")).text) as { logs: { witnesses: string[] }[] }
    assert.deepEqual(logs[0]?.witnesses, [formatVkey(signer.key)])
    const proof = parseProof((await stack.ctx.audit.proveEntry(logName(), 0, stack.ctx.cosignatures.names))!)
    await verifyCosignature(parseNote(proof.checkpoint), signer.key)
  })

  test("that its policy was loaded is in the log, once", async () => {
    await stack.ctx.audit.publishNow()
    const loaded = async (): Promise<number> => {
      await stack.ctx.audit.projectNow()
      const rows = await stack.ctx.audit.search({ log: logName() }, 100)
      return rows.filter(({ code }) => code === "policy.loaded").length
    }
    assert.equal(await loaded(), 1)
    await visitAll(askWitness)
    assert.equal(await loaded(), 1)
  })

  test("is shown each checkpoint once, with the growth since the last", async () => {
    await visitAll(askWitness)
    assert.equal(await visitAll(askWitness), 0)
    await grow()
    const asked = new Map<string, number>()
    const before = memory.all()
    let requests = 0
    await visitAll(async (to, body) => {
      requests += 1
      const { checkpoint: note, oldSize } = parseAddCheckpoint(body)
      asked.set(parseCheckpoint(parseNote(note).text).origin, oldSize)
      return askWitness(to, body)
    })
    assert.deepEqual([...asked.keys()].toSorted(), before.map(({ origin }) => origin).toSorted())
    for (const { origin, size } of before) assert.equal(asked.get(origin), size)
    assert.equal(requests, before.length, "nothing has to be asked twice")
    await verifyCosignature(parseNote(await checkpoint()), signer.key)
  })

  test("whose answer got lost is found where it is", async () => {
    await grow()
    await visitAll(async (to, body) => {
      await askWitness(to, body)
      throw new Error("the answer got lost")
    })
    assert.equal(parseNote(await checkpoint()).signatures.length, 1)
    await grow()
    stack.pass(6)
    await visitAll(askWitness)
    await verifyCosignature(parseNote(await checkpoint()), signer.key)
  })
})

describe("a witness that is away, slow or lying costs nothing but its line", () => {
  const good = makeTestSigner("witness.example/good", SIGNATURE_COSIGNATURE)
  const bad = makeTestSigner("witness.example/bad", SIGNATURE_COSIGNATURE)
  const now = (): number => Math.floor(stack.ctx.clock.now().getTime() / 1000)
  const signed = async (body: string, by = bad, seconds = now(), change = (text: string) => text) =>
    formatSignatureLine(
      await cosign(change(parseNote(parseAddCheckpoint(body).checkpoint).text), seconds, by),
    )
  const answer = (status: number, body: string) => ({ status, body })

  const lies: Record<string, AskWitness> = {
    "is away": () => Promise.reject(new Error("ECONNREFUSED")),
    "answers 500": async () => answer(500, "no"),
    "says that the growth is false": async () => answer(422, "no"),
    "signs and answers 500": async (_, body) => answer(500, await signed(body)),
    "answers nothing": async () => answer(200, ""),
    "answers no line": async () => answer(200, "OK\n"),
    "signs something else": async (_, body) =>
      answer(200, await signed(body, bad, now(), (text) => text.replace(/\n\d+\n/, "\n7\n"))),
    "signs with another key": async (_, body) =>
      answer(200, await signed(body, makeTestSigner(bad.key.name, SIGNATURE_COSIGNATURE))),
    "hands over somebody else's line": async (_, body) => answer(200, await signed(body, good)),
    "adds a false line to a true one": async (_, body) =>
      answer(200, (await signed(body)) + (await signed(body, bad, now(), (text) => `${text}x\n`))),
    "dates its line tomorrow": async (_, body) => answer(200, await signed(body, bad, now() + 86_400)),
    "dates its line yesterday": async (_, body) => answer(200, await signed(body, bad, now() - 86_400)),
    "says that it has seen more than there is": async () => answer(409, "99999999\n"),
    "says a size that is none": async () => answer(409, "-1\n"),
    "never stops to say that it has seen something else": async () => answer(409, "1\n"),
    "closes the note and begins another": async (_, body) => answer(200, `\n\n${await signed(body)}`),
  }

  for (const [what, ask] of Object.entries(lies)) {
    test(what, async () => {
      writeFileSync(policyFile, `${line("bad", bad.key)}${line("good", good.key)}quorum none\n`)
      await grow()
      stack.pass(700)
      const warned: Record<string, unknown>[] = []
      Object.assign(stack.ctx.log, { warn: (fields: Record<string, unknown>) => warned.push(fields) })
      let asked = 0
      await visitAll(async (url, body) => {
        if (url.includes("good")) return answer(200, await signed(body, good))
        asked += 1
        return ask(url, body)
      })
      assert.ok(asked >= 2 && asked <= 4, `asked ${asked} times for two logs`)
      assert.equal(warned.length, 2)
      assert.ok(warned.every(({ witness }) => witness === bad.key.name))
      if (what.includes("more than there is"))
        assert.match(String(warned[0]?.["cause"]), /seen 99999999 entries/)
      const note = parseNote(await checkpoint())
      await verifyCosignature(note, good.key)
      assert.ok(!note.signatures.some(({ name }) => name === bad.key.name))
      assert.equal((await get("/api/health/live")).status, 200)
      // And it is left alone for a while, which costs the other one nothing.
      await grow()
      const again: string[] = []
      await visitAll(async (url, body) => {
        again.push(url)
        return url.includes("good") ? answer(200, await signed(body, good)) : ask(url, body)
      })
      assert.ok(!again.some((url) => url.includes("bad")), "no second visit before its pause is over")
      await verifyCosignature(parseNote(await checkpoint()), good.key)
    })
  }

  test("one that never answers holds up neither serving nor the next pass", async () => {
    writeFileSync(policyFile, `${line("bad", bad.key)}${line("good", good.key)}quorum none\n`)
    stack.pass(700)
    await grow()
    const hanging = Promise.withResolvers<void>()
    const ask: AskWitness = async (url, body) => {
      if (url.includes("good")) return answer(200, await signed(body, good))
      await hanging.promise
      throw new Error("gave up")
    }
    const first = await visitWitnesses(stack.ctx, ask)
    assert.equal(first.length, 4)
    assert.equal((await get(`/log/${logName()}/checkpoint`)).status, 200)
    await grow()
    await Promise.race(first)
    let settled = await visitWitnesses(stack.ctx, ask)
    await Promise.all(settled)
    assert.ok(settled.length <= 2, "the one that hangs is not asked a second time meanwhile")
    for (; settled.length > 0; settled = await visitWitnesses(stack.ctx, ask)) await Promise.all(settled)
    await verifyCosignature(parseNote(await checkpoint()), good.key)
    hanging.resolve()
    await Promise.all(first)
  })

  test("a policy that cannot be read is refused, and the one before stays", async () => {
    await grow()
    await visitAll(async (_, body) => answer(200, await signed(body, good)))
    await verifyCosignature(parseNote(await checkpoint()), good.key)
    writeFileSync(policyFile, "witness nonsense\nquorum none\n")
    await assert.rejects(visitWitnesses(stack.ctx, askWitness), /policy line 1/)
    assert.equal((await pulse()).witnesses, 2)
    assert.equal(parsePolicy(nodeSha256, (await get("/log/policy")).text).witnesses.length, 2)
    rmSync(policyFile)
    await visitAll(askWitness)
    assert.equal((await pulse()).witnesses, 0)
    assert.equal((await pulse()).witness, null)
    assert.equal(
      parseNote(await checkpoint()).signatures.length,
      1,
      "lines of nobody in the policy are not served",
    )
  })
})

test("an answer that is too long, that leads elsewhere or never comes ends the question", async (t) => {
  const server = createServer((request, response) => {
    if (request.url!.startsWith("/long")) response.end("x".repeat(200_000))
    else if (request.url!.startsWith("/away"))
      response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  await assert.rejects(askWitness(`${base}/long`, "x"), /too long/)
  assert.equal((await askWitness(`${base}/away`, "x")).status, 302)
  await assert.rejects(askWitness(`${base}/never`, "x"), { name: "TimeoutError" })
})
