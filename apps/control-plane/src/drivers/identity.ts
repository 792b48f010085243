// Keycloak through its admin interface, with a client-credentials token: its event store, and logging
// a person out. Keycloak authenticates; it grants nothing here.
import { request } from "undici"

export interface IdentityEvent {
  readonly id: string
  /** milliseconds */
  readonly time: number
  readonly type: string
  readonly userId?: string
  readonly sessionId?: string
  readonly clientId?: string
  readonly error?: string
  readonly details?: Readonly<Record<string, string>>
}

export interface IdentityAdminEvent {
  readonly id?: string
  readonly time: number
  readonly operationType: string
  readonly resourceType: string
  readonly resourcePath?: string
  readonly authDetails?: { readonly userId?: string; readonly clientId?: string }
}

/** It did not answer, or not as it should: what was asked may be asked again. */
export class IdentityFailed extends Error {}

export interface IdentityDriver {
  /** Oldest first, from this moment on (inclusive). */
  events(fromMillis: number, max: number): Promise<IdentityEvent[]>
  adminEvents(fromMillis: number, max: number): Promise<IdentityAdminEvent[]>
  /** Makes an account that must choose a password and a second factor, and mails its link; finds it when it exists. */
  ensureUser(user: { email: string; name: string }): Promise<{ subject: string; made: boolean }>
  /** Ends one browser session at the identity server; no error when it is gone already. */
  endSession(sid: string): Promise<void>
  ready(): Promise<boolean>
}

/** What a new account must do before it can be used. */
const FIRST_ACTIONS = ["UPDATE_PASSWORD", "CONFIGURE_TOTP"]

export function openIdentity(options: {
  base: string
  realm: string
  client: string
  secret: string
}): IdentityDriver {
  let token: { value: string; until: number } | undefined

  async function send(url: string, init: Parameters<typeof request>[1]) {
    try {
      const answer = await request(url, { ...init, signal: AbortSignal.timeout(5_000) })
      return { status: answer.statusCode, text: await answer.body.text() }
    } catch (cause) {
      throw new IdentityFailed("the identity server does not answer", { cause })
    }
  }

  async function bearer(): Promise<string> {
    if (token && token.until > Date.now()) return token.value
    const { status, text } = await send(
      `${options.base}/realms/${options.realm}/protocol/openid-connect/token`,
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: options.client,
          client_secret: options.secret,
        }).toString(),
      },
    )
    if (status !== 200) throw new IdentityFailed(`the identity server refused our own token: ${status}`)
    const body = JSON.parse(text) as { access_token: string; expires_in: number }
    // Every token is an event over there: keep it nearly to its end.
    token = { value: body.access_token, until: Date.now() + (body.expires_in - 20) * 1_000 }
    return token.value
  }

  async function admin(
    method: "GET" | "DELETE" | "POST" | "PUT",
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const { status, text } = await send(`${options.base}/admin/realms/${options.realm}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await bearer()}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    if (status === 401) token = undefined
    return { status, body: text === "" ? null : JSON.parse(text) }
  }

  async function list<T>(path: string): Promise<T[]> {
    const { status, body } = await admin("GET", path)
    if (status !== 200)
      throw new IdentityFailed(`the identity server answered ${status} for ${path.split("?")[0]}`)
    return body as T[]
  }

  async function mail(user: string): Promise<void> {
    const path = `/users/${user}/execute-actions-email?client_id=console&lifespan=604800`
    const { status } = await admin("PUT", path, FIRST_ACTIONS)
    if (status !== 204)
      throw new IdentityFailed(`the identity server answered ${status} for an account's first letter`)
  }

  return {
    events: (from, max) => list<IdentityEvent>(`/events?direction=asc&dateFrom=${from}&first=0&max=${max}`),
    adminEvents: (from, max) =>
      list<IdentityAdminEvent>(`/admin-events?direction=asc&dateFrom=${from}&first=0&max=${max}`),
    async ensureUser({ email, name }) {
      const find = async () =>
        (
          await list<{ id: string; requiredActions?: string[] }>(
            `/users?email=${encodeURIComponent(email)}&exact=true&max=1`,
          )
        )[0]
      const existing = await find()
      // Until the first sign-in the letter may have been lost on its way, or was never sent: it goes again.
      if (existing?.requiredActions?.includes("UPDATE_PASSWORD")) {
        await mail(existing.id)
        return { subject: existing.id, made: false }
      }
      if (existing) return { subject: existing.id, made: false }
      const [first = name, ...rest] = name.split(" ")
      const { status } = await admin("POST", "/users", {
        username: email,
        email,
        emailVerified: true,
        enabled: true,
        firstName: first,
        lastName: rest.join(" ") || first,
        requiredActions: FIRST_ACTIONS,
      })
      // 409: somebody else made it in the same moment.
      if (status !== 201 && status !== 409)
        throw new IdentityFailed(`the identity server answered ${status} for a new account`)
      const made = await find()
      if (!made) throw new IdentityFailed("the identity server does not know the account that it just made")
      await mail(made.id)
      return { subject: made.id, made: true }
    },
    async endSession(sid) {
      const { status } = await admin("DELETE", `/sessions/${encodeURIComponent(sid)}`)
      if (status !== 204 && status !== 404)
        throw new IdentityFailed(`the identity server answered ${status} for ending a session`)
    },
    async ready() {
      try {
        const answer = await request(`${options.base}/realms/${options.realm}`, {
          signal: AbortSignal.timeout(2_000),
        })
        await answer.body.dump()
        return answer.statusCode === 200
      } catch {
        return false
      }
    },
  }
}
