// Long names, in both ways of writing them, and what a tar for the sandbox may not hold.
import assert from "node:assert/strict"
import { test } from "node:test"
import { pack, type Pack } from "tar-stream"
import { readTar, TarError } from "./tar.ts"

async function bytesOf(tar: Pack): Promise<Buffer> {
  tar.finalize()
  const pieces: Buffer[] = []
  for await (const piece of tar) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

test("names of any length and script come back whole, with their bytes", async () => {
  const names = [
    "output/a.csv",
    `output/${"é".repeat(80)}.csv`,
    `output/${"d".repeat(120)}/x.csv`,
    `output/${"日".repeat(60)}/${"z".repeat(90)}.csv`,
  ]
  const tar = pack()
  for (const name of names) tar.entry({ name }, `content of ${name}`)
  const entries = readTar(await bytesOf(tar))
  assert.deepEqual(
    entries.map((e) => [e.path, Buffer.from(e.bytes).toString()]),
    names.map((n) => [n, `content of ${n}`]),
  )
})

test("links, climbing names and cut archives are refused", async () => {
  const link = pack()
  link.entry({ name: "output/a", type: "symlink", linkname: "/etc/passwd" })
  const climbing = pack()
  climbing.entry({ name: "output/../../a" }, "x")
  for (const tar of [link, climbing]) {
    const bytes = await bytesOf(tar)
    assert.throws(() => readTar(bytes), TarError)
  }
  const whole = pack()
  whole.entry({ name: "output/a" }, "x".repeat(2000))
  const bytes = await bytesOf(whole)
  assert.throws(() => readTar(bytes.subarray(0, 1500)), TarError)
})
