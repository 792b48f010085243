// The words and the repository agree: commands that are named exist, links lead somewhere, files and
// settings that are named are there, and what a reader needs is named.
import assert from "node:assert/strict"
import { existsSync, globSync, readFileSync } from "node:fs"
import path from "node:path"
import { test } from "node:test"
import { SECRETS, KEYS, STORE_USERS } from "./secrets.ts"
import { DEMO_PEOPLE } from "./identity/demo-accounts.ts"
import { parsePeople } from "./identity/first-people.ts"
import { SETTINGS } from "./installation.ts"
import { root } from "./launch.js"

const FILES = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root }).toSorted()]
const pages = FILES.map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }))
const page = (file: string) => pages.find((one) => one.file === file)?.text ?? ""
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>
}

/** What each page says in `code` and in code blocks. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```[a-z]*\n([\s\S]*?)^ *```$/gm)].flatMap((match) =>
    (match[1] ?? "").split("\n"),
  )
  const rest = text.replaceAll(/^ *```[a-z]*\n[\s\S]*?^ *```$/gm, "")
  return [
    ...blocks,
    ...[...rest.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? "").replaceAll("\n", " ")),
  ]
}

test("every command that is named exists, and every command is named", () => {
  const named = new Set<string>()
  for (const { file, text } of pages)
    for (const code of codeOf(text))
      for (const [, run, name = ""] of code.matchAll(/\bnpm (run (?:--silent )?)?([a-z][a-z-]*)/g)) {
        if (run === undefined && !["start", "stop", "test"].includes(name)) continue
        assert.ok(Object.hasOwn(scripts, name), `${file}: npm ${run ?? ""}${name}`)
        named.add(name)
      }
  const unnamed = Object.keys(scripts).filter((name) => !named.has(name))
  assert.deepEqual(unnamed, [], "say in README, CONTRIBUTING or docs what these are for")
})

test("links lead to files of this repository that exist", () => {
  let links = 0
  for (const { file, text } of pages)
    for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^https?:/.test(target)) continue
      links += 1
      const place = path.join(root, path.dirname(file), target)
      assert.ok(existsSync(place), `${file} links to ${target}`)
    }
  assert.ok(links > 10)
})

test("files and folders that are named exist", () => {
  const start = /^(apps|infra|policies|e2e|docs|workspace-images)\/[A-Za-z0-9._/-]+$/
  let named = 0
  for (const { file, text } of pages)
    for (const code of codeOf(text)) {
      if (!start.test(code)) continue
      named += 1
      assert.ok(existsSync(path.join(root, code)), `${file} names ${code}`)
    }
  assert.ok(named > 10)
})

test("settings that are named exist, and the operator's page has them all", () => {
  // docs/data.md describes what a stage is given by the node agent, which is no setting.
  for (const { file, text } of pages.filter(({ file }) => file !== "docs/data.md"))
    for (const [name] of text.matchAll(/\bGLASSHOUSE_[A-Z_]+\b/g))
      assert.ok((SETTINGS as readonly string[]).includes(name), `${file} names ${name}`)
  for (const name of SETTINGS) assert.ok(page("docs/operating.md").includes(`\`${name}\``), name)
})

test("the example of first people is one that works", () => {
  const example = /```json\n([\s\S]*?)```/.exec(page("docs/operating.md"))?.[1] ?? ""
  assert.equal(parsePeople(example).length, 2)
})

test("the accounts in the README are the ones that are made", () => {
  const accounts = page("README.md")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
  const names = accounts.flatMap((line) =>
    [...(line.split("|")[1] ?? "").matchAll(/`([a-z]+)`/g)].map((match) => match[1]),
  )
  assert.deepEqual(names.toSorted(), DEMO_PEOPLE.map(({ username }) => username).toSorted())
})

test("every key and secret has its line in the table of keys", () => {
  const text = page("docs/keys.md")
  for (const { name } of [...KEYS, ...SECRETS]) {
    const family = name
      .replace(/^custody-.*-token$/, "custody-<caller>-token")
      .replace(/^store-stage-.*-key$/, "store-stage-<stage>-key")
    assert.ok(text.includes(`\`${family}\``), name)
  }
  assert.ok(STORE_USERS.length > 0)
})

test("every decision says what it is about, what was chosen and what it costs", () => {
  for (const { file, text } of pages.filter(({ file }) => file.startsWith("docs/decisions/")))
    for (const part of ["**Context.**", "**Choice.**", "**Cost.**"])
      assert.ok(text.includes(part), `${file}: ${part}`)
})

test("rules of contributing are numbered without a gap", () => {
  const numbers = [...page("CONTRIBUTING.md").matchAll(/^(\d+)\. /gm)].map((match) => Number(match[1]))
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  )
  assert.ok(numbers.length >= 10)
})
