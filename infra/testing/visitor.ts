// A browser as far as signing in needs one: TLS that trusts one authority only, cookies per host, forms. All
// names lead to this machine, whatever its resolver says.
import { createHash, randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { request } from "node:https"
import type { IncomingHttpHeaders } from "node:http"
import type { Site } from "../installation.ts"

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

interface Asked {
  method?: string
  headers?: Record<string, string>
  form?: Record<string, string>
}

export class Visitor {
  readonly #ca: Buffer
  readonly #cookies = new Map<string, Map<string, string>>()
  /** every Set-Cookie line seen, with its host */
  readonly cookieLines: { host: string; line: string }[] = []

  constructor(caFile: string) {
    this.#ca = readFileSync(caFile)
  }

  ask(address: string, { method, headers = {}, form }: Asked = {}): Promise<Answer> {
    const url = new URL(address)
    const body = form === undefined ? undefined : new URLSearchParams(form).toString()
    const jar = this.#cookies.get(url.hostname) ?? new Map<string, string>()
    this.#cookies.set(url.hostname, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ")
    const options = {
      host: "127.0.0.1",
      port: url.port,
      servername: url.hostname,
      ca: this.#ca,
      agent: false as const,
      method: method ?? (body === undefined ? "GET" : "POST"),
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        ...(cookie === "" ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
    }
    return new Promise((resolve, reject) => {
      const call = request(options, (answer) => {
        let text = ""
        answer.setEncoding("utf8")
        answer.on("data", (chunk: string) => (text += chunk))
        answer.on("error", reject)
        answer.on("end", () => {
          for (const line of answer.headers["set-cookie"] ?? []) {
            this.cookieLines.push({ host: url.hostname, line })
            const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
            jar.set(name, value)
          }
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
        })
      })
      call.on("error", reject)
      call.end(body)
    })
  }

  /** Password, then code, as the pages of the sign-in ask for them; answers an access token. */
  async signIn(site: Site, username: string, password: string, code: () => Promise<string>): Promise<string> {
    const verifier = randomBytes(32).toString("base64url")
    const openid = `${site.identityOrigin}/realms/glasshouse/protocol/openid-connect`
    const wish = new URLSearchParams({
      client_id: "console",
      redirect_uri: `${site.origin}/`,
      response_type: "code",
      scope: "openid",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    })
    const first = await this.ask(`${openid}/auth?${wish}`)
    const second = await this.ask(formOf(first), { form: { username, password } })
    const last = await this.ask(formOf(second), { form: { otp: await code() } })
    const back = new URL(last.headers.location ?? "http://nowhere.invalid")
    if (last.status !== 302 || back.origin !== site.origin)
      throw new Error(`the sign-in ended with ${last.status} and ${back.origin}`)
    const grant = {
      grant_type: "authorization_code",
      client_id: "console",
      redirect_uri: `${site.origin}/`,
      code: back.searchParams.get("code") ?? "",
      code_verifier: verifier,
    }
    const token = await this.ask(`${openid}/token`, { form: grant, headers: { origin: site.origin } })
    if (token.status !== 200) throw new Error(`no token: ${token.status} ${token.text}`)
    return (JSON.parse(token.text) as { access_token: string }).access_token
  }
}

/** Where the one form of a sign-in page is sent. */
function formOf({ status, text }: Answer): string {
  const action = /<form[^>]*\baction="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&")
  if (status !== 200 || action === undefined)
    throw new Error(`no form to fill in (${status}): ${text.slice(0, 300)}`)
  return action
}
