// Compose as this project uses it: one file, one environment file per installation, one project name.
import path from "node:path"
import type { Installation } from "./installation.ts"
import { issuerOf } from "./identity/realm.ts"
import { findCompose } from "./engine.ts"
import { ProgramFailed, tryRun, type Finished } from "./run.ts"

export const IMAGE_NAMES = ["app", "edge", "postgresql", "keycloak", "minio", "workspace", "door"] as const

/** Everything that ${…} in compose.yaml may name. An image that is not built yet is an empty reference. */
export function composeEnvironment(
  installation: Installation,
  id: string,
  images: Record<string, string>,
  engineSocket = "/run/docker.sock",
): Record<string, string> {
  const { site } = installation
  return {
    GLASSHOUSE_SITE: site.origin,
    GLASSHOUSE_STATE_DIR: installation.state,
    GLASSHOUSE_INSTALLATION: installation.name,
    GLASSHOUSE_INSTALLATION_ID: id,
    GLASSHOUSE_PROJECT: installation.project,
    GLASSHOUSE_PUBLISH: `${installation.bind}:${installation.port}`,
    GLASSHOUSE_DEMO: installation.demo ? "on" : "off",
    GLASSHOUSE_ENGINE_SOCKET: engineSocket,
    GLASSHOUSE_ZONE: installation.zone,
    GLASSHOUSE_MAIL_HOST: installation.mail.host,
    GLASSHOUSE_MAIL_PORT: String(installation.mail.port),
    GLASSHOUSE_MAIL_FROM: installation.mail.from,
    GLASSHOUSE_IDLE_SECONDS: String(installation.limits.idleSeconds),
    GLASSHOUSE_WORKSPACE_IDLE_SECONDS: String(installation.limits.workspaceIdleSeconds),
    GLASSHOUSE_SHOWN_LIMIT_MEGABYTES: String(installation.limits.shownMegabytes),
    GLASSHOUSE_IDENTITY_ORIGIN: site.identityOrigin,
    GLASSHOUSE_IDENTITY_ISSUER: issuerOf(site),
    ...Object.fromEntries(
      IMAGE_NAMES.map((name) => [
        `GLASSHOUSE_IMAGE_${name.toUpperCase()}`,
        images[name] ?? `glasshouse/${name}:absent`,
      ]),
    ),
  }
}

/** KEY=value lines. Values come from parsed settings and ids; one with a line break is a mistake of ours. */
export function renderEnvironmentFile(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (/[\n\r$"'#\\]/.test(value)) throw new Error(`${name} cannot be written to an environment file`)
      return `${name}=${value}\n`
    })
    .join("")
}

export class Compose {
  readonly #program: string[]
  readonly #prefix: string[]

  constructor(program: string[], root: string, installation: Installation, over: string[]) {
    this.#program = program
    this.#prefix = [
      "-p",
      installation.project,
      "--project-directory",
      path.join(root, "infra"),
      "-f",
      path.join(root, "infra", "compose.yaml"),
      ...over.flatMap((file) => ["-f", path.join(root, "infra", file)]),
      "--env-file",
      path.join(installation.state, "compose.env"),
    ]
  }

  /** `over` names files of infra/ that are laid over compose.yaml. */
  static async of(root: string, installation: Installation, over: string[] = []): Promise<Compose> {
    return new Compose(await findCompose(), root, installation, over)
  }

  async try(...args: string[]): Promise<Finished> {
    const [program = "docker", ...first] = this.#program
    // The caller's environment would win over the file, so what the file names is taken out of it.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !name.startsWith("GLASSHOUSE_") && !name.startsWith("COMPOSE_"),
      ),
    ) as Record<string, string>
    return await tryRun("env", [
      "-i",
      ...Object.entries(env).map(([k, v]) => `${k}=${v}`),
      program,
      ...first,
      ...this.#prefix,
      ...args,
    ])
  }

  async run(...args: string[]): Promise<string> {
    const done = await this.try(...args)
    if (done.code === 0) return done.stdout
    const said = `${done.stderr}\n${done.stdout}`.trim().split("\n").slice(-12).join("\n")
    throw new ProgramFailed(`compose ${args.slice(0, 2).join(" ")} failed:\n${said}`)
  }
}
