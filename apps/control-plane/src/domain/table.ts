// Tables of what people are told, as a reader writes them: two spaces between cells, names in the first row
// and the first column.

/** row → column → cell */
export function readTable(text: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const [head = [], ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s{2,}/))
  return Object.fromEntries(
    rows.map(([name = "", ...cells]) => {
      if (cells.length !== head.length) throw new Error(`the row ${name} has ${cells.length} cells`)
      return [name, Object.fromEntries(cells.map((cell, at) => [head[at], cell]))]
    }),
  )
}
