// The two readers of a mirror: ours, and the one in Go that shares no line with it. Built in an image with
// Debian's Go from vendored sources, so no registry of modules is asked.
import { existsSync, mkdirSync, renameSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { ensureImages } from "../../../infra/build.ts"
import { serverRecipes } from "../../../infra/recipes.ts"
import { root } from "../../../infra/launch.js"
import { run, tryRun } from "../../../infra/run.ts"

export interface Verdict {
  accepted: boolean
  said: string
}

/** Where to read, which key to trust, and what is known from before. */
export interface Question {
  source: { dir: string } | { url: string }
  vkeys: readonly string[]
  /** File with the same keys as tlog-policy. */
  policy: string
  known?: string
}

export interface Verifier {
  name: string
  ask: (question: Question) => Promise<Verdict>
}

const sourceOf = (question: Question, dash: string): string[] =>
  "dir" in question.source ? [`${dash}dir`, question.source.dir] : [`${dash}url`, question.source.url]

export const ours: Verifier = {
  name: "log verify",
  async ask(question) {
    const known = question.known === undefined ? [] : ["--known", question.known]
    const args = ["verify", ...sourceOf(question, "--"), "--policy", question.policy, ...known]
    const done = await tryRun(process.execPath, ["apps/transparency/src/cli.ts", ...args], { cwd: root })
    return verdict(done.code, done.stdout + done.stderr)
  },
}

/** 0 and 1 are answers; anything else is a verifier that broke, which is no verdict. */
function verdict(code: number, said: string): Verdict {
  if (code !== 0 && code !== 1) throw new Error(`a verifier ended with ${code}: ${said.slice(-500)}`)
  return { accepted: code === 0, said: said.trim() }
}

export async function buildGoVerifier(print: (line: string) => void): Promise<Verifier> {
  const recipes = serverRecipes().filter(({ name }) => ["base", "builder"].includes(name))
  const references = await ensureImages(
    root,
    [
      ...recipes,
      {
        name: "log-verifier",
        dockerfile: "e2e/log-verifier/Dockerfile",
        paths: ["e2e/log-verifier"],
        from: { BASE: "base", BUILDER: "builder" },
      },
    ],
    print,
  )
  const image = references["log-verifier"]!
  const program = path.join(root, ".cache", image.replaceAll(/[/:]/g, "-"))
  if (!existsSync(program)) {
    const container = (await run("docker", ["create", image])).trim()
    try {
      mkdirSync(path.dirname(program), { recursive: true })
      await run("docker", ["cp", `${container}:/usr/local/bin/log-verifier`, `${program}.next`])
      renameSync(`${program}.next`, program)
    } finally {
      await run("docker", ["rm", container])
    }
  }
  return {
    name: "golang.org/x/mod",
    async ask(question) {
      const known = question.known === undefined ? [] : ["-known", question.known]
      const keys = question.vkeys.flatMap((vkey) => ["-vkey", vkey])
      const done = await tryRun(program, [...keys, ...known, ...sourceOf(question, "-")])
      return verdict(done.code, done.stdout + done.stderr)
    },
  }
}
