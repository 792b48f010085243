// Names of files come from inside a workspace and are shown to people and written into archives: what
// could reach outside its folder, hide, or turn a line of text around is taken out.

const MOST_BYTES = 200
const MOST_PARTS = 8
/** Control and format characters (bidirectional marks, zero widths, tags), private use, lone surrogates, separators. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\\:*?"<>|]/gu

/** The path under which a file is kept, or undefined when nothing is left of it. */
export function cleanPath(raw: string): string | undefined {
  const parts = raw
    .normalize("NFC")
    .split("/")
    .map((part) =>
      part
        .replace(FORBIDDEN, "_")
        .replace(/\p{Zs}/gu, " ")
        .trim(),
    )
    .map((part) => part.replace(/^[. ]+/, "").replace(/[. ]+$/, ""))
    .filter((part) => part !== "")
  const name = shorten(parts.pop() ?? "", 120)
  if (!/[\p{L}\p{N}]/u.test(name)) return undefined
  const kept = [...parts.slice(0, MOST_PARTS - 1), name]
  // Whole folders go before the name does: two files of one folder keep different names.
  while (kept.length > 1 && Buffer.byteLength(kept.join("/")) > MOST_BYTES) kept.shift()
  return kept.join("/")
}

function shorten(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name
  const dot = name.lastIndexOf(".")
  const ending = dot > 0 && Buffer.byteLength(name.slice(dot)) <= 16 ? name.slice(dot) : ""
  let stem = ""
  for (const character of name.slice(0, name.length - ending.length)) {
    if (Buffer.byteLength(stem + character + ending) > bytes) break
    stem += character
  }
  // The cut may have come after a space.
  return stem.replace(/[. ]+$/, "") + ending
}

/** For Content-Disposition: always an attachment, a plain name for old readers and the true one beside it. */
export function attachment(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1)
  const plain = name.replace(/[^A-Za-z0-9._-]/g, "_")
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
