// `npm start`: brings the platform up, or shows that it is up, and says where and for whom.
import process from "node:process"
import { readDemoAccounts } from "../identity/prepare.ts"
import { readInstallation, SettingsError, type Installation } from "../installation.ts"
import { startPlatform } from "../platform.ts"
import { describeFailure, formatSeconds } from "../steps.ts"
import { root } from "../launch.js"

export function renderAccounts(installation: Installation): string[] {
  const accounts = readDemoAccounts(installation.state)
  if (!installation.demo || accounts.length === 0) return []
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
    const installation = readInstallation(process.env)
    print(`\n  Glasshouse, installation ${installation.name}\n`)
    await startPlatform(root, installation, print, { serversOnly: process.argv.includes("--servers") })
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
