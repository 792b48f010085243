// Bytes to a reading, by content. Never throws: whatever a reader stumbles over becomes a doubt about this
// file and costs nothing but its own verdict.
import type { ColumnScan } from "../table/column.ts"
import { controlShare, decodeText } from "./decode.ts"
import { CODE_NAMES, compareName, detectBinary, extensionOf, refusalOf } from "./detect.ts"
import { readDelimited } from "./delimited.ts"
import { sniffDialect } from "./dialect.ts"
import { findInvisible, findTrailingBlanks } from "./invisible.ts"
import { newReading, type ReadContext, type Reading } from "./reading.ts"

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
  const mislabelled = reading.format === "unknown" ? undefined : compareName(path, reading.format)
  if (mislabelled !== undefined) reading.mislabelled = mislabelled
  return reading
}

function readContent(path: string, bytes: Uint8Array, context: ReadContext): Reading {
  if (bytes.length === 0) {
    const empty = newReading("unknown", "empty")
    empty.doubts.push({ location: {}, message: "The file is empty.", broken: true })
    return empty
  }
  const binary = detectBinary(bytes)
  if (binary !== undefined) return readBinary(binary)
  const decoded = decodeText(bytes)
  if (decoded.broken || (controlShare(decoded.text) > 0.05 && !decoded.text.includes("\n")))
    return readUnknown(bytes)
  if (controlShare(decoded.text) > 0.2) return readUnknown(bytes)
  const reading = readText(path, decoded.text, context)
  if (
    decoded.encoding === "utf-16le" ||
    decoded.encoding === "utf-16be" ||
    decoded.encoding.startsWith("utf-32")
  )
    if (decoded.text.includes("\ufffd"))
      reading.doubts.push({ location: {}, message: "Some characters could not be decoded.", broken: true })
  const invisible = findInvisible(decoded.text) ?? findTrailingBlanks(decoded.text)
  if (invisible !== undefined) reading.hidden.push(invisible)
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

function readBinary(format: string): Reading {
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
  if (["png", "jpeg", "gif", "webp", "tiff", "bmp"].includes(format)) {
    const reading = newReading("image", format)
    reading.opaque.push({ location: {}, message: PIXELS })
    return reading
  }
  const archive = ["zip", "gzip", "tar", "archive-unsupported"].includes(format)
  const reading = newReading(archive ? "archive" : format === "pdf" ? "document" : "unknown", format)
  reading.opaque.push({
    location: {},
    message: `The content of ${format} files is not read here. Hand in the tables inside as CSV.`,
  })
  return reading
}

function numericCells(columns: readonly ColumnScan[]): number {
  return columns.reduce((sum, c) => sum + c.numeric, 0)
}

export function readText(path: string, text: string, context: ReadContext): Reading {
  const extension = extensionOf(path)
  const named = extension === "csv" || extension === "tsv" || extension === "tab"
  if (!named && CODE_NAMES.has(extension)) {
    const reading = newReading("code", "code")
    reading.prose.push({ location: {}, text })
    return reading
  }
  const dialect = sniffDialect(text, extension === "tsv" || extension === "tab" ? "\t" : ",")
  const table = newReading("table", dialect.delimiter === "\t" ? "tsv" : "csv")
  if (named || (dialect.width >= 2 && dialect.fit >= 0.8)) {
    readDelimited(table, text, dialect, context)
    const rows = table.tables.reduce((sum, t) => sum + t.rowCount, 0)
    const numbers = table.tables.reduce((sum, t) => sum + numericCells(t.columns), 0)
    if (named || (rows >= 2 && numbers >= 1) || rows >= 4) {
      if (table.tables.length === 0)
        table.doubts.push({ location: {}, message: "No table was found in the file.", broken: false })
      return table
    }
  }
  const reading = newReading("text", extension === "md" || extension === "markdown" ? "markdown" : "text")
  reading.prose.push({ location: {}, text })
  return reading
}
