// A demonstration person who works over the API: signs in at the identity server's own pages with password
// and one-time code, renews the token, and gives a fresh code where an operation asks for one.
import { createHash, randomBytes } from "node:crypto"
import path from "node:path"
import { operationById, type OperationId } from "#contract/index.ts"
import { nextCode, systemClock } from "../../infra/identity/next-code.ts"
import { readDemoAccounts } from "../../infra/identity/prepare.ts"
import type { Installation } from "../../infra/installation.ts"
import { ask, Cookies, readJson, type Answer } from "./wire.ts"

export interface Input {
  readonly params?: Record<string, string | number>
  readonly query?: Record<string, string | number>
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** What became of a call. `unanswered`: nobody can say whether it took effect. */
export type Told =
  | { kind: "done"; status: number; value: Record<string, unknown>; answer: Answer }
  | { kind: "refused"; status: number; code: string }
  | { kind: "unanswered"; status: number; code: string }

/** The sign-in is no subject here: on a busy machine it may take its time. */
const SIGN_IN_WITHIN = 120_000
const TOKEN_GOOD_FOR = 200_000
const CODE_GOOD_FOR = 200_000

export class Person {
  readonly username: string
  readonly email: string
  readonly origin: string
  id = ""
  readonly #installation: Installation
  readonly #cookies = new Cookies()
  readonly #identity: string
  #token = ""
  #refresh = ""
  #tokenAt = -Infinity
  #codeAt = -Infinity
  #signing: Promise<void> | undefined

  constructor(installation: Installation, username: string) {
    const account = readDemoAccounts(installation.state).find((one) => one.username === username)
    if (account === undefined) throw new Error(`no demonstration account ${username}`)
    this.#installation = installation
    this.username = username
    this.email = account.email
    this.origin = installation.site.origin
    this.#identity = `${installation.site.identityOrigin}/realms/glasshouse/protocol/openid-connect`
  }

  /** With `fresh` also for operations that ask for a code not older than five minutes. */
  async signIn(fresh = false): Promise<void> {
    await this.#authorise(fresh)
    const me = await this.call("sessionGet")
    if (me.kind !== "done") throw new Error(`${this.username} could not sign in: ${me.code}`)
    this.id = ((me.value["person"] as { id?: string } | undefined) ?? {}).id ?? String(me.value["id"] ?? "")
  }

  /** A token that is good for a while, with a fresh code when it must be. Calls at once share one way. */
  async token(fresh = false): Promise<string> {
    const now = performance.now()
    const old = now - this.#tokenAt > TOKEN_GOOD_FOR || (fresh && now - this.#codeAt > CODE_GOOD_FOR)
    if (old) {
      this.#signing ??= (fresh ? this.#authorise(true) : this.#renew()).finally(() => {
        this.#signing = undefined
      })
      await this.#signing
      if (fresh && performance.now() - this.#codeAt > CODE_GOOD_FOR) await this.#authorise(true)
    }
    return this.#token
  }

  async call(id: OperationId, input: Input = {}, within = 20_000): Promise<Told> {
    const operation = operationById.get(id)
    if (operation === undefined) throw new Error(`no operation ${id}`)
    const token = operation.serves === "public" ? "" : await this.token(operation.stepUp === true)
    const filled = operation.path.replace(/:([A-Za-z]+)/g, (_, name: string) =>
      encodeURIComponent(String(input.params?.[name] ?? "")),
    )
    const search = new URLSearchParams(
      Object.entries(input.query ?? {}).map(([name, value]) => [name, String(value)]),
    ).toString()
    let answer: Answer
    try {
      answer = await ask(`${this.origin}${filled}${search === "" ? "" : `?${search}`}`, {
        method: operation.method,
        headers: {
          accept: "application/json",
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
          ...(input.body === undefined ? {} : { "content-type": "application/json" }),
          ...input.headers,
        },
        ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
        within,
      })
    } catch (error) {
      const name = error instanceof Error ? ((error as { code?: string }).code ?? error.name) : "unknown"
      return { kind: "unanswered", status: 0, code: name }
    }
    const value = readJson(answer)
    if (answer.status >= 200 && answer.status < 300)
      return { kind: "done", status: answer.status, value: (value ?? {}) as Record<string, unknown>, answer }
    const code = String((value as { code?: unknown } | undefined)?.code ?? "no_code")
    return { kind: answer.status >= 500 ? "unanswered" : "refused", status: answer.status, code }
  }

  async #renew(): Promise<void> {
    const answer = await ask(`${this.#identity}/token`, {
      method: "POST",
      within: SIGN_IN_WITHIN,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: "console",
        refresh_token: this.#refresh,
      }).toString(),
    })
    if (answer.status !== 200) return await this.#authorise(false)
    this.#keep(answer)
  }

  async #authorise(fresh: boolean): Promise<void> {
    const verifier = randomBytes(48).toString("base64url")
    const search = new URLSearchParams({
      client_id: "console",
      redirect_uri: `${this.origin}/`,
      response_type: "code",
      scope: "openid",
      state: randomBytes(8).toString("hex"),
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...(fresh ? { acr_values: "gh-fresh" } : {}),
    })
    const code = await this.#walkForms(`${this.#identity}/auth?${search.toString()}`)
    const answer = await ask(`${this.#identity}/token`, {
      method: "POST",
      within: SIGN_IN_WITHIN,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: "console",
        code,
        redirect_uri: `${this.origin}/`,
        code_verifier: verifier,
      }).toString(),
    })
    if (answer.status !== 200)
      throw new Error(`${this.username}: no token (${answer.status} ${answer.bytes.toString("utf8")})`)
    this.#keep(answer)
    if (fresh) this.#codeAt = performance.now()
  }

  #keep(answer: Answer): void {
    const given = readJson(answer) as { access_token: string; refresh_token: string }
    this.#token = given.access_token
    this.#refresh = given.refresh_token
    this.#tokenAt = performance.now()
  }

  /** Follows the identity server's pages and fills in what they ask for, until it sends us back with a code. */
  async #walkForms(start: string): Promise<string> {
    let url = start
    let body: string | undefined
    for (let step = 0; step < 12; step += 1) {
      const answer = await ask(url, {
        method: body === undefined ? "GET" : "POST",
        within: SIGN_IN_WITHIN,
        headers: {
          cookie: this.#cookies.header(url),
          ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
        ...(body === undefined ? {} : { body }),
      })
      this.#cookies.keep(url, answer)
      const location = answer.headers["location"]
      if (typeof location === "string") {
        const target = new URL(location, url)
        const code = target.searchParams.get("code")
        if (target.origin === this.origin && code !== null) return code
        url = target.href
        body = undefined
        continue
      }
      const page = answer.bytes.toString("utf8")
      const action = /<form[^>]*\saction="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&")
      if (action === undefined && answer.status >= 500) {
        // It is starting or too busy: the same page is asked for again.
        await new Promise((resolve) => setTimeout(resolve, 3_000))
        continue
      }
      if (action === undefined)
        throw new Error(`${this.username}: no form on a sign-in page (${answer.status})`)
      url = action
      body = await this.#fill(page)
    }
    throw new Error(`${this.username}: signing in goes round in circles`)
  }

  async #fill(page: string): Promise<string> {
    const { state } = this.#installation
    const account = readDemoAccounts(state).find((one) => one.username === this.username)
    if (account === undefined) throw new Error(`no demonstration account ${this.username}`)
    if (/name="otp"/.test(page)) {
      const code = await nextCode(
        path.join(state, "secrets"),
        this.username,
        account.totp,
        systemClock,
        () => {},
      )
      return new URLSearchParams({ otp: code }).toString()
    }
    return new URLSearchParams({ username: this.username, password: account.password }).toString()
  }
}
