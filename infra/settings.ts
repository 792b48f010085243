// An installation remembers the settings it was last started with: who starts it again without naming
// them gets the same one. What the environment names wins, and is remembered from then on.
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { readInstallation, SETTINGS, SettingsError, type Installation } from "./installation.ts"
import { writeWhole } from "./state.ts"

type Environment = Record<string, string | undefined>

/** These say where an installation is, or are for one start only. */
const NOT_REMEMBERED = new Set([
  "GLASSHOUSE_INSTALLATION",
  "GLASSHOUSE_STATE",
  "GLASSHOUSE_BOOTSTRAP",
  "GLASSHOUSE_CA_BUNDLE",
])
const REMEMBERED = SETTINGS.filter((name) => !NOT_REMEMBERED.has(name))

function settingsFile(state: string): string {
  return path.join(state, "settings.json")
}

function remembered(state: string): Environment {
  const file = settingsFile(state)
  if (!existsSync(file)) return {}
  try {
    const saved = JSON.parse(readFileSync(file, "utf8")) as Environment
    return Object.fromEntries(REMEMBERED.flatMap((name) => (saved[name] ? [[name, saved[name]]] : [])))
  } catch {
    throw new SettingsError(`${file} is not readable JSON: mend it, or delete it and name the settings again`)
  }
}

/** Like readInstallation, with what the environment does not name taken from the last start. */
export function loadInstallation(env: Environment): Installation {
  // Where it is does not depend on the settings that are remembered there.
  const place = {
    GLASSHOUSE_INSTALLATION: env["GLASSHOUSE_INSTALLATION"],
    GLASSHOUSE_STATE: env["GLASSHOUSE_STATE"],
  }
  return readInstallation({ ...remembered(readInstallation(place).state), ...env })
}

export function rememberSettings(state: string, env: Environment): void {
  const named = Object.fromEntries(
    REMEMBERED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  )
  const text = `${JSON.stringify({ ...remembered(state), ...named }, null, 2)}\n`
  const file = settingsFile(state)
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeWhole(file, text, 0o644)
}
