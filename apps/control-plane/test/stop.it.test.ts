// Stopping: quickly whatever hangs, with an answer for everybody who asked before, and nothing lost that the
// next start would have to wait for.
import assert from "node:assert/strict"
import { once } from "node:events"
import { rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { connect, type AddressInfo, type NetConnectOpts, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as later } from "node:timers/promises"
import { Client } from "pg"
import { WebSocket } from "ws"
import type { FastifyInstance } from "fastify"
import { newId } from "../src/domain/id.ts"
import { openAgent } from "../src/drivers/agent.ts"
import { buildGatewayServer } from "../src/http/gateway-server.ts"
import { startJobs } from "../src/reconcile/jobs.ts"
import { startReconciling } from "../src/reconcile/loop.ts"
import { FINISHES_WITHIN_MS, stopAll, STOPS_WITHIN_MS } from "../src/stop.ts"
import { startOutputStack, type OutputStack } from "./output-stack.ts"

let stack: OutputStack
let gateways: FastifyInstance
let address: string
/** A node that takes requests and answers none, but for how full its disk is. */
let node: Server
let asked: string[]
const socket = join(tmpdir(), `agent-${newId()}.sock`)
const gatewaySocket = join(tmpdir(), `gateway-${newId()}.sock`)

before(async () => {
  stack = await startOutputStack()
  gateways = await buildGatewayServer(stack.ctx, { logger: false })
  await gateways.listen({ path: gatewaySocket })
  address = await stack.app.listen({ host: "127.0.0.1", port: 0 })
  asked = []
  node = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url?.split("?")[0]?.replace(/[a-z2-7]{12}/, "…")}`)
    if (request.url === "/v1/storage")
      setTimeout(() => answer.end('{"homes":[],"shared":[]}'), FINISHES_WITHIN_MS / 2)
  })
  node.listen(socket)
  await once(node, "listening")
})
after(async () => {
  node.closeAllConnections()
  node.close()
  for (const file of [socket, gatewaySocket]) rmSync(file, { force: true })
  await stack[Symbol.asyncDispose]().catch(() => {})
})

async function connection(to: NetConnectOpts): Promise<Socket> {
  const made = connect(to)
  made.on("error", () => {})
  await once(made, "connect")
  return made
}

test("stops in its time whatever hangs; who asked is answered, and a check is given back", async () => {
  const { ctx, app } = stack
  const { port } = app.server.address() as AddressInfo
  // A check that waits for its sandbox, which would take minutes.
  const request = await stack.sent({ "table.csv": "region,count\nnorth,120\n" })
  Object.assign(ctx.drivers, { agent: openAgent(socket) })
  Object.assign(ctx.drivers.custody, { [Symbol.asyncDispose]: async () => {} })
  const reconciling = startReconciling(ctx)
  await startJobs(ctx)
  while (!asked.some((one) => one.includes("/v1/checks/"))) await later(20)

  // Connections on which nothing was asked, a browser that says no goodbye, and one that is kept alive.
  await Promise.all([connection({ host: "127.0.0.1", port }), connection({ path: gatewaySocket })])
  const { body } = await stack.call("author", "POST", "/api/session/ticket")
  const live = new WebSocket(`${address.replace("http", "ws")}/api/live?ticket=${body.ticket}`, {
    origin: ctx.config.site.origin,
  })
  await once(live, "open")
  live.pause()
  const bearer = { authorization: `Bearer ${stack.people.admin}.fresh` }
  const kept = await fetch(`${address}/api/home`, { headers: bearer })
  assert.equal(kept.status, 200)
  await kept.arrayBuffer()
  const slow = fetch(`${address}/api/projects/${stack.project}/use`, { headers: bearer })
  while (!asked.includes("GET /v1/storage")) await later(5)

  const began = performance.now()
  const late = await stopAll({ ctx, servers: [app, gateways], reconciling })
  const milliseconds = performance.now() - began

  assert.ok(milliseconds < STOPS_WITHIN_MS, `stopped after ${milliseconds} ms`)
  assert.deepEqual(late, [])
  const answer = await slow
  assert.equal(answer.status, 200)
  assert.deepEqual(((await answer.json()) as { storage: unknown }).storage, { homeBytes: 0, sharedBytes: 0 })
  const client = new Client({ connectionString: stack.databaseUrl })
  await client.connect()
  const { rows } = await client.query("select state from output_check where request_id = $1", [request])
  await client.end()
  assert.deepEqual(rows, [{ state: "waits" }])
})
