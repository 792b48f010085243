// Keeps the running realm in step with the site's address and its mail server. Keycloak imports the realm
// file at its first start only; what the settings say later has to follow.
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { inspectServices } from "../containers.ts"
import type { Installation } from "../installation.ts"
import { writeWhole } from "../state.ts"
import { consoleAddresses, mailServer, REALM } from "./realm.ts"

interface Client {
  id: string
  redirectUris: string[]
  webOrigins: string[]
  attributes: Record<string, string>
}

async function call(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) })
  if (!answer.ok) throw new Error(`Keycloak answered ${answer.status} to ${new URL(url).pathname}`)
  return answer
}

export async function reconcileIdentity(installation: Installation): Promise<string> {
  const mark = path.join(installation.state, ".site")
  const { origin } = installation.site
  const smtpServer = mailServer(installation.mail)
  const wantedMark = JSON.stringify({ origin, smtpServer })
  if (existsSync(mark) && readFileSync(mark, "utf8") === wantedMark) return "addresses as they were"
  const states = await inspectServices(installation.project)
  const address = states.find((state) => state.service === "keycloak")?.addresses["back"]
  const base = `http://${address}:8080`
  const password = readFileSync(
    path.join(installation.state, "secrets", "keycloak", "identity-admin-password"),
    "utf8",
  )
  const form = new URLSearchParams({
    grant_type: "password",
    client_id: "admin-cli",
    username: "glasshouse-admin",
    password,
  })
  const token = await call(`${base}/realms/master/protocol/openid-connect/token`, {
    method: "POST",
    body: form,
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" }
  const clients = `${base}/admin/realms/${REALM}/clients`
  const [client] = (await (await call(`${clients}?clientId=console`, { headers })).json()) as Client[]
  if (client === undefined) throw new Error("the realm has no client `console`")
  const { redirectUris, webOrigins, postLogout } = consoleAddresses(installation.site)
  const wanted: Client = {
    ...client,
    redirectUris,
    webOrigins,
    attributes: { ...client.attributes, "post.logout.redirect.uris": postLogout },
  }
  await call(`${clients}/${client.id}`, { method: "PUT", headers, body: JSON.stringify(wanted) })
  const realm = { method: "PUT", headers, body: JSON.stringify({ realm: REALM, smtpServer }) }
  await call(`${base}/admin/realms/${REALM}`, realm)
  writeWhole(mark, wantedMark, 0o644)
  return `addresses of ${origin}`
}
