// Builds images from recipes: base first, each only when its tag is not there yet. The context goes to the
// engine as a tar stream made here, so nothing that is not listed can get into an image.
import { spawn } from "node:child_process"
import {
  createReadStream,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs"
import path from "node:path"
import { pipeline } from "node:stream/promises"
import { pack } from "tar-stream"
import { hashInputs, listFiles, type ContextFile, type ImageRecipe } from "./images.ts"
import { ensurePackages, BOOTSTRAP_NEEDS } from "./packages.ts"
import { run, tryRun } from "./run.ts"
import { formatSeconds, StepFailed } from "./steps.ts"

const SOURCE_IMAGE = "debian:trixie-slim"
/** Settings by which a site points the ordinary clients at its own mirrors and proxies. */
const PASSED_ON = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "GOPROXY",
  "PIP_INDEX_URL",
]

export async function imagePresent(reference: string): Promise<boolean> {
  return (await tryRun("docker", ["image", "inspect", "--format", "{{.Id}}", reference])).code === 0
}

/** Debian trixie as an image: pulled where a registry answers, else made from Debian's own packages. */
export async function ensureSourceImage(note: (line: string) => void): Promise<void> {
  if (await imagePresent(SOURCE_IMAGE)) return
  const pulled = await tryRun("docker", ["pull", "--quiet", SOURCE_IMAGE], { timeout: 60_000 })
  if (pulled.code === 0) return note(`${SOURCE_IMAGE} pulled`)
  const began = performance.now()
  await ensurePackages(BOOTSTRAP_NEEDS)
  // Not in /tmp: that is often a small memory disk, or mounted so that no system can be unpacked into it.
  for (const left of globSync("/var/tmp/glasshouse-base-*")) rmSync(left, { recursive: true, force: true })
  const directory = mkdtempSync("/var/tmp/glasshouse-base-")
  try {
    const system = path.join(directory, "system")
    await run("debootstrap", ["--variant=minbase", "trixie", system])
    for (const part of [
      "var/cache/apt/archives",
      "var/lib/apt/lists",
      "usr/share/doc",
      "usr/share/man",
      "var/log",
    ])
      await run("sh", ["-c", `rm -rf -- "$1"/*`, "sh", path.join(system, part)])
    await importTree(system)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  note(
    `no image registry answers: ${SOURCE_IMAGE} made from Debian's packages in ${formatSeconds(performance.now() - began)}`,
  )
}

async function importTree(directory: string): Promise<void> {
  const tar = spawn("tar", ["-C", directory, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] })
  const docker = spawn("docker", ["import", "-", SOURCE_IMAGE], { stdio: ["pipe", "ignore", "inherit"] })
  const ended = new Promise<number>((resolve) => docker.on("exit", (code) => resolve(code ?? 1)))
  // An import that ends early closes its input: its own message, above, is the one to read.
  const sent = await pipeline(tar.stdout, docker.stdin).then(
    () => true,
    () => false,
  )
  if ((await ended) !== 0 || !sent)
    throw new StepFailed("docker import failed", "Look at the message above; is the disk full?")
}

/** Sends names and bytes of a build's context; keeps executable bits, drops owners and times. */
async function sendContext(root: string, recipe: ImageRecipe, to: NodeJS.WritableStream): Promise<void> {
  const archive = pack()
  const sent = pipeline(archive, to)
  const names = new Set([recipe.dockerfile, ...recipe.paths.flatMap((start) => listFiles(root, start))])
  const files: ContextFile[] = [...names].map((name) => ({ name, source: path.join(root, name) }))
  const epoch = new Date(0)
  for (const file of [...files, ...(recipe.extra?.() ?? [])]) {
    if (file.source === undefined) {
      archive.entry({ name: file.name, mode: 0o644, mtime: epoch }, file.text ?? "")
      continue
    }
    const stat = lstatSync(file.source)
    if (stat.isSymbolicLink()) {
      archive.entry({ name: file.name, type: "symlink", linkname: readlinkSync(file.source), mtime: epoch })
      continue
    }
    const mode = stat.mode & 0o111 ? 0o755 : 0o644
    const source = file.source
    if (stat.size < 1_000_000) archive.entry({ name: file.name, mode, mtime: epoch }, readFileSync(source))
    else
      await new Promise<void>((resolve, reject) => {
        const entry = archive.entry({ name: file.name, mode, mtime: epoch, size: stat.size }, (error) =>
          error ? reject(error) : resolve(),
        )
        createReadStream(source).on("error", reject).pipe(entry)
      })
  }
  archive.finalize()
  await sent
}

async function build(
  root: string,
  recipe: ImageRecipe,
  reference: string,
  froms: Record<string, string>,
): Promise<void> {
  const logs = path.join(root, ".cache", "build-logs")
  mkdirSync(logs, { recursive: true })
  const logFile = path.join(logs, `${recipe.name}.log`)
  const passed = PASSED_ON.filter((name) => process.env[name] !== undefined)
  const args = [
    ...Object.entries(froms).flatMap(([argument, image]) => ["--build-arg", `${argument}=${image}`]),
    ...passed.flatMap((name) => ["--build-arg", name]),
  ]
  const { createWriteStream } = await import("node:fs")
  const log = createWriteStream(logFile)
  const child = spawn(
    "docker",
    ["build", "--rm", "--force-rm", ...args, "-f", recipe.dockerfile, "-t", reference, "-"],
    {
      env: { ...process.env, DOCKER_BUILDKIT: "0" },
      stdio: ["pipe", "pipe", "pipe"],
    },
  )
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const code = new Promise<number>((resolve) => child.on("close", (ended) => resolve(ended ?? 1)))
  // A build that ends early closes its input: its own message is the one to show.
  await sendContext(root, recipe, child.stdin).catch(() => {})
  if ((await code) === 0) return
  await new Promise((resolve) => log.end(resolve))
  const end = existsSync(logFile)
    ? readFileSync(logFile, "utf8").trim().split("\n").slice(-15).join("\n")
    : ""
  throw new StepFailed(
    `building the image ${recipe.name} failed:\n${end}`,
    `The whole output is in ${logFile}. When a download failed, check proxy and mirrors; then start again, what was built stays.`,
  )
}

/** One build waits for downloads while the other one computes. */
const AT_A_TIME = 2

/** Runs tasks as they come, a few at a time. */
function limit(most: number): (task: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    try {
      await task()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}

/** Tags by image name, e.g. {"app": "glasshouse/app:0123456789ab"}; each after what it is built from. */
export function referencesOf(root: string, recipes: readonly ImageRecipe[]): Record<string, string> {
  const references: Record<string, string> = {}
  for (const recipe of recipes) {
    const froms = fromsOf(recipe, references)
    // Trust in the host's authorities is for building only: what comes out is the same with any bundle.
    const tracked = Object.fromEntries(Object.entries(froms).filter(([argument]) => argument !== "BUILDER"))
    references[recipe.name] = `glasshouse/${recipe.name}:${hashInputs(root, recipe, tracked)}`
  }
  return references
}

function fromsOf(recipe: ImageRecipe, references: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(recipe.from).map(([argument, name]) => {
      const reference = references[name]
      if (reference === undefined)
        throw new Error(`${recipe.name} is listed before ${name}, which it is built from`)
      return [argument, reference]
    }),
  )
}

/** Runs `make` for every recipe after it was run for those that it is built from; a failure stops what hangs on it. */
export async function inOrder(
  recipes: readonly ImageRecipe[],
  make: (recipe: ImageRecipe) => Promise<void>,
): Promise<void> {
  const slot = limit(AT_A_TIME)
  const made = new Map<string, Promise<void>>()
  for (const recipe of recipes) {
    const first = Object.values(recipe.from).map((name) => made.get(name) ?? Promise.resolve())
    made.set(
      recipe.name,
      Promise.all(first).then(() => slot(() => make(recipe))),
    )
  }
  for (const result of await Promise.allSettled(made.values()))
    if (result.status === "rejected") throw result.reason
}

/** Builds what is missing; answers the tags by image name. */
export async function ensureImages(
  root: string,
  recipes: readonly ImageRecipe[],
  note: (line: string) => void,
): Promise<Record<string, string>> {
  const references = referencesOf(root, recipes)
  await inOrder(recipes, async (recipe) => {
    const reference = references[recipe.name] ?? ""
    if (await imagePresent(reference)) return
    const began = performance.now()
    await build(root, recipe, reference, fromsOf(recipe, references))
    note(`image ${recipe.name} built in ${formatSeconds(performance.now() - began)}`)
  })
  return references
}
