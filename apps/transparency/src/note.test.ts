import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { FormatError, toHex } from "./bytes.ts"
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from "./checkpoint.ts"
import { cosign, verifyCosignature } from "./cosignature.ts"
import {
  formatNote,
  formatVkey,
  isKeyName,
  makeKey,
  parseNote,
  parseVkey,
  SIGNATURE_COSIGNATURE,
  SignatureError,
  signNote,
  verifyNote,
} from "./note.ts"
import { makeTestSigner, nodeSha256 } from "./testing.ts"

// The worked examples of the C2SP documents signed-note and tlog-cosignature, and of Go's note package.
const EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
const EXAMPLE_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`
const NEUMANN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
const NEUMANN_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`

describe("signed notes", () => {
  test("the published examples verify", async () => {
    await verifyNote(parseNote(EXAMPLE_NOTE), parseVkey(nodeSha256, EXAMPLE_KEY))
    await verifyNote(parseNote(NEUMANN_NOTE), parseVkey(nodeSha256, NEUMANN_KEY))
    assert.equal(formatVkey(parseVkey(nodeSha256, NEUMANN_KEY)), NEUMANN_KEY)
    assert.equal(formatNote(parseNote(NEUMANN_NOTE)), NEUMANN_NOTE)
  })

  test("one changed character of the text, or another key, is found", async () => {
    const key = parseVkey(nodeSha256, EXAMPLE_KEY)
    await assert.rejects(
      verifyNote(parseNote(EXAMPLE_NOTE.replace("example message", "exbmple message")), key),
      SignatureError,
    )
    await assert.rejects(
      verifyNote(parseNote(EXAMPLE_NOTE), parseVkey(nodeSha256, NEUMANN_KEY)),
      /not signed by/,
    )
  })

  test("signatures of unknown keys are ignored, a bad one of a known key is not", async () => {
    const key = parseVkey(nodeSha256, EXAMPLE_KEY)
    const foreign = `${EXAMPLE_NOTE}${NEUMANN_NOTE.split("\n")[3]}\n`
    await verifyNote(parseNote(foreign), key)
    const bad = "— example.com/foo " + Buffer.concat([key.keyId, Buffer.alloc(64)]).toString("base64") + "\n"
    await assert.rejects(verifyNote(parseNote(EXAMPLE_NOTE + bad), key), /does not verify/)
  })

  test("the text ends at the last empty line", () => {
    const note = parseNote(EXAMPLE_NOTE.replace("This", "First\n\nThis"))
    assert.equal(note.text, "First\n\nThis is an example message.\n")
  })

  for (const [what, source] of Object.entries({
    "no signatures": "text\n",
    "no text line": "\n— example.com/foo Uw2QOkn8\n",
    "no final newline": EXAMPLE_NOTE.slice(0, -1),
    "a hyphen for the dash": EXAMPLE_NOTE.replace("—", "-"),
    "two spaces": EXAMPLE_NOTE.replace("— ", "—  "),
    "a carriage return": EXAMPLE_NOTE.replace("message.\n", "message.\r\n"),
    "a tab": EXAMPLE_NOTE.replace("an example", "an\texample"),
    "base64 without padding": EXAMPLE_NOTE.replace("aQM=", "aQM"),
    "base64 with stray bits": EXAMPLE_NOTE.replace("aQM=", "aQN="),
    "a short signature": "text\n\n— example.com/foo Uw2QOg==\n",
    "a plus in the name": EXAMPLE_NOTE.replace("example.com/foo", "example.com+foo"),
    "65 signatures": EXAMPLE_NOTE + EXAMPLE_NOTE.split("\n")[2]!.concat("\n").repeat(64),
    "half a surrogate pair": EXAMPLE_NOTE.replace("example message", "\ud800"),
    "too much": "a".repeat(200_000) + EXAMPLE_NOTE,
  })) {
    test(`refused: ${what}`, () => assert.throws(() => parseNote(source), FormatError))
  }

  test("whatever parses prints as it was; whatever does not parse is refused as malformed", () => {
    const line = fc.constantFrom("", "a", "— b AAAAAAA=", EXAMPLE_NOTE.split("\n")[2]!, "— x", "é")
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(line).map((lines) => lines.join("\n") + "\n"),
        ),
        (source) => {
          let note
          try {
            note = parseNote(source)
          } catch (error) {
            assert.ok(error instanceof FormatError)
            return
          }
          assert.equal(formatNote(note), source)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test("verifier keys: whatever parses prints as it was, and the id must belong to the key", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (name, bytes) => {
          if (!isKeyName(name)) {
            assert.throws(() => makeKey(nodeSha256, name, 1, bytes), FormatError)
            return
          }
          const text = formatVkey(makeKey(nodeSha256, name, 1, bytes))
          assert.equal(formatVkey(parseVkey(nodeSha256, text)), text)
        },
      ),
    )
    for (const bad of [
      "",
      "a+b",
      EXAMPLE_KEY.replace("530d903a", "530d903b"),
      EXAMPLE_KEY.replace("+AekyeRrm", "+CekyeRrm"),
      EXAMPLE_KEY + "AA==",
    ]) {
      assert.throws(() => parseVkey(nodeSha256, bad), FormatError)
    }
  })
})

describe("checkpoints", () => {
  const root = new Uint8Array(32).fill(7)

  test("what is signed opens, under its own origin only", async () => {
    const signer = makeTestSigner("log.example/1")
    const text = await signCheckpoint({ origin: "log.example/1", size: 9_007_199_254_740_991, root }, signer)
    const { checkpoint } = await openCheckpoint(text, signer.key)
    assert.equal(checkpoint.size, Number.MAX_SAFE_INTEGER)
    await assert.rejects(openCheckpoint(text, makeTestSigner("log.example/2").key), SignatureError)
    await assert.rejects(openCheckpoint(text, makeTestSigner("log.example/1").key), /not signed by/)
    await assert.rejects(openCheckpoint(text.replace("1\n9007", "1\n8007"), signer.key), SignatureError)
  })

  test("a key that signs another log's checkpoint proves nothing", async () => {
    const signer = makeTestSigner("log.example/1")
    const other = { origin: "log.example/2", size: 1, root }
    const text = formatCheckpoint(other)
    const note = formatNote({ text, signatures: [await signNote(text, signer)] })
    await assert.rejects(openCheckpoint(note, signer.key), SignatureError)
    await assert.rejects(signCheckpoint(other, signer), SignatureError)
  })

  for (const [what, text] of Object.entries({
    "a leading zero": `o\n01\n${Buffer.from(root).toString("base64")}\n`,
    "a sign": `o\n+1\n${Buffer.from(root).toString("base64")}\n`,
    "no origin": `\n1\n${Buffer.from(root).toString("base64")}\n`,
    "a short root": "o\n1\nAAAA\n",
    "an extension line": `o\n1\n${Buffer.from(root).toString("base64")}\nmore\n`,
    "a size beyond 2^53": `o\n9007199254740992\n${Buffer.from(root).toString("base64")}\n`,
  })) {
    test(`refused: ${what}`, () => assert.throws(() => parseCheckpoint(text), FormatError))
  }

  test("fuzz: parses back or is malformed", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string(), fc.nat().map(String), fc.constant(Buffer.from(root).toString("base64"))),
        ),
        (lines) => {
          const text = lines.join("\n")
          try {
            assert.equal(formatCheckpoint(parseCheckpoint(text)), text)
          } catch (error) {
            assert.ok(error instanceof FormatError)
          }
        },
      ),
    )
  })
})

describe("cosignatures", () => {
  // Published example of tlog-cosignature: the witness's key itself is not published, so only the line's shape is checked against it.
  test("have the time in front, as in the published example", () => {
    const line = parseNote(
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n",
    ).signatures[0]!
    assert.equal(line.signature.length, 72)
    assert.equal(Number.parseInt(toHex(line.signature.subarray(0, 8)), 16), 1679315147)
  })

  test("verify for their witness, text and time only", async () => {
    const witness = makeTestSigner("witness.example/w", SIGNATURE_COSIGNATURE)
    const text = formatCheckpoint({ origin: "o", size: 1, root: new Uint8Array(32) })
    const line = await cosign(text, 1_679_315_147, witness)
    assert.equal(await verifyCosignature({ text, signatures: [line] }, witness.key), 1_679_315_147)
    await assert.rejects(
      verifyCosignature({ text: text.replace("o\n1", "o\n2"), signatures: [line] }, witness.key),
      SignatureError,
    )
    const late = { ...line, signature: line.signature.slice() }
    late.signature[7]! ^= 1
    await assert.rejects(verifyCosignature({ text, signatures: [late] }, witness.key), /does not verify/)
    await assert.rejects(
      verifyCosignature({ text, signatures: [{ ...line, signature: line.signature.slice(8) }] }, witness.key),
      SignatureError,
    )
    await assert.rejects(verifyCosignature({ text, signatures: [] }, witness.key), /not cosigned/)
  })
})
