// Containers: ZIP (and the office documents in it), gzip, tar. Each part is read as the file it is, within
// one budget of bytes, parts and depth for the whole file.
import { gunzipSync } from "node:zlib"
import { readTar } from "../tar.ts"
import type { ReadPart } from "./notebook.ts"
import { absorb, MAX_DEPTH, newReading, type ReadContext, type Reading } from "./reading.ts"
import { refusalOf } from "./detect.ts"
import { readOds, readXlsx } from "./sheets.ts"
import { listZip, type ZipEntry } from "./zip.ts"

function tooDeep(format: string): Reading {
  const reading = newReading("archive", format)
  reading.doubts.push({
    location: {},
    message: `Containers are nested more than ${MAX_DEPTH} deep. Hand in the files themselves.`,
    broken: true,
  })
  return reading
}

/** What a ZIP is, told from the names of its parts. */
function formatOf(entries: readonly ZipEntry[]): string {
  const names = new Set(entries.map((e) => e.name))
  if (names.has("xl/workbook.xml")) return "xlsx"
  if (names.has("word/document.xml")) return "docx"
  if (names.has("ppt/presentation.xml")) return "pptx"
  if (names.has("content.xml") && names.has("mimetype")) return "ods"
  if ([...names].some((n) => /(?:^|\/)data\.pkl$/.test(n))) return "torch"
  if (entries.length > 0 && entries.every((e) => e.name.endsWith(".npy"))) return "numpy"
  if (names.has("config.json") && names.has("model.weights.h5")) return "torch"
  return "zip"
}

export function readZip(bytes: Uint8Array, context: ReadContext, part: ReadPart): Reading {
  if (context.depth >= MAX_DEPTH) return tooDeep("zip")
  const listing = listZip(bytes, context.budget)
  const format = formatOf(listing.entries)
  const refusal = refusalOf(format)
  if (refusal !== undefined) {
    const reading = newReading(format === "torch" ? "model" : "table", format)
    reading.refused = refusal
    return reading
  }
  const reading = newReading(
    format === "xlsx" || format === "ods"
      ? "spreadsheet"
      : format === "docx" || format === "pptx"
        ? "document"
        : "archive",
    format,
  )
  for (const message of listing.problems)
    reading.doubts.push({ location: {}, message: `In the container, ${message}.`, broken: true })
  for (const message of listing.hidden)
    reading.hidden.push({ location: {}, message: `There are ${message}.` })
  if (listing.entries.some((e) => e.encrypted)) {
    reading.refused = { what: "an encrypted container", wayOut: "Hand in the files without a password." }
    return reading
  }
  const deeper = { ...context, depth: context.depth + 1 }
  if (format === "xlsx") readXlsx(reading, listing.entries, deeper, part)
  else if (format === "ods") readOds(reading, listing.entries, deeper, part)
  else if (format === "docx" || format === "pptx")
    reading.opaque.push({
      location: {},
      message: `The content of ${format} files is not read here. Hand in its tables as CSV and its text as text.`,
    })
  else
    for (const entry of listing.entries) {
      try {
        absorb(reading, part(entry.name, entry.read(), deeper), entry.name)
      } catch (error) {
        reading.doubts.push({
          location: { path: entry.name },
          message: `The part could not be read: ${error instanceof Error ? error.message : String(error)}.`,
          broken: true,
        })
      }
    }
  return reading
}

export function readGzip(path: string, bytes: Uint8Array, context: ReadContext, part: ReadPart): Reading {
  if (context.depth >= MAX_DEPTH) return tooDeep("gzip")
  const reading = newReading("archive", "gzip")
  const most = Math.min(context.budget.bytes, Math.max(1 << 16, bytes.length * 200))
  let inner: Uint8Array
  try {
    inner = gunzipSync(bytes, { maxOutputLength: most })
  } catch (error) {
    const large = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE"
    reading.doubts.push({
      location: {},
      message: large ? `It unpacks to more than ${most} bytes.` : "The packed content is damaged.",
      broken: true,
    })
    return reading
  }
  context.budget.bytes -= inner.length
  const name = path.replace(/\.(?:gz|svgz|tgz)$/i, (ending) =>
    /svgz/i.test(ending) ? ".svg" : /tgz/i.test(ending) ? ".tar" : "",
  )
  const content = part(name, inner, { ...context, depth: context.depth + 1 })
  // R writes its objects through gzip: what is refused is named for what it is.
  if (content.refused !== undefined) return content
  absorb(reading, content, name.slice(name.lastIndexOf("/") + 1))
  return reading
}

export function readTarParts(bytes: Uint8Array, context: ReadContext, part: ReadPart): Reading {
  if (context.depth >= MAX_DEPTH) return tooDeep("tar")
  const reading = newReading("archive", "tar")
  for (const entry of readTar(bytes)) {
    if (--context.budget.parts < 0) {
      reading.doubts.push({
        location: {},
        message: "The container has more parts than are read.",
        broken: true,
      })
      break
    }
    absorb(reading, part(entry.path, entry.bytes, { ...context, depth: context.depth + 1 }), entry.path)
  }
  return reading
}
