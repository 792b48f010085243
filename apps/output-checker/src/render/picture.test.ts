import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"
import { crc32, deflateSync, inflateSync } from "node:zlib"
import fc from "fast-check"
import { checkBytes, statusOf } from "../testing.ts"
import { PictureError, renderPicture, type PictureKind } from "./picture.ts"

const JPEG = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD//gAJYnkgQW5uYf/bAEMAKBweIx4ZKCMhIy0rKDA8ZEE8Nzc8e1hdSWSRgJmWj4CMiqC05sOgqtqtiozI/8va7vX///+bwf////r/5v3/+P/AAAsIAAgAEAEBEQD/xAAVAAEBAAAAAAAAAAAAAAAAAAACA//EAB8QAAIBAgcAAAAAAAAAAAAAAAECBDFxAAMTISJh8P/aAAgBAQAAPwBSYgZdaKoDAcstRW3frziyqb4//9k=",
  "base64",
)
const PROGRESSIVE = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD//gAJYnkgQW5uYf/bAEMAKBweIx4ZKCMhIy0rKDA8ZEE8Nzc8e1hdSWSRgJmWj4CMiqC05sOgqtqtiozI/8va7vX///+bwf////r/5v3/+P/CAAsIAAgAEAEBEQD/xAAVAAEBAAAAAAAAAAAAAAAAAAABAv/aAAgBAQAAAAFn/8QAFRABAQAAAAAAAAAAAAAAAAAAAgD/2gAIAQEAAQUCRir/xAAXEAADAQAAAAAAAAAAAAAAAAACEBGR/9oACAEBAAY/AqOL/8QAGBAAAgMAAAAAAAAAAAAAAAAAAREQIUH/2gAIAQEAAT8haF3oR//aAAgBAQAAABA//8QAGxAAAQQDAAAAAAAAAAAAAAAAAQAhMXERYfD/2gAIAQEAAT8QHgAAMJrfXA6//9k=",
  "base64",
)
const SECRET = "943 476 5919"

function chunk(type: string, body: Uint8Array): Buffer {
  const inside = Buffer.concat([Buffer.from(type), body])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(body.length, 0)
  ends.writeUInt32BE(crc32(inside), 4)
  return Buffer.concat([ends.subarray(0, 4), inside, ends.subarray(4)])
}

interface Raw {
  width: number
  height: number
  depth: number
  colour: number
  interlaced: boolean
  /** bytes as they lie in the file before packing, each row with its filter */
  rows: Uint8Array
}

function header({ width, height, depth, colour, interlaced }: Omit<Raw, "rows">): Buffer {
  const body = Buffer.alloc(13)
  body.writeUInt32BE(width, 0)
  body.writeUInt32BE(height, 4)
  body.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8)
  return chunk("IHDR", body)
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex")
function png(raw: Raw, extra: { before?: Buffer[]; after?: Buffer } = {}): Buffer {
  return Buffer.concat([
    SIGNATURE,
    header(raw),
    ...(extra.before ?? []),
    chunk("IDAT", deflateSync(raw.rows)),
    chunk("IEND", Buffer.alloc(0)),
    extra.after ?? Buffer.alloc(0),
  ])
}

function chunksOf(bytes: Uint8Array): { type: string; body: Buffer }[] {
  const all = Buffer.from(bytes)
  const out: { type: string; body: Buffer }[] = []
  for (let at = 8; at < all.length;) {
    const length = all.readUInt32BE(at)
    out.push({ type: all.toString("latin1", at + 4, at + 8), body: all.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return out
}

/** Samples pixel by pixel, by another way than the renderer's: one row of samples at a time. */
function samplesOf(bytes: Uint8Array): number[][] {
  const chunks = chunksOf(bytes)
  const head = chunks[0]!.body
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
  const [depth, colour, interlaced] = [head[8]!, head[9]!, head[12] === 1]
  const channels = [1, 0, 3, 1, 2, 0, 4][colour]!
  const data = inflateSync(Buffer.concat(chunks.filter((c) => c.type === "IDAT").map((c) => c.body)))
  const passes = interlaced
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]]
  const step = Math.max(1, (channels * depth) / 8)
  const lines: number[][] = []
  let at = 0
  for (const [x = 0, y = 0, right = 1, down = 1] of passes) {
    const columns = Math.ceil((width - x) / right)
    const rows = Math.ceil((height - y) / down)
    if (columns <= 0 || rows <= 0) continue
    const stride = Math.ceil((columns * channels * depth) / 8)
    let above = Array.from({ length: stride }, () => 0)
    for (let row = 0; row < rows; row++) {
      const filter = data[at]!
      const line: number[] = []
      for (let i = 0; i < stride; i++) {
        const [a, b, c] = [line[i - step] ?? 0, above[i]!, above[i - step] ?? 0]
        const p = a + b - c
        const nearest = [a, b, c].reduce((best, v) => (Math.abs(p - v) < Math.abs(p - best) ? v : best), a)
        line.push((data[at + 1 + i]! + [0, a, b, (a + b) >> 1, nearest][filter]!) & 255)
      }
      const samples: number[] = []
      for (let s = 0; s < columns * channels; s++) {
        if (depth === 16) samples.push(line[2 * s]! * 256 + line[2 * s + 1]!)
        else
          samples.push(
            (line[Math.floor((s * depth) / 8)]! >> (8 - depth - ((s * depth) % 8))) & (2 ** depth - 1),
          )
      }
      lines.push(samples)
      above = line
      at += stride + 1
    }
  }
  assert.equal(at, data.length)
  return lines
}

const KINDS: readonly [number, number][] = [
  ...[1, 2, 4, 8, 16].map((d) => [0, d] as [number, number]),
  ...[8, 16].flatMap((d) => [2, 4, 6].map((c) => [c, d] as [number, number])),
  ...[1, 2, 4, 8].map((d) => [3, d] as [number, number]),
]

/** A picture of any kind with any bytes for pixels and any filters. */
const anyRaw = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    width: fc.integer({ min: 1, max: 11 }),
    height: fc.integer({ min: 1, max: 11 }),
    interlaced: fc.boolean(),
    seed: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
  })
  .map(({ kind: [colour, depth], width, height, interlaced, seed }): Raw => {
    const channels = [1, 0, 3, 1, 2, 0, 4][colour]!
    const next = () => seed.next().value as number
    const rows: number[] = []
    const passes = interlaced
      ? [
          [0, 0, 8, 8],
          [4, 0, 8, 8],
          [0, 4, 4, 8],
          [2, 0, 4, 4],
          [0, 2, 2, 4],
          [1, 0, 2, 2],
          [0, 1, 1, 2],
        ]
      : [[0, 0, 1, 1]]
    for (const [x = 0, y = 0, right = 1, down = 1] of passes) {
      const columns = Math.ceil((width - x) / right)
      const count = Math.ceil((height - y) / down)
      if (columns <= 0) continue
      for (let row = 0; row < count; row++) {
        rows.push(next() % 5)
        for (let i = 0; i < Math.ceil((columns * channels * depth) / 8); i++) rows.push(next())
      }
    }
    return { width, height, depth, colour, interlaced, rows: Uint8Array.from(rows) }
  })

function withPalette(raw: Raw): Buffer {
  const before = raw.colour === 3 ? [chunk("PLTE", Buffer.alloc(3 * 2 ** raw.depth, 7))] : []
  return png(raw, { before })
}

function reasonOf(kind: PictureKind, bytes: Uint8Array): string {
  try {
    renderPicture(kind, bytes)
    return "rendered"
  } catch (error) {
    return error instanceof PictureError ? error.reason : `threw ${String(error)}`
  }
}

test("property: a PNG of any kind keeps every pixel that is seen, and renders to itself", () => {
  fc.assert(
    fc.property(anyRaw, (raw) => {
      const before = withPalette(raw)
      const { bytes } = renderPicture("png", before)
      const channels = [1, 0, 3, 1, 2, 0, 4][raw.colour]!
      const expected = samplesOf(before).map((line) =>
        // A pixel of which nothing shows has no colour afterwards.
        line.map((v, i) =>
          (raw.colour === 4 || raw.colour === 6) && line[i - (i % channels) + channels - 1] === 0 ? 0 : v,
        ),
      )
      assert.deepEqual(samplesOf(bytes), expected)
      assert.deepEqual(Buffer.from(renderPicture("png", bytes).bytes), Buffer.from(bytes))
    }),
    { numRuns: 300, seed: 20261125 },
  )
})

const GREY: Raw = {
  width: 3,
  height: 2,
  depth: 8,
  colour: 0,
  interlaced: false,
  rows: Uint8Array.of(0, 1, 2, 3, 0, 4, 5, 6),
}

test("what no pixel shows is not in the picture that leaves", async () => {
  const places: Record<string, Buffer> = {
    text: png(GREY, { before: [chunk("tEXt", Buffer.from(`Comment\0${SECRET}`))] }),
    "packed text": png(GREY, {
      before: [chunk("zTXt", Buffer.concat([Buffer.from("C\0\0"), deflateSync(SECRET)]))],
    }),
    exif: png(GREY, { before: [chunk("eXIf", Buffer.from(SECRET))] }),
    profile: png(GREY, { before: [chunk("iCCP", Buffer.from(`p\0\0${SECRET}`))] }),
    "part of its own": png(GREY, { before: [chunk("prVt", Buffer.from(SECRET))] }),
    "after the end": png(GREY, { after: Buffer.from(SECRET) }),
    "after the pixels": Buffer.concat([
      SIGNATURE,
      header(GREY),
      chunk("IDAT", Buffer.concat([deflateSync(GREY.rows), Buffer.from(SECRET)])),
      chunk("IEND", Buffer.alloc(0)),
    ]),
    "unused colours": png(
      { ...GREY, colour: 3 },
      { before: [chunk("PLTE", Buffer.concat([Buffer.alloc(21, 9), Buffer.from(`${SECRET}!!!`)]))] },
    ),
  }
  for (const [place, bytes] of Object.entries(places)) {
    const rendered = Buffer.from(renderPicture("png", bytes).bytes)
    assert.ok(!rendered.includes(SECRET), place)
    assert.equal(
      statusOf(await checkBytes(rendered, { name: "a.png" }), "hidden-content"),
      "satisfied",
      place,
    )
  }
  assert.deepEqual(renderPicture("png", places["after the end"]!).left, ["12 bytes after its end"])
  const filled = (spare: number) =>
    png({ width: 3, height: 1, depth: 1, colour: 0, interlaced: false, rows: Uint8Array.of(0, 0xa0 | spare) })
  assert.deepEqual(renderPicture("png", filled(0x1f)).bytes, renderPicture("png", filled(0)).bytes)
  const invisible = png({
    width: 2,
    height: 1,
    depth: 8,
    colour: 6,
    interlaced: false,
    rows: Uint8Array.of(0, 65, 66, 67, 0, 68, 69, 70, 255),
  })
  assert.deepEqual(samplesOf(renderPicture("png", invisible).bytes), [[0, 0, 0, 0, 68, 69, 70, 255]])
})

test("damaged and hostile PNGs end with a reason and take no memory", () => {
  const bomb = (width: number, height: number) =>
    png({ ...GREY, width, height, rows: new Uint8Array(50_000_000) })
  assert.equal(reasonOf("png", bomb(2 ** 31, 2 ** 31)), "picture_too_large")
  // Fewer pixels than were packed: unpacking stops at what the header says.
  assert.equal(reasonOf("png", bomb(10, 10)), "picture_broken")
  for (const bytes of [
    Buffer.alloc(0),
    SIGNATURE,
    png(GREY).subarray(0, 50),
    png({ ...GREY, height: 3 }),
    png({ ...GREY, width: 0 }),
    png({ ...GREY, depth: 7 }),
    png({ ...GREY, colour: 5 }),
    png({ ...GREY, colour: 3 }),
    png({ ...GREY, rows: Uint8Array.of(9, 1, 2, 3, 0, 4, 5, 6) }),
    png(GREY, { before: [chunk("tRNS", Buffer.alloc(100))] }),
    Buffer.from(png(GREY).toString("latin1").replace("IDAT", "IDAX"), "latin1"),
  ])
    assert.equal(reasonOf("png", bytes), "picture_broken")
})

test("property: whatever is broken in a picture, it is rendered or refused, never anything else", () => {
  const svg = Buffer.from(drawing('<path d="M0 0L1 1"/><text x="1">n &lt; 10</text><use href="#a"/>'))
  const good: [PictureKind, Buffer][] = [
    ["png", png(GREY)],
    ["jpeg", JPEG],
    ["jpeg", PROGRESSIVE],
    ["svg", svg],
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...good),
      fc.array(fc.tuple(fc.nat(2_000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
      fc.nat(30),
      ([kind, bytes], edits, cut) => {
        const broken = Buffer.from(bytes.subarray(0, bytes.length - cut))
        for (const [at, value] of edits) broken[at % broken.length] = value
        const reason = reasonOf(kind, broken)
        assert.ok(
          ["rendered", "picture_broken", "picture_too_large", "picture_unsupported"].includes(reason),
          reason,
        )
        if (reason !== "rendered") return
        const { bytes: once } = renderPicture(kind, broken)
        assert.deepEqual(Buffer.from(renderPicture(kind, once).bytes), Buffer.from(once))
      },
    ),
    { numRuns: 1_000, seed: 20261125 },
  )
})

function jpegPart(marker: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255]), body])
}
const insert = (part: Buffer) => Buffer.concat([JPEG.subarray(0, 2), part, JPEG.subarray(2)])

test("a JPEG keeps its picture and loses everything beside it", async () => {
  for (const bytes of [JPEG, PROGRESSIVE]) {
    const rendered = Buffer.from(renderPicture("jpeg", bytes).bytes)
    assert.ok(!rendered.includes("by Anna"))
    assert.deepEqual(renderPicture("jpeg", bytes).left, ["a comment"])
    // Tables and pixels are the same bytes as before.
    const from = (b: Buffer) => b.subarray(b.indexOf(Buffer.from([0xff, 0xdb])))
    assert.deepEqual(from(rendered), from(bytes))
    assert.equal(statusOf(await checkBytes(rendered, { name: "a.jpg" }), "hidden-content"), "satisfied")
    assert.equal(statusOf(await checkBytes(rendered, { name: "a.jpg" }), "threshold"), "not-verifiable")
  }
  const places: Record<string, Buffer> = {
    exif: insert(jpegPart(0xe1, Buffer.from(`Exif\0\0${SECRET}`))),
    "camera data": insert(jpegPart(0xed, Buffer.from(SECRET))),
    profile: insert(jpegPart(0xe2, Buffer.from(`ICC_PROFILE\0${SECRET}`))),
    "a preview": insert(jpegPart(0xe0, Buffer.from(`JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02${SECRET}`))),
    adobe: insert(jpegPart(0xee, Buffer.from(`Adobe${SECRET}${SECRET}`))),
    "after the end": Buffer.concat([JPEG, Buffer.from(SECRET)]),
  }
  for (const [place, bytes] of Object.entries(places))
    assert.ok(!Buffer.from(renderPicture("jpeg", bytes).bytes).includes(SECRET), place)
  assert.equal(reasonOf("jpeg", insert(jpegPart(0xdb, Buffer.alloc(66)))), "picture_broken")
  assert.equal(reasonOf("jpeg", insert(jpegPart(0xc4, Buffer.alloc(40, 255)))), "picture_broken")
  assert.equal(reasonOf("jpeg", insert(jpegPart(0xc3, Buffer.alloc(9)))), "picture_unsupported")
  assert.equal(reasonOf("jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xd9])), "picture_broken")
})

function drawing(inside: string, attributes = ""): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"${attributes}>${inside}</svg>`
}
function drawn(text: string): string {
  return Buffer.from(renderPicture("svg", Buffer.from(text)).bytes).toString()
}

test("a drawing keeps what is drawn", () => {
  const text = drawn(
    drawing(
      `<style>.a{fill:red}</style><defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs>` +
        `<path class="a" d="M0 0L9 9" style="fill:url(#g);stroke-width:2"/><use xlink:href="#g"/>` +
        `<text x="1" text-anchor="middle">n &lt; 10 &amp; more <tspan>2</tspan></text>`,
    ),
  )
  for (const part of [
    'viewBox="0 0 9 9"',
    "<style>.a{fill:red}</style>",
    '<linearGradient id="g">',
    'style="fill:url(#g);stroke-width:2"',
    '<use xlink:href="#g"/>',
    "n &lt; 10 &amp; more <tspan>2</tspan>",
  ])
    assert.ok(text.includes(part), `${part} in ${text}`)
})

test("whatever runs, loads or hides in a drawing is not in the one that leaves", async () => {
  const inside = png(GREY, { after: Buffer.from(SECRET) }).toString("base64")
  const hostile = [
    `<script>alert("${SECRET}")</script>`,
    `<script xlink:href="https://${SECRET}"/>`,
    `<path onload="alert('${SECRET}')" d="M0 0"/>`,
    `<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">${SECRET}</body></foreignObject>`,
    `<a xlink:href="javascript:alert('${SECRET}')"><path d="M0 0"/></a>`,
    `<image href="https://example.org/${SECRET}.png"/>`,
    `<image href="data:image/svg+xml;base64,${Buffer.from(SECRET).toString("base64")}"/>`,
    `<image href="data:text/html,${SECRET}"/>`,
    `<use href="https://example.org/#${SECRET}"/>`,
    `<style>@import url(https://${SECRET});</style>`,
    `<style>.a{background:u\\72l(https://${SECRET})}</style>`,
    `<style><![CDATA[.a{fill:url("https://${SECRET}")}]]></style>`,
    `<path style="fill:url(//${SECRET})" d="M0 0"/>`,
    `<path fill="url(https://${SECRET}#a)" d="M0 0"/>`,
    `<path d="${SECRET}&quot; onload=&quot;alert(1)"/>`,
    `<metadata>${SECRET}</metadata><title>${SECRET}</title><desc>${SECRET}</desc>`,
    `<!-- ${SECRET} -->`,
    `<path data-n="${SECRET}" d="M0 0"/>`,
    `<animate attributeName="href" values="javascript:alert('${SECRET}')"/>`,
    `<set attributeName="onload" to="alert('${SECRET}')"/>`,
    `<unknown><text>${SECRET}</text></unknown>`,
    `<text>seen<title>${SECRET}</title></text>`,
    `<g>${SECRET}</g>`,
    `<filter id="f"><feImage href="https://${SECRET}"/></filter>`,
    `<iframe src="https://${SECRET}"/>`,
  ]
  for (const part of hostile) {
    const text = drawn(drawing(part))
    assert.ok(!text.includes(SECRET), `${part}\n${text}`)
    assert.doesNotMatch(text, /script|onload|https?:\/\/(?!www\.w3\.org)|foreign|iframe|@import/i)
  }
  const whole = drawn(
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "${SECRET}">]>${drawing(hostile.join(""))}`,
  )
  assert.ok(!whole.includes(SECRET))
  assert.equal(statusOf(await checkBytes(Buffer.from(whole), { name: "a.svg" }), "formula"), "satisfied")
  const nested = drawn(drawing(`<image href="data:image/png;base64,${inside}"/>`))
  const carried = /base64,([^"]+)/.exec(nested)?.[1] ?? ""
  assert.ok(!Buffer.from(carried, "base64").includes(SECRET))
  assert.deepEqual(samplesOf(Buffer.from(carried, "base64")), [
    [1, 2, 3],
    [4, 5, 6],
  ])
})

test("drawings that draw themselves, or a million things, are refused", () => {
  assert.equal(reasonOf("svg", Buffer.from(drawing('<g id="a"><use href="#a"/></g>'))), "picture_broken")
  const layers = Array.from(
    { length: 12 },
    (_, i) => `<g id="l${i + 1}">${`<use href="#l${i}"/>`.repeat(10)}</g>`,
  ).join("")
  assert.equal(
    reasonOf("svg", Buffer.from(drawing(`<path id="l0" d="M0 0"/>${layers}`))),
    "picture_too_large",
  )
  assert.equal(reasonOf("svg", Buffer.from(drawing("<g>".repeat(5_000)))), "picture_broken")
  assert.equal(reasonOf("svg", Buffer.from("<html><svg/></html>")), "picture_broken")
  assert.equal(reasonOf("svg", Buffer.from([0xff, 0xfe, 0x3c])), "picture_broken")
})

test("the command writes a line about the picture and then the picture", () => {
  const run = (kind: string, input: Uint8Array) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "cli.ts"), kind], { input })
  const { status, stdout } = run("png", png(GREY))
  const line = stdout.indexOf("\n")
  assert.equal(status, 0)
  assert.deepEqual(JSON.parse(stdout.toString("utf8", 0, line)), { renderer: "glasshouse-png/1", left: [] })
  assert.deepEqual(samplesOf(stdout.subarray(line + 1)), [
    [1, 2, 3],
    [4, 5, 6],
  ])
  const broken = run("png", Buffer.from("no"))
  assert.deepEqual([broken.status, broken.stdout.toString()], [3, '{"reason":"picture_broken"}\n'])
  assert.equal(run("gif", png(GREY)).status, 2)
})
