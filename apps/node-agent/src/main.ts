// The node agent's process: the only one that holds the engine's socket. It listens on one unix socket
// and has no other way in.
import { chmod, mkdir, unlink } from "node:fs/promises"
import { dirname } from "node:path"
import Fastify, { LogController } from "fastify"
import { registerAgent } from "./app.ts"
import { readConfig } from "./config.ts"
import { removeEndedStages } from "./actions/stages.ts"
import { openContext } from "./open.ts"
import { makeEngineLook } from "./reconcile/engine.ts"
import { recover } from "./reconcile/leftovers.ts"

const config = readConfig(process.env)
const app = Fastify({
  logger: { level: "info" },
  logController: new LogController({ disableRequestLogging: true }),
  bodyLimit: 1024 * 1024,
})
const ctx = await openContext(config, app.log)
registerAgent(app, ctx)
await recover(ctx)

await mkdir(dirname(config.socket), { recursive: true })
await unlink(config.socket).catch(() => undefined)
await app.listen({ path: config.socket })
await chmod(config.socket, 0o660)

// A tick that fails is only late: the next one does the same work.
const janitor = setInterval(
  () => {
    removeEndedStages(ctx, new Date()).catch((error: unknown) =>
      app.log.warn({ error: String(error) }, "janitor"),
    )
  },
  10 * 60 * 1000,
)
janitor.unref()

const look = makeEngineLook({
  ping: () => ctx.engine.docker.ping(),
  onGone: () => {
    app.log.error("nobody listens on the engine's socket: ending, to be started with the new one")
    process.exit(1)
  },
  now: () => performance.now(),
  patience: 5_000,
})
setInterval(() => void look(), 1_000).unref()

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    // Runs go on without the agent; preparations are taken up again at the next start, and whoever waits
    // for a check asks again.
    setTimeout(() => process.exit(0), 8_000).unref()
    void app.close().then(() => process.exit(0))
  })
}
