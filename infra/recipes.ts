// The images of this repository, in the order in which they are built.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { createHash } from "node:crypto"
import {
  listFiles,
  productionModules,
  workspaceRecipe,
  type ContextFile,
  type ImageRecipe,
} from "./images.ts"

const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
]

/** The host's certificate authorities: GLASSHOUSE_CA_BUNDLE where a site names one, else the system's. */
export function hostBundle(): ContextFile {
  const named = process.env["GLASSHOUSE_CA_BUNDLE"]
  const source = [...(named === undefined ? [] : [named]), ...BUNDLES].find((file) => existsSync(file))
  return source === undefined ? { name: "ca-bundle.crt", text: "" } : { name: "ca-bundle.crt", source }
}

function nodeBinary(root: string): string {
  return path.join(root, "node_modules", `node-linux-${process.arch}`, "bin", "node")
}

function everyFile(root: string, start: string, skip: (name: string) => boolean): string[] {
  return readdirSync(path.join(root, start), { withFileTypes: true })
    .filter((entry) => !skip(entry.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${start}/${entry.name}`
      return entry.isDirectory() ? everyFile(root, name, skip) : [name]
    })
}

/** The production packages as files; nested folders that are packages of their own are listed by themselves. */
function moduleFiles(root: string): ContextFile[] {
  const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"))
  return productionModules(lock.packages, ["maildev"])
    .filter((place) => existsSync(path.join(root, place)))
    .flatMap((place) =>
      everyFile(
        root,
        place,
        (name) => name === "node_modules" || name.endsWith(".map") || name.endsWith(".md"),
      ),
    )
    .map((name) => ({ name: `.build/${name}`, source: path.join(root, name) }))
}

/** What the web console is built from. */
export function webInputs(root: string): string[] {
  return [
    "apps/web",
    "apps/transparency/src",
    "apps/control-plane/src/contract",
    "package-lock.json",
  ].flatMap((start) => listFiles(root, start))
}

export function hashWeb(root: string): string {
  const hash = createHash("sha256")
  for (const name of webInputs(root)) hash.update(`${name}\0`).update(readFileSync(path.join(root, name)))
  return hash.digest("hex").slice(0, 12)
}

export function webDirectory(root: string): string {
  return path.join(root, ".cache", `web-${hashWeb(root)}`)
}

function webFiles(root: string): ContextFile[] {
  const directory = webDirectory(root)
  if (!existsSync(directory)) return [{ name: ".build/web/.absent", text: "" }]
  return everyFile(directory, ".", () => false).map((name) => ({
    name: path.posix.join(".build/web", name),
    source: path.join(directory, name),
  }))
}

/** Our apps without the console's sources: those reach the image as what was built from them. */
function appFolders(root: string): string[] {
  return readdirSync(path.join(root, "apps"))
    .filter((name) => name !== "web")
    .toSorted()
    .map((name) => `apps/${name}`)
}

const server = (name: string, withBuilder: boolean): ImageRecipe => ({
  name,
  dockerfile: `infra/images/${name}/Dockerfile`,
  paths: [`infra/images/${name}`],
  from: { BASE: "base", ...(withBuilder ? { BUILDER: "builder" } : {}) },
})

export function serverRecipes(): ImageRecipe[] {
  return [
    { name: "base", dockerfile: "infra/images/base/Dockerfile", paths: ["infra/images/base"], from: {} },
    {
      name: "builder",
      dockerfile: "infra/images/builder/Dockerfile",
      paths: ["infra/images/builder"],
      from: { BASE: "base" },
      extra: () => [hostBundle()],
    },
    server("edge", false),
    server("postgresql", false),
    server("keycloak", true),
    server("minio", true),
  ]
}

export function workspaceRecipes(root: string): ImageRecipe[] {
  return ["door", "workspace", "demo-data"].flatMap((name) => workspaceRecipe(root, name) ?? [])
}

export function appRecipes(root: string): ImageRecipe[] {
  return [
    {
      name: "dependencies",
      dockerfile: "infra/images/app/Dockerfile.dependencies",
      paths: ["infra/images/app/Dockerfile.dependencies", "package-lock.json"],
      from: { BASE: "base" },
      extra: () => [{ name: ".build/node", source: nodeBinary(root) }, ...moduleFiles(root)],
    },
    {
      name: "app",
      dockerfile: "infra/images/app/Dockerfile",
      paths: [
        "infra/images/app/Dockerfile",
        "infra/images/app/entrypoint.sh",
        "infra/images/app/healthy.js",
        "infra/images/app/module.json",
        "package.json",
        "policies",
        ...appFolders(root),
      ],
      from: { DEPENDENCIES: "dependencies" },
      extra: () => webFiles(root),
    },
  ]
}
