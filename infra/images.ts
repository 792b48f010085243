// What every image is made of. A tag is the hash of everything that went in, so an image that is there is
// the right one and a half-built one has no tag. No image's tag depends on the host's certificate bundle.
import { createHash } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs"
import path from "node:path"

export interface ContextFile {
  /** path inside the build context */
  name: string
  /** where it lies on the host; undefined when `text` is given */
  source?: string
  text?: string
}

export interface ImageRecipe {
  name: string
  dockerfile: string
  /** files and folders of the repository that go into the build */
  paths: string[]
  /** other images this one is built from: build argument → image name */
  from: Record<string, string>
  /** files from outside the repository */
  extra?: () => ContextFile[]
  /** `extra` files that the tag does not follow: the host's certificate bundle */
  untracked?: string[]
}

const TEST_FILES = /(\.test\.tsx?|\.it\.test\.ts)$/
const SKIPPED = new Set(["node_modules", "dist", ".cache", "test", "__pycache__", "coverage"])

/** Every regular file below a path of the repository, sorted, without tests and without what builds make. */
export function listFiles(root: string, start: string): string[] {
  const full = path.join(root, start)
  const stat = lstatSync(full, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [start]
  return readdirSync(full)
    .filter((name) => !SKIPPED.has(name) && !TEST_FILES.test(name))
    .toSorted()
    .flatMap((name) => listFiles(root, `${start}/${name}`))
}

function addFile(hash: ReturnType<typeof createHash>, name: string, file: string): void {
  const stat = lstatSync(file)
  const content = stat.isSymbolicLink() ? Buffer.from(readlinkSync(file)) : readFileSync(file)
  hash.update(`${name}\0${stat.mode & 0o111 ? "x" : "-"}\0${content.length}\0`).update(content)
}

/** Short hash over names, executable bits and contents of the inputs, and over the tags it is built from. */
export function hashInputs(root: string, recipe: ImageRecipe, fromTags: Record<string, string>): string {
  const hash = createHash("sha256")
  hash.update(`${recipe.name}\0${recipe.dockerfile}\0`)
  for (const [argument, tag] of Object.entries(fromTags).toSorted()) hash.update(`${argument}=${tag}\0`)
  for (const name of [...new Set(recipe.paths.flatMap((start) => listFiles(root, start)))].toSorted())
    addFile(hash, name, path.join(root, name))
  for (const file of recipe.extra?.() ?? []) {
    if (recipe.untracked?.includes(file.name)) continue
    if (file.text !== undefined) hash.update(`${file.name}\0text\0${file.text}\0`)
    else if (file.source !== undefined) hash.update(`${file.name}\0${lstatSync(file.source).size}\0`)
  }
  return hash.digest("hex").slice(0, 12)
}

/** Paths that a Dockerfile names for itself in a line `# inputs: a b c`. */
export function declaredInputs(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^# inputs: (.+)$/gm)].flatMap((match) =>
    (match[1] ?? "").trim().split(/\s+/),
  )
}

/** Recipe of an image that has a folder of its own in workspace-images/. */
export function workspaceRecipe(root: string, name: string): ImageRecipe | undefined {
  const dockerfile = `workspace-images/${name}/Dockerfile`
  if (!existsSync(path.join(root, dockerfile))) return undefined
  const text = readFileSync(path.join(root, dockerfile), "utf8")
  return {
    name,
    dockerfile,
    paths: [`workspace-images/${name}`, ...declaredInputs(text)],
    from: { BASE: "base", ...(/^ARG BUILDER$/m.test(text) ? { BUILDER: "builder" } : {}) },
  }
}

interface LockPackage {
  dev?: boolean
  optional?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/**
 * Folders under node_modules that the running platform needs: all that the lock file does not mark as for
 * development, and what `also` needs (the development mail server). Node itself travels separately.
 */
export function productionModules(packages: Record<string, LockPackage>, also: string[]): string[] {
  const wanted = new Set<string>()
  const resolve = (from: string, name: string): string | undefined => {
    for (let place = from; ; place = place.slice(0, Math.max(place.lastIndexOf("/node_modules/"), 0))) {
      const candidate = place === "" ? `node_modules/${name}` : `${place}/node_modules/${name}`
      if (candidate in packages) return candidate
      if (place === "") return undefined
    }
  }
  const visit = (place: string): void => {
    if (wanted.has(place)) return
    wanted.add(place)
    const { dependencies = {}, optionalDependencies = {} } = packages[place] ?? {}
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolve(place, name)
      if (found !== undefined) visit(found)
    }
  }
  for (const [place, entry] of Object.entries(packages))
    if (place !== "" && entry.dev !== true) wanted.add(place)
  for (const name of also) {
    const found = resolve("", name)
    if (found !== undefined) visit(found)
  }
  return [...wanted].filter((place) => !place.startsWith("node_modules/node-linux-")).toSorted()
}
