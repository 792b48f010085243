// PNG and JPEG: everything that is not pixels. Pixels themselves cannot be read, which the rules say.
import { crc32, inflateSync } from "node:zlib"
import type { Reading } from "./reading.ts"

const MAX_TEXT = 1 << 20

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("windows-1252").decode(bytes)
}

function clip(text: string): string {
  const one = text.replace(/\s+/g, " ").trim()
  return one.length > 60 ? `${one.slice(0, 57)}…` : one
}

/** Chunks that only steer how pixels are shown. */
const PLAIN = new Set(
  "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs hIST tIME cICP mDCV cLLI acTL fcTL".split(" "),
)
/** Text entries that drawing programs write by themselves. */
const HARMLESS = new Set(["Software", "Creation Time", "date:create", "date:modify", "date:timestamp"])

function readTextChunk(type: string, body: Uint8Array): { key: string; text: string } {
  const zero = body.indexOf(0)
  const key = latin1(body.subarray(0, zero < 0 ? body.length : zero))
  const rest = body.subarray(zero + 1)
  try {
    if (type === "zTXt")
      return { key, text: latin1(inflateSync(rest.subarray(1), { maxOutputLength: MAX_TEXT })) }
    if (type === "iTXt") {
      const packed = rest[0] === 1
      let at = 2
      for (let skipped = 0; skipped < 2 && at < rest.length; at++) if (rest[at] === 0) skipped++
      const text = packed ? inflateSync(rest.subarray(at), { maxOutputLength: MAX_TEXT }) : rest.subarray(at)
      return { key, text: new TextDecoder().decode(text) }
    }
  } catch {
    return { key, text: "(packed text that cannot be unpacked)" }
  }
  return { key, text: latin1(rest) }
}

export function readPng(reading: Reading, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const broken = (message: string): void => void reading.doubts.push({ location: {}, message, broken: true })
  let at = 8
  let ended = false
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at)
    const type = latin1(bytes.subarray(at + 4, at + 8))
    const end = at + 12 + length
    if (end > bytes.length) return broken(`The image ends inside its ${clip(type)} part.`)
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length))
      broken(`The checksum of its ${clip(type)} part is wrong.`)
    if (type === "tEXt" || type === "zTXt" || type === "iTXt") {
      const { key, text } = readTextChunk(type, body)
      reading.prose.push({ location: { path: `${type} ${clip(key)}` }, text })
      if (!HARMLESS.has(key) || text.length > 200)
        reading.hidden.push({
          location: { path: `${type} ${clip(key)}` },
          message: `The image carries the text “${clip(key)}: ${clip(text)}”, which is not seen in it.`,
        })
    } else if (type === "eXIf")
      reading.hidden.push({
        location: { path: type },
        message: `The image carries ${length} bytes of EXIF data.`,
      })
    else if (type === "iCCP") {
      if (length > 16_384)
        reading.hidden.push({
          location: { path: type },
          message: `Its colour profile has ${length} bytes, more than profiles need.`,
        })
    } else if (type === "fdAT")
      reading.hidden.push({
        location: { path: type },
        message: "The image has further frames that are not shown at first.",
      })
    else if (!PLAIN.has(type))
      reading.hidden.push({
        location: { path: clip(type) },
        message: `The image carries ${length} bytes in a part named “${clip(type)}” that is not shown.`,
      })
    at = end
    if (type === "IEND") {
      ended = true
      break
    }
  }
  if (!ended) return broken("The image has no end.")
  if (at < bytes.length)
    reading.hidden.push({
      location: { path: "after the end" },
      message: `${bytes.length - at} bytes follow the end of the image.`,
    })
}

const SEGMENTS: Record<number, string> = {
  0xe1: "EXIF or XMP data",
  0xed: "Photoshop or IPTC data",
  0xfe: "a comment",
}

export function readJpeg(reading: Reading, bytes: Uint8Array): void {
  const broken = (message: string): void => void reading.doubts.push({ location: {}, message, broken: true })
  let at = 2
  while (at + 2 <= bytes.length) {
    if (bytes[at] !== 0xff) return broken("The image is damaged between its parts.")
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) {
      at += 2
      if (at < bytes.length)
        reading.hidden.push({
          location: { path: "after the end" },
          message: `${bytes.length - at} bytes follow the end of the image.`,
        })
      return
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2
      continue
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    const end = at + 2 + length
    if (length < 2 || end > bytes.length) return broken("The image ends inside one of its parts.")
    const what = SEGMENTS[marker]
    const head = latin1(bytes.subarray(at + 4, Math.min(end, at + 18)))
    const known =
      marker === 0xe0 ||
      (marker === 0xe2 && head.startsWith("ICC_PROFILE")) ||
      (marker === 0xee && head.startsWith("Adobe")) ||
      marker === 0xdb ||
      marker === 0xc4 ||
      marker === 0xdd ||
      (marker >= 0xc0 && marker <= 0xcf) ||
      marker === 0xda
    if (what !== undefined || !known) {
      const text = latin1(bytes.subarray(at + 4, end))
      reading.hidden.push({
        location: { path: `segment ${marker.toString(16)}` },
        message: `The image carries ${length - 2} bytes of ${what ?? "data of a program"} (“${clip(head.replace(/[^\x20-\x7e]/g, " "))}”), not seen in it.`,
      })
      reading.prose.push({
        location: { path: `segment ${marker.toString(16)}` },
        text: text.replace(/[^\x20-\x7e\n]+/g, "\n"),
      })
    }
    at = end
    if (marker === 0xda) {
      // pixels: until the next marker that is neither stuffing nor a restart
      while (
        at + 1 < bytes.length &&
        !(
          bytes[at] === 0xff &&
          bytes[at + 1] !== 0 &&
          !((bytes[at + 1] ?? 0) >= 0xd0 && (bytes[at + 1] ?? 0) <= 0xd7)
        )
      )
        at++
    }
  }
  broken("The image has no end.")
}
