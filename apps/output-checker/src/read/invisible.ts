// Characters that a reader of a text does not see: zero width, direction marks, tags, controls.
import type { Note } from "./reading.ts"

const INVISIBLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001e\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]|\udb40[\udc00-\uddef]/g

function nameOf(code: number): string {
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
  if (code === 0) return `${hex}, zero byte`
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
    return `${hex}, changes the direction of text`
  if (code >= 0x200b && code <= 0x200f) return `${hex}, zero width`
  if (code === 0xdb40) return "a tag character"
  return code < 0xa0 ? `${hex}, control character` : `${hex}, invisible`
}

/** At most one note per text: how many, the first one and its line. */
export function findInvisible(text: string): Note | undefined {
  INVISIBLE.lastIndex = 0
  const first = INVISIBLE.exec(text)
  if (first === null) return undefined
  let count = 1
  while (count < 100_000 && INVISIBLE.exec(text) !== null) count++
  const line = text.slice(0, first.index).split("\n").length
  return {
    location: {},
    message: `${count} invisible character${count === 1 ? "" : "s"} in the text, the first in line ${line} (${nameOf(first[0].charCodeAt(0))}).`,
  }
}

/** Blanks and tabs at line ends carry bits (whitespace steganography) when there are many kinds of them. */
export function findTrailingBlanks(text: string): Note | undefined {
  const runs = text.match(/[ \t]{8,}(?=\r?\n|$)/g)
  if (runs === null || runs.length < 8) return undefined
  const kinds = new Set(runs)
  const mixed = runs.filter((r) => r.includes(" ") && r.includes("\t")).length
  if (kinds.size < 4 || mixed < 4) return undefined
  return {
    location: {},
    message: `${runs.length} lines end in long mixed runs of blanks and tabs, which can carry hidden data.`,
  }
}
