// Which installation a command is about, and where its things lie. Read once from the environment; all
// names that reach Docker, nginx or the file system are derived here and nowhere else.
import { isIP } from "node:net"
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
  /** time zone of civil dates, e.g. Europe/London */
  zone: string
  /** where mail is handed over; the development mail server `mail` unless a site names its relay */
  mail: { host: string; port: number; from: string }
  limits: {
    /** seconds without use after which a session ends */
    idleSeconds: number
    /** seconds without use after which a workspace is stopped */
    workspaceIdleSeconds: number
    /** what one person may be shown in a day */
    shownMegabytes: number
  }
}

/** Every setting that a person may give, and what it is; docs/operating.md says the same in words. */
export const SETTINGS = [
  "GLASSHOUSE_BIND",
  "GLASSHOUSE_BOOTSTRAP",
  "GLASSHOUSE_CA_BUNDLE",
  "GLASSHOUSE_DEMO",
  "GLASSHOUSE_IDLE_SECONDS",
  "GLASSHOUSE_INSTALLATION",
  "GLASSHOUSE_MAIL_FROM",
  "GLASSHOUSE_MAIL_RELAY",
  "GLASSHOUSE_PORT",
  "GLASSHOUSE_SHOWN_LIMIT_MEGABYTES",
  "GLASSHOUSE_SITE",
  "GLASSHOUSE_STATE",
  "GLASSHOUSE_TLS_CERT",
  "GLASSHOUSE_TLS_KEY",
  "GLASSHOUSE_WORKSPACE_IDLE_SECONDS",
  "GLASSHOUSE_ZONE",
] as const

/** A setting with a slip in its name would be silently without effect, so the start refuses it. */
export function assertSettingsKnown(env: Record<string, string | undefined>): void {
  const known = new Set<string>([...SETTINGS, "GLASSHOUSE_ROOT"])
  const unknown = Object.keys(env).filter((name) => name.startsWith("GLASSHOUSE_") && !known.has(name))
  if (unknown.length > 0)
    throw new SettingsError(`There is no setting ${unknown.join(", ")}. Settings: ${SETTINGS.join(", ")}.`)
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

function parseNumber(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
  otherwise: number,
): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new SettingsError(`${name} is a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`)
  return value
}

function parseZone(text: string): string {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: text }).resolvedOptions().timeZone
  } catch {
    throw new SettingsError(
      `GLASSHOUSE_ZONE is a time zone such as Europe/London, not ${JSON.stringify(text)}`,
    )
  }
}

function parseBind(text: string): string {
  if (isIP(text) === 4) return text
  throw new SettingsError(
    `GLASSHOUSE_BIND is an IPv4 address of this machine, or 0.0.0.0, not ${JSON.stringify(text)}`,
  )
}

function parseMail(relay: string | undefined, from: string | undefined, site: Site): Installation["mail"] {
  const match = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?):(\d{1,5})$/.exec(relay ?? "mail:1025")
  if (match === null)
    throw new SettingsError(`GLASSHOUSE_MAIL_RELAY is HOST:PORT, not ${JSON.stringify(relay)}`)
  const sender = from ?? `glasshouse@${site.host}`
  if (!/^[A-Za-z0-9._+-]{1,64}@[a-z0-9.-]{1,190}$/.test(sender))
    throw new SettingsError(`GLASSHOUSE_MAIL_FROM is an address, not ${JSON.stringify(from)}`)
  return {
    host: match[1] ?? "",
    port: parseNumber("the port of GLASSHOUSE_MAIL_RELAY", match[3], 1, 65_535, 0),
    from: sender,
  }
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
  if (!/^\/[A-Za-z0-9._/-]{0,39}$/.test(parent) || path.normalize(parent) !== parent)
    throw new SettingsError(
      "GLASSHOUSE_STATE is an absolute path of at most 40 letters, digits and . _ - / (socket paths are short)",
    )
  const site = parseSite(env["GLASSHOUSE_SITE"] ?? "http://glasshouse.localhost:8080")
  const certificate = env["GLASSHOUSE_TLS_CERT"]
  const key = env["GLASSHOUSE_TLS_KEY"]
  if ((certificate === undefined) !== (key === undefined))
    throw new SettingsError("GLASSHOUSE_TLS_CERT and GLASSHOUSE_TLS_KEY belong together: set both or none")
  const tls = certificate !== undefined && key !== undefined ? { certificate, key } : undefined
  if (tls !== undefined && site.scheme !== "https")
    throw new SettingsError("with a certificate GLASSHOUSE_SITE must start with https://")
  // Without one the edge would speak http under an https address, and no browser would ever get in.
  if (tls === undefined && site.scheme === "https")
    throw new SettingsError(
      "with an https:// address GLASSHOUSE_TLS_CERT and GLASSHOUSE_TLS_KEY name the certificate and its key",
    )
  return {
    name,
    project: `glasshouse-${name}`,
    state: path.join(parent, name),
    site,
    bind: parseBind(env["GLASSHOUSE_BIND"] ?? "127.0.0.1"),
    port: parseNumber("GLASSHOUSE_PORT", env["GLASSHOUSE_PORT"], 1, 65_535, site.port),
    demo: parseSwitch("GLASSHOUSE_DEMO", env["GLASSHOUSE_DEMO"] ?? "on"),
    tls,
    zone: parseZone(env["GLASSHOUSE_ZONE"] ?? "Europe/London"),
    mail: parseMail(env["GLASSHOUSE_MAIL_RELAY"], env["GLASSHOUSE_MAIL_FROM"], site),
    limits: {
      idleSeconds: parseNumber("GLASSHOUSE_IDLE_SECONDS", env["GLASSHOUSE_IDLE_SECONDS"], 60, 36_000, 1_800),
      workspaceIdleSeconds: parseNumber(
        "GLASSHOUSE_WORKSPACE_IDLE_SECONDS",
        env["GLASSHOUSE_WORKSPACE_IDLE_SECONDS"],
        60,
        604_800,
        7_200,
      ),
      shownMegabytes: parseNumber(
        "GLASSHOUSE_SHOWN_LIMIT_MEGABYTES",
        env["GLASSHOUSE_SHOWN_LIMIT_MEGABYTES"],
        1,
        100_000,
        200,
      ),
    },
  }
}
