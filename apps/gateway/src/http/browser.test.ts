import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { after, before, beforeEach, test } from "node:test"
import { exchange, HOST, ORIGIN, type Rig, startRig, TICKET, WORKSPACE } from "../../test/rig.ts"
import { until } from "../../test/until.ts"

let rig: Rig
before(async () => {
  rig = await startRig()
})
after(() => rig.close())
beforeEach(() => {
  rig.signIn()
  rig.controlPlane.ended.clear()
  rig.controlPlane.contents.length = 0
  rig.controlPlane.failure = "none"
  rig.controlPlane.failures.clear()
  rig.notebook.requests.length = 0
  rig.notebook.answer = () => ({ headers: { "content-type": "application/json" }, body: "{}" })
})

const FRAME = { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }
const codeOf = (body: Buffer): string => (JSON.parse(body.toString()) as { code: string }).code
const file = (more: object): string =>
  JSON.stringify({ name: "a", path: "a", type: "file", format: "text", content: "x", ...more })

test("the entrance: a ticket once, a host-only cookie, on by refresh and not kept", async () => {
  rig.controlPlane.tickets.set(TICKET, rig.lease())
  const first = await rig.browse(`/.gh/enter?ticket=${TICKET}`, { headers: FRAME })
  assert.equal(first.status, 200)
  assert.deepEqual(first.headers["set-cookie"], [
    `__Host-gh-ws=${rig.secret}; Path=/; HttpOnly; Secure; SameSite=Strict`,
  ])
  assert.match(first.body.toString(), /http-equiv="refresh" content="0;url=\/lab"/)
  assert.equal(first.headers["cache-control"], "no-store")
  const second = await rig.browse(`/.gh/enter?ticket=${TICKET}`, { headers: FRAME })
  assert.equal(second.status, 403)
  assert.match(
    second.body.toString(),
    /This way in was used already[\s\S]*href="http:\/\/glasshouse\.localhost:8080\/"[\s\S]*ticket_invalid/,
  )
})

test("a lease that ran out while the notebook answered is said as that, not as a used-up allowance", async () => {
  await rig.browse("/api/me")
  rig.notebook.answer = () => {
    rig.clock.ahead += 6_000
    return { headers: { "content-type": "application/json" }, body: "{}" }
  }
  const answer = await rig.browse("/api/me")
  assert.equal(answer.status, 503)
  assert.equal(codeOf(answer.body), "control_plane_unreachable")
})

test("the entrance: only as the console's frame", async () => {
  rig.controlPlane.tickets.set(TICKET, rig.lease())
  for (const headers of [
    { ...FRAME, "sec-fetch-dest": "document" },
    { ...FRAME, "sec-fetch-site": "cross-site" },
    { "sec-fetch-mode": "cors" },
  ]) {
    const answer = await rig.browse(`/.gh/enter?ticket=${TICKET}`, { headers })
    assert.equal(answer.status, 403)
  }
  assert.ok(rig.controlPlane.tickets.has(TICKET))
})

test("a request passes stripped, with the answer's headers replaced", async () => {
  rig.notebook.answer = () => ({
    headers: {
      "content-type": "application/json",
      "set-cookie": "username=x",
      "content-security-policy": "default-src *",
      "content-disposition": "attachment",
      "x-evil": "1",
    },
    body: '{"a":1}',
  })
  const answer = await rig.browse("/api/me", {
    headers: { authorization: "Bearer x", "x-forwarded-for": "1.2.3.4", origin: ORIGIN },
  })
  assert.equal(answer.status, 200)
  assert.equal(answer.body.toString(), '{"a":1}')
  const [seen] = rig.notebook.requests
  assert.equal(seen?.headers.host, HOST)
  assert.equal(seen?.headers.origin, ORIGIN)
  assert.equal(seen?.headers.authorization, "token workspace")
  for (const name of ["cookie", "x-forwarded-for", "sec-fetch-site"])
    assert.equal(seen?.headers[name], undefined, name)
  for (const name of ["set-cookie", "content-disposition", "x-evil"])
    assert.equal(answer.headers[name], undefined, name)
  assert.match(String(answer.headers["content-security-policy"]), /default-src 'none'/)
  assert.equal(answer.headers["cache-control"], "no-store")
})

test("the container's own health check is answered, and is no event", async () => {
  const answer = await rig.browse("/.gh/health", { headers: { host: "127.0.0.1:8080", cookie: "" } })
  assert.equal(answer.status, 204)
  // Events come after the answer: the next refusal's is there, this one has none.
  await rig.browse("/.gh/elsewhere", { headers: { host: "127.0.0.1:8080", cookie: "" } })
  const told = (path: string) => rig.controlPlane.refusals.some(({ what }) => what.includes(path))
  await until(() => told("/.gh/elsewhere"), "an event for another path")
  assert.ok(!told("/.gh/health"))
})

test("nothing reaches the notebook without host, origin, cookie and an open route", async () => {
  const cases: [string, Parameters<Rig["browse"]>[1], number, string][] = [
    ["/api/me", { headers: { host: "glasshouse.localhost:8080" } }, 421, "wrong_host"],
    ["/api/me", { headers: { "sec-fetch-site": "same-site" } }, 403, "cross_site"],
    ["/api/me", { headers: { "sec-fetch-site": "none" } }, 403, "cross_site"],
    ["/api/me", { headers: { origin: "http://evil.example" } }, 403, "wrong_origin"],
    ["/api/me", { headers: { cookie: "" } }, 403, "no_session"],
    ["/api/me", { headers: { cookie: "__Host-gh-ws=short" } }, 403, "no_session"],
    [
      "/api/me",
      { headers: { cookie: `__Host-gh-ws=${rig.secret}; __Host-gh-ws=${"x".repeat(43)}` } },
      403,
      "no_session",
    ],
    ["/api/me", { headers: { cookie: `__Host-gh-ws=${"x".repeat(43)}` } }, 403, "session_ended"],
    ["/files/a.csv", {}, 403, "path_denied"],
    ["/api/me", { method: "DELETE" }, 405, "method_denied"],
    ["/api/contents/a?download=1", {}, 403, "query_denied"],
    ["/api/contents/%2e%2e/a", {}, 400, "path_refused"],
    ["/api/contents/a%252fb", {}, 400, "path_refused"],
    [
      "/lab",
      { headers: { "sec-fetch-mode": "cors", "sec-fetch-dest": "serviceworker" } },
      403,
      "service_worker",
    ],
  ]
  for (const [path, options, status, code] of cases) {
    const answer = await rig.browse(path, options)
    assert.deepEqual(
      [answer.status, codeOf(answer.body)],
      [status, code],
      `${path} ${JSON.stringify(options)}`,
    )
  }
  assert.equal(rig.notebook.requests.length, 0)
  await until(
    () => rig.controlPlane.refusals.some((refusal) => refusal.what === "GET /files/a.csv"),
    "the refusal is told",
  )
})

test("a session of one workspace opens no other", async () => {
  const other = "cccccccccccc.ws.glasshouse.localhost:8080"
  await rig.browse("/api/me")
  const answer = await rig.browse("/api/me", { headers: { host: other } })
  assert.deepEqual([answer.status, codeOf(answer.body)], [403, "session_elsewhere"])
})

test("an access that ended is answered with the reason in words; the next cookie use asks again", async () => {
  assert.equal((await rig.browse("/api/me")).status, 200)
  rig.controlPlane.ended.set(rig.secret, "not_member")
  await until(
    () => rig.controlPlane.renewals.some((renewal) => renewal.session === rig.secret),
    "a renewal in the background",
    3000,
  )
  rig.clock.ahead += 6000
  const page = await rig.browse("/lab", {
    headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
  })
  assert.equal(page.status, 403)
  assert.match(page.body.toString(), /A member was removed\.[\s\S]*not_member/)
  const kernel = await rig.browse("/api/kernels/abc")
  assert.deepEqual([kernel.status, codeOf(kernel.body)], [424, "not_member"])
  rig.controlPlane.ended.clear()
  assert.equal((await rig.browse("/api/me")).status, 200)
})

test("while nobody can be asked, a lease ends and everything is 503; then it heals", async () => {
  assert.equal((await rig.browse("/api/me")).status, 200)
  for (const failure of ["unavailable", "drop", "nonsense"] as const) {
    rig.controlPlane.failure = failure
    rig.clock.ahead += 6000
    assert.equal((await rig.browse("/api/me")).status, 503, failure)
    rig.controlPlane.failure = "none"
    assert.equal((await rig.browse("/api/me")).status, 200, `after ${failure}`)
  }
})

test("contents: in the log before they are forwarded, repeated reads once, no entry no bytes", async () => {
  rig.notebook.answer = () => ({ headers: { "content-type": "application/json" }, body: file({}) })
  for (let time = 0; time < 3; time++)
    assert.equal((await rig.browse("/api/contents/a%20b.txt?content=1")).status, 200)
  assert.deepEqual(rig.controlPlane.contents, [
    { session: rig.secret, workspace: WORKSPACE, method: "GET", path: "/a b.txt" },
  ])
  await rig.browse("/api/contents/a.txt", {
    method: "PATCH",
    payload: '{"path":"b.txt"}',
    headers: { "content-type": "application/json" },
  })
  assert.equal(rig.controlPlane.contents[1]?.path, "/a.txt -> b.txt")
  const before = rig.notebook.requests.length
  rig.controlPlane.failures.set("/contents", "unavailable")
  const refused = await rig.browse("/api/contents/other.txt")
  assert.deepEqual([refused.status, codeOf(refused.body)], [503, "audit_unavailable"])
  assert.equal(rig.notebook.requests.length, before)
})

test("contents: binary, oversized and compressed answers are not shown", async () => {
  const shown = async (path: string, body: string, more: Record<string, string> = {}) => {
    rig.notebook.answer = () => ({ headers: { "content-type": "application/json", ...more }, body })
    const answer = await rig.browse(path)
    return answer.status === 200 ? "shown" : codeOf(answer.body)
  }
  assert.equal(
    await shown("/api/contents/a.parquet", file({ format: "base64", content: "UEFSMQ==" })),
    "binary_denied",
  )
  assert.equal(await shown("/api/contents/big.csv", file({ content: "x".repeat(2_000_000) })), "too_large")
  assert.equal(
    await shown("/api/contents/a.txt", file({}), { "content-encoding": "gzip" }),
    "notebook_answer",
  )
  assert.equal(await shown("/api/contents/a.txt", "<html></html>"), "notebook_answer")
  assert.equal(await shown("/api/me", "<html></html>", { "content-type": "text/html" }), "notebook_answer")
  assert.equal(
    await shown("/static/lab/a.js", "<html></html>", { "content-type": "text/html" }),
    "notebook_answer",
  )
})

test("Lab's own files: only those that the image has, byte for byte, once a list is there", async () => {
  const script = "console.log(1)"
  const serve = async (path: string, body: string) => {
    rig.notebook.answer = () => ({
      headers: { "content-type": "text/javascript", "cache-control": "max-age=9" },
      body,
    })
    const answer = await rig.browse(path)
    return [answer.status, answer.body.toString()]
  }
  rig.assets.set("/static/lab/main.js", new Set([createHash("sha256").update(script).digest("hex")]))
  assert.deepEqual(await serve("/static/lab/main.js", script), [200, script])
  for (const [path, body] of [
    ["/static/lab/main.js", "evil()"],
    ["/static/lab/other.js", script],
    ["/lab/extensions/main.js", script],
  ] as const) {
    const [status, answered] = await serve(path, body)
    assert.equal(status, 502)
    assert.match(String(answered), /asset_changed/)
  }
  assert.equal((await serve("/lab/api/themes/x/index.js", script))[0], 502)
  rig.assets.clear()
  assert.deepEqual(await serve("/static/lab/other.js", script), [200, script])
})

test("contents: an upload of binary is refused before it is forwarded", async () => {
  const answer = await rig.browse("/api/contents/a.bin", {
    method: "PUT",
    payload: file({ format: "base64" }),
    headers: { "content-type": "application/json" },
  })
  assert.deepEqual([answer.status, codeOf(answer.body)], [403, "upload_denied"])
  assert.equal(rig.notebook.requests.length, 0)
})

test("redirects go nowhere but here", async () => {
  rig.notebook.answer = () => ({ status: 302, headers: { location: "http://evil.example/" } })
  assert.equal(
    (await rig.browse("/lab", { headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" } }))
      .status,
    400,
  )
  rig.notebook.answer = () => ({ status: 302, headers: { location: "/lab/tree/a" } })
  assert.equal((await rig.browse("/lab")).headers.location, "/lab/tree/a")
  const root = await rig.browse("/")
  assert.deepEqual([root.status, root.headers.location], [302, "/lab"])
})

test("a notebook that is away is 502, with words", async () => {
  rig.signIn({ run: "dddddddddddd" })
  rig.clock.ahead += 6000
  const answer = await rig.browse("/api/me")
  assert.deepEqual([answer.status, codeOf(answer.body)], [502, "notebook_unavailable"])
  rig.signIn()
  rig.clock.ahead += 6000
})

test("health says whether the control plane is heard", async () => {
  const { port } = await new Promise<{ port: number }>((resolve) => {
    rig.gateway.health.listen(0, "127.0.0.1", () => resolve(rig.gateway.health.address() as { port: number }))
  })
  await rig.gateway.doors.poll()
  assert.equal((await exchange({ port, path: "/health" })).status, 200)
  assert.match((await exchange({ port, path: "/metrics" })).body.toString(), /glasshouse_gateway_doors 1/)
  rig.clock.ahead += 6000
  assert.equal((await exchange({ port, path: "/health" })).status, 503)
  await rig.gateway.doors.poll()
})
