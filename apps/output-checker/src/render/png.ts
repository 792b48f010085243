// PNG: decoded to pixels and encoded again. Kept are size, colours and resolution; what no pixel shows is
// gone: texts, profiles, further frames, unused palette entries, colours under full transparency, bits that
// fill up a row, bytes after the end. Interlaced pictures stay interlaced.
import { crc32, deflateSync, inflateSync } from "node:zlib"
import { PictureError, type Rendered } from "./rendered.ts"

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const MAX_PIXEL_BYTES = 128 * 1024 * 1024
/** colour type → channels and the bit depths that it allows */
const TYPES: Readonly<Record<number, readonly [channels: number, depths: readonly number[]]>> = {
  0: [1, [1, 2, 4, 8, 16]],
  2: [3, [8, 16]],
  3: [1, [1, 2, 4, 8]],
  4: [2, [8, 16]],
  6: [4, [8, 16]],
}
/** Adam7: first column, first row, step right, step down. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly interlaced: boolean
  /** bits and, at least one, bytes of a pixel */
  readonly bits: number
  readonly step: number
}

function broken(message: string): PictureError {
  return new PictureError("picture_broken", message)
}

/** @throws PictureError */
export function renderPng(bytes: Uint8Array): Rendered {
  const chunks = readChunks(bytes)
  const left = new Set<string>(chunks.after > 0 ? [`${chunks.after} bytes after its end`] : [])
  const header = readHeader(chunks.list[0])
  let palette: Uint8Array | undefined
  let transparent: Uint8Array | undefined
  const kept: { type: string; body: Uint8Array }[] = []
  const data: Uint8Array[] = []
  for (const { type, body } of chunks.list.slice(1)) {
    if (type === "IDAT") data.push(body)
    else if (type === "PLTE" && header.colour === 3 && palette === undefined) palette = body
    else if (type === "tRNS" && transparent === undefined && header.colour < 4) transparent = body
    else if (isPlainSetting(type, body) && !kept.some((k) => k.type === type)) kept.push({ type, body })
    else if (type !== "IEND") left.add(`a part “${type.replace(/[^a-z]/gi, "?")}”`)
  }
  if (header.colour === 3) {
    if (palette === undefined || palette.length % 3 !== 0 || palette.length > 768 || palette.length === 0)
      throw broken("its palette is missing or damaged")
    if (transparent !== undefined && transparent.length > palette.length / 3)
      throw broken("its transparency does not fit its palette")
  } else if (transparent !== undefined && transparent.length !== (header.colour === 0 ? 2 : 6))
    throw broken("its transparency does not fit its colours")

  const passes = passesOf(header)
  const pixels = unpack(header, passes, data)
  const used = cleanPixels(header, passes, pixels)
  if (palette !== undefined) palette = palette.map((v, i) => (used.has(Math.floor(i / 3)) ? v : 0))
  if (header.colour === 3 && transparent !== undefined)
    transparent = transparent.map((v, i) => (used.has(i) ? v : 255))
  const packed = deflateSync(pack(header, passes, pixels), { level: 9 })
  return {
    bytes: writeChunks([
      { type: "IHDR", body: chunks.list[0]?.body ?? new Uint8Array() },
      ...kept.sort((a, b) => (a.type < b.type ? -1 : 1)),
      ...(palette === undefined ? [] : [{ type: "PLTE", body: palette }]),
      ...(transparent === undefined ? [] : [{ type: "tRNS", body: transparent }]),
      { type: "IDAT", body: packed },
      { type: "IEND", body: new Uint8Array() },
    ]),
    left: [...left],
  }
}

interface Chunk {
  readonly type: string
  readonly body: Uint8Array
}

function readChunks(bytes: Uint8Array): { list: Chunk[]; after: number } {
  if (!SIGNATURE.every((v, i) => bytes[i] === v)) throw broken("it does not begin like a PNG")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const list: Chunk[] = []
  let at = SIGNATURE.length
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) throw broken("it ends inside one of its parts")
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      throw broken("the checksum of one of its parts is wrong")
    list.push({ type, body: bytes.subarray(at + 8, end - 4) })
    at = end
    if (type === "IEND") return { list, after: bytes.length - at }
  }
  throw broken("it has no end")
}

function readHeader(first: Chunk | undefined): Header {
  const { body } = first ?? { body: new Uint8Array() }
  if (first?.type !== "IHDR" || body.length !== 13) throw broken("it has no header")
  const view = new DataView(body.buffer, body.byteOffset, 13)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth = 0, colour = -1, compression, filter, interlace = 2] = body.subarray(8)
  const [channels, depths] = TYPES[colour] ?? [0, []]
  if (!depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw broken("its header describes no picture")
  if (width === 0 || height === 0) throw broken("it has no pixels")
  const bits = channels * depth
  if (width * height * Math.max(1, bits / 8) > MAX_PIXEL_BYTES)
    throw new PictureError("picture_too_large", "more than 128 MiB of pixels")
  return { width, height, depth, colour, interlaced: interlace === 1, bits, step: Math.max(1, bits / 8) }
}

/** Resolution, and the two numbers and the one that say how colours look. */
function isPlainSetting(type: string, body: Uint8Array): boolean {
  if (type === "pHYs") return body.length === 9 && (body[8] ?? 2) <= 1
  if (type === "gAMA") return body.length === 4
  return type === "sRGB" && body.length === 1 && (body[0] ?? 4) < 4
}

interface Pass {
  readonly columns: number
  readonly rows: number
  /** bytes of a row without its filter */
  readonly stride: number
}

function passesOf(header: Header): Pass[] {
  const make = (columns: number, rows: number): Pass[] =>
    columns > 0 && rows > 0 ? [{ columns, rows, stride: Math.ceil((columns * header.bits) / 8) }] : []
  if (!header.interlaced) return make(header.width, header.height)
  return PASSES.flatMap(([x, y, right, down]) =>
    make(Math.ceil((header.width - x) / right), Math.ceil((header.height - y) / down)),
  )
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** What a filter expects of a byte, from those left of, above and above left of it. */
function predict(filter: number, a: number, b: number, c: number): number {
  switch (filter) {
    case 1:
      return a
    case 2:
      return b
    case 3:
      return (a + b) >> 1
    case 4:
      return paeth(a, b, c)
    default:
      return 0
  }
}

/** Rows of all passes one after the other, unfiltered. */
function unpack(header: Header, passes: readonly Pass[], data: readonly Uint8Array[]): Uint8Array {
  const expected = passes.reduce((sum, p) => sum + p.rows * (p.stride + 1), 0)
  let raw: Uint8Array
  try {
    raw = inflateSync(Buffer.concat(data), { maxOutputLength: expected })
  } catch {
    throw broken("its pixels cannot be unpacked")
  }
  if (raw.length !== expected) throw broken("it has fewer pixels than it says")
  const out = new Uint8Array(passes.reduce((sum, p) => sum + p.rows * p.stride, 0))
  const { step } = header
  let from = 0
  let to = 0
  for (const { rows, stride } of passes) {
    for (let row = 0; row < rows; row++) {
      const filter = raw[from++] ?? 0
      if (filter > 4) throw broken("its rows are packed in no known way")
      for (let i = 0; i < stride; i++) {
        const a = i >= step ? (out[to + i - step] ?? 0) : 0
        const b = row > 0 ? (out[to + i - stride] ?? 0) : 0
        const c = i >= step && row > 0 ? (out[to + i - stride - step] ?? 0) : 0
        out[to + i] = (raw[from + i] ?? 0) + predict(filter, a, b, c)
      }
      from += stride
      to += stride
    }
  }
  return out
}

/** Takes out what no pixel shows, in place; answers which palette entries are used. */
function cleanPixels(header: Header, passes: readonly Pass[], pixels: Uint8Array): Set<number> {
  const { depth, colour, bits, step } = header
  const used = new Set<number>()
  let at = 0
  for (const { columns, rows, stride } of passes) {
    const spare = stride * 8 - columns * bits
    for (let row = 0; row < rows; row++, at += stride) {
      if (spare > 0) {
        const last = at + stride - 1
        pixels[last] = (pixels[last] ?? 0) & (0xff << spare)
      }
      if (colour === 3)
        for (let x = 0; x < columns; x++) {
          const byte = pixels[at + Math.floor((x * depth) / 8)] ?? 0
          used.add((byte >> (8 - depth - ((x * depth) % 8))) & ((1 << depth) - 1))
        }
      if (colour === 4 || colour === 6)
        for (let x = 0, p = at; x < columns; x++, p += step) {
          const wide = depth / 8
          if (pixels.subarray(p + step - wide, p + step).every((v) => v === 0)) pixels.fill(0, p, p + step)
        }
    }
  }
  return used
}

/** Rows with the filter that leaves the smallest differences; none where a byte is several pixels or an index. */
function pack(header: Header, passes: readonly Pass[], pixels: Uint8Array): Uint8Array {
  const out = new Uint8Array(passes.reduce((sum, p) => sum + p.rows * (p.stride + 1), 0))
  const { step } = header
  const filters = header.colour === 3 || header.depth < 8 ? [0] : [0, 1, 2, 3, 4]
  let from = 0
  let to = 0
  for (const { rows, stride } of passes) {
    const line = new Uint8Array(stride)
    for (let row = 0; row < rows; row++) {
      let least = Number.POSITIVE_INFINITY
      for (const filter of filters) {
        let sum = 0
        for (let i = 0; i < stride; i++) {
          const a = i >= step ? (pixels[from + i - step] ?? 0) : 0
          const b = row > 0 ? (pixels[from + i - stride] ?? 0) : 0
          const c = i >= step && row > 0 ? (pixels[from + i - stride - step] ?? 0) : 0
          const v = ((pixels[from + i] ?? 0) - predict(filter, a, b, c)) & 0xff
          line[i] = v
          sum += v < 128 ? v : 256 - v
        }
        if (sum >= least) continue
        least = sum
        out[to] = filter
        out.set(line, to + 1)
      }
      from += stride
      to += stride + 1
    }
  }
  return out
}

function writeChunks(chunks: readonly Chunk[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from(SIGNATURE)]
  for (const { type, body } of chunks) {
    const inside = Buffer.concat([Buffer.from(type, "latin1"), body])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(body.length, 0)
    ends.writeUInt32BE(crc32(inside), 4)
    parts.push(ends.subarray(0, 4), inside, ends.subarray(4))
  }
  return Buffer.concat(parts)
}
