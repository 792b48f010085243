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

/** Host paths below the state directory that a service sees, from the lines of its part of the file. */
function statePaths(service: string): string[] {
  const part = new RegExp(`^  ${service}:\\n((?:(?:    .*)?\\n)+)`, "m").exec(text)?.[1] ?? ""
  return [...part.matchAll(/source: "?\$\{GLASSHOUSE_STATE_DIR\}([^",\s]*)/g)]
    .map((m) => m[1] ?? "")
    .toSorted()
}

test("the node agent sees what it works in, and no key, secret, database or object", () => {
  assert.deepEqual(statePaths("node-agent"), [
    "/homes",
    "/runs",
    "/scratch",
    "/shared",
    "/slots",
    "/sock/agent",
  ])
})

test("no service sees the whole state directory, nor all secrets or keys", () => {
  for (const service of [
    "edge",
    "control-plane",
    "gateway",
    "node-agent",
    "custody",
    "postgresql",
    "minio",
  ]) {
    const paths = statePaths(service)
    assert.ok(paths.length > 0, service)
    for (const seen of paths) {
      assert.ok(seen.length > 1, `${service} sees everything`)
      assert.doesNotMatch(seen, /^\/(secrets|keys)$/, service)
    }
  }
})
