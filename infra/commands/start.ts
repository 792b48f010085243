// `npm start`: brings the platform up, or shows that it is up, and says where and for whom.
import { existsSync } from "node:fs"
import process from "node:process"
import { firstAccountsFile, readDemoAccounts } from "../identity/prepare.ts"
import { assertSettingsKnown, SettingsError, type Installation } from "../installation.ts"
import { loadInstallation, rememberSettings } from "../settings.ts"
import { startPlatform } from "../platform.ts"
import { describeFailure, formatSeconds } from "../steps.ts"
import { root } from "../launch.js"

export function renderAccounts(installation: Installation): string[] {
  const first = firstAccountsFile(installation.state)
  if (!installation.demo)
    return existsSync(first)
      ? [`  First accounts and their first passwords: ${first}`, "  Hand them over, then delete the file."]
      : []
  const accounts = readDemoAccounts(installation.state)
  if (accounts.length === 0) return []
  const wide = (pick: (account: (typeof accounts)[number]) => string) =>
    Math.max(...accounts.map((a) => pick(a).length))
  const name = wide((a) => a.username)
  const password = wide((a) => a.password)
  return [
    "  Demo accounts (name, password, what for):",
    ...accounts.map((a) => `    ${a.username.padEnd(name)}  ${a.password.padEnd(password)}  ${a.about}`),
    "",
    "  Each asks for a one-time code:  npm run --silent demo-code -- priya",
  ]
}

async function main(): Promise<number> {
  const began = performance.now()
  const print = (line: string) => process.stdout.write(`${line}\n`)
  try {
    assertSettingsKnown(process.env)
    const installation = loadInstallation(process.env)
    print(`\n  Glasshouse, installation ${installation.name}\n`)
    await startPlatform(root, installation, print, { serversOnly: process.argv.includes("--servers") })
    rememberSettings(installation.state, process.env)
    print(`\n  Up in ${formatSeconds(performance.now() - began)}.  ${installation.site.origin}/\n`)
    for (const line of renderAccounts(installation)) print(line)
    print("")
    return 0
  } catch (error) {
    if (error instanceof SettingsError) process.stderr.write(`\n  ${error.message}\n`)
    else process.stderr.write(describeFailure(error))
    return 1
  }
}

if (import.meta.main) process.exitCode = await main()
