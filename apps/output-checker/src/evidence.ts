// Evidence computed by the platform from the data, bound to a file by its SHA-256:
// {"format":1,"files":{"<sha256>":[{"row","column","people"?,"sum"?,"largest"?,"second"?}…]}}.
// As sensitive as the data: every finding that rests on it is for checkers only.
import type { CellEvidence } from "./rules/rule.ts"

const NUMBERS = ["people", "sum", "largest", "second"] as const

function parseCell(value: unknown): CellEvidence {
  if (typeof value !== "object" || value === null) throw new Error("a cell of the evidence is not an object")
  const cell = value as Record<string, unknown>
  if (!Number.isInteger(cell["row"]) || typeof cell["column"] !== "string")
    throw new Error("a cell of the evidence has no row or column")
  const out: CellEvidence = { row: cell["row"] as number, column: cell["column"] }
  for (const key of Object.keys(cell)) {
    if (key === "row" || key === "column") continue
    const name = NUMBERS.find((n) => n === key)
    if (name === undefined || typeof cell[key] !== "number" || !Number.isFinite(cell[key]))
      throw new Error(`evidence has no usable ${key.slice(0, 40)}`)
    out[name] = cell[key]
  }
  return out
}

/** @throws Error with one sentence when it is no evidence document */
export function parseEvidence(bytes: Uint8Array): Map<string, CellEvidence[]> {
  const document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as {
    format?: unknown
    files?: unknown
  }
  if (document.format !== 1 || typeof document.files !== "object" || document.files === null)
    throw new Error("not an evidence document of format 1")
  const out = new Map<string, CellEvidence[]>()
  for (const [hash, cells] of Object.entries(document.files)) {
    if (!/^[0-9a-f]{64}$/.test(hash) || !Array.isArray(cells)) throw new Error("evidence names no file hash")
    out.set(hash, cells.map(parseCell))
  }
  return out
}
