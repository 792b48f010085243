// The agent's settings, read from the environment once; every problem is reported at once.
import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import { isId } from "./domain/ids.ts"

export type Config = {
  readonly node: string
  readonly installation: string
  readonly state: string
  readonly socket: string
  readonly engineSocket: string
  readonly policies: string
  readonly images: { readonly workspace: string; readonly door: string; readonly app: string }
  readonly stageNetwork: string | null
  readonly stageEnvironment: readonly string[]
  readonly startsAtOnce: number
}

/** Passed on to stages as they are; none of them is a secret. */
const STAGE_VARIABLES = [
  "GLASSHOUSE_STORE_URL",
  "GLASSHOUSE_STATE_DIR",
  "GLASSHOUSE_INSTALLATION",
  "GLASSHOUSE_INSTALLATION_ID",
]

/** Throws one error that names every missing or wrong variable. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const problems: string[] = []
  const need = (name: string): string => {
    const value = environment[name]
    if (value === undefined || value === "") problems.push(`${name} is not set`)
    return value ?? ""
  }
  const state = need("GLASSHOUSE_STATE_DIR")
  if (state !== "" && resolve(state) !== state) problems.push("GLASSHOUSE_STATE_DIR is not an absolute path")
  const installation = need("GLASSHOUSE_INSTALLATION_ID")
  if (installation !== "" && !isId(installation)) problems.push("GLASSHOUSE_INSTALLATION_ID is not an id")
  const config: Config = {
    node: environment["GLASSHOUSE_NODE"] ?? "node-1",
    installation,
    state,
    socket: environment["GLASSHOUSE_AGENT_SOCKET"] ?? `${state}/sock/agent/agent.sock`,
    engineSocket: environment["GLASSHOUSE_ENGINE_SOCKET"] ?? "/run/docker.sock",
    policies: environment["GLASSHOUSE_POLICIES"] ?? resolve(import.meta.dirname, "../../../policies"),
    images: {
      workspace: need("GLASSHOUSE_IMAGE_WORKSPACE"),
      door: need("GLASSHOUSE_IMAGE_DOOR"),
      app: need("GLASSHOUSE_IMAGE_APP"),
    },
    stageNetwork: environment["GLASSHOUSE_NETWORK_BACK"] ?? null,
    stageEnvironment: STAGE_VARIABLES.flatMap((name) =>
      environment[name] === undefined ? [] : [`${name}=${environment[name]}`],
    ),
    startsAtOnce: availableParallelism(),
  }
  if (problems.length > 0) throw new Error(`the node agent cannot start: ${problems.join("; ")}`)
  return config
}
