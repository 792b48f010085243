// SVG: read into a tree of drawn things from a list of what a drawing may hold, and written again from that
// tree. Scripts, handlers, pages inside, animations, addresses, comments, titles, metadata and unknown parts
// are not on the list and so cannot be in the result. Pictures inside are written anew as well.
import { localName, parseXml } from "../read/xml.ts"
import { renderJpeg } from "./jpeg.ts"
import { renderPng } from "./png.ts"
import { PictureError, type Rendered } from "./rendered.ts"

const MAX_DEPTH = 200
/** So many drawn things, counted as often as they are drawn: more would stop whoever opens the drawing. */
const MAX_DRAWN = 1_000_000

function byLowerCase(names: string): ReadonlyMap<string, string> {
  return new Map(names.split(/\s+/).map((name) => [name.toLowerCase(), name]))
}

const ELEMENTS = byLowerCase(
  "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath clipPath mask marker " +
    "linearGradient radialGradient stop pattern style image",
)
/** Only the contents are taken over. */
const TRANSPARENT = new Set(["a", "switch"])
const WITH_TEXT = new Set(["text", "tspan", "textPath"])
const ATTRIBUTES = byLowerCase(
  "id class style x y x1 y1 x2 y2 cx cy r rx ry fx fy d points width height dx dy rotate offset viewBox " +
    "preserveAspectRatio version transform gradientTransform gradientUnits patternTransform patternUnits " +
    "patternContentUnits clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight refX refY " +
    "orient spreadMethod startOffset textLength lengthAdjust fill fill-opacity fill-rule stroke stroke-width " +
    "stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity " +
    "color display visibility clip-path clip-rule mask marker-start marker-mid marker-end overflow font-family " +
    "font-size font-weight font-style font-variant font-stretch text-anchor text-decoration dominant-baseline " +
    "alignment-baseline baseline-shift letter-spacing word-spacing writing-mode stop-color stop-opacity " +
    "vector-effect shape-rendering text-rendering image-rendering paint-order",
)
const GRAMMAR: Readonly<Record<string, RegExp>> = {
  d: /^[MmZzLlHhVvCcSsQqTtAaEe0-9\s,.+-]*$/,
  points: /^[Ee0-9\s,.+-]*$/,
  id: /^[\w.:-]{1,200}$/,
  transform: /^[a-zA-Z0-9\s,.()+-]*$/,
}
const LOCAL = /^#([\w.:-]{1,200})$/
const LOCAL_URL = /url\(\s*["']?#([\w.:-]{1,200})["']?\s*\)/g

interface Drawn {
  readonly name: string
  readonly attributes: [string, string][]
  readonly children: (Drawn | string)[]
}

/** @throws PictureError */
export function renderSvg(bytes: Uint8Array): Rendered {
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw new PictureError("picture_broken", "it is not text in UTF-8")
  }
  const left = new Set<string>()
  const root = readTree(text, left)
  assertDrawable(root)
  const out: string[] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
  write(root, out, true)
  out.push("\n")
  return { bytes: new TextEncoder().encode(out.join("")), left: [...left] }
}

function readTree(text: string, left: Set<string>): Drawn {
  let root: Drawn | undefined
  const open: { tag: string; into: Drawn | undefined }[] = []
  // Inside something that is not on the list nothing counts until it ends.
  let skipped = 0
  for (const event of parseXml(text)) {
    if (event.kind === "comment") left.add("comments")
    else if (event.kind === "text") addText(open.at(-1)?.into, skipped > 0 ? "" : event.text)
    else if (event.kind === "start") {
      const tag = localName(event.name)
      if (skipped > 0) {
        if (!event.closed) skipped += 1
        continue
      }
      const name = ELEMENTS.get(tag)
      const parent = open.at(-1)?.into
      if (root === undefined ? name !== "svg" : parent === undefined || !(name ?? TRANSPARENT.has(tag))) {
        left.add(`“${tag.replace(/[^a-z0-9-]/g, "?").slice(0, 30)}”`)
        if (!event.closed) skipped = 1
        continue
      }
      if (open.length >= MAX_DEPTH) throw new PictureError("picture_broken", "it is nested too deep")
      let into = parent
      if (name !== undefined) {
        const drawn: Drawn = { name, attributes: readAttributes(name, event.attributes, left), children: [] }
        if (root === undefined) root = drawn
        else parent?.children.push(drawn)
        into = drawn
      }
      if (!event.closed) open.push({ tag, into })
    } else if (event.kind === "end") {
      if (skipped > 0) skipped -= 1
      else {
        const at = open.findLastIndex((o) => o.tag === localName(event.name))
        if (at >= 0) open.length = at
      }
    }
  }
  if (root === undefined) throw new PictureError("picture_broken", "no drawing was found in it")
  dropUnsafeStyles(root, left)
  return root
}

function addText(into: Drawn | undefined, text: string): void {
  if (into === undefined || text === "") return
  if (WITH_TEXT.has(into.name) || into.name === "style") into.children.push(plain(text))
}

function readAttributes(
  element: string,
  given: ReadonlyMap<string, string>,
  left: Set<string>,
): [string, string][] {
  const kept: [string, string][] = []
  for (const [key, value] of given) {
    const name = ATTRIBUTES.get(key)
    if (localName(key) === "href") {
      const target = element === "image" ? pictureInside(value, left) : LOCAL.test(value) ? value : undefined
      if (target === undefined) left.add("addresses")
      else if (!kept.some(([k]) => k === "xlink:href")) kept.push(["xlink:href", target])
    } else if (name === undefined) {
      if (key.startsWith("on")) left.add("scripts")
    } else {
      const safe = name === "style" ? safeCss(value) : safeValue(name, value)
      if (safe === undefined) left.add(`a value of “${name}”`)
      else kept.push([name, safe])
    }
  }
  return kept
}

function safeValue(name: string, value: string): string | undefined {
  const text = plain(value)
  if (GRAMMAR[name] !== undefined) return GRAMMAR[name].test(text) ? text : undefined
  if (text.length > 4_000 || /[<>\\@]|script:|data:/i.test(text)) return undefined
  return /url\s*\(/i.test(text.replace(LOCAL_URL, "")) ? undefined : text
}

/** Plain rules on drawn things; anything that could reach outside makes the whole text unsafe. */
function safeCss(value: string): string | undefined {
  const text = plain(value).replace(/\/\*[\s\S]*?\*\//g, "")
  if (/[<\\@]|\/\*|expression|script:|binding|behavior/i.test(text)) return undefined
  return /url\s*\(|image\s*\(|image-set/i.test(text.replace(LOCAL_URL, "")) ? undefined : text
}

function dropUnsafeStyles(node: Drawn, left: Set<string>): void {
  for (const child of [...node.children]) {
    if (typeof child === "string") continue
    if (child.name !== "style") dropUnsafeStyles(child, left)
    else {
      const css = safeCss(child.children.filter((c) => typeof c === "string").join(""))
      child.children.length = 0
      child.attributes.length = 0
      if (css === undefined) left.add("styles")
      else child.children.push(css)
    }
  }
}

/** A picture inside the drawing, written anew; undefined when it is none or is damaged. */
function pictureInside(uri: string, left: Set<string>): string | undefined {
  const m = /^\s*data:image\/(png|jpe?g);base64,([A-Za-z0-9+/=\s]+)$/.exec(uri)
  if (m === null) return undefined
  const kind = m[1] === "png" ? "png" : "jpeg"
  const bytes = Buffer.from(m[2] ?? "", "base64")
  try {
    const rendered = kind === "png" ? renderPng(bytes) : renderJpeg(bytes)
    for (const what of rendered.left) left.add(`${what} of a picture inside`)
    return `data:image/${kind};base64,${Buffer.from(rendered.bytes).toString("base64")}`
  } catch (error) {
    if (error instanceof PictureError) return undefined
    throw error
  }
}

/** What XML cannot hold, and characters that nobody sees. */
function plain(text: string): string {
  return text.toWellFormed().replace(/[^\P{C}\n\t]|\ufffe|\uffff/gu, "")
}

/** @throws PictureError for drawings that draw themselves, or too much */
function assertDrawable(root: Drawn): void {
  const byId = new Map<string, Drawn>()
  const walk = (node: Drawn): void => {
    for (const [key, value] of node.attributes) if (key === "id" && !byId.has(value)) byId.set(value, node)
    for (const child of node.children) if (typeof child !== "string") walk(child)
  }
  walk(root)
  const costs = new Map<Drawn, number | "open">()
  const cost = (node: Drawn, depth: number): number => {
    const known = costs.get(node)
    if (known === "open" || depth > 2 * MAX_DEPTH) throw new PictureError("picture_broken", "it draws itself")
    if (known !== undefined) return known
    costs.set(node, "open")
    let sum = 1
    for (const child of node.children) if (typeof child !== "string") sum += cost(child, depth + 1)
    for (const target of referencesOf(node)) {
      const other = byId.get(target)
      if (other !== undefined) sum += cost(other, depth + 1)
    }
    costs.set(node, sum)
    if (sum > MAX_DRAWN) throw new PictureError("picture_too_large", "it draws too many things")
    return sum
  }
  cost(root, 0)
}

function referencesOf(node: Drawn): string[] {
  return node.attributes.flatMap(([key, value]) => {
    if (key === "xlink:href") return LOCAL.exec(value)?.[1] ?? []
    return [...value.matchAll(LOCAL_URL)].map((m) => m[1] ?? "")
  })
}

function write(node: Drawn, out: string[], isRoot: boolean): void {
  out.push(`<${node.name}`)
  if (isRoot) out.push(' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"')
  for (const [key, value] of node.attributes) out.push(` ${key}="${escape(value)}"`)
  if (node.children.length === 0) {
    out.push("/>")
    return
  }
  out.push(">")
  for (const child of node.children)
    if (typeof child === "string") out.push(escape(child))
    else write(child, out, false)
  out.push(`</${node.name}>`)
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;")
}
