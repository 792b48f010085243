import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import { readFrame, writeFrame } from "./frame.ts"
import { cutText, judgeMessage, MAX_LOGGED_TEXT } from "./messages.ts"

const judge = (
  type: string,
  content: object,
  channel: "shell" | "control" | "stdin" = "shell",
  buffers: Buffer[] = [],
) =>
  judgeMessage(
    readFrame(
      writeFrame(channel, [
        JSON.stringify({ msg_id: "m", msg_type: type }),
        "{}",
        "{}",
        JSON.stringify(content),
        ...buffers,
      ]),
    ),
  )
const textOf = (judged: ReturnType<typeof judge>): string | undefined =>
  judged.allowed ? judged.log?.text : undefined

test("every message that can run code is logged, and only known ones pass", () => {
  const logged = [
    "execute_request",
    "comm_open",
    "comm_msg",
    "comm_close",
    "complete_request",
    "inspect_request",
    "history_request",
  ]
  for (const type of logged) assert.ok(textOf(judge(type, { code: "1", value: "1" })) !== undefined, type)
  for (const type of ["debug_request", "interrupt_request", "shutdown_request"]) {
    assert.ok(textOf(judge(type, {}, "control")) !== undefined, type)
    assert.equal(judge(type, {}, "shell").allowed, false, `${type} on shell`)
  }
  for (const type of ["kernel_info_request", "comm_info_request"])
    assert.equal(textOf(judge(type, {})), undefined)
  for (const type of ["apply_request", "connect_request", "constructor", "__proto__", "toString"]) {
    assert.equal(judge(type, {}).allowed, false, type)
  }
  assert.equal(judge("execute_request", {}, "control").allowed, false)
  assert.equal(judge("input_reply", { value: "x" }, "shell").allowed, false)
})

test("the text is the code, or everything when more than code is asked for", () => {
  assert.equal(
    textOf(judge("execute_request", { code: "print(1)", silent: false, user_expressions: {} })),
    "print(1)",
  )
  for (const more of [{ user_expressions: { a: "os.system('x')" } }, { silent: true }, { unknown: 1 }]) {
    const text = textOf(judge("execute_request", { code: "print(1)", ...more })) ?? ""
    assert.deepEqual(JSON.parse(text), { code: "print(1)", ...more })
  }
  assert.equal(textOf(judge("input_reply", { value: "secret", status: "ok" }, "stdin")), "secret")
  const buffer = Buffer.from("bytes")
  const hash = createHash("sha256").update(buffer).digest("hex")
  assert.match(
    textOf(judge("comm_msg", { data: {} }, "shell", [buffer])) ?? "",
    new RegExp(`buffers: 1, sha256 ${hash}`),
  )
})

test("a silent run is logged but is no person's doing", () => {
  const judged = judge("execute_request", { code: "1", silent: true })
  assert.ok(judged.allowed && !judged.human && judged.reads && judged.log !== undefined)
})

test("long text is cut between characters; the hash is of all of it", () => {
  const code = "é".repeat(MAX_LOGGED_TEXT)
  const judged = judge("execute_request", { code })
  assert.ok(judged.allowed && judged.log !== undefined)
  assert.ok(Buffer.byteLength(judged.log.text) <= MAX_LOGGED_TEXT)
  assert.equal(judged.log.sha256, createHash("sha256").update(code).digest("hex"))
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), fc.nat(60), (text, most) => {
      const cut = cutText(Buffer.from(text), most)
      assert.ok(Buffer.byteLength(cut) <= Math.max(most, 0) && Buffer.from(text).toString().startsWith(cut))
      assert.ok(!cut.includes("\ufffd"))
    }),
  )
})

test("content that is no JSON object is refused for logged types", () => {
  const frame = readFrame(
    writeFrame("shell", ['{"msg_id":"m","msg_type":"execute_request"}', "{}", "{}", '{"code":"a"']),
  )
  assert.throws(() => judgeMessage(frame), /not JSON/)
})
