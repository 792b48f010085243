import assert from "node:assert/strict"
import { hash } from "node:crypto"
import { describe, test } from "node:test"
import fc from "fast-check"
import { concat, FormatError, fromBase64, fromHex, toBase64, toHex, utf8 } from "./bytes.ts"
import { canonicalJson } from "./canonical.ts"
import { signCheckpoint } from "./checkpoint.ts"
import { commit, formatLeaf, GROUPS, LEAF_BYTES, opens, parseLeaf } from "./leaf.ts"
import { hashLeaf, proveInclusion, treeRoot } from "./merkle.ts"
import { formatProof, parseProof, verifyProof } from "./proof.ts"
import { sha256 } from "./sha256.ts"
import { makeTestSigner, nodeSha256 } from "./testing.ts"
import { tileNodeReader, tilesForInclusion, tilesForRoot } from "./tile-reader.ts"
import {
  bundlesOf,
  formatBundle,
  levelSize,
  parseBundle,
  parseTile,
  parseTilePath,
  tilePath,
  tilesOf,
  treeHasTile,
  type TileRef,
} from "./tiles.ts"

describe("SHA-256", () => {
  test("is the platform's, for every length to 300 and for any bytes", () => {
    for (let length = 0; length <= 300; length++) {
      const data = new Uint8Array(length).fill(length)
      assert.equal(toHex(sha256(data)), hash("sha256", data))
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (data) =>
        assert.equal(toHex(sha256(data)), hash("sha256", data)),
      ),
    )
  })
})

describe("encodings", () => {
  test("base64 and hexadecimal come back, in one spelling only", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"))
        assert.deepEqual(fromBase64(toBase64(bytes)), new Uint8Array(bytes))
        assert.deepEqual(fromHex(toHex(bytes)), new Uint8Array(bytes))
      }),
    )
    for (const bad of ["A", "AA", "AAA", "AB==", "AAB=", "====", "A A=", "AA-_", "AAAA\n"]) {
      assert.throws(() => fromBase64(bad), FormatError, bad)
    }
    for (const bad of ["0", "0G", "AB"]) assert.throws(() => fromHex(bad), FormatError)
  })
})

describe("tile paths", () => {
  test("are those of tlog-tiles", () => {
    assert.equal(tilePath({ level: 0, n: 0, width: 256 }), "tile/0/000")
    assert.equal(tilePath({ level: 1, n: 1_234_067, width: 256 }), "tile/1/x001/x234/067")
    assert.equal(tilePath({ level: 0, n: 1_234_067, width: 8 }), "tile/0/x001/x234/067.p/8")
    assert.equal(tilePath({ level: "entries", n: 999, width: 255 }), "tile/entries/999.p/255")
    assert.equal(tilePath({ level: "entries", n: 1000, width: 256 }), "tile/entries/x001/000")
    assert.equal(
      tilePath({ level: 0, n: Number.MAX_SAFE_INTEGER, width: 1 }),
      "tile/0/x009/x007/x199/x254/x740/991.p/1",
    )
  })

  test("come back for every tile number below 2^53, level and width", () => {
    const tile: fc.Arbitrary<TileRef> = fc.record(
      {
        level: fc.oneof(fc.constant("entries" as const), fc.integer({ min: 0, max: 63 })),
        n: fc.oneof(fc.nat(2_000_000), fc.maxSafeNat()),
        width: fc.integer({ min: 1, max: 256 }),
      },
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(tile, (ref) => assert.deepEqual(parseTilePath(tilePath(ref)), ref)),
      { numRuns: 2000 },
    )
  })

  test("have one spelling", () => {
    for (const bad of [
      "tile/0/0",
      "tile/0/0000",
      "tile/00/000",
      "tile/64/000",
      "tile/-1/000",
      "tile/0/000.p/0",
      "tile/0/000.p/256",
      "tile/0/000.p/01",
      "tile/0/x000/000",
      "tile/0/001/000",
      "tile/0/x001",
      "tile/0/000/",
      "/tile/0/000",
      "tile/0/000.p/",
      "tile/entries/000.p/257",
      "tile/data/000",
      "tile/0/x009/x007/x199/x254/x740/992",
      "tile/0/000?x",
      "tile/0/0%300",
    ]) {
      assert.equal(parseTilePath(bad), undefined, bad)
    }
    fc.assert(
      fc.property(
        fc.stringMatching(/^tile\/(entries|[0-9]{1,2})\/[x0-9/]{1,12}(\.p\/[0-9]{0,3})?$/),
        (path) => {
          const ref = parseTilePath(path)
          if (ref !== undefined) assert.equal(tilePath(ref), path)
        },
      ),
    )
  })
})

describe("the tiles of a tree", () => {
  test("are 273 full and a 112-wide one for 70,000 entries, and so on up", () => {
    const tiles = [...tilesOf(70_000)]
    const of = (level: number): number[] =>
      tiles.filter((tile) => tile.level === level).map((tile) => tile.width)
    assert.deepEqual(of(0), [...Array.from({ length: 273 }, () => 256), 112])
    assert.deepEqual(of(1), [256, 17])
    assert.deepEqual(of(2), [1])
    assert.deepEqual([...tilesOf(256)].map(tilePath), ["tile/0/000", "tile/1/000.p/1"])
    assert.deepEqual([...tilesOf(0)], [])
    assert.deepEqual(bundlesOf(300).map(tilePath), ["tile/entries/000", "tile/entries/001.p/44"])
  })

  test("are there for every narrower width, and not beyond", () => {
    fc.assert(
      fc.property(
        fc.nat(300_000),
        fc.integer({ min: 0, max: 3 }),
        fc.nat(1200),
        fc.integer({ min: 1, max: 256 }),
        (size, level, n, width) => {
          assert.equal(treeHasTile(size, { level, n, width }), n * 256 + width <= levelSize(size, level))
        },
      ),
    )
    assert.equal(treeHasTile(256, { level: "entries", n: 0, width: 256 }), true)
    assert.equal(treeHasTile(255, { level: "entries", n: 0, width: 256 }), false)
    assert.equal(treeHasTile(Number.MAX_SAFE_INTEGER, { level: 7, n: 0, width: 1 }), false)
  })

  test("that a proof asks for are enough for it, at every index and size tried", () => {
    const leaves = Array.from({ length: 70_000 }, (_, i) => hashLeaf(nodeSha256, utf8(String(i))))
    const levels = [leaves]
    for (let level = 0; levels[level]!.length >= 256; level++) {
      const below = levels[level]!
      const whole = tileNodeReader(nodeSha256, (_, n) => below.slice(n * 256, n * 256 + 256))
      levels.push(
        Array.from({ length: Math.floor(below.length / 256) }, (_, n) =>
          treeRoot(nodeSha256, (l, i) => whole(l, i + (n * 256) / 2 ** l), 256),
        ),
      )
    }
    const full = tileNodeReader(nodeSha256, (level, n) => levels[level]!.slice(n * 256, n * 256 + 256))
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (size, share) => {
          const index = Math.floor(share * size)
          const asked = new Map(
            tilesForInclusion(index, size).map(({ level, n, width }) => [
              `${level}/${n}`,
              levels[level]!.slice(n * 256, n * 256 + width),
            ]),
          )
          const partial = tileNodeReader(nodeSha256, (level, n) => asked.get(`${level}/${n}`))
          assert.deepEqual(
            proveInclusion(nodeSha256, partial, index, size),
            proveInclusion(nodeSha256, full, index, size),
          )
          assert.ok(tilesForRoot(size).every((tile) => tile.width < 256))
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe("bundles and tiles", () => {
  test("come back, and anything else is malformed", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), (entries) => {
        const bundle = formatBundle(entries)
        assert.deepEqual(
          parseBundle(bundle, entries.length),
          entries.map((entry) => new Uint8Array(entry)),
        )
        assert.throws(() => parseBundle(bundle, entries.length + 1), FormatError)
        assert.throws(() => parseBundle(concat(bundle, new Uint8Array([0])), entries.length), FormatError)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(10), (bytes, count) => {
        try {
          assert.deepEqual(formatBundle(parseBundle(bytes, count)), new Uint8Array(bytes))
        } catch (error) {
          assert.ok(error instanceof FormatError)
        }
      }),
    )
    assert.equal(parseBundle(formatBundle([new Uint8Array(65_535)]), 1)[0]?.length, 65_535)
    assert.throws(() => formatBundle([new Uint8Array(65_536)]), RangeError)
    assert.throws(() => parseTile(new Uint8Array(33), 1), FormatError)
    assert.equal(parseTile(new Uint8Array(64), 2).length, 2)
  })
})

describe("proof files", () => {
  const entries = Array.from({ length: 10 }, (_, i) => utf8(`entry ${i}`))
  const leaves = entries.map((entry) => hashLeaf(nodeSha256, entry))
  const node = tileNodeReader(nodeSha256, () => leaves)
  const signer = makeTestSigner("log.example/1")
  const signed = signCheckpoint(
    { origin: "log.example/1", size: 10, root: treeRoot(nodeSha256, node, 10) },
    signer,
  )

  test("come back and verify, for their entry and key only", async () => {
    const checkpoint = await signed
    for (const index of entries.keys()) {
      const text = formatProof({ index, hashes: proveInclusion(nodeSha256, node, index, 10), checkpoint })
      const proof = parseProof(text)
      assert.equal(formatProof(proof), text)
      await verifyProof(nodeSha256, proof, entries[index]!, signer.key)
      await assert.rejects(verifyProof(nodeSha256, proof, utf8("other"), signer.key), /does not lead/)
      await assert.rejects(
        verifyProof(nodeSha256, { ...proof, index: (index + 1) % 10 }, entries[index]!, signer.key),
      )
      await assert.rejects(
        verifyProof(nodeSha256, proof, entries[index]!, makeTestSigner("log.example/1").key),
        /not signed/,
      )
    }
    const extra = { index: 0, hashes: [], checkpoint, extra: utf8("more") }
    assert.deepEqual(parseProof(formatProof(extra)), extra)
  })

  test("that are malformed are refused", async () => {
    const checkpoint = await signed
    const good = formatProof({ index: 3, hashes: proveInclusion(nodeSha256, node, 3, 10), checkpoint })
    for (const bad of [
      "",
      good.replace("@v1", "@v2"),
      good.replace("index 3", "index 03"),
      good.replace("index 3", "index -3"),
      good.replace("index 3\n", ""),
      good.replace("index 3\n", "index 3\nAAAA\n"),
      good.replace("index 3\n", "extra !\nindex 3\n"),
      good.slice(0, good.indexOf("\n\n")),
      good.replace("index 3\n", `index 3\n${`${toBase64(new Uint8Array(32))}\n`.repeat(64)}`),
      good.replace("log.example/1", "\t"),
    ]) {
      assert.throws(() => parseProof(bad), FormatError, bad)
    }
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ minLength: 0, maxLength: 2 }), (at, put) => {
        const changed = good.slice(0, at) + put + good.slice(at + 1)
        try {
          assert.equal(formatProof(parseProof(changed)), changed)
        } catch (error) {
          assert.ok(error instanceof FormatError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe("leaves of the access log", () => {
  const openings = {
    who: { salt: new Uint8Array(32).fill(1), bytes: utf8('{"id":"a"}') },
    facts: { salt: new Uint8Array(32).fill(2), bytes: utf8("{}") },
    detail: { salt: new Uint8Array(32).fill(3), bytes: utf8("{}") },
  }
  const leaf = formatLeaf({
    who: commit(nodeSha256, "who", openings.who),
    facts: commit(nodeSha256, "facts", openings.facts),
    detail: commit(nodeSha256, "detail", openings.detail),
  })

  test("are a version byte and three commitments, as docs/log-format.md works out by hand", () => {
    assert.equal(leaf.length, LEAF_BYTES)
    assert.equal(leaf[0], 1)
    assert.equal(
      toHex(leaf.subarray(1, 33)),
      hash(
        "sha256",
        Buffer.concat([
          Buffer.from("glasshouse/leaf/v1/who\n"),
          Buffer.alloc(32, 1),
          Buffer.from('{"id":"a"}'),
        ]),
      ),
    )
  })

  test("open with their own group, salt and bytes only", () => {
    for (const group of GROUPS) {
      assert.ok(opens(nodeSha256, leaf, group, openings[group]))
      assert.ok(!opens(nodeSha256, leaf, group, { ...openings[group], salt: new Uint8Array(32) }))
      assert.ok(!opens(nodeSha256, leaf, group, { ...openings[group], bytes: utf8("[]") }))
      for (const other of GROUPS)
        if (other !== group) assert.ok(!opens(nodeSha256, leaf, other, openings[group]))
      assert.throws(
        () => commit(nodeSha256, group, { salt: new Uint8Array(31), bytes: new Uint8Array(0) }),
        FormatError,
      )
    }
    assert.throws(() => parseLeaf(concat(new Uint8Array([2]), leaf.subarray(1))), FormatError)
    assert.throws(() => parseLeaf(leaf.subarray(1)), FormatError)
    assert.throws(() => parseLeaf(concat(leaf, leaf)), FormatError)
  })
})

describe("canonical JSON", () => {
  test("is the example of RFC 8785 §3.2.2", () => {
    assert.equal(
      canonicalJson({
        numbers: [JSON.parse("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
        string: '\u20ac$\u000f\nA\'B"\\\\"/',
        literals: [null, true, false],
      }),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  test("does not depend on the order of members, and reads back", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        let text
        try {
          text = canonicalJson(value)
        } catch (error) {
          assert.ok(error instanceof TypeError)
          return
        }
        assert.equal(canonicalJson(JSON.parse(text)), text)
        if (value !== null && typeof value === "object" && !Array.isArray(value)) {
          assert.equal(canonicalJson(Object.fromEntries(Object.entries(value).toReversed())), text)
        }
      }),
    )
  })

  test("refuses what JSON cannot say", () => {
    for (const bad of [
      undefined,
      Number.NaN,
      Infinity,
      1n,
      () => 1,
      new Date(0),
      "\ud800",
      { a: [undefined] },
      new Map(),
    ]) {
      assert.throws(() => canonicalJson(bad), TypeError)
    }
    let deep: unknown = 1
    for (let i = 0; i < 100; i++) deep = [deep]
    assert.throws(() => canonicalJson(deep), TypeError)
    assert.equal(canonicalJson({ b: undefined, a: 1 }), '{"a":1}')
  })
})
