// The event socket names what to fetch again, also what changed between a page's fetch and its subscription.
import assert from "node:assert/strict"
import { once } from "node:events"
import { after, before, test } from "node:test"
import { WebSocket } from "ws"
import { touch } from "../src/drivers/live.ts"
import { startStack, type Stack } from "./stack.ts"

let stack: Stack
let address: string
before(async () => {
  stack = await startStack()
  address = (await stack.app.listen({ host: "127.0.0.1", port: 0 })).replace("http:", "ws:")
})
after(() => stack[Symbol.asyncDispose]())

async function listen(person: "author" | "stranger") {
  const { body } = await stack.call(person, "POST", "/api/session/ticket")
  const heard: string[] = []
  const socket = new WebSocket(`${address}/api/live?ticket=${body.ticket}`, {
    origin: stack.ctx.config.site.origin,
  })
  socket.on("message", (data) => heard.push(JSON.parse(String(data)).topic))
  await once(socket, "open")
  const say = (topics: string[]) => socket.send(JSON.stringify({ subscribe: topics }))
  const hears = async (topic: string) => {
    while (!heard.includes(topic)) await once(socket, "message", { signal: AbortSignal.timeout(5_000) })
  }
  return { socket, heard, say, hears }
}

test("a change just before the subscription is heard; one of another project never is", async () => {
  const mine = `project:${stack.project}`
  await touch(stack.ctx.db, mine)
  while (!stack.ctx.live.namedRecently(mine)) await new Promise((resolve) => setImmediate(resolve))
  const author = await listen("author")
  author.say([mine])
  await author.hears(mine)

  const stranger = await listen("stranger")
  stranger.say([mine, "holds"])
  await touch(stack.ctx.db, mine)
  await touch(stack.ctx.db, "holds")
  await stranger.hears("holds")
  assert.ok(!stranger.heard.includes(mine))
  for (const { socket } of [author, stranger]) socket.terminate()
})
