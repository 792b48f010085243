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

  async function admin(method: "GET" | "DELETE", path: string): Promise<{ status: number; body: unknown }> {
    const answer = await request(`${options.base}/admin/realms/${options.realm}${path}`, {
      method,
      headers: { authorization: `Bearer ${await bearer()}` },
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
