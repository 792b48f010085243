// The running platform as a browser reaches it, for integration tests: sign-in through the edge and
// Keycloak with a one-time code, the API with the token, notebook hosts with the headers of a frame.
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { request as httpRequest, type IncomingHttpHeaders } from "node:http"
import { join } from "node:path"
import { promisify } from "node:util"
import { WebSocket } from "ws"
import { KERNEL_PROTOCOL, type Frame, readFrame } from "../src/domain/frame.ts"
import { message } from "./rig.ts"
import { until } from "./until.ts"

const site = new URL(process.env["GLASSHOUSE_SITE"] ?? "http://glasshouse.localhost:8080")
const root = join(import.meta.dirname, "../../..")

type Answer = { status: number; headers: IncomingHttpHeaders; text: string }
type Options = { method?: string; headers?: Record<string, string>; body?: string }

/** Names below localhost are this machine: curl and Node do not know, so the address is given. */
export function ask(
  host: string,
  path: string,
  { method = "GET", headers = {}, body }: Options = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port: site.port || 80, path, method, headers: { host, ...headers } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on("data", (chunk: Buffer) => chunks.push(chunk))
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        )
      },
    )
    sent.on("error", reject)
    sent.end(body)
  })
}

/** A demo account's access token, through the real sign-in pages. */
export async function signIn(username: string): Promise<string> {
  const accounts = JSON.parse(
    readFileSync(join(process.env["GLASSHOUSE_STATE_DIR"] ?? "", "secrets/demo-accounts.json"), "utf8"),
  ) as { username: string; password: string }[]
  const account = accounts.find((one) => one.username === username)
  assert.ok(account !== undefined, `demo account ${username}`)
  const verifier = randomBytes(32).toString("base64url")
  const identity = `id.${site.host}`
  const realm = "/realms/glasshouse/protocol/openid-connect"
  const query = new URLSearchParams({
    client_id: "console",
    redirect_uri: `${site.origin}/`,
    response_type: "code",
    scope: "openid",
    state: "s",
    nonce: "n",
    code_challenge_method: "S256",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  })
  const cookies = new Map<string, string>()
  let page = await withCookies(cookies, identity, `${realm}/auth?${query}`)
  page = await withCookies(cookies, identity, formOf(page), { username, password: account.password })
  const { stdout } = await promisify(execFile)(process.execPath, ["infra/cli.js", "demo-code", username], {
    cwd: root,
  })
  page = await withCookies(cookies, identity, formOf(page), { otp: stdout.trim() })
  const code = new URL(page.headers.location ?? "", site.origin).searchParams.get("code")
  assert.ok(code !== null, `signed in as ${username}: ${page.status}`)
  const token = await ask(identity, `${realm}/token`, {
    method: "POST",
    ...form({
      grant_type: "authorization_code",
      client_id: "console",
      redirect_uri: `${site.origin}/`,
      code,
      code_verifier: verifier,
    }),
  })
  return (JSON.parse(token.text) as { access_token: string }).access_token
}

function formOf(page: Answer): string {
  const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&")
  assert.ok(action !== undefined, `a form to fill in: ${page.status} ${page.text.slice(0, 200)}`)
  const { pathname, search } = new URL(action, site.origin)
  return pathname + search
}

function form(fields: Record<string, string>): Options {
  return {
    body: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  }
}

async function withCookies(
  cookies: Map<string, string>,
  host: string,
  path: string,
  fields?: Record<string, string>,
): Promise<Answer> {
  const { body, headers } = fields === undefined ? { body: undefined, headers: {} } : form(fields)
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
  const answer = await ask(host, path, {
    method: fields === undefined ? "GET" : "POST",
    headers: { ...headers, cookie },
    ...(body === undefined ? {} : { body }),
  })
  for (const line of answer.headers["set-cookie"] ?? []) {
    const [name = "", value = ""] = line.split(";")[0]?.split(/=(.*)/s) ?? []
    cookies.set(name, value)
  }
  return answer
}

export async function api<T>(token: string, method: string, path: string, body?: object): Promise<T> {
  const answer = await ask(site.host, path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return JSON.parse(answer.text) as T
}

/** A notebook host, entered with a ticket as the console's frame does. */
export class Notebook {
  readonly host: string
  readonly #cookie: string

  constructor(host: string, cookie: string) {
    this.host = host
    this.#cookie = cookie
  }

  static async enter(token: string, workspace: string): Promise<Notebook> {
    const { url } = await api<{ url: string }>(token, "POST", `/api/workspaces/${workspace}/ticket`)
    const { host, pathname, search } = new URL(url)
    const frame = { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }
    const answer = await ask(host, pathname + search, { headers: frame })
    assert.equal(answer.status, 200, answer.text)
    return new Notebook(host, answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "")
  }

  ask(path: string, { headers, ...options }: Options = {}): Promise<Answer> {
    return ask(this.host, path, {
      ...options,
      headers: { cookie: this.#cookie, "sec-fetch-site": "same-origin", ...headers },
    })
  }

  async startKernel(name: string): Promise<Kernel> {
    const json = { "content-type": "application/json", origin: `http://${this.host}` }
    const answer = await this.ask("/api/kernels", {
      method: "POST",
      body: JSON.stringify({ name }),
      headers: json,
    })
    assert.equal(answer.status, 201, answer.text)
    const { id } = JSON.parse(answer.text) as { id: string }
    const socket = new WebSocket(
      `ws://127.0.0.1:${site.port || 80}/api/kernels/${id}/channels?session_id=${randomBytes(8).toString("hex")}`,
      [KERNEL_PROTOCOL],
      {
        headers: { host: this.host, origin: `http://${this.host}`, cookie: this.#cookie },
      },
    )
    await until(() => socket.readyState === socket.OPEN, "the kernel's socket opens", 30_000)
    return new Kernel(id, socket)
  }
}

export class Kernel {
  readonly id: string
  readonly socket: WebSocket
  readonly #frames: Frame[] = []
  closed: { code: number; reason: string } | undefined

  constructor(id: string, socket: WebSocket) {
    this.id = id
    this.socket = socket
    socket.on("message", (data: Buffer) => this.#frames.push(readFrame(data)))
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString("utf8") }
    })
  }

  /** Everything that a run printed or showed as text, and its error. */
  async run(code: string, deadline = 60_000): Promise<string> {
    const id = randomBytes(8).toString("hex")
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    }
    this.socket.send(message("execute_request", content, "shell", id))
    const own = (): Frame[] => this.#frames.filter((frame) => frame.parent?.messageId === id)
    const isIdle = (frame: Frame): boolean =>
      frame.header.type === "status" && /"idle"/.test(frame.content.toString())
    await until(
      () => own().some((frame) => frame.header.type === "execute_reply") && own().some(isIdle),
      `a reply to ${code.slice(0, 40)}`,
      deadline,
    )
    return own().map(textOf).join("")
  }
}

function textOf({ header, content }: Frame): string {
  const body = JSON.parse(content.toString()) as {
    text?: string
    data?: Record<string, string>
    traceback?: string[]
  }
  if (header.type === "stream") return body.text ?? ""
  if (header.type === "execute_result" || header.type === "display_data")
    return body.data?.["text/plain"] ?? ""
  return header.type === "error" ? (body.traceback ?? []).join("\n") : ""
}
