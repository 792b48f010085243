// Which installation a command is about, and where its things lie. Read once from the environment; all
// names that reach Docker, nginx or the file system are derived here and nowhere else.
import path from "node:path"

export const STATE_FORMAT = 1

export interface Site {
  /** origin of the console, e.g. http://glasshouse.localhost:8080 */
  origin: string
  /** origin of the sign-in */
  identityOrigin: string
  scheme: "http" | "https"
  host: string
  /** as browsers see it */
  port: number
  /** host and port as in a Host header: no port when it is the scheme's own */
  authority: string
}

export interface Installation {
  name: string
  project: string
  state: string
  site: Site
  /** address on the host that the edge is published on */
  bind: string
  port: number
  demo: boolean
  tls: { certificate: string; key: string } | undefined
}

export class SettingsError extends Error {
  override name = "SettingsError"
}

export function parseSite(text: string): Site {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new SettingsError(`GLASSHOUSE_SITE is not an address: ${text}`)
  }
  const scheme = url.protocol.slice(0, -1)
  if (scheme !== "http" && scheme !== "https")
    throw new SettingsError("GLASSHOUSE_SITE must start with http:// or https://")
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "")
    throw new SettingsError("GLASSHOUSE_SITE is scheme, host and port only")
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(url.hostname))
    throw new SettingsError(
      "GLASSHOUSE_SITE needs a host name with at least one dot: notebooks live on names below it",
    )
  return {
    origin: url.origin,
    identityOrigin: `${scheme}://id.${url.host}`,
    scheme,
    host: url.hostname,
    port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port),
    authority: url.host,
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new SettingsError(`GLASSHOUSE_PORT is not a port: ${text}`)
  return port
}

function parseSwitch(name: string, text: string): boolean {
  if (text === "on") return true
  if (text === "off") return false
  throw new SettingsError(`${name} is on or off, not ${text}`)
}

/** Typed settings from an environment; throws SettingsError with a sentence that says what to change. */
export function readInstallation(env: Record<string, string | undefined>): Installation {
  const name = env["GLASSHOUSE_INSTALLATION"] ?? "main"
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(name))
    throw new SettingsError("GLASSHOUSE_INSTALLATION is 1-16 lower-case letters, digits or dashes")
  const parent = env["GLASSHOUSE_STATE"] ?? "/var/lib/glasshouse"
  if (!path.isAbsolute(parent) || parent.length > 40)
    throw new SettingsError(
      "GLASSHOUSE_STATE is an absolute path of at most 40 characters (socket paths are short)",
    )
  const site = parseSite(env["GLASSHOUSE_SITE"] ?? "http://glasshouse.localhost:8080")
  const certificate = env["GLASSHOUSE_TLS_CERT"]
  const key = env["GLASSHOUSE_TLS_KEY"]
  if ((certificate === undefined) !== (key === undefined))
    throw new SettingsError("GLASSHOUSE_TLS_CERT and GLASSHOUSE_TLS_KEY belong together: set both or none")
  const tls = certificate !== undefined && key !== undefined ? { certificate, key } : undefined
  if (tls !== undefined && site.scheme !== "https")
    throw new SettingsError("with a certificate GLASSHOUSE_SITE must start with https://")
  return {
    name,
    project: `glasshouse-${name}`,
    state: path.join(parent, name),
    site,
    bind: env["GLASSHOUSE_BIND"] ?? "127.0.0.1",
    port: env["GLASSHOUSE_PORT"] === undefined ? site.port : parsePort(env["GLASSHOUSE_PORT"]),
    demo: parseSwitch("GLASSHOUSE_DEMO", env["GLASSHOUSE_DEMO"] ?? "on"),
    tls,
  }
}
