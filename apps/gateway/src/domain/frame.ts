// Frames of the subprotocol v1.kernel.websocket.jupyter.org (jupyter_server, connection/base.py):
// little-endian u64 count n, then n offsets from the frame's start; parts are channel, header,
// parent header, metadata, content, then buffers; the last offset is the frame's length.
// The reader accepts only frames without gap, overlap or slack, so that no other reader of the same
// bytes can see another message than the one that was judged here.

export const KERNEL_PROTOCOL = "v1.kernel.websocket.jupyter.org"

export const CHANNELS = ["shell", "control", "stdin", "iopub"] as const
export type Channel = (typeof CHANNELS)[number]

/** Header and parent header are small in every known client; bulk does not belong there. */
export const MAX_HEADER = 8 * 1024
const MIN_PARTS = 6
const MAX_PARTS = 70

export type Header = { messageId: string; type: string }

export type Frame = {
  channel: Channel
  header: Header
  /** undefined when the message answers nothing */
  parent: Header | undefined
  rawHeader: Buffer
  rawParent: Buffer
  metadata: Buffer
  content: Buffer
  buffers: Buffer[]
  /** whole frame, as received */
  bytes: Buffer
}

export class BadFrame extends Error {
  readonly code = "frame_refused"
}

/** @throws BadFrame, for anything that is not exactly one well-formed message */
export function readFrame(bytes: Buffer): Frame {
  const parts = splitParts(bytes)
  const [channelPart, rawHeader, rawParent, metadata, content, ...buffers] = parts
  if (!channelPart || !rawHeader || !rawParent || !metadata || !content)
    throw new BadFrame("parts are missing")
  const channel = CHANNELS.find((known) => known === channelPart.toString("latin1"))
  if (channel === undefined) throw new BadFrame("unknown channel")
  if (rawHeader.length > MAX_HEADER || rawParent.length > MAX_HEADER) throw new BadFrame("header too long")
  const header = readHeader(readJsonObject(rawHeader))
  if (header === undefined) throw new BadFrame("header without id or type")
  const parent = readHeader(readJsonObject(rawParent))
  return { channel, header, parent, rawHeader, rawParent, metadata, content, buffers, bytes }
}

/** Writes one frame; used for notices that replace an output and by tests. */
export function writeFrame(channel: Channel, parts: readonly (Buffer | string)[]): Buffer {
  const bodies = [channel, ...parts].map((part) => (typeof part === "string" ? Buffer.from(part) : part))
  const head = Buffer.alloc(8 * (bodies.length + 2))
  head.writeBigUInt64LE(BigInt(bodies.length + 1), 0)
  let offset = head.length
  head.writeBigUInt64LE(BigInt(offset), 8)
  for (const [index, body] of bodies.entries()) {
    offset += body.length
    head.writeBigUInt64LE(BigInt(offset), 8 * (index + 2))
  }
  return Buffer.concat([head, ...bodies])
}

/** @throws BadFrame unless the bytes are one JSON object in valid UTF-8 */
export function readJsonObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    throw new BadFrame("not JSON", { cause })
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BadFrame("not a JSON object")
  return value as Record<string, unknown>
}

function splitParts(bytes: Buffer): Buffer[] {
  if (bytes.length < 8 * (MIN_PARTS + 1)) throw new BadFrame("shorter than its offsets")
  const count = readOffset(bytes, 0)
  if (count < MIN_PARTS || count > MAX_PARTS) throw new BadFrame("number of parts")
  const start = 8 * (count + 1)
  if (bytes.length < start) throw new BadFrame("shorter than its offsets")
  let from = readOffset(bytes, 8)
  if (from !== start) throw new BadFrame("a gap before the first part")
  const parts: Buffer[] = []
  for (let index = 1; index < count; index++) {
    const to = readOffset(bytes, 8 * (index + 1))
    if (to < from || to > bytes.length) throw new BadFrame("offsets that fall back or leave the frame")
    parts.push(bytes.subarray(from, to))
    from = to
  }
  if (from !== bytes.length) throw new BadFrame("bytes after the last part")
  return parts
}

function readOffset(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at)
  if (value > 0x7fffffffn) throw new BadFrame("an offset beyond 2 GiB")
  return Number(value)
}

function readHeader(value: Record<string, unknown>): Header | undefined {
  const { msg_id: messageId, msg_type: type } = value
  if (typeof messageId !== "string" || messageId.length === 0 || messageId.length > 128) return undefined
  if (typeof type !== "string" || type.length === 0 || type.length > 64) return undefined
  return { messageId, type }
}
