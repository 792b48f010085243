// Delimited text: CSV and TSV in every dialect. One pass; large files are measured, not kept.
import { TableBuilder, type Where } from "../table/table.ts"
import { scanRows, type Dialect } from "./dialect.ts"
import type { ReadContext, Reading } from "./reading.ts"

/** Adds the tables and notes of a delimited text to a reading. */
export function readDelimited(
  reading: Reading,
  text: string,
  dialect: Dialect,
  context: ReadContext,
  where: Where = {},
): void {
  const builder = new TableBuilder(
    where,
    { ...context.scan, decimalComma: dialect.decimalComma },
    dialect.width,
  )
  const open = scanRows(text, dialect, (cells) => builder.add(cells))
  builder.end()
  reading.tables.push(...builder.tables)
  for (const note of builder.notes) reading.prose.push({ location: { ...where }, text: note.text })
  if (open)
    reading.doubts.push({
      location: { ...where },
      message: "A quoted cell is never closed, so everything after its opening quote is one cell.",
      broken: true,
    })
  for (const table of builder.tables) {
    const first = table.ragged[0]
    if (first === undefined) continue
    reading.doubts.push({
      location: {
        ...(table.sheet === undefined ? {} : { sheet: table.sheet }),
        ...(table.path === undefined ? {} : { path: table.path }),
        row: first.row,
      },
      message: `${table.raggedTotal} of ${table.rowCount} rows do not have the header's number of cells (row ${first.row} has ${first.width}), so their columns are in doubt.`,
      broken: false,
    })
  }
}
