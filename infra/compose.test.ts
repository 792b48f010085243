import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import path from "node:path"
import { test } from "node:test"
import { composeEnvironment, renderEnvironmentFile } from "./compose.ts"
import { readInstallation } from "./installation.ts"
import { root } from "./launch.js"

const text = readFileSync(path.join(root, "infra", "compose.yaml"), "utf8")
const values = composeEnvironment(readInstallation({}), "abcdefghijkl", { app: "glasshouse/app:1" })

test("every value the compose file names is provided, and no other", () => {
  const named = new Set([...text.matchAll(/\$\{([A-Z_]+)\}/g)].map((match) => match[1] ?? ""))
  assert.deepEqual(
    [...named].toSorted(),
    Object.keys(values)
      .filter((name) => named.has(name))
      .toSorted(),
  )
})

test("both spellings of compose accept the file: no version, no name, no defaults in values", () => {
  assert.doesNotMatch(text, /^(version|name):/m)
  assert.doesNotMatch(text, /\$\{[A-Z_]+[:?-]/)
})

test("the edge is published on loopback only, unless a site says otherwise", () => {
  assert.equal(values["GLASSHOUSE_PUBLISH"], "127.0.0.1:8080")
  const open = readInstallation({ GLASSHOUSE_BIND: "0.0.0.0", GLASSHOUSE_PORT: "9000" })
  assert.equal(composeEnvironment(open, "abcdefghijkl", {})["GLASSHOUSE_PUBLISH"], "0.0.0.0:9000")
})

test("a value that could begin a line of its own never reaches the file", () => {
  assert.equal(renderEnvironmentFile({ A: "b:c/d", E: "http://f.g:1" }), "A=b:c/d\nE=http://f.g:1\n")
  for (const value of ["a\nB=c", "a\r", "$HOME", "'", '"', "a#b", "\\"])
    assert.throws(() => renderEnvironmentFile({ A: value }), /environment file/)
})
