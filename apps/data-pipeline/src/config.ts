// Environment and secret files of one stage, read once; every problem is reported at once.
import { readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Stage } from "./contract.ts"

export type Config = {
  readonly store: { url: string; user: string; secret: string }
  readonly custody: { socket: string; token: string } | undefined
  readonly scratch: string
  readonly contracts: string
  readonly demoData: string | undefined
  readonly threads: number
  readonly memory: string
}

const USES_CUSTODY: readonly Stage[] = ["link", "deidentify", "extract"]

export function readConfig(env: NodeJS.ProcessEnv, stage: Stage): Config {
  const problems: string[] = []
  const secrets = env.GLASSHOUSE_SECRETS_DIR ?? "/run/secrets/glasshouse"
  const secret = (name: string): string => {
    try {
      return readFileSync(join(secrets, name), "utf8").trim()
    } catch {
      problems.push(`the secret ${name} cannot be read`)
      return ""
    }
  }
  const url = env.GLASSHOUSE_STORE_URL ?? ""
  if (!URL.canParse(url)) problems.push("GLASSHOUSE_STORE_URL is not set")
  const stateDir = env.GLASSHOUSE_STATE_DIR ?? ""
  const socket = env.GLASSHOUSE_CUSTODY_SOCKET ?? join(stateDir, "sock/custody/custody.sock")
  const threads = Number(env.GLASSHOUSE_STAGE_THREADS ?? "2")
  if (!Number.isInteger(threads) || threads < 1) problems.push("GLASSHOUSE_STAGE_THREADS is no count")
  const user = `stage-${stage}`
  const config: Config = {
    store: { url, user, secret: secret(`store-${user}-key`) },
    custody: USES_CUSTODY.includes(stage) ? { socket, token: secret(`custody-${stage}-token`) } : undefined,
    scratch: env.GLASSHOUSE_SCRATCH ?? tmpdir(),
    contracts: env.GLASSHOUSE_CONTRACTS ?? fileURLToPath(new URL("../../../policies/data", import.meta.url)),
    demoData: env.GLASSHOUSE_DEMO_DATA ?? (stateDir === "" ? undefined : join(stateDir, "demo-data")),
    threads,
    memory: env.GLASSHOUSE_STAGE_MEMORY ?? "1GB",
  }
  if (problems.length > 0) throw new Error(`the stage cannot start: ${problems.join("; ")}`)
  return config
}
