// What the edge lets through, tried on the running one: the sign-in's paths and no others, known names and
// no others, and TLS with a self-made authority on an edge of its own.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { request as plainRequest, type IncomingHttpHeaders } from "node:http"
import { request as tlsRequest } from "node:https"
import os from "node:os"
import path from "node:path"
import { after, before, test } from "node:test"
import { readInstallation } from "../installation.ts"
import { readImages } from "../platform.ts"
import { run, tryRun, waitUntil } from "../run.ts"
import { makeAuthority } from "../testing/authority.ts"
import { renderNginx } from "./nginx.ts"

const installation = readInstallation(process.env)
const { site, port, state } = installation
const directory = mkdtempSync(path.join(os.tmpdir(), "edge-"))
after(() => rmSync(directory, { recursive: true }))

interface Answer {
  status: number
  headers: IncomingHttpHeaders
}

function ask(host: string, target: string, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      method,
      path: target,
      headers: { host: `${host}:${site.port}` },
    }
    const call = plainRequest(options, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers })
    })
    call.on("error", reject)
    call.end()
  })
}

/** For targets that Node's client would not send. */
function askRaw(host: string, line: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ""
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`${line}\r\nHost: ${host}:${site.port}\r\nConnection: close\r\n\r\n`),
    )
    socket.on("data", (chunk) => (text += chunk.toString("latin1")))
    socket.on("error", reject)
    socket.on("close", () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)))
  })
}

const identity = `id.${site.host}`

test("signing in works through the edge", async () => {
  const discovery = await ask(identity, "/realms/glasshouse/.well-known/openid-configuration")
  assert.equal(discovery.status, 200)
  const certs = await ask(identity, "/realms/glasshouse/protocol/openid-connect/certs?x=%2F..%2F;")
  assert.equal(certs.status, 200)
})

test("nothing else of the identity server is reachable, by any spelling", async () => {
  const closed = [
    "/",
    "/admin",
    "/admin/",
    "/admin/master/console/",
    "/admin/realms/glasshouse/users",
    "/realms/master",
    "/realms/master/protocol/openid-connect/token",
    "/realms/glasshouse",
    "/realms/glasshouse/",
    "/realms/glasshouse/account",
    "/realms/glasshouse/account/",
    "/realms/glasshouse/broker/x/endpoint",
    "/realms/glasshouse/clients-registrations/default",
    "/realms/glasshouse/clients-managements",
    "/realms/glasshouse/authz/protection",
    "/realms/glasshouse/device",
    "/realms/glasshouse/protocol/saml",
    "/realms/glasshouse/protocol/saml/descriptor",
    "/resources/glasshouse/login/en",
    "/resources/glasshouse/login/x-made-up-1",
    "/resources/master/admin/en",
    "/metrics",
    "/health",
    "/welcome",
    "/realms/glasshouse/protocol/../account",
    "/realms/glasshouse/protocol/%2e%2e/account",
    "/realms/glasshouse/protocol/..%2f..%2fmaster",
    "/realms/glasshouse/protocol/..;/..;/master",
    "/realms/glasshouse/protocol;x=1/openid-connect/certs",
    "/realms/master/../glasshouse/protocol/openid-connect/certs",
    "//realms/glasshouse/protocol/openid-connect/certs",
    "/realms/glasshouse/protocol/openid-connect//certs",
    "/realms/glasshouse/protocol/%252e%252e/account",
    "/resources/..%5c..%5cadmin",
    "/REALMS/glasshouse/protocol/openid-connect/certs",
    "/js/../admin/",
  ]
  for (const target of closed) assert.equal(await askRaw(identity, `GET ${target} HTTP/1.1`), 404, target)
  assert.ok([400, 404].includes(await askRaw(identity, "GET /resources\\..\\admin HTTP/1.1")))
  for (const absolute of [`http://${identity}/admin/`, "http://keycloak:8080/admin/"])
    assert.notEqual(await askRaw(identity, `GET ${absolute} HTTP/1.1`), 200, absolute)
})

test("flooding the sign-in from one address is slowed down, and the console beside it is not", async () => {
  const flood = Array.from({ length: 600 }, () => ask(identity, "/realms/glasshouse/.well-known/x"))
  const statuses = (await Promise.all(flood)).map(({ status }) => status)
  assert.ok(statuses.includes(429), "some are refused")
  assert.ok(statuses.filter((status) => status !== 429).length >= 200, "a crowd signing in at once is served")
  assert.equal((await ask(site.host, "/api/health/live")).status, 200)
  const served = async () =>
    (await ask(identity, "/realms/glasshouse/.well-known/openid-configuration")).status === 200
  assert.ok(await waitUntil(served, 15_000), "afterwards it is served again")
})

test("a name that is none of ours is not served", async () => {
  const long = "a".repeat(40)
  for (const host of [
    "127.0.0.1",
    "localhost",
    "evil.example",
    `x.${site.host}`,
    `ws.${site.host}`,
    `${long}.ws.${site.host}`,
  ])
    assert.equal((await ask(host, "/")).status, 421, host)
  for (const host of [
    `abcdefghijk.ws.${site.host}`,
    `ABCDEFGHIJKL1.ws.${site.host}`,
    `a.abcdefghijkl.ws.${site.host}`,
  ])
    assert.equal((await ask(host, "/")).status, 421, host)
})

test("the console answers under its name", async () => {
  assert.equal((await ask(site.host, "/api/health/live")).status, 200)
})

// ---- TLS: an edge of its own on the same network, with a certificate of a self-made authority.

const secure = { port: 0, container: "" }

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
}

before(async () => {
  await makeAuthority(directory, site.host)
  secure.port = await freePort()
  const image = readImages(state)["edge"] ?? ""
  const secureSite = { ...site, scheme: "https" as const, port: secure.port }
  writeFileSync(path.join(directory, "nginx.conf"), renderNginx(secureSite, true))
  await run("sh", ["-c", "mkdir -p tls && cp tls.crt tls.key tls/ && chmod -R a+rX . && chmod a+r tls/*"], {
    cwd: directory,
  })
  secure.container = (
    await run("docker", [
      ...[
        "run",
        "--detach",
        "--rm",
        "--network",
        `${installation.project}_front`,
        "--read-only",
        "--tmpfs",
        "/tmp",
      ],
      ...["--user", "33:33", "--cap-drop", "ALL", "--publish", `127.0.0.1:${secure.port}:8080`],
      ...[
        "--label",
        `glasshouse.installation=${process.env["GLASSHOUSE_INSTALLATION_ID"]}`,
        "--label",
        "glasshouse.role=service",
      ],
      ...["--volume", `${directory}:/etc/glasshouse:ro`, image],
    ])
  ).trim()
  const accepts = () =>
    new Promise<boolean>((resolve) => {
      askSecure(site.host, "/api/health/live").then(
        () => resolve(true),
        () => resolve(false),
      )
    })
  assert.equal(await waitUntil(accepts, 20_000), true, "the edge with TLS accepts connections")
})

after(async () => {
  await tryRun("docker", ["rm", "--force", secure.container])
})

function askSecure(host: string, target: string, trusted = true, maxVersion?: "TLSv1.1"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: secure.port,
      servername: host,
      path: target,
      headers: { host: `${host}:${secure.port}` },
      agent: false as const,
      ...(trusted ? { ca: readFileSync(path.join(directory, "ca.crt")) } : {}),
      ...(maxVersion === undefined
        ? {}
        : { maxVersion, minVersion: "TLSv1" as const, ciphers: "DEFAULT@SECLEVEL=0" }),
    }
    const call = tlsRequest(options, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers })
    })
    call.on("error", reject)
    call.end()
  })
}

test("with a certificate the edge serves TLS only, under every one of its names", async () => {
  const live = await askSecure(site.host, "/api/health/live")
  assert.equal(live.status, 200)
  assert.match(live.headers["strict-transport-security"] ?? "", /max-age=\d+/)
  const discovery = await askSecure(identity, "/realms/glasshouse/.well-known/openid-configuration")
  assert.equal(discovery.status, 200)
  assert.equal((await askSecure(identity, "/admin/")).status, 404)
  await assert.rejects(askSecure(site.host, "/", false), /certificate|self-signed|issuer/i)
  await assert.rejects(askSecure(site.host, "/", true, "TLSv1.1"))
  const plain = await new Promise<number>((resolve, reject) => {
    const call = plainRequest(
      { host: "127.0.0.1", port: secure.port, path: "/", headers: { host: site.host } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      },
    )
    call.on("error", reject)
    call.end()
  })
  assert.equal(plain, 400)
})
