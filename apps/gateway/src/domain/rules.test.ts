import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { readConfig } from "../config.ts"
import { isListed, readAssetLists } from "./assets.ts"
import { CAPS, describeMove, judgeAnswer, judgeRead, judgeWrite } from "./contents.ts"
import { readFrame, writeFrame } from "./frame.ts"
import { guardHeaders, headersToBrowser, headersToNotebook, judgeEntrance, judgeFetch } from "./headers.ts"
import { readSite, workspaceOfHost } from "./host.ts"
import { OutputGovernor } from "./outputs.ts"
import { matchRoute } from "./routes.ts"

const site = readSite("http://glasshouse.localhost:8080")
const match = (method: string, path: string, query = "", upgrade = false) => {
  const found = matchRoute(method, path, new URLSearchParams(query), upgrade)
  return found.allowed ? found.kind : found.code
}

test("hosts: exactly twelve letters of our alphabet before .ws. and the site", () => {
  assert.equal(workspaceOfHost(site, "abcdefghijkl.ws.glasshouse.localhost:8080"), "abcdefghijkl")
  const wrong = [
    "glasshouse.localhost:8080",
    "abcdefghijkl.ws.glasshouse.localhost",
    "abcdefghijkl.ws.glasshouse.localhost:8081",
    "ABCDEFGHIJKL.ws.glasshouse.localhost:8080",
    "abcdefghijk.ws.glasshouse.localhost:8080",
    "abcdefghijk1.ws.glasshouse.localhost:8080",
    "x.abcdefghijkl.ws.glasshouse.localhost:8080",
    "abcdefghijkl.ws.glasshouse.localhost:8080.evil",
    "",
  ]
  for (const host of [...wrong, undefined]) assert.equal(workspaceOfHost(site, host), undefined, String(host))
})

test("routes: what Lab needs passes, by method", () => {
  assert.equal(match("GET", "/lab"), "document")
  assert.equal(match("GET", "/static/lab/main.abc.js"), "asset")
  assert.equal(match("GET", "/lab/extensions/@jupyter-widgets/x/static/y.js"), "asset")
  assert.equal(match("GET", "/api/contents/a/b.ipynb"), "contents")
  assert.equal(match("PUT", "/lab/api/workspaces/default"), "api")
  assert.equal(match("GET", "/api/kernels/k-1/channels", "", true), "kernel")
  assert.equal(match("GET", "/api/events/subscribe", "", true), "events")
  assert.equal(match("POST", "/api/kernels/k-1/interrupt"), "api")
})

test("routes: everything else is denied", () => {
  const denied = [
    "/files/a.csv",
    "/files/",
    "/nbconvert/html/a.ipynb",
    "/view/a.html",
    "/terminals/1",
    "/api/terminals",
    "/terminals/websocket/1",
    "/lsp/ws/x",
    "/api/collaboration/room/1",
    "/lab/api/extensions",
    "/lab/api/plugins",
    "/api/shutdown",
    "/api/config/notebook",
    "/api/status",
    "/metrics",
    "/login",
    "/logout",
    "/tree",
    "/custom/custom.css",
    "/api/unknown",
    "/proxy/80/",
    "/api/kernels/../contents",
    "/lab/api/listings/x",
    "/edit/a",
    "/doc/a",
    "/api/spec.yaml",
    "/api/contentsx",
    "/api/nbconvert/html",
  ]
  for (const path of denied) {
    for (const method of ["GET", "POST", "PUT", "DELETE"])
      assert.equal(match(method, path), "path_denied", `${method} ${path}`)
    assert.equal(match("GET", path, "", true), "path_denied", `upgrade ${path}`)
  }
  assert.equal(match("DELETE", "/lab"), "method_denied")
  assert.equal(match("POST", "/api/me"), "method_denied")
  assert.equal(match("OPTIONS", "/api/contents"), "method_denied")
  assert.equal(match("GET", "/api/kernels", "", true), "path_denied")
  for (const query of ["download=1", "token=workspace", "_xsrf=1"])
    assert.equal(match("GET", "/api/contents/a", query), "query_denied")
})

test("headers: lists of what passes, both ways", () => {
  const sent = headersToNotebook({
    cookie: "__Host-gh-ws=x",
    authorization: "Bearer x",
    "x-xsrftoken": "x",
    "x-forwarded-for": "1",
    forwarded: "x",
    range: "bytes=0-1",
    expect: "100-continue",
    "accept-encoding": "gzip",
    host: "h",
    origin: "o",
    accept: "a",
  })
  assert.deepEqual(sent, {
    authorization: "token workspace",
    "accept-encoding": "identity",
    host: "h",
    origin: "o",
    accept: "a",
  })
  const shown = headersToBrowser({
    "set-cookie": ["a=b"],
    "content-security-policy": "none",
    "content-disposition": "attachment",
    server: "x",
    "access-control-allow-origin": "*",
    "service-worker-allowed": "/",
    "strict-transport-security": "x",
    "content-type": "text/html",
    etag: "e",
  })
  assert.deepEqual(shown, { "content-type": "text/html", etag: "e" })
})

test("the policy: no inline script, scripts from asset paths of this host only", () => {
  const policy = guardHeaders(site, "abcdefghijkl")["content-security-policy"] ?? ""
  const scripts = policy.split("; ").find((part) => part.startsWith("script-src")) ?? ""
  const own = "http://abcdefghijkl.ws.glasshouse.localhost:8080"
  assert.equal(scripts, `script-src 'unsafe-eval' ${own}/static/ ${own}/lab/extensions/`)
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /frame-ancestors http:\/\/glasshouse\.localhost:8080(;|$)/)
  assert.match(policy, /sandbox allow-scripts allow-same-origin allow-forms allow-modals(;|$)/)
})

test("fetch metadata: same origin only, pages only in a frame, no service worker", () => {
  const code = (headers: Record<string, string>) => {
    const judged = judgeFetch(headers)
    return judged.allowed ? "allowed" : judged.code
  }
  assert.equal(code({ "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }), "allowed")
  assert.equal(
    code({ "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }),
    "allowed",
  )
  assert.equal(
    code({ "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }),
    "not_framed",
  )
  assert.equal(code({ "sec-fetch-site": "same-origin", "sec-fetch-dest": "serviceworker" }), "service_worker")
  for (const from of ["same-site", "cross-site", "none", ""])
    assert.equal(code({ "sec-fetch-site": from }), "cross_site", from)
  assert.equal(code({}), "cross_site")
  const frame = { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }
  assert.equal(judgeEntrance(frame).allowed, true)
  assert.equal(judgeEntrance({ ...frame, "sec-fetch-dest": "document" }).allowed, false)
  assert.equal(judgeEntrance({ ...frame, "sec-fetch-site": "cross-site" }).allowed, false)
})

const model = (more: object): Buffer =>
  Buffer.from(JSON.stringify({ name: "x", path: "x", type: "file", ...more }))
const answer = (path: string, body: Buffer): string => {
  const judged = judgeAnswer(path, body)
  return judged.allowed ? "allowed" : judged.code
}
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]).toString("base64")

test("contents: text, notebooks, folders and small images; no other binary, nothing beyond its cap", () => {
  assert.equal(answer("/a.csv", model({ format: "text", content: "a,b" })), "allowed")
  assert.equal(
    answer("/a.ipynb", model({ type: "notebook", format: "json", content: { cells: [] } })),
    "allowed",
  )
  assert.equal(answer("/", model({ type: "directory", format: "json", content: [] })), "allowed")
  assert.equal(answer("/a.bin", model({ content: null })), "allowed")
  assert.equal(answer("/a.png", model({ format: "base64", content: PNG })), "allowed")
  assert.equal(
    answer("/a.png", model({ format: "base64", content: Buffer.from("PAR1 data").toString("base64") })),
    "binary_denied",
  )
  assert.equal(
    answer("/a.parquet", model({ format: "base64", content: PNG, path: "a.png" })),
    "binary_denied",
  )
  assert.equal(answer("/a.csv", model({ content: "a,b" })), "binary_denied")
  assert.equal(answer("/a.csv", model({ format: "text", content: "x".repeat(CAPS.text) })), "too_large")
  assert.equal(answer("/a", Buffer.from("<html>")), "notebook_answer")
  assert.equal(answer("/a", model({ type: "file", format: "text", content: { a: 1 } })), "notebook_answer")
  assert.equal(judgeRead("/a.parquet", new URLSearchParams("format=base64")).allowed, false)
  assert.equal(judgeRead("/a.png", new URLSearchParams("format=base64")).allowed, true)
  assert.equal(judgeRead("/a.constructor", new URLSearchParams("format=base64")).allowed, false)
})

test("contents: saving text passes, uploading binary does not; a move is described", () => {
  assert.equal(judgeWrite(model({ format: "text", content: "x" })).allowed, true)
  assert.equal(judgeWrite(Buffer.alloc(0)).allowed, true)
  assert.equal(judgeWrite(model({ format: "base64", content: "x" })).allowed, false)
  assert.equal(judgeWrite(model({ format: "text", chunk: 1, content: "x" })).allowed, false)
  assert.equal(judgeWrite(Buffer.from("[]")).allowed, false)
  assert.equal(describeMove(Buffer.from('{"path":"b.txt"}')), " -> b.txt")
  assert.equal(describeMove(Buffer.from('{"type":"notebook","path":""}')), "")
})

test("outputs: cut per message and per cell, with one notice; a reply keeps its kind", () => {
  const governor = new OutputGovernor({ message: 4000, cell: 9000 })
  const show = (type: string, size: number, channel: "iopub" | "shell" = "iopub", parent = "p1") =>
    governor.pass(
      readFrame(
        writeFrame(channel, [
          JSON.stringify({ msg_id: "m", msg_type: type }),
          JSON.stringify({ msg_id: parent, msg_type: "execute_request" }),
          "{}",
          JSON.stringify({ text: "x".repeat(size) }),
        ]),
      ),
    )
  assert.equal(show("stream", 3000).length, 1)
  assert.equal(show("stream", 3000).length, 1)
  const notice = show("display_data", 5000)[0]
  assert.ok(notice !== undefined)
  const read = readFrame(notice)
  assert.equal(read.header.type, "stream")
  assert.equal(read.parent?.messageId, "p1")
  assert.match(read.content.toString(), /Output cut/)
  assert.deepEqual(show("stream", 3000), [])
  assert.equal(show("status", 10).length, 1)
  assert.equal(show("stream", 3000, "iopub", "p2").length, 1)
  const reply = show("execute_reply", 5000, "shell")[0]
  assert.ok(reply !== undefined)
  assert.equal(readFrame(reply).header.type, "execute_reply")
  assert.match(readFrame(reply).content.toString(), /"status":"error"/)
})

test("asset lists: several images together, and only well-formed ones", () => {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex")
  const lists = readAssetLists([
    JSON.stringify({ "/static/a.js": hash("1") }),
    JSON.stringify({ "/static/a.js": hash("2") }),
  ])
  for (const text of ["1", "2"]) assert.ok(isListed(lists, "/static/a.js", Buffer.from(text)))
  assert.ok(!isListed(lists, "/static/a.js", Buffer.from("3")))
  assert.ok(!isListed(lists, "/static/b.js", Buffer.from("1")))
  for (const bad of ["[", "null", '{"a":"short"}', '{"a":1}']) assert.throws(() => readAssetLists([bad]))
})

test("configuration: every problem at once, no secret from the environment", () => {
  const env = { GLASSHOUSE_SITE: "http://glasshouse.localhost:8080", GLASSHOUSE_STATE_DIR: "/state" }
  const config = readConfig(env, () => "key\n")
  assert.equal(config.controlSocket, "/state/sock/control/gateway.sock")
  assert.equal(config.store.key, "key")
  assert.throws(
    () => readConfig({ GLASSHOUSE_GATEWAY_PORT: "x" }, () => "k"),
    /GLASSHOUSE_SITE is not set\n- GLASSHOUSE_STATE_DIR is not set\n- GLASSHOUSE_GATEWAY_PORT is not a port/,
  )
})
