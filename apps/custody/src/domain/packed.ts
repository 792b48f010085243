// Packed columns of the protocol: base64 of fixed-size blocks.
import { Invalid } from "./errors.ts"

export function unpack(packed: string, count: number, width: number, field: string): Buffer {
  const bytes = Buffer.from(packed, "base64")
  if (bytes.length !== count * width || bytes.toString("base64") !== packed) {
    throw new Invalid("packed_size", `${field} is not ${count} blocks of ${width} bytes`)
  }
  return bytes
}

export function block(bytes: Buffer, index: number, width: number): Buffer {
  return bytes.subarray(index * width, (index + 1) * width)
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((b) => b === 0)
}
