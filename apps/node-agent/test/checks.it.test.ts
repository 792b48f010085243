// The output checker in its sandbox on the real engine: an answer for honest files, a reason for what
// breaks it, and nothing left of either.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { pack } from "tar-stream"
import { newId, run, startNode, type Node } from "./node.ts"

let node: Node

before(async () => {
  node = await startNode()
})
after(async () => {
  await node[Symbol.asyncDispose]()
})

type Entry = { name: string; body?: string; type?: "symlink"; linkname?: string }

async function check(
  entries: Entry[],
  query = "policy=opensafely",
): Promise<{ status: number; body: unknown }> {
  const archive = pack()
  for (const { name, body, type, linkname } of entries) {
    archive.entry(
      { name, ...(type === undefined ? {} : { type }), ...(linkname === undefined ? {} : { linkname }) },
      body ?? "",
    )
  }
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  const answer = await node.app.inject({
    method: "POST",
    url: `/v1/checks/${newId()}?${query}`,
    headers: { "content-type": "application/x-tar" },
    payload: Buffer.concat(chunks),
  })
  return { status: answer.statusCode, body: answer.json() }
}

test("a small count is found by the same engine that checkers use", async () => {
  const { status, body } = await check([{ name: "output/counts.csv", body: "group,n\na,120\nb,3\n" }])
  assert.equal(status, 200)
  const document = body as {
    files: { path: string; verdict: string; findings: { rule: string; status: string }[] }[]
  }
  assert.deepEqual(
    document.files.map((file) => [file.path, file.verdict]),
    [["counts.csv", "violated"]],
  )
  assert.ok(
    document.files[0]?.findings.some(
      (finding) => finding.rule === "threshold" && finding.status === "violated",
    ),
  )
})

test("links and names that climb, and policies that are none, end with a reason", async () => {
  for (const entry of [
    { name: "output/a", type: "symlink" as const, linkname: "/etc/passwd" },
    { name: "output/../../x", body: "x" },
    { name: "elsewhere/a.csv", body: "a,b\n" },
  ]) {
    assert.deepEqual(await check([entry]), {
      status: 422,
      body: { code: "check_failed", reason: "unreadable_input" },
    })
  }
  const good = { name: "output/a.csv", body: "a,n\nx,100\n" }
  assert.deepEqual((await check([good], "policy=no-such-policy")).body, {
    code: "check_failed",
    reason: "unreadable_input",
  })
  assert.equal((await check([good], "policy=../../etc")).status, 400)
  assert.equal((await check([good], "policy=opensafely&policy=sail")).status, 400)
  assert.equal((await check([good], "policy=opensafely&ids=x")).status, 400)
})

test("something that is no archive ends with a reason", async () => {
  const answer = await node.app.inject({
    method: "POST",
    url: `/v1/checks/${newId()}?policy=opensafely`,
    headers: { "content-type": "application/x-tar" },
    payload: Buffer.alloc(100_000, 1),
  })
  assert.deepEqual(
    [answer.statusCode, answer.json()],
    [422, { code: "check_failed", reason: "unreadable_input" }],
  )
})

test("an agreement's own threshold is told to the checker", async () => {
  const entry = { name: "output/counts.csv", body: "group,n\na,120\nb,25\n" }
  const verdict = async (query: string) => {
    const { body } = await check([entry], query)
    return (body as { files: { verdict: string }[]; policy: { name: string } }).files[0]?.verdict
  }
  assert.deepEqual(
    [await verdict("policy=ons-srs"), await verdict("policy=ons-srs&threshold=30")],
    ["satisfied", "violated"],
  )
})

async function picture(
  kind: string,
  bytes: Buffer,
): Promise<{ status: number; type: unknown; body: Buffer }> {
  const answer = await node.app.inject({
    method: "POST",
    url: `/v1/pictures/${newId()}?kind=${kind}`,
    headers: { "content-type": "application/octet-stream" },
    payload: bytes,
  })
  return { status: answer.statusCode, type: answer.headers["content-type"], body: answer.rawPayload }
}

test("a picture comes back written anew, byte for byte; one that is none ends with a reason", async () => {
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script><path d="M0 0L1 1"/></svg>'
  const good = await picture("svg", Buffer.from(drawing))
  assert.deepEqual([good.status, good.type], [200, "application/octet-stream"])
  const [line = "", ...rest] = good.body.toString().split("\n")
  assert.deepEqual(JSON.parse(line), { renderer: "glasshouse-svg/1", left: ["“script”"] })
  assert.match(rest.join("\n"), /<path d="M0 0L1 1"\/>/)
  const broken = await picture("png", Buffer.from("no picture"))
  assert.deepEqual(
    [broken.status, JSON.parse(broken.body.toString())],
    [422, { code: "check_failed", reason: "picture_broken" }],
  )
  const large = await picture("png", Buffer.alloc(24 * 1024 * 1024 + 1))
  assert.equal(large.status, 413)
  assert.equal((await picture("gif", Buffer.from("x"))).status, 400)
})

test("nothing is left of a check", async () => {
  const { stdout } = await run("docker", [
    "ps",
    "-aq",
    "--filter",
    `label=glasshouse.installation=${node.ctx.layout.installation}`,
  ])
  assert.equal(stdout, "")
})
