// Dialects, encodings and layouts of delimited text, and what hostile bytes may not do.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkBytes, checkText, explain, placesOf, statusOf } from "../testing.ts"
import { decodeText } from "./decode.ts"
import { scanRows, sniffDialect } from "./dialect.ts"

const ROWS = [
  ["area", "n", "note"],
  ["North", "150", "plain"],
  ["South, upper", "4", 'says "hi"'],
  ["East; lower", "1205", "tab\tinside"],
  ["West | end", "60", "two\nlines"],
]

function write(rows: readonly string[][], delimiter: string, quote: string, end: string): string {
  const cell = (c: string): string =>
    c.includes(delimiter) || c.includes(quote) || /[\r\n]/.test(c)
      ? quote + c.replaceAll(quote, quote + quote) + quote
      : c
  return rows.map((r) => r.map(cell).join(delimiter)).join(end) + end
}

test("the planted cell is found in every dialect", async () => {
  for (const delimiter of [",", ";", "\t", "|", "\u001f"])
    for (const quote of ['"', "'"])
      for (const end of ["\n", "\r\n", "\r"]) {
        const file = await checkText(write(ROWS, delimiter, quote, end))
        assert.deepEqual(
          placesOf(file, "threshold"),
          ["1/n"],
          JSON.stringify([delimiter, quote, end]) + explain(file),
        )
      }
})

test("the planted cell is found in every encoding", async () => {
  const text = "région,n\nÎle,150\nCôte,4\nSud,60\n"
  const utf16 = Buffer.from(text, "utf16le")
  const swapped = Buffer.from(utf16).swap16()
  const utf32 = Buffer.concat(
    [...text].map((c) => {
      const b = Buffer.alloc(4)
      b.writeUInt32LE(c.codePointAt(0) ?? 0)
      return b
    }),
  )
  const encodings: Record<string, Uint8Array> = {
    utf8: Buffer.from(text),
    "utf8 with mark": Buffer.from(`\ufeff${text}`),
    latin1: Buffer.from(text, "latin1"),
    utf16le: utf16,
    "utf16le with mark": Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
    utf16be: swapped,
    "utf16be with mark": Buffer.concat([Buffer.from([0xfe, 0xff]), swapped]),
    utf32le: utf32,
  }
  for (const [name, bytes] of Object.entries(encodings)) {
    const file = await checkBytes(bytes)
    assert.deepEqual(placesOf(file, "threshold"), ["1/n"], name + explain(file))
    assert.equal(statusOf(file, "hidden-content"), "satisfied", name + explain(file))
  }
  assert.equal(decodeText(Buffer.from(text, "latin1")).encoding, "windows-1252")
})

test("decimal commas and points as thousands", async () => {
  const file = await checkText("Region;Anzahl;Anteil\nNord;1.204;60,2\nSüd;4;0,2\n")
  assert.deepEqual(placesOf(file, "threshold"), ["1/Anzahl"], explain(file))
  const anglo = await checkText('region,n\nNorth,"1,204"\nSouth,4\n')
  assert.deepEqual(placesOf(anglo, "threshold"), ["1/n"], explain(anglo))
})

test("titles, notes, sep lines, index columns, several header rows, no header", async () => {
  const cases: [string, string[]][] = [
    ["sep=;\narea;n\nNorth;150\nSouth;4\n", ["1/n"]],
    ["Table 1: deaths,\n,\narea,n\nNorth,150\nSouth,4\n", ["1/n"]],
    ["Table 1: deaths\n\narea,n\nNorth,150\nSouth,4\n\nSource: register\n", ["1/n"]],
    [",area,n\n0,North,150\n1,South,4\n", ["1/n"]],
    [",n,n\nsex,F,M\nage,,\n0-17,150,4\n18+,60,70\n", ["0/n / M"]],
    ["North,150\nSouth,4\nEast,60\nWest,70\n", ["1/column 2"]],
    ["# a comment\narea,n\nNorth,150\nSouth,4\n", ["1/n"]],
  ]
  for (const [text, places] of cases) {
    const file = await checkText(text)
    assert.deepEqual(placesOf(file, "threshold"), places, text + explain(file))
  }
})

test("several tables in one file are each read", async () => {
  const file = await checkText("area,n\nNorth,150\nSouth,4\n\nsex,people,mean_age\nF,3,41.5\nM,60,42.5\n")
  assert.deepEqual(placesOf(file, "threshold").sort(), ["1/n", "table 2:0/people"], explain(file))
})

test("property: what was written is what is read, in any dialect", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "B", "7", " ", ",", ";", "\t", "|", '"', "'", "\n", "é", "."),
    maxLength: 8,
  })
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((w) => fc.array(fc.array(cell, { minLength: w, maxLength: w }), { minLength: 1, maxLength: 8 }))
  fc.assert(
    fc.property(
      table,
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n"),
      (rows, delimiter, end) => {
        const text =
          rows.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(delimiter)).join(end) + end
        const read: string[][] = []
        const open = scanRows(text, { delimiter, quote: '"', skip: 0 }, (cells) => void read.push(cells))
        assert.equal(open, false)
        assert.deepEqual(read, rows)
      },
    ),
    { numRuns: 500 },
  )
})

test("property: a small count is found wherever it stands, in any dialect", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.integer({ min: 2, max: 400 }).map((n) => n * 5),
        { minLength: 4, maxLength: 30 },
      ),
      fc.nat(),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("n", "Count", "deaths", "number of people"),
      async (counts, where, small, delimiter, header) => {
        const row = where % counts.length
        const lines = counts.map((n, i) => `group ${i}${delimiter}${i === row ? small : n}`)
        const file = await checkText(`label${delimiter}${header}\n${lines.join("\n")}\n`)
        assert.deepEqual(placesOf(file, "threshold"), [`${row}/${header}`])
      },
    ),
    { numRuns: 200 },
  )
})

test("property: hostile bytes never break a run", async () => {
  const pieces = fc.constantFrom(
    '"',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\0",
    "\ufeff",
    "=",
    "<svg>",
    "{",
    "[",
    "%PDF-",
    "PK\x03\x04",
    "(((((",
    "1e999",
    "9".repeat(40),
    "\ud800",
    "9434765919",
    "<5",
  )
  const text = fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 60 })
    .map((p) => Buffer.from(p.join("")))
  const bytes = fc.uint8Array({ maxLength: 400 })
  const names = fc.constantFrom(
    "a.csv",
    "a.txt",
    "a.json",
    "a.png",
    "a",
    "a.ipynb",
    "a.svg",
    "a.html",
    "../x\u202e.csv",
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, bytes), names, async (content, name) => {
      const file = await checkBytes(content, { name })
      assert.equal(new Set(file.findings.map((f) => f.rule)).size, 16)
      assert.ok(!file.findings.some((f) => f.message.includes("could not be applied")), explain(file))
    }),
    { numRuns: 600 },
  )
})

test("a sniffed dialect names its delimiter", () => {
  assert.equal(sniffDialect("a;b\n1,5;2,5\n3,5;4,5\n").delimiter, ";")
  assert.equal(sniffDialect("a;b\n1,5;2,5\n3,5;4,5\n").decimalComma, true)
  assert.equal(sniffDialect("a,b\n1.5,2\n3.5,4\n").decimalComma, false)
})
