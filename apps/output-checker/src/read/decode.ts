// Bytes to text. The encoding is told by the bytes alone: mark, then zero patterns, then strict UTF-8,
// then Windows-1252. Nothing is dropped silently: what cannot be decoded is reported.

export interface Decoded {
  text: string
  encoding: "utf-8" | "utf-16le" | "utf-16be" | "utf-32le" | "utf-32be" | "windows-1252"
  bom: boolean
  /** byte sequences that are no text in this encoding */
  broken: boolean
}

function decodeUtf32(bytes: Uint8Array, little: boolean): { text: string; broken: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: string[] = []
  let broken = bytes.length % 4 !== 0
  let chunk: number[] = []
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    const code = view.getUint32(i, little)
    const valid = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    if (!valid) broken = true
    chunk.push(valid ? code : 0xfffd)
    if (chunk.length === 4096) {
      parts.push(String.fromCodePoint(...chunk))
      chunk = []
    }
  }
  parts.push(String.fromCodePoint(...chunk))
  return { text: parts.join(""), broken }
}

/** Share of zero bytes at even and odd places of the first 4 KiB. */
function zeroPattern(bytes: Uint8Array): { even: number; odd: number } {
  const length = Math.min(bytes.length, 4096) & ~1
  let even = 0
  let odd = 0
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) even++
    if (bytes[i + 1] === 0) odd++
  }
  const half = Math.max(1, length / 2)
  return { even: even / half, odd: odd / half }
}

function decodeWith(label: string, bytes: Uint8Array): { text: string; broken: boolean } {
  try {
    return { text: new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes), broken: false }
  } catch {
    return { text: new TextDecoder(label, { ignoreBOM: true }).decode(bytes), broken: true }
  }
}

export function decodeText(bytes: Uint8Array): Decoded {
  const [a, b, c, d] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf)
    return { ...decodeWith("utf-8", bytes.subarray(3)), encoding: "utf-8", bom: true }
  if (a === 0xff && b === 0xfe && c === 0 && d === 0)
    return { ...decodeUtf32(bytes.subarray(4), true), encoding: "utf-32le", bom: true }
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff)
    return { ...decodeUtf32(bytes.subarray(4), false), encoding: "utf-32be", bom: true }
  if (a === 0xff && b === 0xfe)
    return { ...decodeWith("utf-16le", bytes.subarray(2)), encoding: "utf-16le", bom: true }
  if (a === 0xfe && b === 0xff)
    return { ...decodeWith("utf-16be", bytes.subarray(2)), encoding: "utf-16be", bom: true }
  const zeros = zeroPattern(bytes)
  if (zeros.odd > 0.9 && zeros.even > 0.4 && bytes.length % 4 === 0)
    return { ...decodeUtf32(bytes, true), encoding: "utf-32le", bom: false }
  if (zeros.even > 0.9 && zeros.odd > 0.4 && bytes.length % 4 === 0)
    return { ...decodeUtf32(bytes, false), encoding: "utf-32be", bom: false }
  if (zeros.odd > 0.7 && zeros.even < 0.1)
    return { ...decodeWith("utf-16le", bytes), encoding: "utf-16le", bom: false }
  if (zeros.even > 0.7 && zeros.odd < 0.1)
    return { ...decodeWith("utf-16be", bytes), encoding: "utf-16be", bom: false }
  const utf8 = decodeWith("utf-8", bytes)
  if (!utf8.broken) return { ...utf8, encoding: "utf-8", bom: false }
  // Windows-1252 accepts every byte, so it says nothing by itself; control bytes tell binary data.
  return {
    text: new TextDecoder("windows-1252").decode(bytes),
    encoding: "windows-1252",
    bom: false,
    broken: false,
  }
}

/** Share of control characters other than tab and line ends in the first 8,192 characters. */
export function controlShare(text: string): number {
  const length = Math.min(text.length, 8192)
  let control = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (
      (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12) ||
      code === 0xfffd ||
      code === 127
    )
      control++
  }
  return length === 0 ? 0 : control / length
}
