// Objects of another project or run, in every spelling of their names, from inside a workspace: nothing is
// there (404), nothing is read from the store, and the log hears of it.
import assert from "node:assert/strict"
import { connect } from "node:net"
import { after, before, test } from "node:test"
import fc from "fast-check"
import { HOST, type Rig, RUN, startRig } from "./rig.ts"
import { MISLEADING, SPELLINGS } from "./spellings.ts"
import { until } from "./until.ts"

const OTHER = "cccccccccccc"
/** As another run of the same project, another project and the store itself call them. */
const FOREIGN = [
  "/data/secret/part-0.parquet",
  `/extract-${OTHER}/labs/part-0.parquet`,
  `/project/${OTHER}/dddddddddddd/labs/part-0.parquet`,
  "/linked/nhs/snapshot/people.parquet",
  "/quarantine/file",
  `/workspace/${OTHER}`,
  `/outputs/${OTHER}/files/x`,
]

/** `npm run prove -- walls` asks for many more, from its seed; one is a request and costs more than the others. */
const { GLASSHOUSE_FUZZ_RUNS: runs, GLASSHOUSE_FUZZ_SEED: seed } = process.env
const FUZZ = {
  numRuns: runs === undefined ? 300 : Math.ceil(Number(runs) / 20),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
}

let rig: Rig
before(async () => {
  rig = await startRig()
  const object = (storeKey: string) => ({
    storeBucket: "project",
    storeKey,
    size: 1,
    etag: "e",
    sha256: "",
    lastModified: "2026-01-02T03:04:05Z",
  })
  rig.controlPlane.objects.set(`${OTHER}/data/secret/part-0.parquet`, object("other"))
  rig.controlPlane.objects.set(`${OTHER}/extract-${OTHER}/labs/part-0.parquet`, object("other"))
  rig.controlPlane.objects.set(`${RUN}/data/labs/part-0.parquet`, object("own"))
  rig.controlPlane.lists.set(`${RUN}/data`, [
    { key: "labs/part-0.parquet", size: 1, etag: "e", lastModified: "2026-01-02T03:04:05Z" },
  ])
  for (const key of ["other", "own", `${OTHER}/dddddddddddd/labs/part-0.parquet`])
    rig.store.bytes.set(`project/${key}`, Buffer.from("x"))
})
after(() => rig.close())

/** One request exactly as written, which no client library would send; 0 when it is no request at all. */
function raw(target: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(rig.door)
    const chunks: Buffer[] = []
    const lines = Object.entries({ host: "127.0.0.1:9000", connection: "close", ...headers })
    socket.on("error", reject)
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("close", () =>
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(Buffer.concat(chunks).toString())?.[1] ?? 0)),
    )
    socket.write(
      `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    )
  })
}

test("every spelling of every foreign object: 404, no byte of the store, and an event", async (t) => {
  let tried = 0
  for (const path of FOREIGN) {
    for (const [name, spell] of Object.entries(SPELLINGS)) {
      const before = rig.controlPlane.refusals.length
      // The same refusal is told once in ten seconds: each of these comes later.
      rig.clock.ahead += 11_000
      await rig.gateway.doors.poll()
      const target = spell(path)
      assert.equal(await raw(target), 404, `${name}: ${target}`)
      await until(() => rig.controlPlane.refusals.length > before, `an event for ${name}: ${target}`)
      assert.equal(rig.controlPlane.refusals.at(-1)?.run, RUN)
      tried++
    }
  }
  t.diagnostic(`${tried} spellings`)
  assert.ok(tried > 350)
  assert.deepEqual(rig.store.reads, [])
})

test("two spellings at once, misleading headers, and HEAD: nothing is there either", async () => {
  const spelling = fc.constantFrom(...Object.values(SPELLINGS))
  const method = fc.constantFrom("GET", "HEAD")
  await fc.assert(
    fc.asyncProperty(
      ...[
        fc.constantFrom(...FOREIGN.slice(0, 5)),
        spelling,
        spelling,
        fc.constantFrom(...MISLEADING),
        method,
      ],
      async (path, one, two, headers, how) => {
        await rig.gateway.doors.poll()
        assert.ok([404, 0].includes(await raw(two(one(path)), headers, how)))
      },
    ),
    FUZZ,
  )
  assert.deepEqual(rig.store.reads, [])
})

test("the own object is still there, whatever the headers say", async () => {
  await rig.gateway.doors.poll()
  for (const headers of MISLEADING) {
    const status = await raw("/data/labs/part-0.parquet", headers)
    assert.ok(status === 200 || status === 206, `${JSON.stringify(headers)}: ${status}`)
  }
  assert.ok(rig.store.reads.every((read) => read.startsWith("project/own ")))
})

test("lists hold the own run's names only, whatever prefix is asked for", async () => {
  await rig.gateway.doors.poll()
  const prefixes = ["", "..", "../", "/", "secret", "%2e%2e%2f", `../../${OTHER}/`, "\u0000"].map(
    encodeURIComponent,
  )
  for (const prefix of prefixes) {
    const answer = await rig.inside(`/data?list-type=2&prefix=${prefix}&delimiter=`)
    const keys = [...answer.body.toString("utf8").matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)
    assert.ok(
      keys.every((key) => key === "labs/part-0.parquet"),
      `${prefix}: ${keys.join(" ")}`,
    )
  }
  assert.deepEqual((await rig.inside(`/data?list-type=2&prefix=labs/`)).status, 200)
})

test("a session at another workspace's notebook is refused, and told", async () => {
  rig.signIn()
  const elsewhere = HOST.replace("bbbbbbbbbbbb", OTHER)
  assert.equal((await rig.browse("/api/me")).status, 200)
  const answer = await rig.browse("/api/contents/x", { headers: { host: elsewhere } })
  assert.deepEqual([answer.status, JSON.parse(answer.body.toString("utf8")).code], [403, "session_elsewhere"])
  await until(
    () =>
      rig.controlPlane.refusals.some(
        ({ code, workspace }) => code === "session_elsewhere" && workspace === OTHER,
      ),
    "the refusal is told",
  )
})
