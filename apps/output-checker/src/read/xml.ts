// A small pull parser for XML and SVG: tags, attributes, text. Resolves the five named entities and
// character numbers, nothing else: no documents are fetched, no entity is expanded.

export type XmlEvent =
  | { kind: "start"; name: string; attributes: Map<string, string>; closed: boolean }
  | { kind: "end"; name: string }
  | { kind: "text"; text: string }
  | { kind: "comment"; text: string }
  | { kind: "declaration"; text: string }

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" }

export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));?/gi,
    (whole, hex: string | undefined, dec: string | undefined, name: string | undefined) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole
      const code = hex === undefined ? Number(dec) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : "\ufffd"
    },
  )
}

const RE_ATTRIBUTE = /([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const m of text.matchAll(RE_ATTRIBUTE))
    attributes.set((m[1] ?? "").toLowerCase(), decodeEntities(m[2] ?? m[3] ?? m[4] ?? ""))
  return attributes
}

/** End of a tag that begins at `from`, minding quotes. */
function tagEnd(text: string, from: number): number {
  let quote = 0
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === 34 || code === 39) quote = code
    else if (code === 62) return i
  }
  return -1
}

/** Names keep their prefix and are in lower case, as readers compare them. */
export function* parseXml(text: string): Generator<XmlEvent> {
  let at = 0
  while (at < text.length) {
    const open = text.indexOf("<", at)
    if (open < 0) {
      yield { kind: "text", text: decodeEntities(text.slice(at)) }
      return
    }
    if (open > at) yield { kind: "text", text: decodeEntities(text.slice(at, open)) }
    if (text.startsWith("<!--", open)) {
      const end = text.indexOf("-->", open + 4)
      yield { kind: "comment", text: text.slice(open + 4, end < 0 ? text.length : end) }
      at = end < 0 ? text.length : end + 3
      continue
    }
    if (text.startsWith("<![CDATA[", open)) {
      const end = text.indexOf("]]>", open + 9)
      yield { kind: "text", text: text.slice(open + 9, end < 0 ? text.length : end) }
      at = end < 0 ? text.length : end + 3
      continue
    }
    if (text.startsWith("<!", open) || text.startsWith("<?", open)) {
      // An internal subset holds further brackets.
      const subset = text.indexOf("[", open)
      let end = text.indexOf(">", open)
      if (subset > 0 && subset < end)
        end = text.indexOf("]", subset) < 0 ? -1 : text.indexOf(">", text.indexOf("]", subset))
      yield { kind: "declaration", text: text.slice(open, end < 0 ? text.length : end + 1) }
      at = end < 0 ? text.length : end + 1
      continue
    }
    const end = tagEnd(text, open + 1)
    if (end < 0) {
      yield { kind: "text", text: text.slice(open) }
      return
    }
    const inside = text.slice(open + 1, end)
    at = end + 1
    if (inside.startsWith("/")) {
      yield { kind: "end", name: inside.slice(1).trim().toLowerCase() }
      continue
    }
    const name = /^[^\s/>]+/.exec(inside)?.[0]
    if (name === undefined) {
      yield { kind: "text", text: `<${inside}>` }
      continue
    }
    yield {
      kind: "start",
      name: name.toLowerCase(),
      attributes: readAttributes(inside.slice(name.length)),
      closed: inside.endsWith("/"),
    }
  }
}

export function localName(name: string): string {
  const colon = name.indexOf(":")
  return colon < 0 ? name : name.slice(colon + 1)
}
