// SVG: marks that may be people, text, numbers hidden from sight, scripts, things inside.
import { absorb, type ReadContext, type Reading } from "./reading.ts"
import type { ReadPart } from "./notebook.ts"
import { localName, parseXml } from "./xml.ts"

const MARKS = new Set(["circle", "ellipse", "use", "rect"])
/** Groups of axes and legends in the drawings of common libraries. */
const AXIS = /(?:tick|axis|axes|legend|grid|label|title|guide|spine|patch)/i

export function readSvg(reading: Reading, text: string, context: ReadContext, part: ReadPart): void {
  const groups: { name: string; axis: boolean; hidden: boolean }[] = []
  const marks = new Map<string, number>()
  const words: string[] = []
  let inMeta = 0
  let meta = ""
  let style = 0
  const hide = (path: string, message: string): void =>
    void reading.hidden.push({ location: { path }, message })
  const run = (path: string, message: string): void =>
    void reading.active.push({ location: { path }, message })
  for (const event of parseXml(text)) {
    if (event.kind === "declaration" && /<!ENTITY/i.test(event.text)) {
      reading.doubts.push({
        location: {},
        message: "The drawing declares entities of its own, which are not expanded here.",
        broken: true,
      })
    } else if (event.kind === "comment") {
      // Plotting libraries repeat each drawn word as a comment; those are short.
      words.push(event.text)
      if (event.text.trim().length > 120)
        hide("comment", `A comment of ${event.text.length} characters is not seen in the drawing.`)
    } else if (event.kind === "text") {
      if (inMeta > 0) meta += `${event.text} `
      else if (style === 0 && event.text.trim() !== "") {
        words.push(event.text.trim())
        if (groups.some((g) => g.hidden))
          hide("text", `The text “${event.text.trim().slice(0, 40)}” is drawn invisibly.`)
      }
    } else if (event.kind === "start") {
      const name = localName(event.name)
      const { attributes } = event
      if (name === "script") run("script", "The drawing holds a script.")
      if (name === "foreignobject")
        run("foreignObject", "The drawing holds a page of another kind inside it.")
      if (name === "style" && !event.closed) style++
      if ((name === "metadata" || name === "desc" || name === "title") && !event.closed) inMeta++
      for (const [key, value] of attributes) {
        if (/^on[a-z]/.test(key)) run(name, `“${key}” runs a script.`)
        if (/^(?:href|xlink:href|src)$/.test(key)) {
          if (/^\s*javascript:/i.test(value)) run(name, "A link runs a script.")
          else if (/^\s*data:/i.test(value)) readDataUri(reading, value, context, part)
          else if (/^\s*(?:https?:|\/\/|file:)/i.test(value) && name !== "a" && !isNamespaceUse(name))
            run(name, `It loads ${value.slice(0, 60)} from elsewhere.`)
        }
        if (key.startsWith("data-") && value.length > 2) words.push(`${key} ${value}`)
      }
      const id = `${attributes.get("id") ?? ""} ${attributes.get("class") ?? ""}`
      const shown = `${attributes.get("style") ?? ""};display:${attributes.get("display") ?? ""};visibility:${attributes.get("visibility") ?? ""};opacity:${attributes.get("opacity") ?? "1"};font-size:${attributes.get("font-size") ?? "9"}`
      const hidden =
        /display\s*:\s*none|visibility\s*:\s*hidden|(?:^|[;\s])opacity\s*:\s*0(?:\.0+)?(?:[;\s]|$)|font-size\s*:\s*0/.test(
          shown,
        ) || isFarAway(attributes)
      if (MARKS.has(name) && !groups.some((g) => g.axis || g.name === "defs" || g.name === "clippath")) {
        const key =
          name === "use" ? `use ${attributes.get("xlink:href") ?? attributes.get("href") ?? ""}` : name
        marks.set(key, (marks.get(key) ?? 0) + 1)
      }
      if (!event.closed)
        groups.push({
          name,
          axis: AXIS.test(id),
          hidden: hidden && name === "text" ? true : hidden && (name === "g" || name === "tspan"),
        })
    } else if (event.kind === "end") {
      const name = localName(event.name)
      if (name === "style") style = Math.max(0, style - 1)
      if (name === "metadata" || name === "desc" || name === "title") {
        inMeta = Math.max(0, inMeta - 1)
        checkMeta(reading, meta, name)
        words.push(meta)
        meta = ""
      }
      const at = groups.findLastIndex((g) => g.name === name)
      if (at >= 0) groups.length = at
    }
  }
  for (const [key, count] of marks)
    if (count >= 8)
      reading.marks.push({
        location: { path: key.split(" ")[0] ?? key },
        count,
        what: `marks of one kind (${key.split(" ")[0]})`,
      })
  reading.prose.push({ location: {}, text: words.join("\n") })
  reading.opaque.push({
    location: {},
    message:
      "How many people stand behind a drawing is not written in it. Hand in the counts behind the figure as a supporting file, for a person to compare.",
  })
}

function isNamespaceUse(name: string): boolean {
  return (
    name.startsWith("rdf") ||
    name.startsWith("cc") ||
    name.startsWith("dc") ||
    name === "type" ||
    name === "work" ||
    name === "license"
  )
}

function isFarAway(attributes: ReadonlyMap<string, string>): boolean {
  const [x, y] = [Number(attributes.get("x") ?? "0"), Number(attributes.get("y") ?? "0")]
  return Math.abs(x) > 20_000 || Math.abs(y) > 20_000 || x < -2000 || y < -2000
}

/** Date, program and licence are what every plotting library writes. */
function checkMeta(reading: Reading, meta: string, name: string): void {
  const rest = meta
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z?/g, "")
    .replace(/image\/svg\+xml|Matplotlib v[\d.]+,? https:\/\/matplotlib\.org\/?/g, "")
    .trim()
  if (name === "metadata" ? rest.length > 0 : rest.length > 120)
    reading.hidden.push({
      location: { path: name },
      message: `The drawing carries “${rest.replace(/\s+/g, " ").slice(0, 60)}” in its ${name}, not seen in it.`,
    })
}

export function readDataUri(reading: Reading, uri: string, context: ReadContext, part: ReadPart): void {
  const m = /^\s*data:([^;,]*)(?:;[^;,]*)*?(;base64)?,([\s\S]*)$/i.exec(uri)
  if (m === null || context.depth >= 4) return
  const body =
    m[2] === undefined ? Buffer.from(decodeURIComponentSafe(m[3] ?? "")) : Buffer.from(m[3] ?? "", "base64")
  const ending = (m[1] ?? "").split("/")[1]?.replace("svg+xml", "svg").replace("plain", "txt") ?? "bin"
  absorb(
    reading,
    part(`embedded.${ending}`, new Uint8Array(body), { ...context, depth: context.depth + 1 }),
    `embedded ${m[1] ?? ""}`,
  )
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
