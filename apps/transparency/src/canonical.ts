// JSON with one spelling per value (the rules of RFC 8785): members sorted by UTF-16 code units, no
// spaces, numbers and strings as ECMAScript prints them. What has no such spelling is refused.

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

const MAX_DEPTH = 64

/** Members whose value is undefined are left out. Throws TypeError on anything that is not JSON. */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError("nested too deeply")
  if (value === null || typeof value === "boolean") return String(value)
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`)
    return JSON.stringify(value)
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("a string has half of a surrogate pair")
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`
  if (typeof value !== "object") throw new TypeError(`a ${typeof value} is not JSON`)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError("only plain objects are JSON")
  const members: string[] = []
  for (const [key, member] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (member !== undefined) members.push(`${write(key, depth + 1)}:${write(member, depth + 1)}`)
  }
  return `{${members.join(",")}}`
}
