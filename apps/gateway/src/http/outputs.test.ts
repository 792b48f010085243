// Files on their way out that never end: they end for themselves, and hold up nobody else.
import assert from "node:assert/strict"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { afterEach, beforeEach, test } from "node:test"
import { type Rig, RUN, startRig } from "../../test/rig.ts"
import { until } from "../../test/until.ts"

const LIMITS = { atOnce: 3, stalledAfter: 300 }
const PUSH = `/runs/${RUN}/outputs/files/x`
const open: Socket[] = []
let rig: Rig

beforeEach(async () => {
  rig = await startRig({ outputLimits: LIMITS })
})
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await rig.close()
})

/** Begins a file of `size` bytes and sends `bytes` of it; what is answered is collected. */
function begin(size: number, bytes: string): { socket: Socket; said: () => string } {
  const socket = connect(rig.door)
  open.push(socket)
  let text = ""
  socket.on("error", () => undefined)
  socket.on("data", (chunk) => (text += chunk.toString()))
  socket.write(`PUT /outputs/files/x HTTP/1.1\r\nhost: x\r\ncontent-length: ${size}\r\n\r\n${bytes}`)
  return { socket, said: () => text }
}

test("a file that stops coming is given up, with a reason, and nothing of it is kept", async () => {
  const { socket, said } = begin(1000, "half")
  let isClosed = false
  socket.on("close", () => (isClosed = true))
  await until(() => isClosed, "the connection ends")
  assert.match(said(), /^HTTP\/1\.1 408 [^]*"code":"upload_stalled"/)
  assert.deepEqual(rig.controlPlane.outputs, [])
})

test("a file that comes slowly, and one whose answer is slow, are not given up", async () => {
  const slow = begin(8, "")
  for (const byte of "12345678") {
    slow.socket.write(byte)
    await new Promise((resolve) => setTimeout(resolve, LIMITS.stalledAfter / 4))
  }
  await until(() => slow.said().includes(" 201 "), "the slow file is kept")
  rig.controlPlane.failures.set(PUSH, "hang")
  const whole = begin(4, "abcd")
  let isClosed = false
  whole.socket.on("close", () => (isClosed = true))
  const later = Date.now() + 3 * LIMITS.stalledAfter
  await until(() => Date.now() > later, "three times as long goes by")
  assert.deepEqual([isClosed, whole.said()], [false, ""])
})

test("what one run has under way is bounded, and what it ends makes room", async () => {
  rig.controlPlane.failures.set(PUSH, "hang")
  const held = Array.from({ length: LIMITS.atOnce }, () => begin(4, "abcd"))
  await until(async () => (await rig.inside("/outputs/requests")).status === 429, "no room is left")
  assert.equal(JSON.parse((await rig.inside("/outputs/requests")).body.toString()).code, "too_many")
  held[0]?.socket.destroy()
  await until(async () => (await rig.inside("/outputs/requests")).status === 201, "room again")
})

test("files under way take no connection from anything else", async () => {
  await rig.close()
  rig = await startRig({ outputLimits: { atOnce: 250, stalledAfter: 60_000 } })
  rig.controlPlane.failures.set(PUSH, "hang")
  for (let count = 0; count < 200; count++) {
    const { socket } = begin(1, "x")
    if (socket.connecting) await once(socket, "connect")
  }
  await until(() => rig.controlPlane.waiting >= 200, "all of them wait")
  rig.clock.ahead += 1000
  await rig.gateway.doors.poll()
  assert.ok(rig.gateway.doors.silence < 1000, `${rig.gateway.doors.silence} ms of silence`)
})
