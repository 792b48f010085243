// Formats beside delimited text: each read by content, planted defect found inside, benign twin left alone.
import assert from "node:assert/strict"
import { crc32, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { test } from "node:test"
import { checkBytes, checkText, explain, findingsOf, placesOf, statusOf } from "../testing.ts"

// --- builders ---

function pngOf(extra: Buffer[] = [], after = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(1, 0)
  head.writeUInt32BE(1, 4)
  head[8] = 8
  const data = deflateSync(Buffer.from([0, 7]))
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunkOf("IHDR", head),
    ...extra,
    chunkOf("IDAT", data),
    chunkOf("IEND", Buffer.alloc(0)),
    after,
  ])
}
function chunkOf(type: string, body: Buffer): Buffer {
  const out = Buffer.alloc(12 + body.length)
  out.writeUInt32BE(body.length, 0)
  out.write(type, 4, "latin1")
  body.copy(out, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length)
  return out
}
function jpegOf(segments: Buffer[] = [], after = Buffer.alloc(0)): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...segments,
    Buffer.from([0xff, 0xda, 0, 3, 1, 0x12, 0x34, 0xff, 0xd9]),
    after,
  ])
}
function segmentOf(marker: number, text: string): Buffer {
  const body = Buffer.from(text, "latin1")
  return Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body])
}
export function zipOf(files: Record<string, string | Buffer>, tail = Buffer.alloc(0)): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const [name, content] of Object.entries(files)) {
    const body = Buffer.from(content)
    const packed = deflateRawSync(body)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(8, 8)
    local.writeUInt32LE(crc32(body), 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(body.length, 22)
    local.writeUInt16LE(Buffer.byteLength(name), 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    local.copy(entry, 10, 8, 30)
    entry.writeUInt16LE(Buffer.byteLength(name), 28)
    entry.writeUInt32LE(at, 42)
    locals.push(local, Buffer.from(name), packed)
    central.push(entry, Buffer.from(name))
    at += 30 + Buffer.byteLength(name) + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end, tail])
}
const SHEET = (cells: string, cols = ""): string =>
  `<worksheet>${cols}<sheetData>${cells}</sheetData></worksheet>`
const ROW = (n: number, label: string, value: number, more = ""): string =>
  `<row r="${n}"${more}><c r="A${n}" t="inlineStr"><is><t>${label}</t></is></c><c r="B${n}"><v>${value}</v></c></row>`
const HEAD = `<row r="1"><c r="A1" t="inlineStr"><is><t>area</t></is></c><c r="B1" t="inlineStr"><is><t>n</t></is></c></row>`
function xlsxOf(
  sheets: { name: string; xml: string; state?: string }[],
  more: Record<string, string> = {},
): Buffer {
  return zipOf({
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": `<workbook><sheets>${sheets.map((s, i) => `<sheet name="${s.name}" r:id="r${i}"${s.state === undefined ? "" : ` state="${s.state}"`}/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships>${sheets.map((_, i) => `<Relationship Id="r${i}" Target="worksheets/s${i}.xml"/>`).join("")}</Relationships>`,
    ...Object.fromEntries(sheets.map((s, i) => [`xl/worksheets/s${i}.xml`, s.xml])),
    ...more,
  })
}

// --- tests ---

test("JSON in every layout", async () => {
  const layouts: [string, string[]][] = [
    ['[{"area":"North","n":150},{"area":"South","n":3}]', ["1/n"]],
    ['{"area":["North","South"],"n":[150,3]}', ["1/n"]],
    ['{"columns":["area","n"],"index":[0,1],"data":[["North",150],["South",3]]}', ["1/n"]],
    ['{"North":{"n":150,"mean":4.5},"South":{"n":3,"mean":5.5}}', ["1/n"]],
    ['{"n":{"North":150,"South":3,"East":40}}', ["1/n"]],
    [
      '{"results":{"tables":[{"rows":[["area","n"],["North",150],["South",3]]}]}}',
      ["results/tables/0/rows:1/n"],
    ],
    ['{"area":"North","n":150}\n{"area":"South","n":3}\n', ["1/n"]],
    ['{"n_patients":3,"mean_age":41.5}', ["0/n_patients"]],
  ]
  for (const [text, places] of layouts) {
    const file = await checkText(text, { name: "a.json" })
    assert.deepEqual(placesOf(file, "threshold"), places, text + explain(file))
    const benign = await checkText(
      text.replaceAll(/:3\b|,3\b/g, (m) => `${m[0]}40`),
      { name: "a.json" },
    )
    assert.equal(statusOf(benign, "threshold"), "satisfied", text + explain(benign))
  }
  assert.equal(
    statusOf(await checkText(`${"[".repeat(5000)}${"]".repeat(5000)}`, { name: "a.json" }), "unreadable"),
    "violated",
  )
  assert.equal(statusOf(await checkText('{"a": 1,', { name: "a.json" }), "unreadable"), "violated")
})

test("tables inside text", async () => {
  const prints: [string, string, string[]][] = [
    [
      "pandas",
      "   area     n  mean\n0  North  150  4.51\n1  South    3  5.62\n2   East   40  6.73\n",
      ["1/n"],
    ],
    ["R", "   area   n mean\n1 North 150 4.51\n2 South   3 5.62\n3  East  40 6.73\n", ["1/n"]],
    ["markdown", "| area | n |\n|---|---:|\n| North | 150 |\n| South | 3 |\n", ["1/n"]],
    [
      "Stata",
      "       area |      Freq.     Percent        Cum.\n------------+-----------------------------------\n      North |        150       98.04       98.04\n      South |          3        1.96      100.00\n------------+-----------------------------------\n      Total |        153      100.00\n",
      ["1/Freq."],
    ],
    ["psql", " area  | count \n-------+-------\n North |   150\n South |     3\n(2 rows)\n", ["1/count"]],
    ["value_counts", "area\nNorth    150\nSouth      3\nName: count, dtype: int64\n", ["1/count"]],
    [
      "grid",
      "+-------+-----+\n| area  |   n |\n+=======+=====+\n| North | 150 |\n+-------+-----+\n| South |   3 |\n+-------+-----+\n",
      ["1/n"],
    ],
    ["table()", "       smoker\nsex      no yes\n  female 150   3\n  male    60  70\n", ["0/"]],
  ]
  for (const [name, text, places] of prints) {
    const file = await checkText(`Results of the run\n\n${text}\nEnd\n`, { name: "run.log" })
    const found = placesOf(file, "threshold")
    assert.equal(found.length, places.length, `${name}: ${found.join()}\n${explain(file)}`)
    if (!(places[0] ?? "").endsWith("/")) assert.deepEqual(found, places, name)
    const benign = await checkText(text.replace(/  3\b/, " 30").replace(/ 3 \|/, " 30 |"), {
      name: "run.log",
    })
    assert.equal(statusOf(benign, "threshold"), "satisfied", `${name}\n${explain(benign)}`)
  }
})

test("a regression print states its degrees of freedom", async () => {
  const print = (df: number): string =>
    `                            OLS Regression Results\n==============================================================================\nDep. Variable:                      y   R-squared:                       0.416\nNo. Observations:                 ${df + 3}   AIC:                             85.11\nDf Residuals:                     ${df}   BIC:                             88.40\n==============================================================================\n                 coef    std err          t      P>|t|      [0.025      0.975]\n------------------------------------------------------------------------------\nconst          1.2000      0.300      4.000      0.001       0.600       1.800\nage            0.5000      0.200      2.500      0.020       0.100       0.900\n==============================================================================\n`
  const bad = await checkText(print(7), { name: "ols.txt" })
  assert.equal(statusOf(bad, "degrees-of-freedom"), "violated", explain(bad))
  const good = await checkText(print(150), { name: "ols.txt" })
  assert.equal(statusOf(good, "degrees-of-freedom"), "satisfied", explain(good))
})

test("running text: counts with nouns, and numbers that cannot be told", async () => {
  assert.equal(
    statusOf(
      await checkText("In the cohort, 3 patients died after the second dose.\n", { name: "a.txt" }),
      "threshold",
    ),
    "violated",
  )
  assert.equal(
    statusOf(await checkText("We excluded five people.\n", { name: "a.txt" }), "threshold"),
    "violated",
  )
  assert.equal(
    statusOf(
      await checkText("In the cohort, 340 patients died after the second dose. See table 3 and figure 2.\n", {
        name: "a.txt",
      }),
      "threshold",
    ),
    "satisfied",
  )
  assert.equal(
    statusOf(await checkText("The answer was 7 in the end.\n", { name: "a.txt" }), "threshold"),
    "not-verifiable",
  )
  assert.equal(
    statusOf(await checkText("Nothing to see here.\n", { name: "a.txt" }), "threshold"),
    "satisfied",
  )
})

test("notebooks: each output is its own file", async () => {
  const notebook = (outputs: unknown[], source = "df.head()"): string =>
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [{ cell_type: "code", source, outputs }],
    })
  const table =
    "<table><thead><tr><th>area</th><th>n</th></tr></thead><tbody><tr><td>North</td><td>150</td></tr><tr><td>South</td><td>3</td></tr></tbody></table>"
  const html = await checkText(notebook([{ output_type: "display_data", data: { "text/html": [table] } }]), {
    name: "a.ipynb",
  })
  assert.equal(html.kind, "notebook")
  assert.deepEqual(placesOf(html, "threshold"), ["cells/0/outputs/0/table 1:1/n"], explain(html))
  const stream = await checkText(
    notebook([{ output_type: "stream", text: ["In the cohort, 3 patients died\n"] }]),
    { name: "a.ipynb" },
  )
  assert.equal(statusOf(stream, "threshold"), "violated")
  const image = await checkText(
    notebook([
      {
        output_type: "display_data",
        data: { "image/png": pngOf([chunkOf("tEXt", Buffer.from("Comment\0secret"))]).toString("base64") },
      },
    ]),
    { name: "a.ipynb" },
  )
  assert.equal(statusOf(image, "hidden-content"), "violated", explain(image))
  const clean = await checkText(notebook([], "n = 3\nx = 5"), { name: "a.ipynb" })
  assert.equal(statusOf(clean, "threshold"), "satisfied", explain(clean))
  const person = await checkText(notebook([], "df[df.nhs == 9434765919]"), { name: "a.ipynb" })
  assert.equal(statusOf(person, "identifier"), "violated", explain(person))
})

test("PNG: text, trailing bytes, unknown parts, damage", async () => {
  const status = async (
    bytes: Uint8Array,
    rule: "hidden-content" | "unreadable" | "threshold" | "file-type" | "identifier",
  ): Promise<string> => statusOf(await checkBytes(bytes, { name: "a.png" }), rule)
  assert.equal(await status(pngOf(), "hidden-content"), "satisfied")
  assert.equal(
    await status(
      pngOf([chunkOf("tEXt", Buffer.from("Software\0Matplotlib version3.9, https://matplotlib.org/"))]),
      "hidden-content",
    ),
    "satisfied",
  )
  assert.equal(await status(pngOf(), "threshold"), "not-verifiable")
  assert.equal(
    await status(pngOf([chunkOf("tEXt", Buffer.from("Comment\x00943 476 5919"))]), "hidden-content"),
    "violated",
  )
  assert.equal(
    await status(pngOf([chunkOf("tEXt", Buffer.from("Comment\x00943 476 5919"))]), "identifier"),
    "violated",
  )
  assert.equal(
    await status(
      pngOf([chunkOf("zTXt", Buffer.concat([Buffer.from("X\0\0"), deflateSync("hello")]))]),
      "hidden-content",
    ),
    "violated",
  )
  assert.equal(await status(pngOf([chunkOf("eXIf", Buffer.from("MM"))]), "hidden-content"), "violated")
  assert.equal(await status(pngOf([chunkOf("prVt", Buffer.from("x"))]), "hidden-content"), "violated")
  assert.equal(await status(pngOf([], Buffer.from("PK")), "hidden-content"), "violated")
  assert.equal(await status(pngOf().subarray(0, 50), "unreadable"), "violated")
  const damaged = pngOf()
  damaged[20] = 9
  assert.equal(await status(damaged, "unreadable"), "violated")
  assert.equal(statusOf(await checkBytes(pngOf(), { name: "a.csv" }), "file-type"), "violated")
})

test("JPEG: EXIF, comments, trailing bytes", async () => {
  const hidden = async (bytes: Uint8Array): Promise<string> =>
    statusOf(await checkBytes(bytes, { name: "a.jpg" }), "hidden-content")
  assert.equal(await hidden(jpegOf([segmentOf(0xe0, "JFIF\0\x01\x01")])), "satisfied")
  assert.equal(await hidden(jpegOf([segmentOf(0xe1, "Exif\0\0MM")])), "violated")
  assert.equal(await hidden(jpegOf([segmentOf(0xfe, "a comment")])), "violated")
  assert.equal(await hidden(jpegOf([], Buffer.from("more"))), "violated")
  assert.equal(
    statusOf(await checkBytes(jpegOf().subarray(0, 8), { name: "a.jpg" }), "unreadable"),
    "violated",
  )
})

test("SVG: marks, scripts, invisible text, embedded data", async () => {
  const svg = (body: string): string =>
    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">${body}</svg>`
  const check = async (body: string): ReturnType<typeof checkText> =>
    checkText(svg(body), { name: "a.svg", policy: "opensafely" })
  const points = await check(
    Array.from({ length: 226 }, (_, i) => `<circle cx="${i}" cy="${i}" r="1"/>`).join(""),
  )
  assert.equal(points.kind, "vector-image")
  assert.match(findingsOf(points, "threshold")[0]?.message ?? "", /226 marks/)
  assert.equal(statusOf(await check("<script>1</script>"), "formula"), "violated")
  assert.equal(statusOf(await check('<rect onclick="x()"/>'), "formula"), "violated")
  assert.equal(statusOf(await check('<image href="https://example.org/a.png"/>'), "formula"), "violated")
  assert.equal(statusOf(await check('<text style="display:none">3</text>'), "hidden-content"), "violated")
  assert.equal(statusOf(await check("<metadata>patient list</metadata>"), "hidden-content"), "violated")
  assert.equal(statusOf(await check("<g><text>Deaths by month</text></g>"), "hidden-content"), "satisfied")
  assert.equal(statusOf(await check("<text>943 476 5919</text>"), "identifier"), "violated")
  assert.equal(
    statusOf(
      await check(
        `<image href="data:image/png;base64,${pngOf([], Buffer.from("tail")).toString("base64")}"/>`,
      ),
      "hidden-content",
    ),
    "violated",
  )
  const entity = await checkText(
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    { name: "a.svg" },
  )
  assert.equal(statusOf(entity, "unreadable"), "violated", explain(entity))
})

test("HTML: tables, the data inside plots, comments, scripts", async () => {
  const page = (body: string): string => `<!doctype html><html><body>${body}</body></html>`
  const check = async (body: string): ReturnType<typeof checkText> =>
    checkText(page(body), { name: "a.html" })
  const table = await check(
    "<table><tr><th>area</th><th>n</th></tr><tr><td>North</td><td>150</td></tr><tr><td>South</td><td>3</td></tr></table>",
  )
  assert.deepEqual(placesOf(table, "threshold"), ["table 1:1/n"], explain(table))
  assert.equal(statusOf(table, "formula"), "satisfied")
  const values = Array.from({ length: 200 }, (_, i) => 40 + ((i * 37) % 50) + i / 1000)
  const plot = await check(
    `<script>Plotly.newPlot("x", [{"type":"histogram","x":${JSON.stringify(values)}}], {})</script>`,
  )
  assert.match(findingsOf(plot, "hidden-content")[0]?.message ?? "", /200 numbers/, explain(plot))
  assert.equal(statusOf(plot, "formula"), "violated")
  const packed = Buffer.from(Float64Array.from(values).buffer).toString("base64")
  const binary = await check(
    `<script>Plotly.newPlot("x", [{"type":"histogram","x":{"dtype":"f8","bdata":"${packed}"}}], {})</script>`,
  )
  assert.match(findingsOf(binary, "hidden-content")[0]?.message ?? "", /200 numbers/, explain(binary))
  assert.equal(statusOf(await check("<!-- 943 476 5919 -->"), "hidden-content"), "violated")
  assert.equal(statusOf(await check('<p style="display:none">3 patients</p>'), "hidden-content"), "violated")
  assert.equal(statusOf(await check('<a href="javascript:x()">a</a>'), "formula"), "violated")
  assert.equal(statusOf(await check("<p>Deaths fell.</p>"), "formula"), "satisfied")
})

test("XLSX: every part of the workbook", async () => {
  const check = async (bytes: Buffer): ReturnType<typeof checkBytes> => checkBytes(bytes, { name: "a.xlsx" })
  const clean = await check(
    xlsxOf([{ name: "A", xml: SHEET(HEAD + ROW(2, "North", 150) + ROW(3, "South", 40)) }]),
  )
  assert.equal(clean.kind, "spreadsheet")
  assert.equal(statusOf(clean, "threshold"), "satisfied", explain(clean))
  assert.equal(statusOf(clean, "hidden-content"), "satisfied", explain(clean))
  const small = await check(
    xlsxOf([{ name: "A", xml: SHEET(HEAD + ROW(2, "North", 150) + ROW(3, "South", 3)) }]),
  )
  const place = findingsOf(small, "threshold")[0]?.location
  assert.deepEqual(place, { sheet: "A", row: 1, column: "n" })
  const sheet = SHEET(HEAD + ROW(2, "North", 150) + ROW(3, "South", 40))
  const hiddenOnes = {
    sheet: xlsxOf([
      { name: "A", xml: sheet },
      { name: "B", xml: sheet, state: "veryHidden" },
    ]),
    row: xlsxOf([
      { name: "A", xml: SHEET(HEAD + ROW(2, "North", 150) + ROW(3, "South", 40, ' hidden="1"')) },
    ]),
    column: xlsxOf([
      {
        name: "A",
        xml: SHEET(HEAD + ROW(2, "North", 150), '<cols><col min="3" max="4" hidden="1"/></cols>'),
      },
    ]),
    pivot: xlsxOf([{ name: "A", xml: sheet }], {
      "xl/pivotCache/pivotCacheRecords1.xml":
        '<pivotCacheRecords><r><n v="9434765919"/><s v="Jane"/></r></pivotCacheRecords>',
    }),
    comment: xlsxOf([{ name: "A", xml: sheet }], { "xl/comments1.xml": "<comments><t>Mrs X</t></comments>" }),
    external: xlsxOf([{ name: "A", xml: sheet }], { "xl/externalLinks/externalLink1.xml": "<x/>" }),
    loose: xlsxOf([{ name: "A", xml: sheet }], { "xl/worksheets/sheet9.xml": sheet }),
  }
  for (const [name, bytes] of Object.entries(hiddenOnes)) {
    const file = await check(bytes)
    assert.equal(statusOf(file, "hidden-content"), "violated", `${name} ${explain(file)}`)
  }
  assert.equal(statusOf(await check(hiddenOnes.pivot), "identifier"), "violated")
  const formula = await check(
    xlsxOf([{ name: "A", xml: SHEET(`${HEAD}<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>`) }]),
  )
  assert.equal(statusOf(formula, "formula"), "violated", explain(formula))
})

test("ODS: sheets, repeated cells, hidden rows, comments", async () => {
  const cell = (v: string | number): string =>
    typeof v === "number"
      ? `<table:table-cell office:value="${v}"><text:p>${v}</text:p></table:table-cell>`
      : `<table:table-cell><text:p>${v}</text:p></table:table-cell>`
  const row = (a: string | number, b: string | number, more = ""): string =>
    `<table:table-row${more}>${cell(a)}${cell(b)}</table:table-row>`
  const ods = (rows: string): Buffer =>
    zipOf({
      mimetype: "application/vnd.oasis.opendocument.spreadsheet",
      "content.xml": `<office:document-content><table:table table:name="A">${rows}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table></office:document-content>`,
    })
  const small = await checkBytes(ods(row("area", "n") + row("North", 150) + row("South", 3)), {
    name: "a.ods",
  })
  assert.deepEqual(
    findingsOf(small, "threshold")[0]?.location,
    { sheet: "A", row: 1, column: "n" },
    explain(small),
  )
  const hidden = await checkBytes(
    ods(row("area", "n") + row("North", 150) + row("South", 40, ' table:visibility="collapse"')),
    { name: "a.ods" },
  )
  assert.equal(statusOf(hidden, "hidden-content"), "violated", explain(hidden))
})

test("ZIP and gzip: parts are checked, bombs and tricks cost only the verdict", async () => {
  const csv = "area,n\nNorth,150\nSouth,3\n"
  const zip = await checkBytes(zipOf({ "a/t.csv": csv, "b.txt": "Fine." }), { name: "a.zip" })
  assert.deepEqual(placesOf(zip, "threshold"), ["a/t.csv:1/n"], explain(zip))
  const gz = await checkBytes(gzipSync(csv), { name: "t.csv.gz" })
  assert.deepEqual(placesOf(gz, "threshold"), ["t.csv:1/n"], explain(gz))
  const nested = await checkBytes(zipOf({ "in.zip": zipOf({ "t.csv": csv }) }), { name: "a.zip" })
  assert.deepEqual(placesOf(nested, "threshold"), ["in.zip/t.csv:1/n"], explain(nested))
  const bomb = await checkBytes(zipOf({ "bomb.csv": Buffer.alloc(64 << 20) }), { name: "a.zip" })
  assert.equal(statusOf(bomb, "unreadable"), "violated", explain(bomb))
  const gzBomb = await checkBytes(gzipSync(Buffer.alloc(64 << 20)), { name: "a.gz" })
  assert.equal(statusOf(gzBomb, "unreadable"), "violated", explain(gzBomb))
  let deep = zipOf({ "t.csv": csv })
  for (let i = 0; i < 6; i++) deep = zipOf({ "in.zip": deep })
  assert.equal(statusOf(await checkBytes(deep, { name: "a.zip" }), "unreadable"), "violated")
  assert.equal(
    statusOf(await checkBytes(zipOf({ "../../x.csv": csv }), { name: "a.zip" }), "unreadable"),
    "violated",
  )
  assert.equal(
    statusOf(
      await checkBytes(zipOf({ "t.csv": csv }, Buffer.from("tail")), { name: "a.zip" }),
      "hidden-content",
    ),
    "violated",
  )
  assert.equal(
    statusOf(await checkBytes(zipOf({ "fig.png": csv }), { name: "a.zip" }), "hidden-content"),
    "violated",
  )
})

test("data sets and models are refused unread, with a way out", async () => {
  const heads: Record<string, Buffer> = {
    "a.parquet": Buffer.from("PAR1....PAR1"),
    "a.feather": Buffer.from("ARROW1\0\0"),
    "a.rds": Buffer.from("X\n\0\0\0\x03"),
    "a.dta": Buffer.from("<stata_dta><header>"),
    "a.sav": Buffer.from("$FL2@(#) SPSS"),
    "a.sqlite": Buffer.from("SQLite format 3\0"),
    "a.pkl": Buffer.from([0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x2e]),
    "a.npy": Buffer.from("\x93NUMPY\x01\0", "latin1"),
    "a.h5": Buffer.from("\x89HDF\r\n\x1a\n", "latin1"),
    "a.pt": zipOf({ "archive/data.pkl": "x" }),
  }
  for (const [name, bytes] of Object.entries(heads)) {
    const file = await checkBytes(bytes, { name })
    const found = findingsOf(file, "file-type")[0]
    assert.equal(found?.status, "violated", `${name} ${explain(file)}`)
    assert.match(found?.message ?? "", /refused unread/)
    assert.equal(statusOf(file, "threshold"), "not-verifiable")
    const disguised = await checkBytes(bytes, { name: "table.csv" })
    assert.equal(statusOf(disguised, "file-type"), "violated")
  }
})

test("code: pasted rows, identifiers, secrets; settings are no results", async () => {
  const check = async (text: string): ReturnType<typeof checkText> => checkText(text, { name: "a.py" })
  const clean = await check("import pandas as pd\nn = 3\nfor i in range(5):\n    print(i)\n")
  assert.equal(clean.kind, "code")
  for (const rule of ["threshold", "unit-record", "identifier", "hidden-content"] as const)
    assert.equal(statusOf(clean, rule), "satisfied", explain(clean))
  const pasted = await check('import io\ndata = """\narea,n\nNorth,150\nSouth,3\nEast,40\n"""\n')
  assert.equal(statusOf(pasted, "threshold"), "violated", explain(pasted))
  assert.equal(
    statusOf(
      await check("q = 'select * from t where person_id = 334054987898880'\nprint(q)\nx = 1\n"),
      "identifier",
    ),
    "violated",
  )
  assert.equal(
    statusOf(await check('password = "hunter2hunter2"\nx = 1\ny = 2\n'), "hidden-content"),
    "violated",
  )
})
