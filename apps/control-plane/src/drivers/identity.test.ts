// The driver against a small server that speaks like Keycloak's admin interface.
import assert from "node:assert/strict"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { after, before, beforeEach, test } from "node:test"
import { IdentityFailed, openIdentity } from "./identity.ts"

let server: Server
let base: string
const users = new Map<string, { id: string; requiredActions: string[] }>()
const letters: string[] = []
let mailStatus = 204

before(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://identity")
    const answer = (status: number, body?: unknown) =>
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(body === undefined ? "" : JSON.stringify(body))
    let text = ""
    request.on("data", (chunk: Buffer) => (text += chunk.toString()))
    request.on("end", () => {
      if (url.pathname.endsWith("/token")) return answer(200, { access_token: "t", expires_in: 300 })
      if (url.pathname.endsWith("/execute-actions-email")) {
        letters.push(url.pathname.split("/").at(-2) ?? "")
        return answer(mailStatus, mailStatus === 204 ? undefined : { errorMessage: "no sender" })
      }
      if (request.method === "POST") {
        const user = JSON.parse(text) as { email: string; requiredActions: string[] }
        users.set(user.email, { id: `id-${user.email}`, requiredActions: user.requiredActions })
        return answer(201)
      }
      const found = users.get(url.searchParams.get("email") ?? "")
      return answer(200, found === undefined ? [] : [found])
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => server.close())
beforeEach(() => {
  users.clear()
  letters.length = 0
  mailStatus = 204
})

const open = (at = base) => openIdentity({ base: at, realm: "r", client: "c", secret: "s" })
const who = { email: "new@example.org", name: "New Person" }

test("a new account is made and gets its letter; one that has signed in gets none", async () => {
  assert.deepEqual(await open().ensureUser(who), { subject: "id-new@example.org", made: true })
  assert.deepEqual(letters, ["id-new@example.org"])
  users.get(who.email)!.requiredActions.length = 0
  assert.deepEqual(await open().ensureUser(who), { subject: "id-new@example.org", made: false })
  assert.equal(letters.length, 1)
})

test("a letter that failed is sent when the person is invited again", async () => {
  mailStatus = 500
  await assert.rejects(open().ensureUser(who), IdentityFailed)
  mailStatus = 204
  assert.deepEqual(await open().ensureUser(who), { subject: "id-new@example.org", made: false })
  assert.equal(letters.length, 2)
})

test("an identity server that is away or fails is an error of its own kind", async () => {
  mailStatus = 500
  for (const identity of [open(), open("http://127.0.0.1:9")])
    await assert.rejects(identity.ensureUser(who), IdentityFailed)
})
