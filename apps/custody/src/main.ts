// Process of custody: configuration, database, socket; ends on SIGTERM after the calls in flight.
import { chmod, mkdir, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { buildApp } from "./app.ts"
import { readConfig } from "./config.ts"
import { makeKeys } from "./domain/keys.ts"
import { migrate, openDatabase } from "./store/db.ts"

function say(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`)
}

const config = readConfig(process.env)
const db = openDatabase(config.database)
await migrate(db)
const app = buildApp({ db, keys: makeKeys(config.masterKey), tokens: config.tokens, say })
await mkdir(dirname(config.socket), { recursive: true })
// a socket left by a process that was killed would refuse the new one
await rm(config.socket, { force: true })
await app.listen({ path: config.socket })
await chmod(config.socket, 0o660)
say({ level: "info", message: "custody listens" })

async function stop(): Promise<void> {
  // Every verb may be repeated: a call that takes longer is asked again.
  setTimeout(() => process.exit(0), 8_000).unref()
  await app.close()
  await db.destroy()
}
process.once("SIGTERM", () => void stop())
process.once("SIGINT", () => void stop())
