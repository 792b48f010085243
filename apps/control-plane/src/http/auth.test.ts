// Which tokens count: ours alone, for this API, given to the console, in time, signed by the pinned algorithm;
// and which one-time codes are fresh.
import assert from "node:assert/strict"
import { before, test } from "node:test"
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type JWK,
  type JWTPayload,
} from "jose"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { Problem } from "../domain/errors.ts"
import { assertStepUp, createTokenVerifier, type VerifyToken } from "./auth.ts"

const ISSUER = "http://id.glasshouse.localhost/realms/glasshouse"
const NOW = () => Math.floor(Date.now() / 1_000)
const GOOD: JWTPayload = {
  iss: ISSUER,
  aud: "glasshouse-api",
  azp: "console",
  sub: "subject",
  sid: "session",
  acr: "gh-fresh",
  auth_time: NOW(),
}

let verify: VerifyToken
let key: CryptoKey
let strangersKey: CryptoKey
let rsaKey: CryptoKey
before(async () => {
  const own = await generateKeyPair("ES256")
  const strangers = await generateKeyPair("ES256")
  // Published by the server for something else: the algorithm is pinned whatever the key set holds.
  const rsa = await generateKeyPair("RS256")
  key = own.privateKey
  strangersKey = strangers.privateKey
  rsaKey = rsa.privateKey
  const jwk = async (k: CryptoKey, more: JWK): Promise<JWK> => ({ ...(await exportJWK(k)), ...more })
  const keys = createLocalJWKSet({
    keys: [
      await jwk(own.publicKey, { kid: "own", alg: "ES256", use: "sig" }),
      await jwk(rsa.publicKey, { kid: "rsa", alg: "RS256", use: "sig" }),
    ],
  })
  const config = {
    identity: { issuer: ISSUER, client: "console", internal: "http://none", realm: "glasshouse" },
  }
  verify = createTokenVerifier({ config } as unknown as Ctx, keys)
})

function token(claims: JWTPayload, how: { from?: number; until?: number } = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", kid: "own" })
    .setIssuedAt(how.from ?? NOW())
    .setExpirationTime(how.until ?? NOW() + 60)
    .sign(key)
}

async function refused(made: string, about: string): Promise<void> {
  await assert.rejects(
    verify(made),
    (error) => error instanceof Problem && error.status === 401 && error.code === "token_invalid",
    about,
  )
}

test("a token of the console for this API counts", async () => {
  const verified = await verify(await token(GOOD))
  assert.deepEqual(
    { ...verified, authTime: 0 },
    { issuer: ISSUER, subject: "subject", sid: "session", acr: "gh-fresh", authTime: 0 },
  )
})

test("another issuer, audience, party or time, or a missing claim, does not", async () => {
  const { sub: _sub, ...withoutSubject } = GOOD
  const wrong: [string, JWTPayload][] = [
    ["issuer", { ...GOOD, iss: "http://id.glasshouse.localhost/realms/master" }],
    ["audience", { ...GOOD, aud: "account" }],
    ["party: a service's own client credentials", { ...GOOD, azp: "control-plane" }],
    ["party: none", { ...GOOD, azp: undefined }],
    ["session", { ...GOOD, sid: undefined }],
    ["subject", withoutSubject],
    ["not yet", { ...GOOD, nbf: NOW() + 60 }],
  ]
  for (const [about, claims] of wrong) await refused(await token(claims), about)
  await refused(await token(GOOD, { from: NOW() - 120, until: NOW() - 60 }), "expired")
})

test("neither a stranger's key, nor another algorithm, nor none at all", async () => {
  const header = { alg: "ES256", kid: "own" }
  const signed = (claims: JWTPayload) => new SignJWT(claims).setIssuedAt().setExpirationTime("1m")
  await refused(await signed(GOOD).setProtectedHeader(header).sign(strangersKey), "a stranger's key")
  await refused(await signed(GOOD).setProtectedHeader({ alg: "RS256", kid: "rsa" }).sign(rsaKey), "RS256")
  const secret = new TextEncoder().encode("a secret that is long enough for HS256")
  await refused(await signed(GOOD).setProtectedHeader({ alg: "HS256", kid: "own" }).sign(secret), "HS256")
  await refused(new UnsecuredJWT(GOOD).setIssuedAt().setExpirationTime("1m").encode(), "unsigned")
  const [head, , signature] = (await token(GOOD)).split(".")
  const other = Buffer.from(JSON.stringify({ ...GOOD, sub: "other", iat: NOW(), exp: NOW() + 60 })).toString(
    "base64url",
  )
  await refused(`${head}.${other}.${signature}`, "changed after it was signed")
  await refused("nonsense", "nonsense")
})

test("a code counts for five minutes, from the server that dates it, and only as a code", () => {
  const now = new Date("2026-01-01T12:00:00.000Z")
  const ctx = { clock: { now: () => now }, config: { stepUpSeconds: 300 } } as unknown as Ctx
  const fresh = (acr: string, age: number) => {
    const actor = { acr, authTime: now.getTime() / 1_000 - age } as PersonActor
    try {
      assertStepUp(ctx, actor)
      return "fresh"
    } catch (error) {
      return (error as Problem).code
    }
  }
  for (const age of [0, 299, 300, -2]) assert.equal(fresh("gh-fresh", age), "fresh", `${age} s`)
  for (const age of [301, 3_600, -6]) assert.equal(fresh("gh-fresh", age), "step_up_required", `${age} s`)
  for (const acr of ["gh-code", "", "1", "GH-FRESH"]) assert.equal(fresh(acr, 0), "step_up_required", acr)
  assert.equal(fresh("gh-fresh", Number.NaN), "step_up_required", "no time at all")
})
