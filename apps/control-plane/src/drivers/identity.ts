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

export function openIdentity(options: {
  base: string
  realm: string
  client: string
  secret: string
}): IdentityDriver {
  let token: { value: string; until: number } | undefined

  async function bearer(): Promise<string> {
    if (token && token.until > Date.now()) return token.value
    const answer = await request(`${options.base}/realms/${options.realm}/protocol/openid-connect/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: options.client,
        client_secret: options.secret,
      }).toString(),
      signal: AbortSignal.timeout(5_000),
    })
    if (answer.statusCode !== 200)
      throw new Error(`identity server refused our own token: ${answer.statusCode}`)
    const body = (await answer.body.json()) as { access_token: string; expires_in: number }
    // Every token is an event over there: keep it nearly to its end.
    token = { value: body.access_token, until: Date.now() + (body.expires_in - 20) * 1_000 }
    return token.value
  }

  async function admin(
    method: "GET" | "DELETE" | "POST" | "PUT",
    path: string,
    send?: unknown,
  ): Promise<{ status: number; body: unknown }> {
    const answer = await request(`${options.base}/admin/realms/${options.realm}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await bearer()}`,
        ...(send === undefined ? {} : { "content-type": "application/json" }),
      },
      body: send === undefined ? null : JSON.stringify(send),
      signal: AbortSignal.timeout(5_000),
    })
    const text = await answer.body.text()
    if (answer.statusCode === 401) token = undefined
    return { status: answer.statusCode, body: text === "" ? null : JSON.parse(text) }
  }

  async function list<T>(path: string): Promise<T[]> {
    const { status, body } = await admin("GET", path)
    if (status !== 200) throw new Error(`identity server answered ${status} for ${path.split("?")[0]}`)
    return body as T[]
  }

  return {
    events: (from, max) => list<IdentityEvent>(`/events?direction=asc&dateFrom=${from}&first=0&max=${max}`),
    adminEvents: (from, max) =>
      list<IdentityAdminEvent>(`/admin-events?direction=asc&dateFrom=${from}&first=0&max=${max}`),
    async ensureUser({ email, name }) {
      const find = async () =>
        (await list<{ id: string }>(`/users?email=${encodeURIComponent(email)}&exact=true&max=1`))[0]
      const existing = await find()
      if (existing) return { subject: existing.id, made: false }
      const [first = name, ...rest] = name.split(" ")
      const requiredActions = ["UPDATE_PASSWORD", "CONFIGURE_TOTP"]
      const { status } = await admin("POST", "/users", {
        username: email,
        email,
        emailVerified: true,
        enabled: true,
        firstName: first,
        lastName: rest.join(" ") || first,
        requiredActions,
      })
      // 409: somebody else made it in the same moment.
      if (status !== 201 && status !== 409)
        throw new Error(`identity server answered ${status} for a new account`)
      const made = await find()
      if (!made) throw new Error("identity server does not know the account that it just made")
      const mailed = await admin(
        "PUT",
        `/users/${made.id}/execute-actions-email?client_id=console&lifespan=604800`,
        requiredActions,
      )
      if (mailed.status !== 204)
        throw new Error(`identity server answered ${mailed.status} for the account's first mail`)
      return { subject: made.id, made: true }
    },
    async endSession(sid) {
      const { status } = await admin("DELETE", `/sessions/${encodeURIComponent(sid)}`)
      if (status !== 204 && status !== 404)
        throw new Error(`identity server answered ${status} for ending a session`)
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
