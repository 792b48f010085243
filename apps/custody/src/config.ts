// Environment and secret files to typed configuration, read once; every problem is reported at once.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { CALLERS, type Caller } from "./protocol.ts"

export type Config = {
  readonly socket: string
  readonly database: { host: string; port: number; database: string; user: string; password: string }
  readonly masterKey: Buffer
  readonly tokens: Readonly<Record<Caller, string>>
}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = []
  const secrets = env.GLASSHOUSE_SECRETS_DIR ?? "/run/secrets/glasshouse"
  const need = (name: string): string => {
    const value = env[name]
    if (!value) problems.push(`${name} is not set`)
    return value ?? ""
  }
  const secret = (name: string): string => {
    try {
      return readFileSync(join(secrets, name), "utf8").trim()
    } catch {
      problems.push(`the secret ${name} cannot be read`)
      return ""
    }
  }
  const stateDir = need("GLASSHOUSE_STATE_DIR")
  const port = Number(env.GLASSHOUSE_DATABASE_PORT ?? "5432")
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    problems.push("GLASSHOUSE_DATABASE_PORT is no port")
  const masterKey = Buffer.from(secret("custody-master"), "base64")
  if (masterKey.length !== 32) problems.push("the secret custody-master is not 32 bytes of base64")
  const tokens = Object.fromEntries(CALLERS.map((c) => [c, secret(`custody-${c}-token`)])) as Record<
    Caller,
    string
  >
  const distinct = new Set(Object.values(tokens))
  for (const caller of CALLERS) {
    if (tokens[caller].length < 32) problems.push(`the secret custody-${caller}-token is too short`)
  }
  if (distinct.size !== CALLERS.length) problems.push("two callers of custody share a token")
  const config: Config = {
    socket: env.GLASSHOUSE_CUSTODY_SOCKET ?? join(stateDir, "sock/custody/custody.sock"),
    database: {
      host: need("GLASSHOUSE_DATABASE_HOST"),
      port,
      database: "custody",
      user: "custody",
      password: secret("database-custody-password"),
    },
    masterKey,
    tokens,
  }
  if (problems.length > 0) throw new Error(`custody cannot start: ${problems.join("; ")}`)
  return config
}
