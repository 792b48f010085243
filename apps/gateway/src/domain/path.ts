// Reads a request target once, strictly. A path is decoded exactly one time; whatever could mean one
// thing here and another behind us is refused instead of repaired.

export type Target = {
  /** decoded, begins with "/", no empty, "." or ".." segment except a last empty one */
  path: string
  /** as received, without the query */
  rawPath: string
  query: URLSearchParams
  /** as received, with "?" or empty */
  rawQuery: string
}

export class BadTarget extends Error {
  readonly code = "path_refused"
}

const PRINTABLE = /^[\x21-\x7e]+$/
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const STILL_ENCODED = /%[0-9a-f]{2}/i

/** Longest request target that is read at all, in bytes. */
export const MAX_TARGET = 8192

/** @throws BadTarget for absolute forms, `..`, `.`, `//`, backslashes, NULs, control characters, overlong, double or invalid encoding */
export function readTarget(target: string): Target {
  if (target.length > MAX_TARGET) throw new BadTarget("the address is too long")
  if (!target.startsWith("/")) throw new BadTarget("not a path")
  if (!PRINTABLE.test(target)) throw new BadTarget("characters that must be encoded")
  if (target.includes("#")) throw new BadTarget("a fragment in the address")
  const mark = target.indexOf("?")
  const rawPath = mark === -1 ? target : target.slice(0, mark)
  const rawQuery = mark === -1 ? "" : target.slice(mark)
  const path = decodeOnce(rawPath)
  const segments = path.slice(1).split("/")
  for (const [index, segment] of segments.entries()) {
    if (segment === "." || segment === "..") throw new BadTarget("dots as a path segment")
    if (segment === "" && index !== segments.length - 1) throw new BadTarget("an empty path segment")
  }
  return { path, rawPath, query: readQuery(rawQuery), rawQuery }
}

function decodeOnce(raw: string): string {
  let text: string
  try {
    text = decodeURIComponent(raw)
  } catch {
    throw new BadTarget("not valid UTF-8 percent encoding")
  }
  if (text.includes("\\")) throw new BadTarget("a backslash")
  if (CONTROL.test(text)) throw new BadTarget("a control character")
  if (STILL_ENCODED.test(text)) throw new BadTarget("encoded twice")
  return text
}

function readQuery(raw: string): URLSearchParams {
  if (/%00/.test(raw)) throw new BadTarget("a NUL in the query")
  return new URLSearchParams(raw)
}
