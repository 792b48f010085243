// ZIP containers within limits. The central directory is the list; what it does not list, what lies between
// or behind its entries, and names that climb are reported. Nothing is ever written to a disk.
import { inflateRawSync } from "node:zlib"

export interface ZipEntry {
  name: string
  packed: number
  size: number
  encrypted: boolean
  method: number
  read: () => Uint8Array
}

export interface ZipListing {
  entries: ZipEntry[]
  problems: string[]
  hidden: string[]
}

const MAX_RATIO = 200
const MAX_ENTRIES = 2000

function findEnd(view: DataView): number {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - 65_535); at--)
    if (view.getUint32(at, true) === 0x06054b50) return at
  return -1
}

/** @throws Error when it is no readable ZIP at all */
export function listZip(bytes: Uint8Array, budget: { bytes: number; parts: number }): ZipListing {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length < 22 ? -1 : findEnd(view)
  if (end < 0) throw new Error("the container has no directory")
  const problems: string[] = []
  const hidden: string[] = []
  const count = view.getUint16(end + 10, true)
  const directory = view.getUint32(end + 16, true)
  if (count === 0xffff || directory === 0xffffffff)
    throw new Error("the container is of the large kind (ZIP64), which is not read")
  const comment = view.getUint16(end + 20, true)
  if (comment > 0) hidden.push(`a comment of ${comment} bytes at the end of the container`)
  if (end + 22 + comment < bytes.length)
    hidden.push(`${bytes.length - end - 22 - comment} bytes behind the container`)
  const entries: ZipEntry[] = []
  const spans: [number, number][] = []
  const names = new Set<string>()
  let at = directory
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
      problems.push("the directory of the container is damaged")
      break
    }
    if (entries.length >= MAX_ENTRIES || --budget.parts < 0) {
      problems.push(`the container has more than ${MAX_ENTRIES} entries`)
      break
    }
    const flags = view.getUint16(at + 8, true)
    const method = view.getUint16(at + 10, true)
    const packed = view.getUint32(at + 20, true)
    const size = view.getUint32(at + 24, true)
    const nameLength = view.getUint16(at + 28, true)
    const local = view.getUint32(at + 42, true)
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength))
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (name.endsWith("/")) continue
    if (names.has(name)) problems.push(`two entries are named ${JSON.stringify(name.slice(0, 60))}`)
    names.add(name)
    // oxlint-disable-next-line no-control-regex
    if (
      name.startsWith("/") ||
      name.includes("\\") ||
      /[\u0000-\u001f]/.test(name) ||
      name.split("/").includes("..")
    )
      problems.push(`an entry has the name ${JSON.stringify(name.slice(0, 60))}`)
    if (local + 30 > bytes.length || view.getUint32(local, true) !== 0x04034b50) {
      problems.push(`the entry ${JSON.stringify(name.slice(0, 60))} is not where the directory says`)
      continue
    }
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    spans.push([local, start + packed + ((flags & 8) === 0 ? 0 : 16)])
    entries.push({
      name,
      packed,
      size,
      encrypted: (flags & 1) !== 0,
      method,
      read: () => readEntry(bytes, start, packed, size, method, budget),
    })
  }
  spans.sort((a, b) => a[0] - b[0])
  let reached = 0
  for (const [from, to] of spans) {
    if (from > reached)
      hidden.push(`${from - reached} bytes between entries that the directory does not list`)
    reached = Math.max(reached, to)
  }
  return { entries, problems, hidden }
}

function readEntry(
  bytes: Uint8Array,
  start: number,
  packed: number,
  size: number,
  method: number,
  budget: { bytes: number },
): Uint8Array {
  if (start + packed > bytes.length) throw new Error("the entry ends outside the container")
  const body = bytes.subarray(start, start + packed)
  // The ratio of an honest table is far below this; the declared size is only believed after unpacking.
  const most = Math.min(budget.bytes, Math.max(1 << 16, packed * MAX_RATIO))
  if (most <= 0) throw new Error("there is more inside than is unpacked")
  if (method === 0) {
    budget.bytes -= packed
    return body
  }
  if (method !== 8) throw new Error("the entry is packed in a way that is not read")
  let out: Uint8Array
  try {
    out = inflateRawSync(body, { maxOutputLength: most })
  } catch (error) {
    throw new Error(
      (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE"
        ? `it unpacks to more than ${most} bytes`
        : "the entry is damaged",
      { cause: error },
    )
  }
  budget.bytes -= out.length
  if (out.length !== size) throw new Error(`it says ${size} bytes and has ${out.length}`)
  return out
}
