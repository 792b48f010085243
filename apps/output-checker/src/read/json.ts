// JSON: records, columns, split and index layouts become tables; whatever else holds numbers becomes tables
// of its own, so that no number of the document is left out.
import { makeTable } from "../table/table.ts"
import type { ReadContext, Reading } from "./reading.ts"

const MAX_NODES = 2_000_000
const MAX_NESTING = 200

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

function isScalar(value: Json | undefined): value is null | boolean | number | string {
  return value === undefined || value === null || typeof value !== "object"
}

function show(value: Json | undefined): string {
  if (value === null || value === undefined) return ""
  return typeof value === "object" ? "" : String(value)
}

/** Nesting is measured on the text, because the parser itself recurses. */
export function nestingOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 92) i++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth)
    else if (code === 93 || code === 125) depth--
  }
  return deepest
}

/** Undefined when the text is no JSON document (or one of JSON documents by line). */
export function parseJson(text: string): Json | undefined {
  const first = text.trimStart().charCodeAt(0)
  if (first !== 123 && first !== 91) return undefined
  if (nestingOf(text) > MAX_NESTING) return undefined
  try {
    return JSON.parse(text.replace(/^\ufeff/, "")) as Json
  } catch {
    // Python writes NaN and Infinity, which JSON does not know.
    try {
      return JSON.parse(text.replace(/(?<=[:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, "null")) as Json
    } catch {
      return parseLines(text)
    }
  }
}

function parseLines(text: string): Json | undefined {
  const lines = text.split(/\r?\n/).filter((l) => l.trim() !== "")
  if (lines.length < 2 || !lines.every((l) => /^\s*[{[]/.test(l))) return undefined
  try {
    return lines.map((l) => JSON.parse(l) as Json)
  } catch {
    return undefined
  }
}

interface Collector {
  reading: Reading
  context: ReadContext
  nodes: number
}

export function readJson(reading: Reading, document: Json, context: ReadContext): void {
  const collector = { reading, context, nodes: 0 }
  collect(collector, document, "")
  if (collector.nodes > MAX_NODES)
    reading.doubts.push({
      location: {},
      message: "The JSON document has more values than are read.",
      broken: true,
    })
}

function addTable(c: Collector, path: string, names: string[], rows: Iterable<readonly string[]>): void {
  c.reading.tables.push(
    makeTable(names, rows, path === "" ? {} : { path }, { ...c.context.scan, decimalComma: false }),
  )
}

function join(path: string, key: string | number): string {
  return path === "" ? String(key) : `${path}/${key}`
}

function isRecord(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** An object of scalars and of objects of scalars, as one flat row. */
function flatten(
  record: { [key: string]: Json },
  prefix: string,
  out: Map<string, string>,
  rest: [string, Json][],
): void {
  for (const [key, value] of Object.entries(unpackAll(record))) {
    const name = prefix === "" ? key : `${prefix}.${key}`
    if (isScalar(value)) out.set(name, show(value))
    else if (isRecord(value) && prefix.split(".").length < 4) flatten(value, name, out, rest)
    else rest.push([name, value])
  }
}

const TYPED: Record<string, [number, (view: DataView, at: number) => number]> = {
  f8: [8, (v, at) => v.getFloat64(at, true)],
  f4: [4, (v, at) => v.getFloat32(at, true)],
  i4: [4, (v, at) => v.getInt32(at, true)],
  u4: [4, (v, at) => v.getUint32(at, true)],
  i2: [2, (v, at) => v.getInt16(at, true)],
  u2: [2, (v, at) => v.getUint16(at, true)],
  i1: [1, (v, at) => v.getInt8(at)],
  u1: [1, (v, at) => v.getUint8(at)],
  i8: [8, (v, at) => Number(v.getBigInt64(at, true))],
  u8: [8, (v, at) => Number(v.getBigUint64(at, true))],
}
const TYPE_NAMES: Record<string, string> = {
  float64: "f8",
  float32: "f4",
  int32: "i4",
  uint32: "u4",
  int16: "i2",
  uint16: "u2",
  int8: "i1",
  uint8: "u1",
  int64: "i8",
  uint64: "u8",
}

/** Plots write arrays of numbers as packed bytes: {"bdata","dtype"}, {"__ndarray__","dtype"}, {"type":"ndarray","array"}. */
function unpackArray(value: { [key: string]: Json }): number[] | undefined {
  const inner = isRecord(value["array"]) ? value["array"]["data"] : undefined
  const data = value["bdata"] ?? value["__ndarray__"] ?? inner
  const dtype = value["dtype"]
  if (typeof data !== "string" || typeof dtype !== "string") return undefined
  const type = TYPED[TYPE_NAMES[dtype] ?? dtype]
  if (type === undefined) return undefined
  const bytes = Buffer.from(data, "base64")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [width, read] = type
  return Array.from({ length: Math.min(Math.floor(bytes.length / width), MAX_NODES) }, (_, i) =>
    read(view, i * width),
  )
}

/** Packed arrays become plain ones before layouts are told apart. */
function unpackAll(value: { [key: string]: Json }): { [key: string]: Json } {
  let out = value
  for (const [key, child] of Object.entries(value)) {
    const numbers = isRecord(child) ? unpackArray(child) : undefined
    if (numbers === undefined) continue
    if (out === value) out = { ...value }
    out[key] = numbers
  }
  return out
}

function collect(c: Collector, given: Json, path: string): void {
  if (++c.nodes > MAX_NODES) return
  const value = isRecord(given) ? (unpackArray(given) ?? unpackAll(given)) : given
  if (isScalar(value)) {
    if (typeof value === "number") addTable(c, path, ["value"], [[show(value)]])
    else if (typeof value === "string")
      c.reading.prose.push({ location: path === "" ? {} : { path }, text: value })
    return
  }
  if (Array.isArray(value)) {
    collectArray(c, value, path)
    return
  }
  if (collectSplit(c, value, path) || collectColumns(c, value, path) || collectIndexed(c, value, path)) return
  const scalars: [string, string][] = []
  for (const [key, child] of Object.entries(value)) {
    if (isScalar(child)) {
      c.nodes++
      if (typeof child === "string" && child.length > 200)
        c.reading.prose.push({ location: { path: join(path, key) }, text: child })
      else scalars.push([key, show(child)])
    } else collect(c, child, join(path, key))
  }
  if (scalars.length > 0)
    addTable(
      c,
      path,
      scalars.map((s) => s[0]),
      [scalars.map((s) => s[1])],
    )
}

function collectArray(c: Collector, value: Json[], path: string): void {
  if (value.length === 0) return
  c.nodes += value.length
  if (value.every(isScalar)) {
    if (
      value.every((v) => typeof v === "string" || v === null) &&
      value.some((v) => typeof v === "string" && v.length > 200)
    )
      for (const [i, v] of value.entries())
        c.reading.prose.push({ location: { path: join(path, i) }, text: show(v) })
    else
      addTable(
        c,
        path,
        [nameOf(path)],
        value.map((v) => [show(v)]),
      )
    return
  }
  if (value.every(isRecord)) {
    const rest: [string, Json][] = []
    const rows = value.map((record, i) => {
      const row = new Map<string, string>()
      const own: [string, Json][] = []
      flatten(record, "", row, own)
      rest.push(...own.map(([key, v]): [string, Json] => [`${i}/${key}`, v]))
      return row
    })
    const names: string[] = []
    const seen = new Set<string>()
    for (const row of rows)
      for (const key of row.keys())
        if (!seen.has(key)) {
          seen.add(key)
          names.push(key)
        }
    c.nodes += rows.length * names.length
    if (names.length > 0)
      addTable(
        c,
        path,
        names,
        rows.map((row) => names.map((n) => row.get(n) ?? "")),
      )
    for (const [key, v] of rest) collect(c, v, join(path, key))
    return
  }
  if (value.every((row): row is Json[] => Array.isArray(row) && row.every(isScalar))) {
    const [first, ...others] = value
    const headed =
      first?.every((v) => typeof v === "string") === true &&
      others.some((row) => row.some((v) => typeof v === "number"))
    const width = Math.max(...value.map((r) => r.length))
    const names = headed
      ? (first ?? []).map(show)
      : Array.from({ length: width }, (_, i) => `column ${i + 1}`)
    c.nodes += value.length * width
    addTable(
      c,
      path,
      names,
      (headed ? others : value).map((row) => row.map(show)),
    )
    return
  }
  for (const [i, child] of value.entries()) collect(c, child, join(path, i))
}

function nameOf(path: string): string {
  const last = path.split("/").findLast((p) => !/^\d+$/.test(p))
  return last ?? "value"
}

/** {"columns": […], "data": [[…]]}, with or without an index. */
function collectSplit(c: Collector, value: { [key: string]: Json }, path: string): boolean {
  const { columns, data, index } = value
  if (!Array.isArray(columns) || !columns.every(isScalar) || !Array.isArray(data)) return false
  if (!data.every((row): row is Json[] => Array.isArray(row) && row.every(isScalar))) return false
  const labels = Array.isArray(index) && index.length === data.length ? index : undefined
  const names = columns.map(show)
  addTable(
    c,
    path,
    labels === undefined ? names : ["", ...names],
    data.map((row, i) => (labels === undefined ? row.map(show) : [show(labels[i]), ...row.map(show)])),
  )
  for (const [key, child] of Object.entries(value))
    if (!["columns", "data", "index"].includes(key)) collect(c, child, join(path, key))
  return true
}

/** {"n": [1, 2], "mean": [3, 4]}: columns of one length; other keys are collected by themselves. */
function collectColumns(c: Collector, value: { [key: string]: Json }, path: string): boolean {
  const lists = Object.entries(value).filter(
    (e): e is [string, Json[]] => Array.isArray(e[1]) && e[1].length > 0 && e[1].every(isScalar),
  )
  if (lists.length < 2) return false
  const length = lists[0]?.[1].length ?? 0
  const same = lists.filter(([, list]) => list.length === length)
  if (same.length < 2) return false
  c.nodes += length * same.length
  const names = same.map(([key]) => key)
  addTable(
    c,
    path,
    names,
    Array.from({ length }, (_, i) => same.map(([, list]) => show(list[i]))),
  )
  const taken = new Set(names)
  const scalars: [string, string][] = []
  for (const [key, child] of Object.entries(value)) {
    if (taken.has(key)) continue
    if (isScalar(child)) scalars.push([key, show(child)])
    else collect(c, child, join(path, key))
  }
  if (scalars.length > 0)
    addTable(
      c,
      path,
      scalars.map((s) => s[0]),
      [scalars.map((s) => s[1])],
    )
  return true
}

/** {"North": {"n": 3}, "South": {"n": 4}} by rows, or {"n": {"North": 3, "South": 4}} by columns. */
function collectIndexed(c: Collector, value: { [key: string]: Json }, path: string): boolean {
  const entries = Object.entries(value)
  if (
    entries.length === 0 ||
    !entries.every(
      (e): e is [string, { [key: string]: Json }] => isRecord(e[1]) && Object.values(e[1]).every(isScalar),
    )
  )
    return false
  const keys = Object.keys(entries[0]?.[1] ?? {})
  if (keys.length === 0) return false
  const alike = entries.every(
    ([, inner]) => Object.keys(inner).length === keys.length && keys.every((k) => k in inner),
  )
  if (!alike) return false
  c.nodes += entries.length * keys.length
  // Column-wise layouts have the same kind of value down each inner object.
  const byColumns = entries.length < keys.length || keys.every((k) => /^\d+$/.test(k))
  if (byColumns)
    addTable(
      c,
      path,
      ["", ...entries.map(([k]) => k)],
      keys.map((k) => [k, ...entries.map(([, inner]) => show(inner[k]))]),
    )
  else
    addTable(
      c,
      path,
      ["", ...keys],
      entries.map(([k, inner]) => [k, ...keys.map((x) => show(inner[x]))]),
    )
  return true
}
