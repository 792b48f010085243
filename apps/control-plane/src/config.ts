// Configuration: the environment read once, secrets from files; every problem reported at once.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface Config {
  readonly installation: { readonly id: string; readonly name: string }
  readonly site: URL
  readonly identity: {
    readonly issuer: string
    readonly origin: string
    readonly internal: string
    readonly realm: string
    readonly client: string
    readonly service: { readonly client: string; readonly secret: string }
  }
  readonly notebookDomain: string
  readonly zone: string
  readonly demo: boolean
  readonly stateDir: string
  readonly secretsDir: string
  readonly policiesDir: string
  readonly webDir: string
  readonly listen: { readonly host: string; readonly port: number; readonly gatewaySocket: string }
  readonly agentSocket: string
  readonly custodySocket: string
  readonly custodyToken: string
  readonly database: { readonly app: string; readonly owner: string }
  readonly store: {
    readonly endPoint: string
    readonly port: number
    readonly accessKey: string
    readonly secretKey: string
  }
  readonly mail: {
    readonly host: string
    readonly port: number
    readonly from: string
    readonly page: string | null
  }
  readonly idleSeconds: number
  readonly workspaceIdleSeconds: number
  readonly stepUpSeconds: number
  readonly shownLimitBytes: number
  readonly version: string
}

export class BadConfiguration extends Error {}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = []
  const need = (name: string): string => {
    const value = env[name]
    if (value === undefined || value === "") problems.push(`${name} is not set`)
    return value ?? ""
  }
  const number = (name: string, otherwise: number): number => {
    const text = env[name]
    if (text === undefined || text === "") return otherwise
    const value = Number(text)
    if (!Number.isFinite(value) || value <= 0) problems.push(`${name} is not a positive number`)
    return value
  }
  const secretsDir = env["GLASSHOUSE_SECRETS_DIR"] ?? "/run/secrets/glasshouse"
  const secret = (name: string): string => {
    const file = join(secretsDir, name)
    if (!existsSync(file)) {
      problems.push(`secret file ${file} is missing`)
      return ""
    }
    return readFileSync(file, "utf8").trim()
  }
  const siteText = env["GLASSHOUSE_SITE"] ?? "http://glasshouse.localhost:8080"
  let site = new URL("http://invalid.localhost")
  try {
    site = new URL(siteText)
  } catch {
    problems.push(`GLASSHOUSE_SITE is not a URL: ${siteText}`)
  }
  const under = (label: string) => `${site.protocol}//${label}.${site.host}`
  const stateDir = need("GLASSHOUSE_STATE_DIR")
  const realm = "glasshouse"
  const databaseHost = `${env["GLASSHOUSE_DATABASE_HOST"] ?? "postgresql"}:${env["GLASSHOUSE_DATABASE_PORT"] ?? "5432"}`
  const databaseName = env["GLASSHOUSE_DATABASE_NAME"] ?? "glasshouse"
  const databaseUrl = (role: string, password: string) =>
    `postgresql://${role}:${encodeURIComponent(password)}@${databaseHost}/${databaseName}`
  const storeUrl = new URL(env["GLASSHOUSE_STORE_URL"] ?? "http://minio:9000")
  const config: Config = {
    installation: { id: need("GLASSHOUSE_INSTALLATION_ID"), name: env["GLASSHOUSE_INSTALLATION"] ?? "main" },
    site,
    identity: {
      issuer: `${under("id")}/realms/${realm}`,
      origin: under("id"),
      internal: env["GLASSHOUSE_IDENTITY_URL"] ?? "http://keycloak:8080",
      realm,
      client: "console",
      service: { client: "control-plane", secret: secret("identity-client-secret") },
    },
    notebookDomain: env["GLASSHOUSE_NOTEBOOK_DOMAIN"] ?? `ws.${site.host}`,
    zone: env["GLASSHOUSE_ZONE"] ?? "Europe/London",
    demo: env["GLASSHOUSE_DEMO"] !== "off",
    stateDir,
    secretsDir,
    policiesDir: env["GLASSHOUSE_POLICIES_DIR"] ?? join(import.meta.dirname, "../../../policies"),
    webDir: env["GLASSHOUSE_WEB_DIR"] ?? join(import.meta.dirname, "../../web/dist"),
    listen: {
      host: env["GLASSHOUSE_LISTEN_HOST"] ?? "0.0.0.0",
      port: number("GLASSHOUSE_LISTEN_PORT", 8080),
      gatewaySocket: env["GLASSHOUSE_GATEWAY_SOCKET"] ?? join(stateDir, "sock/control/gateway.sock"),
    },
    agentSocket: env["GLASSHOUSE_AGENT_SOCKET"] ?? join(stateDir, "sock/agent/agent.sock"),
    custodySocket: env["GLASSHOUSE_CUSTODY_SOCKET"] ?? join(stateDir, "sock/custody/custody.sock"),
    custodyToken: secret("custody-control-token"),
    database: {
      app: databaseUrl("glasshouse_app", secret("database-app-password")),
      owner: databaseUrl("glasshouse_owner", secret("database-owner-password")),
    },
    store: {
      endPoint: storeUrl.hostname,
      port: Number(storeUrl.port || 80),
      accessKey: "control-plane",
      secretKey: secret("store-control-plane-key"),
    },
    mail: {
      host: env["GLASSHOUSE_MAIL_HOST"] ?? "mail",
      port: number("GLASSHOUSE_MAIL_PORT", 1025),
      from: env["GLASSHOUSE_MAIL_FROM"] ?? "glasshouse@glasshouse.localhost",
      page: env["GLASSHOUSE_MAIL_PAGE"] ?? null,
    },
    idleSeconds: number("GLASSHOUSE_IDLE_SECONDS", 1_800),
    workspaceIdleSeconds: number("GLASSHOUSE_WORKSPACE_IDLE_SECONDS", 7_200),
    // A site may ask for fresher codes, never for older ones.
    stepUpSeconds: Math.min(300, number("GLASSHOUSE_STEP_UP_SECONDS", 300)),
    shownLimitBytes: number("GLASSHOUSE_SHOWN_LIMIT_MEGABYTES", 200) * 1_000_000,
    version: env["GLASSHOUSE_VERSION"] ?? "0.1.0",
  }
  if (problems.length > 0) throw new BadConfiguration(problems.join("\n"))
  return config
}
