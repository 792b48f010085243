// What a file is, told from its first bytes; the name only tells texts apart. Used to choose how a file
// is shown, never to decide whether it may leave (the output checker reads the whole file for that).

export const HEAD_BYTES = 65_536

const MAGIC: readonly (readonly [string, string])[] = [
  ["png", "89504e470d0a1a0a"],
  ["jpeg", "ffd8ff"],
  ["gif", "47494638"],
  ["pdf", "255044462d"],
  ["zip", "504b0304"],
  ["zip", "504b0506"],
  ["gzip", "1f8b"],
  ["parquet", "50415231"],
  ["arrow", "4152524f5731"],
  ["sqlite", "53514c69746520666f726d61742033"],
  ["hdf5", "894844460d0a1a0a"],
  ["executable", "7f454c46"],
  ["executable", "4d5a"],
  ["xz", "fd377a585a00"],
  ["bzip2", "425a68"],
  ["7z", "377abcaf271c"],
  ["pickle", "8003"],
  ["pickle", "8004"],
  ["pickle", "8005"],
  ["office", "d0cf11e0a1b11ae1"],
]

const TEXTS: Readonly<Record<string, string>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  md: "markdown",
  txt: "text",
  log: "text",
  tex: "text",
  yaml: "text",
  yml: "text",
  py: "code",
  r: "code",
  sql: "code",
  do: "code",
  jl: "code",
  js: "code",
  ts: "code",
  sh: "code",
  ipynb: "notebook",
  svg: "svg",
  html: "html",
  htm: "html",
  xml: "xml",
}

/** Kinds that are shown as rows, and as text. Everything else is not shown in the console. */
export const TABLE_KINDS: readonly string[] = ["csv", "tsv"]
export const TEXT_KINDS: readonly string[] = ["text", "markdown", "json", "code"]

/** The sandbox takes no larger ones. */
export const MOST_PICTURE_BYTES = 24 * 1024 * 1024

/** `head`: the first bytes of the file, at most HEAD_BYTES of them. */
export function mediaKind(head: Uint8Array, path: string): string {
  if (head.length === 0) return "empty"
  const hex = Buffer.from(head.subarray(0, 16)).toString("hex")
  const magic = MAGIC.find(([, start]) => hex.startsWith(start))
  if (magic) return magic[0]
  const text = decode(head)
  if (text === undefined) return "binary"
  // Markup stays markup whatever it is called.
  if (/^\s*(<\?xml|<!doctype|<html|<svg|<script)/i.test(text)) {
    return /<svg/i.test(text) ? "svg" : /<(!doctype html|html|script)/i.test(text) ? "html" : "xml"
  }
  const name = path.slice(path.lastIndexOf("/") + 1)
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : ""
  return TEXTS[ending] ?? "text"
}

function decode(head: Uint8Array): string | undefined {
  if (head.includes(0)) return undefined
  try {
    // A head may end inside a character, which a stream decoder forgives.
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true })
  } catch {
    return undefined
  }
}
