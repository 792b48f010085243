// XLSX and ODS: every part of the container. Visible cells become tables; hidden sheets, rows, columns,
// comments, pivot caches, links and embedded files are reported and read too.
import { makeTable, TableBuilder, type Where } from "../table/table.ts"
import { absorb, type ReadContext, type Reading } from "./reading.ts"
import type { ReadPart } from "./notebook.ts"
import { localName, parseXml } from "./xml.ts"
import type { ZipEntry } from "./zip.ts"

const MAX_CELLS = 4_000_000

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function columnOf(reference: string): number {
  let column = 0
  for (const c of /^[A-Z]+/i.exec(reference)?.[0].toUpperCase() ?? "A")
    column = column * 26 + c.charCodeAt(0) - 64
  return column - 1
}

interface Grid {
  rows: string[][]
  hiddenRows: number
  hiddenColumns: number
  formulas: { row: number; column: number; text: string }[]
}

function addGrid(reading: Reading, grid: Grid, where: Where, context: ReadContext): void {
  const width = Math.max(1, ...grid.rows.map((r) => r.length))
  const builder = new TableBuilder(where, { ...context.scan, decimalComma: false }, width)
  for (const row of grid.rows) builder.add(Array.from({ length: width }, (_, i) => row[i] ?? ""))
  builder.end()
  for (const [i, table] of builder.tables.entries()) {
    if (i > 0) table.path = `table ${i + 1}`
    reading.tables.push(table)
  }
  for (const note of builder.notes) reading.prose.push({ location: { ...where }, text: note.text })
  if (grid.hiddenRows > 0)
    reading.hidden.push({ location: { ...where }, message: `${grid.hiddenRows} rows are hidden.` })
  if (grid.hiddenColumns > 0)
    reading.hidden.push({ location: { ...where }, message: `${grid.hiddenColumns} columns are hidden.` })
  const first = grid.formulas[0]
  if (first !== undefined)
    reading.active.push({
      location: { ...where },
      message: `${grid.formulas.length} cells are formulas, the first “=${first.text.slice(0, 40)}” in row ${first.row + 1}. Release values only.`,
    })
}

function sharedStrings(text: string): string[] {
  const out: string[] = []
  let current: string | undefined
  let inText = false
  for (const event of parseXml(text)) {
    if (event.kind === "start" && event.name === "si") current = ""
    else if (event.kind === "start" && event.name === "t" && !event.closed) inText = true
    else if (event.kind === "end" && event.name === "t") inText = false
    else if (event.kind === "text" && inText && current !== undefined) current += event.text
    else if (event.kind === "end" && event.name === "si") {
      out.push(current ?? "")
      current = undefined
    }
  }
  return out
}

function readSheet(text: string, strings: readonly string[], reading: Reading, where: Where): Grid {
  const grid: Grid = { rows: [], hiddenRows: 0, hiddenColumns: 0, formulas: [] }
  let row = -1
  let column = -1
  let type = "n"
  let value = ""
  let inside = ""
  let cells = 0
  for (const event of parseXml(text)) {
    if (event.kind === "start") {
      const { attributes } = event
      if (event.name === "row") {
        row = attributes.has("r") ? Number(attributes.get("r")) - 1 : row + 1
        column = -1
        if (attributes.get("hidden") === "1" || attributes.get("ht") === "0") grid.hiddenRows++
      } else if (
        event.name === "col" &&
        (attributes.get("hidden") === "1" || attributes.get("width") === "0")
      ) {
        grid.hiddenColumns += Math.min(
          16_384,
          Number(attributes.get("max") ?? "1") - Number(attributes.get("min") ?? "1") + 1,
        )
      } else if (event.name === "c") {
        column = attributes.has("r") ? columnOf(attributes.get("r") ?? "A1") : column + 1
        type = attributes.get("t") ?? "n"
        value = ""
      } else if ((event.name === "v" || event.name === "t" || event.name === "f") && !event.closed)
        inside = event.name
      else if (event.name === "f" && event.closed) grid.formulas.push({ row, column, text: "(shared)" })
    } else if (event.kind === "text" && inside !== "") {
      if (inside === "f") grid.formulas.push({ row, column, text: event.text })
      else value += event.text
    } else if (event.kind === "end") {
      if (event.name === "v" || event.name === "t" || event.name === "f") inside = ""
      else if (event.name === "c") {
        if (++cells > MAX_CELLS || row < 0 || row > 1_048_576 || column > 16_384) {
          if (cells === MAX_CELLS + 1)
            reading.doubts.push({
              location: { ...where },
              message: "The sheet has more cells than are read.",
              broken: true,
            })
          continue
        }
        const shown =
          type === "s"
            ? (strings[Number(value)] ?? "")
            : type === "b"
              ? value === "1"
                ? "TRUE"
                : "FALSE"
              : value
        while (grid.rows.length <= row && grid.rows.length < 1_100_000) grid.rows.push([])
        const line = grid.rows[row]
        if (line !== undefined) line[column] = shown
      }
    }
  }
  grid.rows = grid.rows.map((r) => Array.from(r, (c) => c ?? ""))
  return grid
}

/** Parts of a workbook that a person looking at its sheets does not see. */
const OUT_OF_SIGHT: [RegExp, string][] = [
  [/^xl\/pivotCache\//i, "the rows behind a pivot table"],
  [/^xl\/(?:comments|threadedComments)/i, "comments"],
  [/^xl\/externalLinks\//i, "values of another workbook"],
  [/^xl\/(?:embeddings|activeX|ctrlProps)\//i, "embedded objects"],
  [/^xl\/(?:model|queryTables|connections|customData)/i, "a data model or connection"],
  [/^customXml\//i, "data of a program"],
  [/^xl\/revisions|^xl\/userNames/i, "earlier versions"],
  [/^docProps\/custom\.xml$/i, "properties"],
]

export function readXlsx(
  reading: Reading,
  entries: readonly ZipEntry[],
  context: ReadContext,
  part: ReadPart,
): void {
  const byName = new Map(entries.map((e) => [e.name.toLowerCase(), e]))
  const textOf = (name: string): string => {
    const entry = byName.get(name.toLowerCase())
    return entry === undefined ? "" : decode(entry.read())
  }
  const strings = sharedStrings(textOf("xl/sharedStrings.xml"))
  const targets = new Map<string, string>()
  for (const event of parseXml(textOf("xl/_rels/workbook.xml.rels")))
    if (event.kind === "start" && localName(event.name) === "relationship")
      targets.set(
        event.attributes.get("id") ?? "",
        (event.attributes.get("target") ?? "").replace(/^\/?(?:xl\/)?/, "xl/"),
      )
  const read = new Set<string>()
  for (const event of parseXml(textOf("xl/workbook.xml"))) {
    if (event.kind !== "start") continue
    const name = localName(event.name)
    if (name === "sheet") {
      const sheet = event.attributes.get("name") ?? ""
      const state = event.attributes.get("state") ?? "visible"
      if (state !== "visible")
        reading.hidden.push({ location: { sheet }, message: `The sheet “${sheet}” is hidden.` })
      const target = targets.get(event.attributes.get("r:id") ?? "") ?? ""
      read.add(target.toLowerCase())
      const body = textOf(target)
      if (body === "")
        reading.doubts.push({
          location: { sheet },
          message: `The sheet “${sheet}” is missing from the file.`,
          broken: false,
        })
      else addGrid(reading, readSheet(body, strings, reading, { sheet }), { sheet }, context)
    }
    if (name === "definedname" && event.attributes.get("hidden") === "1")
      reading.hidden.push({ location: {}, message: `A hidden name “${event.attributes.get("name") ?? ""}”.` })
  }
  for (const entry of entries) {
    const lower = entry.name.toLowerCase()
    if (read.has(lower)) continue
    const out = OUT_OF_SIGHT.find(([pattern]) => pattern.test(entry.name))
    if (/vbaproject|\.bin$/i.test(entry.name) && /vba|macro/i.test(entry.name))
      reading.active.push({ location: { path: entry.name }, message: "The workbook holds macros." })
    else if (/^xl\/worksheets\/[^/]+\.xml$/i.test(entry.name)) {
      reading.hidden.push({
        location: { path: entry.name },
        message: "A sheet is in the file and not in the workbook.",
      })
      addGrid(
        reading,
        readSheet(decode(entry.read()), strings, reading, { path: entry.name }),
        { path: entry.name },
        context,
      )
    } else if (out !== undefined) {
      reading.hidden.push({
        location: { path: entry.name },
        message: `The workbook carries ${out[1]} (${entry.size} bytes), not seen in its sheets.`,
      })
      if (entry.name.endsWith(".xml")) readLoose(reading, decode(entry.read()), entry.name, context)
      else absorb(reading, part(entry.name, entry.read(), context), entry.name)
    } else if (/^xl\/media\//i.test(entry.name))
      absorb(reading, part(entry.name, entry.read(), context), entry.name)
    else if (/^xl\/charts\/chart[^/]*\.xml$/i.test(entry.name))
      readLoose(reading, decode(entry.read()), entry.name, context)
  }
}

/** Values of any part, as one table of a column, and its text. */
function readLoose(reading: Reading, text: string, path: string, context: ReadContext): void {
  const values: string[] = []
  const words: string[] = []
  for (const event of parseXml(text)) {
    if (event.kind === "text" && event.text.trim() !== "") words.push(event.text.trim())
    if (event.kind === "start" && event.attributes.has("v")) values.push(event.attributes.get("v") ?? "")
    if (values.length > MAX_CELLS) break
  }
  const numbers = words.filter((w) => /^-?[\d.]+$/.test(w))
  if (values.length + numbers.length > 0)
    reading.tables.push(
      makeTable(
        ["value"],
        [...values, ...numbers].map((v) => [v]),
        { path },
        { ...context.scan, decimalComma: false },
      ),
    )
  const rest = words.filter((w) => !/^-?[\d.]+$/.test(w)).join("\n")
  if (rest !== "") reading.prose.push({ location: { path }, text: rest })
}

/** Rows beyond the last filled one are often declared by the million; only filled ones count. */
const MAX_REPEAT = 2000

export function readOds(
  reading: Reading,
  entries: readonly ZipEntry[],
  context: ReadContext,
  part: ReadPart,
): void {
  const content = entries.find((e) => e.name === "content.xml")
  if (content === undefined) throw new Error("the document has no content")
  let sheet = ""
  let grid: Grid | undefined
  let row: string[] = []
  let text: string | undefined
  let value = ""
  let repeat = 1
  let rowRepeat = 1
  let notes = 0
  const hiddenStyles = new Set<string>()
  let style = ""
  for (const event of parseXml(decode(content.read()))) {
    if (event.kind === "start") {
      const name = localName(event.name)
      const a = event.attributes
      if (name === "style") style = a.get("style:name") ?? ""
      if (name === "table-properties" && a.get("table:display") === "false") hiddenStyles.add(style)
      if (name === "table") {
        sheet = a.get("table:name") ?? ""
        grid = { rows: [], hiddenRows: 0, hiddenColumns: 0, formulas: [] }
        if (hiddenStyles.has(a.get("table:style-name") ?? "") || a.get("table:display") === "false")
          reading.hidden.push({ location: { sheet }, message: `The sheet “${sheet}” is hidden.` })
      } else if (name === "table-row") {
        row = []
        rowRepeat = Math.min(MAX_REPEAT, Number(a.get("table:number-rows-repeated") ?? "1") || 1)
        if (/collapse|filter/.test(a.get("table:visibility") ?? "") && grid !== undefined)
          grid.hiddenRows += rowRepeat
      } else if (
        name === "table-column" &&
        /collapse|filter/.test(a.get("table:visibility") ?? "") &&
        grid !== undefined
      )
        grid.hiddenColumns++
      else if (name === "table-cell" || name === "covered-table-cell") {
        value = a.get("office:value") ?? a.get("office:date-value") ?? ""
        repeat = Math.min(MAX_REPEAT, Number(a.get("table:number-columns-repeated") ?? "1") || 1)
        text = ""
        if (a.has("table:formula"))
          grid?.formulas.push({
            row: grid.rows.length,
            column: row.length,
            text: a.get("table:formula") ?? "",
          })
        if (event.closed) {
          for (let i = 0; i < repeat; i++) row.push(value)
          text = undefined
        }
      } else if (name === "annotation") notes++
    } else if (event.kind === "text" && text !== undefined) text += event.text
    else if (event.kind === "end") {
      const name = localName(event.name)
      if (name === "annotation") {
        reading.prose.push({ location: { sheet }, text: text ?? "" })
        text = ""
      }
      if ((name === "table-cell" || name === "covered-table-cell") && text !== undefined) {
        // What is shown decides; the stored value may be more exact and is read beside it.
        const shown = text.trim() === "" ? value : text.trim()
        if (value !== "" && shown !== value) reading.prose.push({ location: { sheet }, text: value })
        for (let i = 0; i < repeat; i++) row.push(shown)
        text = undefined
      } else if (name === "table-row" && grid !== undefined) {
        while (row.length > 0 && row[row.length - 1] === "") row.pop()
        const times = row.length === 0 ? 1 : rowRepeat
        for (let i = 0; i < times && grid.rows.length < 1_100_000; i++) grid.rows.push(row)
      } else if (name === "table" && grid !== undefined) {
        addGrid(reading, grid, { sheet }, context)
        grid = undefined
      }
    }
  }
  if (notes > 0) reading.hidden.push({ location: {}, message: `${notes} comments on cells.` })
  for (const entry of entries) {
    if (/^(?:Pictures|Object)/.test(entry.name) && !entry.name.endsWith("/"))
      absorb(reading, part(entry.name, entry.read(), context), entry.name)
    if (/^(?:Basic|Scripts)\//.test(entry.name))
      reading.active.push({ location: { path: entry.name }, message: "The document holds macros." })
  }
}
