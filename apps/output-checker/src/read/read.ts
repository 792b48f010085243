// Bytes to a reading, by content. Never throws: whatever a reader stumbles over becomes a doubt about this
// file and costs nothing but its own verdict.
import type { ColumnScan } from "../table/column.ts"
import { readGzip, readTarParts, readZip } from "./container.ts"
import { controlShare, decodeText } from "./decode.ts"
import { CODE_NAMES, compareName, detectBinary, extensionOf, refusalOf } from "./detect.ts"
import { readDelimited } from "./delimited.ts"
import { sniffDialect } from "./dialect.ts"
import { readHtml } from "./html.ts"
import { readJpeg, readPng } from "./image.ts"
import { findInvisible, findTrailingBlanks } from "./invisible.ts"
import { nestingOf, parseJson, readJson } from "./json.ts"
import { isNotebook, readNotebook } from "./notebook.ts"
import { newReading, type ReadContext, type Reading } from "./reading.ts"
import { readSvg } from "./svg.ts"
import { readPastedRows } from "./pasted.ts"
import { readTextTables } from "./text-tables.ts"

const PIXELS =
  "Numbers and marks in pixels cannot be read. Hand in the counts behind the figure as a supporting file, for a person to compare."

/** @param path only for the comparison of name and content, and to tell code from prose */
export function readFile(path: string, bytes: Uint8Array, context: ReadContext): Reading {
  let reading: Reading
  try {
    reading = readContent(path, bytes, context)
  } catch (error) {
    reading = newReading("unknown", "unknown")
    const reason = error instanceof Error ? error.message : String(error)
    reading.doubts.push({
      location: {},
      message: `The file could not be read: ${reason.slice(0, 200)}.`,
      broken: true,
    })
  }
  const mislabelled =
    reading.format === "unknown" || reading.format === "empty" ? undefined : compareName(path, reading.format)
  if (mislabelled !== undefined) reading.mislabelled = mislabelled
  return reading
}

/** A part of a container; a name that promises something else is reported where the part lies. */
function readPart(name: string, bytes: Uint8Array, context: ReadContext): Reading {
  const reading = readFile(name, bytes, context)
  if (reading.mislabelled !== undefined) reading.hidden.push({ location: {}, message: reading.mislabelled })
  return reading
}

function readContent(path: string, bytes: Uint8Array, context: ReadContext): Reading {
  if (bytes.length === 0) {
    const empty = newReading("unknown", "empty")
    empty.doubts.push({ location: {}, message: "The file is empty.", broken: true })
    return empty
  }
  const binary = detectBinary(bytes)
  if (binary !== undefined) return readBinary(path, binary, bytes, context)
  const decoded = decodeText(bytes)
  const control = controlShare(decoded.text)
  if (decoded.broken || control > 0.2 || (control > 0.05 && !decoded.text.includes("\n")))
    return readUnknown(bytes)
  const reading = readText(path, decoded.text, context)
  if (decoded.encoding.startsWith("utf-") && decoded.text.includes("\ufffd"))
    reading.doubts.push({ location: {}, message: "Some characters could not be decoded.", broken: true })
  return reading
}

function readUnknown(bytes: Uint8Array): Reading {
  const reading = newReading("unknown", "unknown")
  const head = [...bytes.subarray(0, 8)].map((b) => b.toString(16).padStart(2, "0")).join(" ")
  reading.doubts.push({
    location: {},
    message: `The content is of no known kind (it begins ${head}), so it cannot be checked. Hand in a CSV, a text or a PNG.`,
    broken: true,
  })
  return reading
}

const MODELS = new Set(["pickle", "torch", "onnx", "gguf", "safetensors", "rds"])

function readBinary(path: string, format: string, bytes: Uint8Array, context: ReadContext): Reading {
  const refusal = refusalOf(format)
  if (refusal !== undefined) {
    const reading = newReading(
      MODELS.has(format)
        ? "model"
        : format === "ole"
          ? "document"
          : format === "executable"
            ? "code"
            : "table",
      format,
    )
    reading.refused = refusal
    return reading
  }
  if (format === "zip") return readZip(bytes, context, readPart)
  if (format === "gzip") return readGzip(path, bytes, context, readPart)
  if (format === "tar") return readTarParts(bytes, context, readPart)
  if (["png", "jpeg", "gif", "webp", "tiff", "bmp"].includes(format)) {
    const reading = newReading("image", format)
    reading.opaque.push({ location: {}, message: PIXELS })
    if (format === "png") readPng(reading, bytes)
    else if (format === "jpeg") readJpeg(reading, bytes)
    else
      reading.doubts.push({
        location: {},
        message: `What a ${format} image carries beside its pixels is not read. Save it as PNG.`,
        broken: false,
      })
    return reading
  }
  const reading = newReading(format === "pdf" ? "document" : "archive", format)
  const message = `The content of ${format} files is not read here. Hand in the tables inside as CSV and the figures as PNG.`
  reading.opaque.push({ location: {}, message })
  reading.doubts.push({ location: {}, message, broken: false })
  return reading
}

function numericCells(columns: readonly ColumnScan[]): number {
  return columns.reduce((sum, c) => sum + c.numeric, 0)
}

/** Text of any kind; also called for parts of containers that are text already. */
export function readText(path: string, text: string, context: ReadContext): Reading {
  const reading = readTextKind(path, text, context)
  const invisible = findInvisible(text) ?? findTrailingBlanks(text)
  if (invisible !== undefined) reading.hidden.push(invisible)
  return reading
}

function readTextKind(path: string, text: string, context: ReadContext): Reading {
  const extension = extensionOf(path)
  const named = extension === "csv" || extension === "tsv" || extension === "tab"
  const head = text.slice(0, 2000).trimStart()
  if (
    /^(?:<\?xml[\s\S]{0,1000}?)?(?:<!--[\s\S]{0,1000}?-->\s*)?(?:<!DOCTYPE\s+svg[\s\S]{0,1000}?>\s*)?<svg[\s>]/i.test(
      head,
    )
  ) {
    const reading = newReading("vector-image", "svg")
    readSvg(reading, text, context, readPart)
    return reading
  }
  if (
    /^(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])/i.test(head) ||
    (/^\s*<(?:div|table|style|script|p|h\d|span)\b/i.test(head) &&
      /<\/(?:div|table|script|p|span)>/i.test(text))
  ) {
    const reading = newReading("html", "html")
    readHtml(reading, text, context, readPart)
    return reading
  }
  const document = parseJson(text)
  if (document !== undefined) {
    if (isNotebook(document)) {
      const reading = newReading("notebook", "notebook")
      readNotebook(reading, document, context, readPart, readText)
      return reading
    }
    const reading = newReading("text", "json")
    readJson(reading, document, context)
    return reading
  }
  if (/^[[{]/.test(head) && extension === "json") {
    const reading = newReading("text", "json")
    const deep = nestingOf(text) > 200
    reading.doubts.push({
      location: {},
      message: deep
        ? "The JSON document is nested too deep to be read."
        : "The JSON document has an error, so it could not be read.",
      broken: true,
    })
    reading.prose.push({ location: {}, text })
    return reading
  }
  if (!named && (CODE_NAMES.has(extension) || looksLikeCode(text))) {
    const reading = newReading("code", "code")
    reading.prose.push({ location: {}, text, code: true })
    readPastedRows(reading, text, context)
    return reading
  }
  const dialect = sniffDialect(text, extension === "tsv" || extension === "tab" ? "\t" : ",")
  if (
    named ||
    (dialect.width >= 2 && dialect.fit >= 0.8 && !(dialect.delimiter === "|" && /^\s*\|/.test(text)))
  ) {
    const table = newReading("table", dialect.delimiter === "\t" ? "tsv" : "csv")
    readDelimited(table, text, dialect, context)
    const rows = table.tables.reduce((sum, t) => sum + t.rowCount, 0)
    const numbers = table.tables.reduce((sum, t) => sum + numericCells(t.columns), 0)
    const blank = dialect.delimiter === " " || dialect.delimiter === ":"
    if (named || (!blank && ((rows >= 2 && numbers >= 1) || rows >= 4))) {
      if (table.tables.length === 0)
        table.doubts.push({ location: {}, message: "No table was found in the file.", broken: false })
      return table
    }
  }
  const markdown = ["md", "markdown", "rmd", "qmd"].includes(extension)
  const reading = newReading("text", markdown ? "markdown" : "text")
  readTextTables(reading, text, context)
  return reading
}

/** Source code under a text's name: most lines read like statements. */
function looksLikeCode(text: string): boolean {
  const lines = text.split(/\r?\n/, 400).filter((l) => l.trim() !== "")
  if (lines.length < 3) return false
  const code = lines.filter((l) =>
    /^\s*(?:import |from \S+ import |library\(|def |class |for .*[:{]$|if .*[:{]$|return\b|[\w.$]+\s*(?:<-|=)\s*[^=]|\w[\w.]*\(.*\)\s*;?$|SELECT |[})\]]+[;,]?$|#|\/\/)/.test(
      l,
    ),
  ).length
  return code >= lines.length * 0.75
}
