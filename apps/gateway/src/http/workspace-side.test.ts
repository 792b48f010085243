import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, test } from "node:test"
import type { Intent } from "#protocol/gateway.ts"
import { exchange, RUN, type Rig, startRig, WORKSPACE } from "../../test/rig.ts"
import { until } from "../../test/until.ts"

let rig: Rig
const BYTES = randomBytes(1_000_000)
const KEY = "labs/part-0.parquet"

beforeEach(async () => {
  rig = await startRig()
  offer(KEY, BYTES)
})
afterEach(() => rig.close())

function offer(key: string, bytes: Buffer, etag = "etag-1"): Intent["object"] {
  const object = {
    storeBucket: "project",
    storeKey: `p/e/${key}`,
    size: bytes.length,
    etag,
    sha256: "",
    lastModified: "2026-01-02T03:04:05Z",
  }
  rig.controlPlane.objects.set(`${RUN}/data/${key}`, object)
  const list = rig.controlPlane.lists.get(`${RUN}/data`) ?? []
  list.push({ key, size: bytes.length, etag, lastModified: object.lastModified })
  rig.controlPlane.lists.set(`${RUN}/data`, list)
  rig.store.bytes.set(`project/p/e/${key}`, bytes)
  return object
}

const range = (value: string): { headers: Record<string, string> } => ({ headers: { range: value } })
const codeOf = (body: Buffer): string => /<Code>(.*?)<\/Code>/.exec(body.toString())?.[1] ?? body.toString()

test("whole, ranged and head: the bytes and the headers that clients need", async () => {
  const whole = await rig.inside(`/data/${KEY}`)
  assert.equal(whole.status, 200)
  assert.ok(whole.body.equals(BYTES))
  assert.equal(whole.headers.etag, '"etag-1"')
  assert.equal(whole.headers["last-modified"], "Fri, 02 Jan 2026 03:04:05 GMT")
  assert.match(String(whole.headers["audit-index"]), /^\d+$/)
  const part = await rig.inside(`/data/${KEY}`, range("bytes=10-19"))
  assert.equal(part.status, 206)
  assert.equal(part.headers["content-range"], "bytes 10-19/1000000")
  assert.ok(part.body.equals(BYTES.subarray(10, 20)))
  const beyond = await rig.inside(`/data/${KEY}`, range("bytes=1000000-"))
  assert.deepEqual(
    [beyond.status, codeOf(beyond.body), beyond.headers["content-range"]],
    [416, "InvalidRange", "bytes */1000000"],
  )
  const head = await rig.inside(`/data/${KEY}`, { method: "HEAD" })
  assert.deepEqual([head.status, head.headers["content-length"], head.body.length], [200, "1000000", 0])
  assert.equal((await rig.inside("/data/labs", { method: "HEAD" })).status, 404)
})

test("conditions: 304 and 412", async () => {
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await rig.inside(`/data/${KEY}`, { headers })).status
  assert.equal(await ask({ "if-none-match": '"etag-1"' }), 304)
  assert.equal(await ask({ "if-none-match": '"other", W/"etag-1"' }), 304)
  assert.equal(await ask({ "if-none-match": '"other"' }), 200)
  assert.equal(await ask({ "if-match": '"etag-1"' }), 200)
  assert.equal(await ask({ "if-match": '"other"' }), 412)
})

test("an empty object", async () => {
  offer("labs/empty", Buffer.alloc(0))
  const answer = await rig.inside("/data/labs/empty")
  assert.deepEqual([answer.status, answer.body.length, answer.headers["content-length"]], [200, 0, "0"])
})

test("a list, as XML, one question for all pages and heads", async () => {
  offer("labs/part-1.parquet", Buffer.from("x"))
  offer("people/part-0.parquet", Buffer.from("x"))
  const page = (
    await rig.inside("/data?list-type=2&delimiter=%2F&max-keys=1&encoding-type=url")
  ).body.toString()
  assert.match(page, /<CommonPrefixes><Prefix>labs\/<\/Prefix>/)
  const token = /<NextContinuationToken>(.*?)</.exec(page)?.[1]
  const next = (
    await rig.inside(`/data/?list-type=2&delimiter=%2F&continuation-token=${token}`)
  ).body.toString()
  assert.match(next, /<CommonPrefixes><Prefix>people\/<\/Prefix>/)
  assert.match(next, /<IsTruncated>false/)
  await rig.inside(`/data/${KEY}`, { method: "HEAD" })
  assert.deepEqual(rig.controlPlane.listsAsked, ["data"])
})

test("parallel reads share one intent, and its outcome tells what was read", async () => {
  const asked = ["bytes=0-99", "bytes=50-199", "bytes=500-599", "bytes=900000-999999"]
  const answers = await Promise.all(asked.map((one) => rig.inside(`/data/${KEY}`, range(one))))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [206, 206, 206, 206],
  )
  assert.equal(rig.controlPlane.intents.length, 1)
  rig.clock.ahead += 11_000
  await until(() => rig.controlPlane.outcomes.length === 1, "the outcome")
  assert.deepEqual(rig.controlPlane.outcomes[0], {
    intent: "intent-1",
    requests: 4,
    bytes: 100_350,
    ranges: [
      [0, 200],
      [500, 600],
      [900_000, 1_000_000],
    ],
  })
  await rig.gateway.doors.poll()
  await rig.inside(`/data/${KEY}`, range("bytes=0-0"))
  assert.equal(rig.controlPlane.intents.length, 2)
})

test("an intent names the kernel message last forwarded", async () => {
  rig.signIn()
  const socket = await rig.openKernel()
  const { execute } = await import("../../test/rig.ts")
  socket.send(execute("con.sql('select 1')", {}, "message-7"))
  await until(() => rig.notebook.received.length === 1, "it is forwarded")
  await rig.inside(`/data/${KEY}`, range("bytes=0-9"))
  assert.equal(rig.controlPlane.intents[0]?.message, "message-7")
  socket.terminate()
})

test("no intent, no bytes: refused, unavailable, broken or hanging", async () => {
  rig.controlPlane.intentRefusal = "hold_project"
  const held = await rig.inside(`/data/${KEY}`)
  assert.deepEqual([held.status, codeOf(held.body)], [403, "hold_project"])
  rig.controlPlane.intentRefusal = undefined
  for (const failure of ["unavailable", "drop", "nonsense"] as const) {
    rig.controlPlane.failures.set("/intents", failure)
    const answer = await rig.inside(`/data/${KEY}`)
    assert.equal(answer.status, 503, failure)
    assert.ok(answer.body.length < 1000)
  }
  assert.equal(rig.store.reads.length, 0)
})

test("a stream ends with its intent unless a new one is given", async () => {
  rig.store.piece = 100_000
  rig.store.beforePiece = (at) => {
    if (at === 300_000) rig.clock.ahead += 61_000
  }
  const answer = await rig.inside(`/data/${KEY}`)
  assert.ok(answer.body.equals(BYTES))
  assert.equal(rig.controlPlane.intents.length, 2)
  rig.clock.ahead += 11_000
  await until(() => rig.controlPlane.outcomes.length === 2, "both outcomes")
  // The store reads a piece ahead, so the new intent may begin one piece earlier.
  const border = rig.controlPlane.outcomes[0]?.ranges[0]?.[1] ?? 0
  assert.ok(border >= 200_000 && border <= 300_000, String(border))
  assert.deepEqual(
    rig.controlPlane.outcomes.map(({ ranges }) => ranges),
    [[[0, border]], [[border, 1_000_000]]],
  )
  await rig.gateway.doors.poll()
  rig.store.beforePiece = (at) => {
    if (at !== 300_000) return
    rig.clock.ahead += 61_000
    rig.controlPlane.intentRefusal = "hold_incident"
  }
  await assert.rejects(rig.inside(`/data/${KEY}`))
  rig.clock.ahead += 11_000
  await until(() => rig.controlPlane.outcomes.length === 3, "the outcome of what was sent")
  assert.deepEqual(rig.controlPlane.outcomes[2]?.ranges, [[0, border]])
})

test("a stream does not go on with another version of its object", async () => {
  rig.store.piece = 100_000
  rig.store.beforePiece = (at) => {
    if (at !== 300_000) return
    rig.clock.ahead += 61_000
    offer(KEY, BYTES, "etag-2")
  }
  await assert.rejects(rig.inside(`/data/${KEY}`))
  assert.equal(rig.controlPlane.intents.length, 2)
})

test("the store holds other bytes than those allowed: none is served", async () => {
  rig.store.failure = "object_changed"
  const changed = await rig.inside(`/data/${KEY}`)
  assert.deepEqual([changed.status, codeOf(changed.body)], [409, "object_changed"])
  rig.store.failure = "store_unavailable"
  assert.equal((await rig.inside(`/data/${KEY}`)).status, 503)
})

test("another project's or run's object by every spelling: 404, no intent of this run, and an event", async () => {
  rig.controlPlane.objects.set(
    `cccccccccccc/data/secret/part-0.parquet`,
    offer("secret-of-mine", Buffer.from("x")),
  )
  const spellings = [
    "/data/secret/part-0.parquet",
    "/data/../cccccccccccc/data/secret/part-0.parquet",
    "/data/%2e%2e/cccccccccccc/data/secret/part-0.parquet",
    "/data/%252e%252e/cccccccccccc/x",
    "/data/..%2f..%2fproject/p/e/x",
    "/data/..%5c..%5cproject",
    "/data/labs/%00/x",
    "//data/secret/part-0.parquet",
    "/project/p/e/labs/part-0.parquet",
    "/linked/x",
    "/extract-cccccccccccc/secret/part-0.parquet",
    "/data/./labs/part-0.parquet",
    "/DATA/labs/part-0.parquet",
  ]
  for (const path of spellings) {
    const before = rig.controlPlane.refusals.length
    const answer = await rig.inside(path)
    assert.equal(answer.status, 404, path)
    await until(() => rig.controlPlane.refusals.length > before, `an event for ${path}`)
    assert.equal(rig.controlPlane.refusals.at(-1)?.run, RUN)
  }
  const elsewhere = await rig.inside(`http://other/data/${KEY}`)
  assert.equal(elsewhere.status, 404)
  assert.equal(rig.store.reads.length, 0)
})

test("identity is the socket: headers change nothing", async () => {
  const headers = {
    host: "cccccccccccc",
    "x-run": "cccccccccccc",
    authorization: "AWS4-HMAC-SHA256 Credential=x",
    "x-forwarded-for": "1.1.1.1",
  }
  assert.equal((await rig.inside(`/data/${KEY}`, { headers })).status, 200)
  assert.deepEqual(
    rig.controlPlane.intents.map(({ run }) => run),
    [RUN],
  )
})

test("writing is refused as S3 refuses it", async () => {
  for (const method of ["PUT", "POST", "DELETE"]) {
    const answer = await rig.inside(`/data/${KEY}`, { method })
    assert.deepEqual([answer.status, codeOf(answer.body)], [405, "MethodNotAllowed"])
  }
})

test("workspace, packages and outputs", async () => {
  assert.equal((await rig.inside("/workspace")).status, 404)
  rig.controlPlane.identity = {
    workspace: WORKSPACE,
    run: RUN,
    project: { id: "p", number: "P-0001", title: "t" },
    person: { id: "r", name: "n" },
    agreementVersion: 1,
    extract: null,
    tables: [],
    disclosurePolicy: "sail",
  }
  assert.deepEqual(JSON.parse((await rig.inside("/workspace")).body.toString()), rig.controlPlane.identity)
  assert.equal((await rig.inside("/workspace", { method: "POST" })).status, 405)
  const packages = await rig.inside("/packages/simple/pandas/")
  assert.deepEqual(
    [packages.status, JSON.parse(packages.body.toString()).code],
    [404, "packages_not_configured"],
  )
  const sent = await rig.inside("/outputs/files/a%20b/c.csv?x=1", {
    method: "PUT",
    payload: "n\n1\n",
    headers: { "x-content-sha256": "abc", cookie: "x", "x-run": "other" },
  })
  assert.deepEqual([sent.status, sent.body.toString()], [201, '{"file":"abcdefghijkl"}'])
  const [seen] = rig.controlPlane.outputs
  assert.deepEqual(
    [seen?.method, seen?.url, seen?.body],
    ["PUT", `/gateway/v1/runs/${RUN}/outputs/files/a%20b/c.csv?x=1`, "n\n1\n"],
  )
  assert.deepEqual(
    [seen?.headers["x-content-sha256"], seen?.headers["cookie"], seen?.headers["x-run"]],
    ["abc", undefined, undefined],
  )
  for (const path of [
    "/outputs/../../cccccccccccc/outputs/requests",
    "/outputs/%2e%2e/x",
    "/outputs",
    "/outputs%2frequests/x",
  ]) {
    assert.equal((await rig.inside(path)).status, 404, path)
  }
  assert.equal((await rig.inside("/outputs/requests", { method: "DELETE" })).status, 405)
  assert.equal(rig.controlPlane.outputs.length, 1)
})

test("unheard for five seconds: nothing is served and what streams is cut", async () => {
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  rig.store.piece = 100_000
  rig.store.beforePiece = (at) => (at === 200_000 ? gate : undefined)
  const streaming = rig.inside(`/data/${KEY}`)
  await until(() => rig.store.reads.length === 1, "it streams")
  rig.controlPlane.failure = "unavailable"
  rig.clock.ahead += 5001
  const cut = assert.rejects(streaming)
  await rig.gateway.doors.poll()
  await cut
  go()
  for (const path of [`/data/${KEY}`, "/data?list-type=2", "/workspace", "/outputs/requests"])
    assert.equal((await rig.inside(path)).status, 503, path)
  rig.controlPlane.failure = "none"
  await rig.gateway.doors.poll()
  assert.equal((await rig.inside(`/data/${KEY}`, range("bytes=0-9"))).status, 206)
})

test("a run that is no longer listed loses its socket at once, and its intents", async () => {
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  rig.store.piece = 100_000
  rig.store.beforePiece = (at) => (at === 200_000 ? gate : undefined)
  const streaming = assert.rejects(rig.inside(`/data/${KEY}`))
  await until(() => rig.store.reads.length === 1, "it streams")
  rig.controlPlane.runs = []
  await rig.gateway.doors.poll()
  await streaming
  go()
  assert.equal(existsSync(rig.door), false)
  await until(() => rig.controlPlane.outcomes.length === 1, "the outcome is told")
})

test("a run that may not read now keeps its door, but its intents and streams end", async () => {
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  rig.store.piece = 100_000
  rig.store.beforePiece = (at) => (at === 200_000 ? gate : undefined)
  const streaming = assert.rejects(rig.inside(`/data/${KEY}`))
  await until(() => rig.store.reads.length === 1, "it streams")
  rig.controlPlane.runs = [{ run: RUN, workspace: WORKSPACE, reads: false }]
  rig.controlPlane.intentRefusal = "hold_project"
  await rig.gateway.doors.poll()
  go()
  await streaming
  const answer = await rig.inside(`/data/${KEY}`)
  assert.deepEqual([answer.status, codeOf(answer.body)], [403, "hold_project"])
  await until(() => rig.controlPlane.outcomes.length === 1, "the outcome is told")
  assert.ok((rig.controlPlane.outcomes[0]?.bytes ?? 0) <= 300_000)
})

test("doors: everybody may connect, what lies there is replaced, a lost one comes back", async () => {
  assert.equal(statSync(rig.door).mode & 0o777, 0o666)
  const other = "eeeeeeeeeeee"
  const path = join(rig.directory, "runs", other, "gateway.sock")
  rig.controlPlane.runs.push({ run: other, workspace: WORKSPACE }, { run: "../escape", workspace: WORKSPACE })
  await rig.gateway.doors.poll()
  assert.equal(existsSync(path), false, "no directory yet: nothing")
  mkdirSync(join(rig.directory, "runs", other))
  writeFileSync(join(rig.directory, "victim"), "kept")
  symlinkSync(join(rig.directory, "victim"), path)
  await rig.gateway.doors.poll()
  assert.ok(statSync(path).isSocket())
  assert.equal(statSync(join(rig.directory, "victim")).size, 4)
  rmSync(path)
  await rig.gateway.doors.poll()
  assert.equal((await exchange({ socketPath: path, path: "/packages/x" })).status, 404)
  assert.equal(existsSync(join(rig.directory, "escape")), false)
  assert.deepEqual(rig.faults, [])
})

test("at the end outcomes and shown bytes are told", async () => {
  rig.signIn()
  rig.notebook.answer = () => ({ headers: { "content-type": "application/json" }, body: '{"a":1}' })
  await rig.browse("/api/me")
  await rig.inside(`/data/${KEY}`, range("bytes=0-9"))
  const socket = await rig.openKernel()
  let code = 0
  socket.on("close", (given) => {
    code = given
  })
  await rig.gateway.close()
  await until(() => code !== 0, "the socket is told")
  assert.equal(code, 1012)
  assert.deepEqual(
    rig.controlPlane.outcomes.map(({ bytes }) => bytes),
    [10],
  )
  assert.equal(
    rig.controlPlane.renewals.reduce((sum, one) => sum + one.shown, 0),
    7,
  )
})
