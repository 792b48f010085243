import assert from "node:assert/strict"
import { test } from "node:test"
import { buildApp } from "./app.ts"
import { makeKeys } from "./domain/keys.ts"
import { ALLOWED, CALLERS, VERBS, type Caller, type Verb } from "./protocol.ts"
import type { Db } from "./store/db.ts"

const ID = "abcdefgh2345"
const ROUTES: Record<Verb, { method: "GET" | "POST" | "PUT" | "DELETE"; url: string }> = {
  "subjects.link": { method: "POST", url: "/v1/subjects/link" },
  "subjects.lookup": { method: "POST", url: "/v1/subjects/lookup" },
  "people.offer": { method: "POST", url: `/v1/projects/${ID}/people/offer` },
  "people.assign": { method: "POST", url: `/v1/projects/${ID}/people/assign` },
  "people.lookup": { method: "POST", url: `/v1/projects/${ID}/people/lookup` },
  "project.open": { method: "PUT", url: `/v1/projects/${ID}` },
  "project.range": { method: "GET", url: `/v1/projects/${ID}/range` },
  "project.destroy": { method: "DELETE", url: `/v1/projects/${ID}/map` },
  "reversal.request": { method: "POST", url: "/v1/reversals" },
  "reversal.approve": { method: "POST", url: `/v1/reversals/${ID}/approvals` },
  "reversal.open": { method: "POST", url: `/v1/reversals/${ID}/open` },
}
const tokens = Object.fromEntries(CALLERS.map((c) => [c, `${c}-token-of-at-least-32-characters`])) as Record<
  Caller,
  string
>

function build() {
  const lines: Record<string, unknown>[] = []
  // a database that fails when touched: what is refused must be refused before
  const db = new Proxy({} as Db, {
    get: () => {
      throw new Error("touched with secret-value")
    },
  })
  const app = buildApp({ db, keys: makeKeys(Buffer.alloc(32)), tokens, say: (l) => lines.push(l) })
  return { app, lines }
}

test("every caller × every verb: only what the table allows passes the gate", async () => {
  const { app } = build()
  for (const verb of VERBS) {
    for (const caller of [...CALLERS, "stranger", "nobody"] as const) {
      const headers: Record<string, string> = {}
      if (caller === "stranger") headers.authorization = "Bearer something-else-of-32-characters-or-so"
      else if (caller !== "nobody") headers.authorization = `Bearer ${tokens[caller]}`
      const answer = await app.inject({ ...ROUTES[verb], headers })
      const allowed =
        (CALLERS as readonly string[]).includes(caller) && ALLOWED[caller as Caller].includes(verb)
      assert.equal(answer.statusCode === 403, !allowed, `${caller} ${verb} answered ${answer.statusCode}`)
      if (!allowed) assert.match(answer.json().code, /^(caller_unknown|verb_not_allowed)$/)
    }
  }
})

test("nobody may both link people and see pseudonyms, or see two kinds of pseudonym", () => {
  const dangerous: Verb[] = ["subjects.link", "subjects.lookup", "people.lookup", "reversal.open"]
  for (const caller of CALLERS) {
    assert.ok(ALLOWED[caller].filter((v) => dangerous.includes(v)).length <= 1, caller)
  }
  for (const verb of VERBS) assert.equal(CALLERS.filter((c) => ALLOWED[c].includes(verb)).length, 1, verb)
})

test("malformed bodies are refused without a word of them, and failures are not quoted", async () => {
  const { app, lines } = build()
  const headers = { authorization: `Bearer ${tokens.link}` }
  const good = {
    dataSet: "nafld",
    submission: ID,
    count: 0,
    subjects: "",
    nhsDob: "",
    nhsDobSwapped: "",
    nhsName: "",
    nameDobPostcode: "",
  }
  for (const bad of [
    { ...good, extra: "9990000018" },
    { ...good, count: -1 },
    { ...good, count: 50_001 },
    { ...good, submission: "../../etc" },
    { ...good, dataSet: "9990000018" },
    [],
  ]) {
    const answer = await app.inject({ method: "POST", url: "/v1/subjects/link", headers, payload: bad })
    assert.equal(answer.statusCode, 400)
    assert.ok(!answer.body.includes("9990000018"))
  }
  const short = await app.inject({
    method: "POST",
    url: "/v1/subjects/link",
    headers,
    payload: { ...good, count: 1 },
  })
  assert.equal(short.statusCode, 422)
  assert.equal(short.json().code, "packed_size")
  const failed = await app.inject({ method: "POST", url: "/v1/subjects/link", headers, payload: good })
  assert.equal(failed.statusCode, 500)
  assert.ok(!failed.body.includes("secret-value"))
  assert.ok(!JSON.stringify(lines).includes("secret-value"))
  assert.ok(!JSON.stringify(lines).includes("9990000018"))
})

test("an unknown path is no verb", async () => {
  const { app } = build()
  const answer = await app.inject({
    method: "GET",
    url: "/v1/masters",
    headers: { authorization: `Bearer ${tokens.control}` },
  })
  assert.equal(answer.statusCode, 404)
})
