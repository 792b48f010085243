// Other people's cases: the HTTP scripts of torchwood's litewitness, the tables of transparency-dev/witness,
// and the specification's own example.
import assert from "node:assert/strict"
import { createPrivateKey } from "node:crypto"
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, test } from "node:test"
import { formatAddCheckpoint, parseAddCheckpoint } from "#transparency/add-checkpoint.ts"
import { fromHex } from "#transparency/bytes.ts"
import { signCheckpoint } from "#transparency/checkpoint.ts"
import { verifyCosignature } from "#transparency/cosignature.ts"
import { emptyRoot } from "#transparency/merkle.ts"
import {
  makeKey,
  parseNote,
  parseSignatureLine,
  parseVkey,
  SIGNATURE_ED25519,
  type VerifierKey,
} from "#transparency/note.ts"
import { makeTestSigner, nodeSha256 } from "#transparency/testing.ts"
import { ask, serveTestWitness, witnessSigner } from "./support.ts"

interface Step {
  body: string
  status: number
  contains?: string
  equals?: string
}

function readScript(name: string): Step[] {
  const text = readFileSync(path.join(import.meta.dirname, `${name}.hurl`), "utf8")
  return [...text.matchAll(/^POST .*\n```\n([\s\S]*?)```\nHTTP (\d+)\n\[Asserts\]\nbody (.*)\n/gm)].map(
    ([, body = "", status, said = ""]): Step => {
      const [, verb, quoted = '""'] = /^(contains|==) (".*")$/.exec(said) ?? []
      const words = JSON.parse(quoted) as string
      return { body, status: Number(status), ...(verb === "==" ? { equals: words } : { contains: words }) }
    },
  )
}

/** Older than version 1 of the specification, which says 404 for a log that is not known. */
const CORRECTED = new Map([["unknown log", 404]])

const SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
const SIGSUM_KEY = fromHex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")

test("the script of litewitness: 9 requests", async (t) => {
  const script = readScript("litewitness")
  assert.equal(script.length, 9)
  const key = makeKey(nodeSha256, SIGSUM, SIGNATURE_ED25519, SIGSUM_KEY)
  const { port } = await serveTestWitness(t, new Map([[SIGSUM, [key]]]))
  for (const [i, step] of script.entries()) {
    const answer = await ask(port, step.body)
    const status = CORRECTED.get(step.contains ?? "") ?? step.status
    assert.equal(answer.status, status, `request ${i + 1}: ${answer.body}`)
    if (step.equals !== undefined) {
      assert.equal(answer.body, step.equals)
      assert.equal(answer.type, "text/x.tlog.size")
    }
    if (answer.status === 200) {
      assert.ok(answer.body.startsWith(step.contains!), answer.body)
      const { checkpoint } = parseAddCheckpoint(step.body)
      await verifyCosignature(parseNote(checkpoint + answer.body), witnessSigner.key)
    }
  }
})

/** `PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`, as golang.org/x/mod/sumdb/note writes signing keys. */
function parseSigningKey(text: string): ReturnType<typeof makeTestSigner> {
  const [, , name, , encoded] = text.split("+", 4).concat(text.split("+").slice(4).join("+"))
  const seed = Buffer.from(encoded!, "base64").subarray(1)
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed])
  return makeTestSigner(
    name!,
    SIGNATURE_ED25519,
    createPrivateKey({ key: der, format: "der", type: "pkcs8" }),
  )
}

describe("the tables of transparency-dev/witness", () => {
  const monkeys = parseSigningKey("PRIVATE+KEY+monkeys+db4d9f7e+ATWIAF3yVBG+Hv1rZFQoNt/BaURkLPtOFMAM2HrEeIr6")
  const key: VerifierKey = parseVkey(
    nodeSha256,
    "monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT",
  )
  const FIVE = fromHex("e35b268c1522014ef412d2a54fa94838862d453631617b0307e5c77dcbeefc11")
  const CHANGED = fromHex("fffffffffffffffef412d2a54fa94838862d453631617b0307e5c77dcbeefc11")
  const INIT =
    "monkeys\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n\n— monkeys 202fftzGl3LVoqjXfwCFZZXs8I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9DbicZCkEx9AY=\n"
  const NEXT =
    "monkeys\n8\nV8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=\n\n— monkeys 202ffoUEboiQYpHzICeaFmoy3RNviHTpAxYrq/eO4QQVQMvu9UebKBMX2MJC76NLthZaKsnKbCA8GxrjePZhvDCH7Ag=\n"
  const PROOF = [
    "b9e1d62618f7fee8034e4c5010f727ab24d8e4705cb296c374bf2025a87a10d2",
    "aac66cd7a79ce4012d80762fe8eec3a77f22d1ca4145c3f4cee022e7efcd599d",
    "89d0f753f66a290c483b39cd5e9eafb12021293395fad3d4a2ad053cfbcfdc9e",
    "29e40bb79c966f4c6fe96aff6f30acfce5f3e8d84c02215175d6e018a5dee833",
  ].map(fromHex)
  const at = (size: number, root: Uint8Array): Promise<string> =>
    signCheckpoint({ origin: "monkeys", size, root }, monkeys)
  const empty = emptyRoot(nodeSha256)

  // What the library's errors are over HTTP is the specification's to say.
  const cases: [string, Promise<string> | string, number, Promise<string> | string, Uint8Array[], number][] =
    [
      ["vanilla consistency happy path", at(5, FIVE), 5, NEXT, PROOF, 200],
      ["oldSize doesn't match current state", at(5, FIVE), 2, NEXT, [], 409],
      ["starting from tree size 0 with proof", at(0, empty), 0, at(5, FIVE), PROOF, 422],
      [
        "starting from tree size 0, a hash of one byte",
        at(0, empty),
        0,
        at(5, FIVE),
        [new Uint8Array([2])],
        400,
      ],
      ["resubmit known CP", at(5, FIVE), 5, at(5, FIVE), [], 200],
      ["resubmit known CP with changed root", at(5, FIVE), 5, at(5, CHANGED), [], 422],
      ["missing proof", at(4, FIVE), 4, at(5, FIVE), [], 422],
      ["submit smaller checkpoint", NEXT, 8, INIT, PROOF, 400],
      ["garbage proof", INIT, 5, NEXT, ["aaaa", "bbbb", "cccc", "dddd"].map(fromHex), 400],
    ]
  for (const [name, before, oldSize, next, proof, status] of cases) {
    test(name, async (t) => {
      const { port } = await serveTestWitness(t, new Map([["monkeys", [key]]]))
      const first = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: await before })
      assert.equal((await ask(port, first)).status, 200)
      const answer = await ask(port, formatAddCheckpoint({ oldSize, proof, checkpoint: await next }))
      assert.equal(answer.status, status, answer.body)
    })
  }

  for (const [name, body] of [
    ["invalid previous size", `10 stuff\nabc=\ndef=\n\n${INIT}`],
    ["invalid proof base64", `10\nZ043\n423ed\n${INIT}`],
    ["missing proof terminator line", `10\nabc=\ndef=\n${INIT}`],
  ] as const) {
    test(`a body with ${name}`, async (t) => {
      const { port } = await serveTestWitness(t, new Map([["monkeys", [key]]]))
      assert.equal((await ask(port, body)).status, 400)
    })
  }
})

test("the specification's example request and answer are read", () => {
  const checkpoint = [
    "example.com/behind-the-sofa",
    "20852163",
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "",
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=",
    "",
  ].join("\n")
  const body = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

${checkpoint}`
  const request = parseAddCheckpoint(body)
  assert.equal(request.oldSize, 20852014)
  assert.equal(request.proof.length, 4)
  assert.equal(parseNote(request.checkpoint).signatures.length, 2)
  assert.equal(formatAddCheckpoint(request), body)
  const line =
    "— witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
  assert.equal(parseSignatureLine(line).signature.length, 72)
})
