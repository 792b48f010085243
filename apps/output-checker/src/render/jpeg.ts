// JPEG: kept are the tables and the compressed picture, each part rewritten from what it must hold; gone are
// camera data, texts, previews, profiles and bytes after the end. The compressed picture is copied and not
// decoded: what could be hidden inside it stays not verifiable, which the checks say of every picture.
import { PictureError, type Rendered } from "./rendered.ts"

const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2])
const OTHER_FRAMES: ReadonlySet<number> = new Set([
  0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf,
])
const NAMES: Readonly<Record<number, string>> = {
  0xe1: "EXIF or XMP data",
  0xe2: "a colour profile or further pictures",
  0xed: "Photoshop or IPTC data",
  0xfe: "a comment",
}
/** JFIF 1.01 with square pixels and no preview. */
const JFIF = Uint8Array.of(0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)

function broken(message: string): PictureError {
  return new PictureError("picture_broken", message)
}

/** @throws PictureError */
export function renderJpeg(bytes: Uint8Array): Rendered {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw broken("it does not begin like a JPEG")
  const out: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)]
  const left = new Set<string>()
  let components = 0
  let scans = 0
  let at = 2
  for (;;) {
    if (bytes[at] !== 0xff) throw broken("it is damaged between its parts")
    while (bytes[at + 1] === 0xff) at++
    const marker = bytes[at + 1]
    if (marker === undefined) throw broken("it has no end")
    if (marker === 0xd9) {
      at += 2
      break
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    const end = at + 2 + length
    if (length < 2 || end > bytes.length) throw broken("it ends inside one of its parts")
    const body = bytes.subarray(at + 4, end)
    if (OTHER_FRAMES.has(marker))
      throw new PictureError("picture_unsupported", "it is packed in a rare way; save it as PNG")
    if (FRAMES.has(marker)) {
      if (components > 0) throw broken("it holds more than one picture")
      components = body[5] ?? 0
      if (components === 0 || components > 4 || body.length !== 6 + 3 * components)
        throw broken("its header describes no picture")
      out.push(segment(marker, body))
    } else if (marker === 0xdb || marker === 0xc4) {
      if (!(marker === 0xdb ? isQuantisation(body) : isHuffman(body)))
        throw broken("one of its tables is damaged")
      out.push(segment(marker, body))
    } else if (marker === 0xdd) {
      if (body.length !== 2) throw broken("one of its parts is damaged")
      out.push(segment(marker, body))
    } else if (marker === 0xe0 && startsWith(body, "JFIF\0")) {
      out.push(segment(marker, withDensity(body)))
      if (body.length !== 14) left.add("a preview")
    } else if (marker === 0xee && startsWith(body, "Adobe") && body.length >= 12) {
      // Says how its colours are meant; without it they come out wrong.
      out.push(
        segment(marker, Uint8Array.of(...body.subarray(0, 5), 0, 100, 0, 0, 0, 0, (body[11] ?? 0) % 3)),
      )
    } else if (marker === 0xda) {
      const used = body[0] ?? 0
      if (components === 0 || used === 0 || used > components || body.length !== 4 + 2 * used)
        throw broken("its picture begins before its header")
      const until = endOfScan(bytes, end)
      out.push(segment(marker, body), bytes.subarray(end, until))
      scans += 1
      at = until
      continue
    } else left.add(NAMES[marker] ?? "data of a program")
    at = end
  }
  if (scans === 0) throw broken("it has no pixels")
  if (at < bytes.length) left.add(`${bytes.length - at} bytes after its end`)
  out.push(Uint8Array.of(0xff, 0xd9))
  return { bytes: Buffer.concat(out), left: [...left] }
}

function segment(marker: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), body])
}

function startsWith(body: Uint8Array, text: string): boolean {
  return [...text].every((c, i) => body[i] === c.charCodeAt(0))
}

/** Only the resolution is taken over. */
function withDensity(body: Uint8Array): Uint8Array {
  const fresh = JFIF.slice()
  if (body.length >= 12 && (body[7] ?? 3) <= 2) fresh.set(body.subarray(7, 12), 7)
  return fresh
}

/** Every byte belongs to a table: nothing else fits in between. */
function isQuantisation(body: Uint8Array): boolean {
  let at = 0
  while (at < body.length) {
    const head = body[at] ?? 0
    if (head >> 4 > 1 || (head & 15) > 3) return false
    at += 1 + (head >> 4 === 0 ? 64 : 128)
  }
  return body.length > 0 && at === body.length
}

function isHuffman(body: Uint8Array): boolean {
  let at = 0
  while (at + 17 <= body.length) {
    const head = body[at] ?? 0
    if (head >> 4 > 1 || (head & 15) > 3) return false
    const codes = body.subarray(at + 1, at + 17).reduce((sum, n) => sum + n, 0)
    if (codes > 256) return false
    at += 17 + codes
  }
  return body.length > 0 && at === body.length
}

/** Where the next marker begins that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
  }
  throw broken("it has no end")
}
