import assert from "node:assert/strict"
import { generateKeyPairSync, randomBytes, verify, createPublicKey } from "node:crypto"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { describe, test } from "node:test"
import fc from "fast-check"
import { GROUPS, opens } from "#transparency/leaf.ts"
import { formatVkey } from "#transparency/note.ts"
import type { AuditEvent } from "../contract/events.ts"
import { nodeHash } from "./hash.ts"
import { decrypt, deriveSigner, encrypt, readKeyFile } from "./keys.ts"
import {
  drawSalts,
  itemOfEntry,
  itemOfEvent,
  leafOfItem,
  openGroup,
  openItem,
  sealGroup,
  sealItem,
} from "./seal.ts"

const event: AuditEvent = {
  code: "output.voted",
  time: "2026-11-25T10:00:00.000Z",
  outcome: "done",
  actor: { kind: "person", id: "aaaaaaaaaaaa" },
  session: "ssssssssssss",
  subject: "bbbbbbbbbbbb",
  project: "pppppppppppp",
  facts: { vote: "release" },
  detail: { comment: "fine" },
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8")
}

describe("an event's groups", () => {
  test("people are in who alone, words in detail alone", () => {
    const item = itemOfEvent(event)
    assert.ok("groups" in item)
    assert.equal(
      textOf(item.groups.who),
      '{"id":"aaaaaaaaaaaa","kind":"person","session":"ssssssssssss","subject":"bbbbbbbbbbbb"}',
    )
    assert.equal(
      textOf(item.groups.facts),
      '{"code":"output.voted","facts":{"vote":"release"},"family":"outputs","outcome":"done","project":"pppppppppppp","time":"2026-11-25T10:00:00.000Z","version":1}',
    )
    assert.equal(textOf(item.groups.detail), '{"comment":"fine"}')
  })

  test("every leaf draws its own salts", () => {
    const salts = drawSalts(2)
    const item = itemOfEvent(event)
    const [first, second] = [leafOfItem(item, salts, 0), leafOfItem(item, salts, 1)]
    assert.notDeepEqual(first.leaf, second.leaf)
    const all = [first, second].flatMap((made) => GROUPS.map((group) => textOf(made.openings![group].salt)))
    assert.equal(new Set(all).size, 6)
    for (const group of GROUPS) assert.ok(opens(nodeHash, first.leaf, group, first.openings![group]))
  })

  test("a register entry is its own leaf", () => {
    const item = itemOfEntry({ kind: "project.created", version: 1, time: event.time, title: "Liver" })
    assert.equal(
      textOf(leafOfItem(item, drawSalts(1), 0).leaf),
      '{"kind":"project.created","time":"2026-11-25T10:00:00.000Z","title":"Liver","version":1}',
    )
    const long = { kind: "project.created", version: 1, time: event.time, title: "x".repeat(70_000) }
    assert.throws(() => itemOfEntry(long), RangeError)
  })
})

describe("sealing", () => {
  const key = randomBytes(32)
  const place = { log: "access-2026", start: 7, n: 2, period: "2026-11" }

  test("comes back for its key, group and place only", () => {
    const opening = fc.record(
      { salt: fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes: fc.uint8Array({ maxLength: 400 }) },
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(fc.tuple(opening, opening), (openings) => {
        const sealed = sealGroup(key, "who", place, openings)
        const opened = openGroup(key, "who", place, sealed)
        for (const [i, { salt, bytes }] of openings.entries()) {
          assert.deepEqual(new Uint8Array(opened[i]!.salt), new Uint8Array(salt))
          assert.deepEqual(new Uint8Array(opened[i]!.bytes), new Uint8Array(bytes))
        }
        assert.throws(() => openGroup(randomBytes(32), "who", place, sealed))
        assert.throws(() => openGroup(key, "facts", place, sealed))
        assert.throws(() => openGroup(key, "who", { ...place, log: "access-2027" }, sealed))
        assert.throws(() => openGroup(key, "who", { ...place, start: 8 }, sealed))
        assert.throws(() => openGroup(key, "who", { ...place, n: 1 }, sealed))
        assert.throws(() => openGroup(key, "who", { ...place, period: "2026-12" }, sealed))
        assert.throws(() => openGroup(key, "who", place, sealed.subarray(0, -1)))
        sealed[20]! ^= 1
        assert.throws(() => openGroup(key, "who", place, sealed))
      }),
    )
    assert.throws(() => decrypt(key, new Uint8Array(27), ""), /too short/)
    assert.notDeepEqual(encrypt(key, Buffer.from("a"), ""), encrypt(key, Buffer.from("a"), ""))
  })

  test("an item comes back from the outbox as it went in", () => {
    for (const item of [
      itemOfEvent(event),
      itemOfEntry({ kind: "k", version: 1, time: event.time, é: "\n" }),
    ]) {
      const back = openItem(key, "there", sealItem(key, "there", item))
      assert.equal(JSON.stringify(back), JSON.stringify(item))
      assert.throws(() => openItem(key, "elsewhere", sealItem(key, "there", item)))
    }
  })
})

describe("key files", () => {
  test("are read in each form that hosts write them in, and nothing else is", async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), "keys-"))
    t.after(() => rm(directory, { recursive: true }))
    const file = path.join(directory, "key")
    const bytes = randomBytes(32)
    for (const content of [
      bytes,
      bytes.toString("base64"),
      `${bytes.toString("base64url")}\n`,
      bytes.toString("hex"),
    ]) {
      await writeFile(file, content)
      assert.deepEqual(await readKeyFile(file), bytes)
    }
    const { privateKey } = generateKeyPairSync("ed25519")
    await writeFile(file, privateKey.export({ type: "pkcs8", format: "pem" }))
    assert.equal((await readKeyFile(file)).toString("base64url"), privateKey.export({ format: "jwk" }).d)
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
    for (const content of ["", "secret", bytes.subarray(1), rsa.export({ type: "pkcs8", format: "pem" })]) {
      await writeFile(file, content)
      await assert.rejects(readKeyFile(file), /is not a key/)
    }
  })

  test("give each origin a signing key of its own, always the same", async () => {
    const secret = randomBytes(32)
    const [one, again, two] = ["o/1", "o/1", "o/2"].map((origin) => deriveSigner(secret, origin))
    assert.equal(formatVkey(one!.key), formatVkey(again!.key))
    assert.notDeepEqual(one!.key.publicKey, two!.key.publicKey)
    const message = Buffer.from("text")
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), one!.key.publicKey])
    const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" })
    assert.ok(verify(null, message, publicKey, await one!.sign(message)))
  })
})
