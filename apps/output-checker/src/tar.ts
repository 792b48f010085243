// Reads a tar from memory: regular files only, names checked, lengths checked. The sandbox gets its files
// this way, so links, devices and paths that climb are refused and not skipped.

export interface TarEntry {
  path: string
  bytes: Uint8Array
}

export class TarError extends Error {
  readonly code = "tar_invalid"
}

const decoder = new TextDecoder("utf-8", { fatal: true })

function textAt(block: Uint8Array, from: number, length: number): string {
  const field = block.subarray(from, from + length)
  const end = field.indexOf(0)
  try {
    return decoder.decode(end < 0 ? field : field.subarray(0, end))
  } catch {
    throw new TarError("A name in the tar is not UTF-8")
  }
}

function octalAt(block: Uint8Array, from: number, length: number): number {
  if (((block[from] ?? 0) & 0x80) !== 0) {
    let value = 0
    for (let i = from + 1; i < from + length; i++) value = value * 256 + (block[i] ?? 0)
    return value
  }
  const digits = textAt(block, from, length).trim()
  if (!/^[0-7]*$/.test(digits)) throw new TarError("A number in the tar is not octal")
  return digits === "" ? 0 : Number.parseInt(digits, 8)
}

function checkSum(block: Uint8Array): boolean {
  let sum = 0
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0)
  return sum === octalAt(block, 148, 8)
}

/** Records are `LENGTH KEY=VALUE\n`, their lengths counted in bytes. */
/** Records "<length> key=value\n", their lengths in bytes. */
function readPax(bytes: Uint8Array): { path?: string; size?: number } {
  const out: { path?: string; size?: number } = {}
  let at = 0
  while (at < bytes.length && bytes[at] !== 0) {
    const space = bytes.indexOf(32, at)
    const length = space < 0 ? Number.NaN : Number(textAt(bytes, at, space - at))
    if (!Number.isInteger(length) || length <= space - at + 1 || at + length > bytes.length)
      throw new TarError("A long name in the tar is broken")
    const record = textAt(bytes, space + 1, at + length - 1 - (space + 1))
    const equals = record.indexOf("=")
    const key = record.slice(0, equals)
    if (key === "path") out.path = record.slice(equals + 1)
    if (key === "size") out.size = Number(record.slice(equals + 1))
    at += length
  }
  return out
}

/** The name in the header itself; a longer name before it makes this one a cut, maybe inside a character. */
function headerPath(block: Uint8Array): string {
  const prefix = textAt(block, 257, 5) === "ustar" && block[262] === 0 ? textAt(block, 345, 155) : ""
  const name = textAt(block, 0, 100)
  return prefix === "" ? name : `${prefix}/${name}`
}

function assertPath(path: string): void {
  const parts = path.split("/")
  const bad =
    path === "" ||
    path.startsWith("/") ||
    path.includes("\0") ||
    parts.some((p) => p === ".." || p === "." || p === "")
  if (bad || path.length > 1024)
    throw new TarError(`A path in the tar is not allowed: ${JSON.stringify(path.slice(0, 80))}`)
}

/** @throws TarError `tar_invalid` for anything but regular files and folders with plain relative paths */
export function readTar(bytes: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = []
  let at = 0
  let next: { path?: string; size?: number } = {}
  while (at + 512 <= bytes.length) {
    const block = bytes.subarray(at, at + 512)
    if (block.every((b) => b === 0)) return entries
    if (!checkSum(block)) throw new TarError("A header of the tar is broken")
    const size = next.size ?? octalAt(block, 124, 12)
    const type = String.fromCharCode(block[156] ?? 0)
    const start = at + 512
    if (!Number.isSafeInteger(size) || start + size > bytes.length)
      throw new TarError("The tar ends inside a file")
    const body = bytes.subarray(start, start + size)
    at = start + Math.ceil(size / 512) * 512
    if (type === "x") {
      next = readPax(body)
      continue
    }
    if (type === "g") continue
    if (type === "L") {
      next = { path: textAt(body, 0, body.length) }
      continue
    }
    const path = (next.path ?? headerPath(block)).replace(/^\.\//, "")
    next = {}
    if (type === "5") continue
    if (type !== "0" && type !== "\0")
      throw new TarError(`Only regular files may be in the tar, not type ${JSON.stringify(type)}`)
    assertPath(path)
    entries.push({ path, bytes: body })
  }
  throw new TarError("The tar has no end")
}
