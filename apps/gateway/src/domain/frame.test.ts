import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { BadFrame, CHANNELS, MAX_HEADER, readFrame, writeFrame } from "./frame.ts"

const header = { msg_id: "m1", msg_type: "execute_request" }
const parts = (more: Buffer[] = []): (Buffer | string)[] => [
  JSON.stringify(header),
  "{}",
  "{}",
  '{"code":"1"}',
  ...more,
]

test("a written frame is read back, part by part", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHANNELS),
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      (channel, bodies) => {
        const buffers = bodies.map((body) => Buffer.from(body))
        const frame = readFrame(writeFrame(channel, parts(buffers)))
        assert.equal(frame.channel, channel)
        assert.deepEqual(frame.header, { messageId: "m1", type: "execute_request" })
        assert.equal(frame.content.toString(), '{"code":"1"}')
        assert.deepEqual(frame.buffers.map(String), buffers.map(String))
      },
    ),
  )
})

test("whatever is accepted, Jupyter's own reader sees the same parts", () => {
  const start = writeFrame("shell", parts([Buffer.from("abc")]))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(start.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (changes) => {
        const bytes = Buffer.from(start)
        for (const [at, value] of changes) bytes[at] = value
        const frame = readOrRefuse(bytes)
        if (frame === undefined) return
        const theirs = readAsJupyter(bytes)
        assert.deepEqual(
          theirs,
          [
            frame.channel,
            frame.rawHeader,
            frame.rawParent,
            frame.metadata,
            frame.content,
            ...frame.buffers,
          ].map(String),
        )
      },
    ),
    { numRuns: 5000 },
  )
})

test("random bytes are refused, never an exception of another kind", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.equal(readOrRefuse(Buffer.from(bytes)), undefined)
    }),
    { numRuns: 3000 },
  )
})

test("gaps, slack, overlaps and falling offsets are refused", () => {
  const good = writeFrame("shell", parts())
  assert.throws(() => readFrame(Buffer.concat([good, Buffer.from("x")])), /after the last part/)
  const shifted = Buffer.from(good)
  shifted.writeBigUInt64LE(shifted.readBigUInt64LE(8) + 1n, 8)
  assert.throws(() => readFrame(shifted), /gap before/)
  const falling = Buffer.from(good)
  falling.writeBigUInt64LE(falling.readBigUInt64LE(8) - 1n, 24)
  assert.throws(() => readFrame(falling), /fall back/)
  const huge = Buffer.from(good)
  huge.writeBigUInt64LE(1n << 40n, 24)
  assert.throws(() => readFrame(huge), BadFrame)
})

test("unknown channels, long headers, JSON that two readers could read differently are refused", () => {
  const frame = (channel: string, head: string | Buffer): Buffer =>
    writeFrame(channel as "shell", [head, "{}", "{}", "{}"])
  assert.throws(() => readFrame(frame("shells", JSON.stringify(header))), /channel/)
  assert.throws(
    () => readFrame(frame("shell", JSON.stringify({ ...header, x: "y".repeat(MAX_HEADER) }))),
    /too long/,
  )
  assert.throws(() => readFrame(frame("shell", "\ufeff{}")), /not JSON/)
  assert.throws(() => readFrame(frame("shell", '{"msg_id":NaN}')), /not JSON/)
  assert.throws(() => readFrame(frame("shell", Buffer.from([0x7b, 0xff, 0x7d]))), /not JSON/)
  const notUtf8 = Buffer.concat([
    Buffer.from('{"msg_id":"m","msg_type":"'),
    Buffer.from([0xff]),
    Buffer.from('"}'),
  ])
  assert.throws(() => readFrame(frame("shell", notUtf8)), /not JSON/)
  assert.throws(() => readFrame(frame("shell", "[]")), /not a JSON object/)
  assert.throws(() => readFrame(frame("shell", '{"msg_id":"","msg_type":"x"}')), /without id/)
})

function readOrRefuse(bytes: Buffer) {
  try {
    return readFrame(bytes)
  } catch (error) {
    assert.ok(error instanceof BadFrame)
    return undefined
  }
}

/** jupyter_server, deserialize_msg_from_ws_v1, word for word in another language. */
function readAsJupyter(bytes: Buffer): string[] {
  const count = Number(bytes.readBigUInt64LE(0))
  const offsets = Array.from({ length: count }, (_, index) => Number(bytes.readBigUInt64LE(8 * (index + 1))))
  return offsets.slice(0, -1).map((from, index) => bytes.subarray(from, offsets[index + 1]).toString())
}
