// Starts the gateway: reads configuration, connects, listens, and closes in order when told to stop.
import { buildGateway } from "./app.ts"
import { readConfig } from "./config.ts"
import { AssetLists } from "./drivers/asset-lists.ts"
import { connectControlPlane } from "./drivers/control-plane.ts"
import { connectStore } from "./drivers/objects.ts"

const config = readConfig(process.env)
const now = (): number => performance.now()
const gateway = await buildGateway({
  site: config.site,
  runsDirectory: config.runsDirectory,
  assets: new AssetLists(config.assetsDirectory, now),
  controlPlane: connectControlPlane(config.controlSocket),
  store: connectStore(config.store.address, config.store.user, config.store.key),
  now,
  onFault: (what, error) => log("error", what, error),
})
let stopping = false
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal))

await gateway.doors.start()
gateway.health.listen(config.healthPort, "127.0.0.1")
await gateway.browser.listen(config.listen)
log("info", `listening on ${config.listen.host}:${config.listen.port}`)

async function stop(signal: string): Promise<void> {
  if (stopping) return
  stopping = true
  log("info", `${signal}: closing`)
  // Whatever hangs, the process ends: nothing here must be kept.
  setTimeout(() => process.exit(1), 8000).unref()
  await gateway.close()
  log("info", "closed")
  process.exit(0)
}

/** One JSON line; never a name, an address or a path of a person. */
function log(level: "info" | "error", message: string, error?: unknown): void {
  const cause = error instanceof Error ? { error: `${error.name}: ${error.message}` } : {}
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, app: "gateway", message, ...cause })}\n`,
  )
}
