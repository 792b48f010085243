// What the layout promises, read from the source: which layer may import which, who may hold the engine,
// who reads the environment, where a role may be asked for. Messages say what to do instead.
import assert from "node:assert/strict"
import { globSync, readFileSync } from "node:fs"
import path from "node:path"
import { test } from "node:test"
import { listFiles } from "./images.ts"
import { root } from "./launch.js"

interface Source {
  file: string
  app: string
  /** first folder below src/, or the file itself when it lies directly there */
  layer: string
  text: string
  imports: string[]
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^"'\n;]*?(?:[^"';]*?\bfrom\s*)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g

export function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? "")
}

function readSources(): Source[] {
  return listFiles(root, "apps")
    .filter((file) => /\/src\/.*\.tsx?$/.test(file))
    .map((file) => {
      const [, app = "", , ...rest] = file.split("/")
      const text = readFileSync(path.join(root, file), "utf8")
      return {
        file,
        app,
        layer: rest.length > 1 ? (rest[0] ?? "") : path.basename(file),
        text,
        imports: importsOf(text),
      }
    })
}

const sources = readSources()
const servers = sources.filter(({ app }) => app !== "web")

function assertNone(found: string[], advice: string): void {
  assert.deepEqual(found, [], advice)
}

/** The file that a relative or aliased import names, relative to the repository; undefined for a package. */
function target(source: Source, specifier: string): string | undefined {
  if (specifier.startsWith("."))
    return path.posix.normalize(path.posix.join(path.posix.dirname(source.file), specifier))
  const alias = /^#(contract|protocol|transparency|output-checker)\/(.*)$/.exec(specifier)
  if (alias === null) return undefined
  const places = {
    contract: "apps/control-plane/src/contract",
    protocol: "apps/control-plane/src/contract/protocol",
    transparency: "apps/transparency/src",
    "output-checker": "apps/output-checker/src",
  }
  return `${places[alias[1] as keyof typeof places]}/${alias[2]}`
}

test("imports are found in every spelling", () => {
  const text = `import a from "a"\nimport { b,\n  c } from './b.ts'\nimport "c"\nexport * from "#d/e.ts"\nconst f = await import("f")`
  assert.deepEqual(importsOf(text), ["a", "./b.ts", "c", "#d/e.ts", "f"])
  assert.ok(sources.length > 50, "the sources are where this test looks for them")
})

test("layers import in one direction", () => {
  const allowed: Record<string, string[]> = {
    contract: ["contract"],
    domain: ["contract", "domain"],
    store: ["contract", "domain", "store"],
    audit: ["contract", "domain", "audit", "store"],
    drivers: ["contract", "domain", "store", "drivers"],
    actions: ["contract", "domain", "store", "audit", "drivers", "actions"],
    http: ["contract", "domain", "store", "audit", "drivers", "actions", "http"],
    reconcile: ["contract", "domain", "store", "audit", "drivers", "actions", "reconcile"],
  }
  const found = servers.flatMap((source) => {
    const may = allowed[source.layer]
    if (may === undefined) return []
    return source.imports.flatMap((specifier) => {
      const [, app, , layer = ""] = target(source, specifier)?.split("/") ?? []
      return app === source.app && layer in allowed && !may.includes(layer)
        ? [`${source.file} imports ${specifier}`]
        : []
    })
  })
  assertNone(found, "contract, domain ← store, audit, drivers ← actions ← http, reconcile ← app ← main")
})

test("an app is reached by another only through what it publishes", () => {
  const found = sources.flatMap((source) =>
    source.imports.flatMap((specifier) => {
      const place = target(source, specifier)
      if (place === undefined || !place.startsWith("apps/")) return []
      return specifier.startsWith(".") && place.split("/")[1] !== source.app
        ? [`${source.file} imports ${specifier}`]
        : []
    }),
  )
  assertNone(found, "Import another app as #contract/…, #protocol/…, #transparency/… or #output-checker/….")
})

test("the console sees the contract and the verifier, and nothing else of the servers", () => {
  const found = sources
    .filter(({ app }) => app === "web")
    .flatMap(({ file, imports }) =>
      imports
        .filter((name) => /^#(?!contract\/|protocol\/|transparency\/)/.test(name))
        .map((name) => `${file} imports ${name}`),
    )
  assertNone(found, "The console shows what the server decided: put the rule behind an operation.")
})

test("each dangerous or heavy library has one home", () => {
  const homes: Record<string, string[]> = {
    dockerode: ["node-agent"],
    pg: ["control-plane", "custody"],
    kysely: ["control-plane", "custody"],
    "@cedar-policy/cedar-wasm": ["control-plane"],
    "@duckdb/node-api": ["data-pipeline"],
    "keycloak-js": ["web"],
    react: ["web"],
  }
  const found = sources.flatMap(({ file, app, imports }) =>
    imports.flatMap((specifier) =>
      Object.entries(homes)
        .filter(
          ([name, apps]) => (specifier === name || specifier.startsWith(`${name}/`)) && !apps.includes(app),
        )
        .map(([name]) => `${file} imports ${name}`),
    ),
  )
  assertNone(found, "Ask the app that owns it, over its protocol.")
})

test("what the console takes of the verifier uses nothing of Node's", () => {
  const byFile = new Map(sources.map((source) => [source.file, source]))
  const seen = new Set<string>()
  const visit = (file: string | undefined): void => {
    const source = file === undefined ? undefined : byFile.get(file)
    if (source === undefined || seen.has(source.file)) return
    seen.add(source.file)
    for (const specifier of source.imports) visit(target(source, specifier))
  }
  const verifier = sources.find(({ file }) => file === "apps/transparency/src/merkle.ts")
  assert.ok(verifier, "the log's core is where this test looks for it")
  visit(verifier.file)
  for (const source of sources.filter(({ app }) => app === "web"))
    for (const specifier of source.imports)
      if (specifier.startsWith("#transparency/")) visit(target(source, specifier))
  const found = [...seen].flatMap((file) =>
    (byFile.get(file)?.imports ?? [])
      .filter((name) => name.startsWith("node:"))
      .map((name) => `${file} imports ${name}`),
  )
  assertNone(
    found,
    "Pass bytes in: reading files and sockets belongs into a file that the core does not import.",
  )
})

test("only config.ts, main.ts and command lines read the environment", () => {
  const found = servers
    .filter(
      ({ file, text }) =>
        /\bprocess\.env\b/.test(text) && !/\/(config|main|cli|testing(-[a-z]+)?)\.ts$/.test(file),
    )
    .map(({ file }) => file)
  assertNone(found, "Configuration comes from the environment once, in config.ts; pass it on as a value.")
})

test("nobody but the decision asks for a role", () => {
  const found = servers
    .filter(({ app, layer }) => app === "control-plane" && ["actions", "http", "reconcile"].includes(layer))
    .flatMap(({ file, text }) =>
      text
        .split("\n")
        .filter((line) => /\bif\s*\(.*\b(actor|asked|session|me)\b[^)]*\.roles?\b/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
  assertNone(found, "Ask decide() with an action; who may do it is written in policies/access.")
})

test("folders say what is in them", () => {
  const banned = /(^|\/)(utils|helpers|common|services|managers|misc)\//
  assertNone(
    servers.map(({ file }) => file).filter((file) => banned.test(file)),
    "Name the folder after its layer and the file after its noun.",
  )
})

test("nothing is left for later and no test is skipped", () => {
  const files = ["apps", "infra", "policies", "workspace-images", "e2e"].flatMap((start) =>
    listEverything(start),
  )
  const found = files.flatMap((file) => {
    if (file === "infra/architecture.test.ts" || !/\.(tsx?|js|mjs|py|R|sh|sql|cedar|md|yaml)$/.test(file))
      return []
    const text = readFileSync(path.join(root, file), "utf8")
    const later = /\b(TODO|FIXME|XXX|HACK)\b/.exec(text)?.[0]
    const skipped = /\b(test|it|describe)\.(skip|only|todo|fixme)\(/.exec(text)?.[0]
    return [later, skipped].flatMap((word) => (word === undefined ? [] : [`${file}: ${word}`]))
  })
  assertNone(
    found.filter((line) => !line.startsWith("infra/testing/suites.test.ts")),
    "Do it now, or write it down as an issue.",
  )
})

test("no file names the host of a package registry", () => {
  const files = [
    "apps",
    "infra",
    "policies",
    "workspace-images",
    "e2e",
    "docs",
    "package.json",
    ".npmrc",
  ].flatMap(listEverything)
  const hosts = new RegExp(
    [
      "registry\\.npm" + "js",
      "pypi\\.or" + "g",
      ["python", "hosted"].join(""),
      "repo1\\.maven",
      "proxy\\.golang\\.",
      "deb\\.debian\\.",
      "index\\.crates",
      "docker\\.i" + "o/",
    ].join("|"),
  )
  const found = files.filter(
    (file) =>
      file !== "infra/architecture.test.ts" && hosts.test(readFileSync(path.join(root, file), "utf8")),
  )
  assertNone(found, "The ordinary clients know their registries; a site points them at its own mirrors.")
})

const TESTS = globSync("{apps,infra,e2e}/**/*.{test.ts,test.tsx,spec.ts}", {
  cwd: root,
  exclude: (name) => /(^|\/)node_modules$/.test(name),
})

/** Tests included, unlike what goes into images. */
function listEverything(start: string): string[] {
  return [...new Set([...listFiles(root, start), ...TESTS.filter((file) => file.startsWith(`${start}/`))])]
}
