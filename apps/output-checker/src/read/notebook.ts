// Jupyter notebooks: every source, every output in every of its forms, attachments, widget state. Each
// output is read as the file it would be.
import { absorb, type ReadContext, type Reading } from "./reading.ts"
import { readJson } from "./json.ts"

export type ReadPart = (name: string, bytes: Uint8Array, context: ReadContext) => Reading
export type ReadTextPart = (name: string, text: string, context: ReadContext) => Reading

interface Cell {
  cell_type?: unknown
  source?: unknown
  outputs?: unknown
  attachments?: unknown
}

export function isNotebook(value: unknown): value is { cells: Cell[]; metadata?: Record<string, unknown> } {
  const v = value as { cells?: unknown; nbformat?: unknown } | null
  return typeof v === "object" && v !== null && Array.isArray(v.cells) && typeof v.nbformat === "number"
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value
  return Array.isArray(value) ? value.filter((v) => typeof v === "string").join("") : ""
}

const EXTENSIONS: Record<string, string> = {
  "text/html": "html",
  "text/markdown": "md",
  "text/latex": "tex",
  "text/plain": "txt",
  "image/svg+xml": "svg",
  "application/javascript": "js",
}

function readBundle(
  bundle: unknown,
  prefix: string,
  into: Reading,
  context: ReadContext,
  part: ReadPart,
  text: ReadTextPart,
): void {
  if (typeof bundle !== "object" || bundle === null) return
  for (const [mime, value] of Object.entries(bundle)) {
    if (mime.startsWith("image/") && mime !== "image/svg+xml") {
      absorb(
        into,
        part(`image.${mime.slice(6)}`, new Uint8Array(Buffer.from(textOf(value), "base64")), context),
        prefix,
      )
    } else if (mime.endsWith("json") && typeof value === "object" && value !== null) {
      const inner: Reading = {
        ...into,
        tables: [],
        prose: [],
        hidden: [],
        doubts: [],
        active: [],
        opaque: [],
        marks: [],
      }
      readJson(inner, value as never, context)
      absorb(into, inner, prefix)
    } else {
      if (mime === "application/javascript")
        into.active.push({
          location: { path: prefix },
          message: "The output is a script, which runs when the notebook is opened.",
        })
      absorb(into, text(`output.${EXTENSIONS[mime] ?? "txt"}`, textOf(value), context), prefix)
    }
  }
}

export function readNotebook(
  reading: Reading,
  notebook: { cells: Cell[]; metadata?: Record<string, unknown> },
  context: ReadContext,
  part: ReadPart,
  text: ReadTextPart,
): void {
  for (const [i, cell] of notebook.cells.entries()) {
    if (typeof cell !== "object" || cell === null) continue
    const source = textOf(cell.source)
    if (source !== "")
      absorb(
        reading,
        text(cell.cell_type === "markdown" ? "cell.md" : "cell.py", source, context),
        `cells/${i}`,
      )
    if (typeof cell.attachments === "object" && cell.attachments !== null)
      for (const [name, bundle] of Object.entries(cell.attachments))
        readBundle(bundle, `cells/${i}/attachments/${name}`, reading, context, part, text)
    if (!Array.isArray(cell.outputs)) continue
    for (const [k, output] of (cell.outputs as Record<string, unknown>[]).entries()) {
      if (typeof output !== "object" || output === null) continue
      const prefix = `cells/${i}/outputs/${k}`
      if (output["text"] !== undefined)
        absorb(reading, text("output.txt", textOf(output["text"]), context), prefix)
      if (output["traceback"] !== undefined) {
        // oxlint-disable-next-line no-control-regex
        const trace = (
          Array.isArray(output["traceback"]) ? output["traceback"].join("\n") : textOf(output["traceback"])
        ).replace(/\u001b\[[\d;]*m/g, "")
        absorb(reading, text("output.txt", trace, context), prefix)
      }
      readBundle(output["data"], prefix, reading, context, part, text)
    }
  }
  const widgets = notebook.metadata?.["widgets"]
  if (typeof widgets === "object" && widgets !== null) {
    reading.hidden.push({
      location: { path: "metadata/widgets" },
      message:
        "The notebook keeps the state of widgets, which is not shown when it is read. Save it without widget state.",
    })
    readJson(reading, widgets as never, context)
  }
}
