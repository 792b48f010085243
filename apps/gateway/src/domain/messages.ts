// What a browser may say to a kernel, and what of it is written to the log before it is forwarded.
// Unknown types are refused. A type is logged when the kernel may run or evaluate something because of
// it; the log holds what a person asked for, not what a kernel then did.
import { createHash } from "node:crypto"
import { type Channel, type Frame, readJsonObject } from "./frame.ts"

/** A message's text is kept up to this many bytes; its hash covers all of it. */
export const MAX_LOGGED_TEXT = 60_000

type Kind = {
  channels: readonly Channel[]
  /** runs or may evaluate something, or reads earlier code and output */
  logged: boolean
  /** a later read of data can be its doing */
  reads: boolean
  /** a person typed, ran or clicked */
  human: boolean
}

const quiet = { logged: false, reads: false, human: false }
const typing = { channels: ["shell"], logged: true, reads: false, human: true } as const
const widget = { channels: ["shell"], logged: true, reads: true, human: true } as const
const subshell = { channels: ["control"], ...quiet } as const

const KINDS: Record<string, Kind> = {
  execute_request: { channels: ["shell"], logged: true, reads: true, human: true },
  input_reply: { channels: ["stdin"], logged: true, reads: true, human: true },
  comm_open: widget,
  comm_msg: widget,
  comm_close: widget,
  debug_request: { channels: ["control"], logged: true, reads: true, human: false },
  complete_request: typing,
  inspect_request: typing,
  history_request: { channels: ["shell"], logged: true, reads: false, human: false },
  interrupt_request: { channels: ["control"], logged: true, reads: false, human: true },
  shutdown_request: { channels: ["control"], logged: true, reads: false, human: true },
  is_complete_request: { channels: ["shell"], ...quiet, human: true },
  kernel_info_request: { channels: ["shell", "control"], ...quiet },
  comm_info_request: { channels: ["shell"], ...quiet },
  create_subshell_request: subshell,
  delete_subshell_request: subshell,
  list_subshell_request: subshell,
}

export type Judged =
  | { allowed: false }
  | { allowed: true; reads: boolean; human: boolean; log: { text: string; sha256: string } | undefined }

/** Judges one frame from a browser. @throws BadFrame when the content of a logged type is not a JSON object */
export function judgeMessage(frame: Frame): Judged {
  const kind = Object.hasOwn(KINDS, frame.header.type) ? KINDS[frame.header.type] : undefined
  if (kind === undefined || !kind.channels.includes(frame.channel)) return { allowed: false }
  const { reads, human } = kind
  if (!kind.logged) return { allowed: true, reads, human, log: undefined }
  const content = readJsonObject(frame.content)
  const silent = frame.header.type === "execute_request" && content["silent"] === true
  return { allowed: true, reads, human: human && !silent, log: describe(frame, content) }
}

/**
 * The text that the log keeps: the code alone for an ordinary run, the answer alone for an input, else
 * the raw content, with the hash of any buffers. `sha256` (hex) covers the whole text before the cut.
 */
function describe(frame: Frame, content: Record<string, unknown>): { text: string; sha256: string } {
  let text = plainText(frame.header.type, content) ?? frame.content.toString("utf8")
  if (frame.buffers.length > 0) {
    const hash = createHash("sha256")
    for (const buffer of frame.buffers) hash.update(buffer)
    text += `\n[buffers: ${frame.buffers.length}, sha256 ${hash.digest("hex")}]`
  }
  const whole = Buffer.from(text)
  return { text: cutText(whole, MAX_LOGGED_TEXT), sha256: createHash("sha256").update(whole).digest("hex") }
}

const PLAIN_RUN = new Set([
  "code",
  "silent",
  "store_history",
  "user_expressions",
  "allow_stdin",
  "stop_on_error",
])

function plainText(type: string, content: Record<string, unknown>): string | undefined {
  if (type === "input_reply" && Object.keys(content).every((key) => key === "value" || key === "status")) {
    return asText(content["value"])
  }
  if (type !== "execute_request" || content["silent"] === true) return undefined
  if (!Object.keys(content).every((key) => PLAIN_RUN.has(key))) return undefined
  return isEmpty(content["user_expressions"]) ? asText(content["code"]) : undefined
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === "object" && Object.keys(value).length === 0
}

/** Cuts between characters, so that the result is valid UTF-8 of at most `most` bytes. */
export function cutText(bytes: Buffer, most: number): string {
  if (bytes.length <= most) return bytes.toString("utf8")
  let end = most
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end).toString("utf8")
}
