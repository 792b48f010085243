// `npm run --silent demo-code -- ACCOUNT`: one line on stdout, the account's next one-time code.
import path from "node:path"
import process from "node:process"
import { nextCode, systemClock } from "../identity/next-code.ts"
import { readDemoAccounts } from "../identity/prepare.ts"
import { SettingsError } from "../installation.ts"
import { loadInstallation } from "../settings.ts"

async function main(): Promise<number> {
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  try {
    const { state, name } = loadInstallation(process.env)
    const accounts = readDemoAccounts(state)
    if (accounts.length === 0) {
      say(
        `The installation ${name} has no demo accounts (or you may not read ${state}). Run npm start first.`,
      )
      return 1
    }
    const account = accounts.find(({ username }) => username === process.argv[2])
    if (account === undefined) {
      say(`Which account? One of: ${accounts.map(({ username }) => username).join(", ")}`)
      return 2
    }
    const code = await nextCode(path.join(state, "secrets"), account.username, account.totp, systemClock, say)
    process.stdout.write(`${code}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    say(error.message)
    return 2
  }
}

if (import.meta.main) process.exitCode = await main()
