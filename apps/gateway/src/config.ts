// Configuration from the environment, once; secrets only from files. Every problem is reported at once.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { readSite, type Site } from "./domain/host.ts"

export type Config = {
  site: Site
  listen: { host: string; port: number }
  /** loopback port of /health and /metrics, for the container's own health check */
  healthPort: number
  controlSocket: string
  runsDirectory: string
  /** lists of the files of Lab in the workspace images */
  assetsDirectory: string
  store: { address: string; user: string; key: string }
}

type Environment = Record<string, string | undefined>

export function readConfig(env: Environment, readFile: (path: string) => string = readText): Config {
  const problems: string[] = []
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
  const need = (name: string): string => {
    const value = env[name]
    if (value === undefined || value === "") throw new Error(`${name} is not set`)
    return value
  }
  const secrets = env["GLASSHOUSE_SECRETS_DIR"] ?? "/run/secrets/glasshouse"
  const site = attempt(() => readSite(need("GLASSHOUSE_SITE")))
  const state = attempt(() => need("GLASSHOUSE_STATE_DIR"))
  const port = attempt(() => readPort(env, "GLASSHOUSE_GATEWAY_PORT", 8080))
  const healthPort = attempt(() => readPort(env, "GLASSHOUSE_GATEWAY_HEALTH_PORT", 8081))
  const key = attempt(() => readFile(join(secrets, "store-gateway-key")).trim())
  if (
    !site ||
    !state ||
    port === undefined ||
    healthPort === undefined ||
    key === undefined ||
    problems.length > 0
  ) {
    throw new Error(`The gateway cannot start:\n- ${problems.join("\n- ")}`)
  }
  return {
    site,
    listen: { host: env["GLASSHOUSE_GATEWAY_HOST"] ?? "0.0.0.0", port },
    healthPort,
    controlSocket: join(state, "sock/control/gateway.sock"),
    runsDirectory: join(state, "runs"),
    assetsDirectory: join(state, "assets"),
    store: { address: env["GLASSHOUSE_STORE_URL"] ?? "http://minio:9000", user: "gateway", key },
  }
}

function readPort(env: Environment, name: string, usual: number): number {
  const port = Number(env[name] ?? usual)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} is not a port`)
  return port
}

function readText(path: string): string {
  return readFileSync(path, "utf8")
}
