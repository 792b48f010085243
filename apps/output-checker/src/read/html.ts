// HTML: its tables, its text, and what it carries out of sight: scripts, the data inside plots, comments.
import { makeTable } from "../table/table.ts"
import { headerDepth, nameColumns } from "../table/table.ts"
import { parseJson, readJson } from "./json.ts"
import { newReading, absorb, type ReadContext, type Reading } from "./reading.ts"
import type { ReadPart } from "./notebook.ts"
import { readDataUri } from "./svg.ts"
import { parseXml } from "./xml.ts"

const BLOCK = new Set(
  "p div br li ul ol h1 h2 h3 h4 h5 h6 section article header footer pre blockquote figure figcaption dl dt dd hr".split(
    " ",
  ),
)

interface OpenTable {
  rows: string[][]
  cell: string | undefined
  span: number
  headRows: number
  inHead: boolean
  /** the first row has nothing but header cells */
  headed: boolean
}

export function readHtml(reading: Reading, text: string, context: ReadContext, part: ReadPart): void {
  // Scripts and styles are cut out first: their text follows other laws than markup.
  const scripts: { attributes: string; body: string }[] = []
  const markup = text.replace(
    /<(script|style|template|xmp)\b([^>]*)>([\s\S]*?)(?:<\/\1\s*>|$)/gi,
    (_, name: string, attributes: string, body: string) => {
      if (name.toLowerCase() !== "style") scripts.push({ attributes, body })
      return " "
    },
  )
  const words: string[] = []
  const open: OpenTable[] = []
  const stack: { name: string; hidden: boolean }[] = []
  let line = ""
  let count = 0
  const endLine = (): void => {
    if (line.trim() !== "") words.push(line.replace(/\s+/g, " ").trim())
    line = ""
  }
  const run = (message: string): void => void reading.active.push({ location: {}, message })
  for (const event of parseXml(markup)) {
    if (event.kind === "comment") {
      const t = event.text.trim()
      if (t.length > 0 && !/^\[if |^<!\[endif|^#|^\/?(?:HTML_|wp:|end|begin|start)/i.test(t)) {
        reading.hidden.push({
          location: { path: "comment" },
          message: `A comment of ${t.length} characters is not seen on the page: “${t.slice(0, 40)}”.`,
        })
        words.push(t)
      }
    } else if (event.kind === "text") {
      const table = open[open.length - 1]
      if (table?.cell !== undefined) table.cell += event.text
      else line += event.text
      if (stack.some((s) => s.hidden) && event.text.trim() !== "")
        reading.hidden.push({
          location: { path: "hidden element" },
          message: `“${event.text.trim().slice(0, 40)}” is on the page and not shown.`,
        })
    } else if (event.kind === "start") {
      const { name, attributes } = event
      for (const [key, value] of attributes) {
        if (/^on[a-z]/.test(key)) run(`“${key}” of <${name}> runs a script.`)
        if (["href", "src", "data", "action", "formaction", "poster", "srcdoc"].includes(key)) {
          if (/^\s*javascript:/i.test(value)) run(`A link of <${name}> runs a script.`)
          else if (/^\s*data:/i.test(value)) readDataUri(reading, value, context, part)
          else if (key !== "href" && /^\s*(?:https?:)?\/\//i.test(value))
            run(`<${name}> loads ${value.slice(0, 60)} from elsewhere.`)
          else if (key === "srcdoc") run("A page inside the page.")
        }
        if (key.startsWith("data-") && value.length > 1) words.push(`${key} ${value}`)
      }
      if (["iframe", "object", "embed", "applet", "base", "form"].includes(name))
        run(`<${name}> is active content.`)
      if (name === "meta" && /refresh/i.test(attributes.get("http-equiv") ?? ""))
        run("The page sends its reader elsewhere.")
      if (name === "link" && /^\s*(?:https?:)?\/\//i.test(attributes.get("href") ?? ""))
        run(`<link> loads ${(attributes.get("href") ?? "").slice(0, 60)} from elsewhere.`)
      if (name === "table") {
        endLine()
        open.push({ rows: [], cell: undefined, span: 1, headRows: 0, inHead: false, headed: true })
      }
      const table = open[open.length - 1]
      if (table !== undefined) startInTable(table, name, attributes)
      else if (BLOCK.has(name)) endLine()
      const shown = `${attributes.get("style") ?? ""};`
      const hidden =
        attributes.has("hidden") ||
        /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:\.0+)?\s*[;"]/.test(
          shown,
        )
      if (!event.closed && !/^(?:br|img|hr|input|meta|link|col|source|wbr|area|base|embed)$/.test(name))
        stack.push({ name, hidden })
    } else if (event.kind === "end") {
      const at = stack.findLastIndex((s) => s.name === event.name)
      if (at >= 0) stack.length = at
      const table = open[open.length - 1]
      if (table !== undefined) {
        if (event.name === "td" || event.name === "th" || event.name === "tr") endCell(table)
        if (event.name === "thead") table.inHead = false
        if (event.name === "table") {
          endCell(table)
          open.pop()
          addTable(reading, table, context, ++count)
        }
      } else if (BLOCK.has(event.name)) endLine()
    }
  }
  for (const table of open.reverse()) addTable(reading, table, context, ++count)
  endLine()
  if (words.length > 0) reading.prose.push({ location: {}, text: words.join("\n") })
  for (const [i, script] of scripts.entries()) readScript(reading, script, i, context)
}

function startInTable(table: OpenTable, name: string, attributes: ReadonlyMap<string, string>): void {
  if (name === "thead") table.inHead = true
  if (name === "tbody") table.inHead = false
  if (name === "tr") {
    endCell(table)
    table.rows.push([])
    if (table.inHead) table.headRows = table.rows.length
  }
  if (name === "td" || name === "th") {
    endCell(table)
    if (table.rows.length === 0) table.rows.push([])
    table.cell = ""
    table.span = Math.min(200, Math.max(1, Number(attributes.get("colspan")) || 1))
    if (name === "td" && table.rows.length === 1) table.headed = false
  }
}

function endCell(table: OpenTable): void {
  if (table.cell === undefined) return
  const row = table.rows[table.rows.length - 1]
  const text = table.cell.replace(/\s+/g, " ").trim()
  for (let i = 0; i < table.span; i++) row?.push(i === 0 ? text : "")
  table.cell = undefined
}

function addTable(reading: Reading, table: OpenTable, context: ReadContext, number: number): void {
  const rows = table.rows.filter((r) => r.length > 0)
  if (rows.length === 0) return
  const depth =
    table.headRows > 0 ? Math.min(table.headRows, rows.length) : headerDepth(rows.slice(0, 6), false)
  const width = Math.max(...rows.map((r) => r.length))
  const names = nameColumns(rows.slice(0, depth), width)
  reading.tables.push(
    makeTable(
      names,
      rows.slice(depth),
      { path: `table ${number}` },
      { ...context.scan, decimalComma: false },
    ),
  )
}

/** The data that plots carry: every JSON literal of a script is read as a document. */
function readScript(
  reading: Reading,
  script: { attributes: string; body: string },
  index: number,
  context: ReadContext,
): void {
  const type = /type\s*=\s*["']?([^"'\s>]+)/i.exec(script.attributes)?.[1] ?? ""
  const path = `script ${index + 1}`
  const data = /json/i.test(type)
  if (!data)
    reading.active.push({
      location: { path },
      message:
        "The page holds a script, which runs when it is opened. Release the figure as PNG or the table as CSV.",
    })
  const found = data ? { literals: [script.body], complete: true } : findLiterals(script.body)
  if (!found.complete)
    reading.doubts.push({
      location: { path },
      message: "The script is too large to be searched for data to its end.",
      broken: false,
    })
  for (const literal of found.literals) {
    const value = parseJson(literal)
    if (value === undefined) continue
    const inner = newReading("html", "json")
    readJson(inner, value, context)
    const numbers = inner.tables.reduce((sum, t) => sum + t.columns.reduce((n, c) => n + c.numeric, 0), 0)
    if (numbers > 0)
      reading.hidden.push({
        location: { path },
        message: `A script carries data: ${numbers} numbers in ${inner.tables.length} lists, more than the page shows.`,
      })
    absorb(reading, inner, path)
  }
}

const MAX_LITERALS = 200

/** Characters looked at before the search gives up: libraries inside a page are long and hold no data. */
const SEARCH_BUDGET = 60_000_000

/** Balanced {…} and […] of a script that are JSON, outermost ones, at least 20 characters long. */
export function findLiterals(text: string): { literals: string[]; complete: boolean } {
  const literals: string[] = []
  let budget = SEARCH_BUDGET
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== 91 && code !== 123) continue
    const next = text
      .slice(i + 1, i + 40)
      .trimStart()
      .charAt(0)
    if (!/["[{\d-]/.test(next)) continue
    if (budget <= 0 || literals.length >= MAX_LITERALS) return { literals, complete: false }
    const end = literalEnd(text, i, Math.min(budget, text.length))
    budget -= (end < 0 ? text.length : end) - i
    if (end < 0 || end - i < 20) continue
    const literal = text.slice(i, end + 1)
    if (parseJson(literal) !== undefined) {
      literals.push(literal)
      i = end
    }
  }
  return { literals, complete: true }
}

function literalEnd(text: string, from: number, most: number): number {
  let depth = 0
  let quote = 0
  const last = Math.min(text.length, from + most)
  for (let i = from; i < last; i++) {
    const code = text.charCodeAt(i)
    if (quote !== 0) {
      if (code === 92) i++
      else if (code === quote) quote = 0
    } else if (code === 34 || code === 39) quote = code
    else if (code === 91 || code === 123) depth++
    else if (code === 93 || code === 125) {
      depth--
      if (depth === 0) return i
    }
  }
  return -1
}
