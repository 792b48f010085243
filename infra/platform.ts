// What `npm start` does, as steps. Each looks at what is there first; together they are idempotent, and a
// start that ended anywhere goes on from there. Also used by the tests for their own installation.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import path from "node:path"
import { backupBeforeMigration } from "./backup.ts"
import { ensureImages, ensureSourceImage, imagePresent } from "./build.ts"
import { Compose, composeEnvironment, renderEnvironmentFile } from "./compose.ts"
import { copyDemoData, waitDemoData } from "./demo-data.ts"
import { renderNginx } from "./edge/nginx.ts"
import { assertNameFree, assertPortFree, assertRoom, ROOM } from "./conflicts.ts"
import { ensureEngine, findCompose, findEngineSocket } from "./engine.ts"
import { prepareIdentity } from "./identity/prepare.ts"
import { reconcileIdentity } from "./identity/reconcile.ts"
import { listFiles } from "./images.ts"
import type { Installation } from "./installation.ts"
import { ensureLabAssets } from "./lab-assets.ts"
import { withLock } from "./lock.ts"
import { ensureShared } from "./mounts.ts"
import { ENGINE_NEEDS, ensurePackages, onPath } from "./packages.ts"
import { appRecipes, serverRecipes, webDirectory, workspaceRecipes } from "./recipes.ts"
import { run, tryRun } from "./run.ts"
import { UIDS } from "./secrets.ts"
import { bringUp, waitReady } from "./services.ts"
import { ensureSecrets, ensureState, readIdentity, writeWhole } from "./state.ts"
import { runSteps, StepFailed, type Print, type Step } from "./steps.ts"

const APPS = ["control-plane", "gateway", "node-agent", "custody"] as const

export interface StartOptions {
  /** only the servers ours are built on, for development on the host */
  serversOnly?: boolean
}

function checkPlatform(): string {
  if (process.platform !== "linux")
    throw new StepFailed("this is not Linux", "Use a Linux machine (Debian, Ubuntu).")
  if (process.getuid?.() !== 0)
    throw new StepFailed("not root", "Notebooks need mounts that only root can make: run `sudo npm start`.")
  return `${process.arch}, Node ${process.versions.node}`
}

async function ensureHostPackages(): Promise<string> {
  const compose = (await tryRun("docker", ["compose", "version"])).code === 0
  const has = (command: string) => onPath(command) || (command === "docker-compose" && compose)
  const installed = await ensurePackages(ENGINE_NEEDS, has)
  await findCompose()
  return installed.length === 0 ? "nothing to install" : `installed ${installed.join(", ")}`
}

/** Building takes room on the engine's disk once; a running installation's own growth is for the operator to watch. */
async function assertRoomFor(installation: Installation): Promise<void> {
  const engineRoot = (await run("docker", ["info", "--format", "{{.DockerRootDir}}"])).trim()
  if (!(await imagePresent("debian:trixie-slim"))) assertRoom(engineRoot, ROOM.images, "building the images")
  assertRoom(installation.state, ROOM.state, "an installation")
}

/** The console, built once for each state of its sources. */
async function ensureWeb(root: string): Promise<string> {
  const target = webDirectory(root)
  if (existsSync(target)) return "as built before"
  const draft = `${target}.${process.pid}.new`
  mkdirSync(path.dirname(target), { recursive: true })
  const vite = path.join(root, "node_modules", "vite", "bin", "vite.js")
  await run(process.execPath, [vite, "build", "--outDir", draft, "--emptyOutDir", "--logLevel", "warn"], {
    cwd: path.join(root, "apps", "web"),
  })
  if (existsSync(target)) rmSync(draft, { recursive: true, force: true })
  else renameSync(draft, target)
  return "built"
}

/** Answers whether the running edge has to be told: its file is another one now. */
function writeEdge(installation: Installation): boolean {
  const directory = path.join(installation.state, "edge")
  const file = path.join(directory, "nginx.conf")
  const nginx = { uid: UIDS.edge, gid: UIDS.edge }
  mkdirSync(path.join(directory, "tls"), { recursive: true, mode: 0o755 })
  const wanted = renderNginx(installation.site, installation.tls !== undefined)
  const changed = !existsSync(file) || readFileSync(file, "utf8") !== wanted
  if (changed) writeWhole(file, wanted, 0o644)
  if (installation.tls === undefined) return changed
  const copy = (from: string, name: string, mode: number) => {
    const text = readFileSync(from, "utf8")
    const to = path.join(directory, "tls", name)
    if (existsSync(to) && readFileSync(to, "utf8") === text) return false
    writeWhole(to, text, mode, nginx)
    return true
  }
  try {
    const certificate = copy(installation.tls.certificate, "tls.crt", 0o644)
    const key = copy(installation.tls.key, "tls.key", 0o600)
    return changed || certificate || key
  } catch (error) {
    throw new StepFailed(
      `certificate or key: ${(error as Error).message}`,
      "Check GLASSHOUSE_TLS_CERT and GLASSHOUSE_TLS_KEY.",
    )
  }
}

export function readImages(state: string): Record<string, string> {
  const file = path.join(state, "images.json")
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) : {}
}

/** Buckets, users and policies; done again only when the documents or the image are others. */
async function provisionStore(
  root: string,
  installation: Installation,
  reference: string,
  id: string,
): Promise<string> {
  const hash = createHash("sha256").update(reference)
  for (const file of listFiles(root, "infra/minio"))
    hash.update(file).update(readFileSync(path.join(root, file)))
  const mark = path.join(installation.state, ".store")
  const wanted = hash.digest("hex")
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted)
    return "buckets, users and policies as they were"
  const labels = ["--label", `glasshouse.installation=${id}`, "--label", "glasshouse.role=service"]
  const bind = (source: string, target: string) => [
    "--mount",
    `type=bind,source=${source},target=${target},readonly`,
  ]
  await run("docker", [
    ...["run", "--rm", "--network", `${installation.project}_back`, "--read-only", "--cap-drop", "ALL"],
    ...["--security-opt", "no-new-privileges", "--memory", "256m", "--pids-limit", "64", ...labels],
    ...bind(path.join(installation.state, "secrets", "minio"), "/run/secrets/glasshouse"),
    ...bind(path.join(root, "infra", "minio"), "/etc/glasshouse"),
    ...["--entrypoint", "/usr/local/bin/provision", reference, "minio:9000", "/etc/glasshouse"],
  ])
  writeWhole(mark, wanted, 0o644)
  return "buckets, users and policies are in place"
}

/** Each migration is one transaction, so a failed one needs no undoing; going back needs the backup. */
function afterMigration({ state }: Installation): string {
  return [
    "If a migration failed, it changed nothing, and the next start tries it again.",
    `To go back to the earlier version, restore the newest backups in ${path.join(state, "backups")} (docs/operating.md).`,
  ].join("\n")
}

export function startSteps(root: string, installation: Installation, options: StartOptions = {}): Step[] {
  const { state } = installation
  const services = ["mail", "edge", ...(options.serversOnly === true ? [] : APPS)]
  let id = ""
  let edgeChanged = false
  let backedUp = false
  let images: Record<string, string> = {}
  return [
    {
      name: "platform",
      run: async () => checkPlatform(),
      advice: "Use Debian or Ubuntu with Node 20 or later.",
    },
    {
      name: "host packages",
      run: ensureHostPackages,
      advice: "Install the named packages by hand, then start again.",
    },
    { name: "engine", run: ensureEngine, advice: "Start Docker Engine by hand, then start again." },
    {
      name: "state",
      run: async () => {
        const fresh = readIdentity(state) === undefined
        id = ensureState(state, installation.name).id
        await assertNameFree(installation, id)
        await assertPortFree(installation)
        await assertRoomFor(installation)
        await ensureShared(state)
        const made = ensureSecrets(state)
        const people = prepareIdentity(installation)
        edgeChanged = writeEdge(installation)
        return `${state} (${fresh ? "new, " : ""}installation ${id}), ${made === 0 ? "secrets as they were" : `${made} secrets made`}, ${people}`
      },
      advice: `Look at ${state}: it must be writable by root and on a disk with room.`,
    },
    {
      name: "server images",
      run: async (note) => {
        if (!(await imagePresent("debian:trixie-slim"))) await ensureSourceImage(note)
        images = await ensureImages(root, serverRecipes(), note)
        return "base, edge, postgresql, keycloak, minio"
      },
      advice: "Start again: what was built stays.",
    },
    {
      name: "console",
      run: async () => ensureWeb(root),
      advice: "Run `npm run check`: the console does not build.",
    },
    {
      name: "our images",
      run: async (note) => {
        const recipes = [...serverRecipes(), ...appRecipes(root), ...workspaceRecipes(root)]
        images = await ensureImages(root, recipes, note)
        await copyDemoData(installation, images["demo-data"])
        await ensureLabAssets(installation, images["workspace"])
        writeWhole(path.join(state, "images.json"), `${JSON.stringify(images, null, 2)}\n`, 0o644)
        const environment = composeEnvironment(installation, id, images, await findEngineSocket())
        writeWhole(path.join(state, "compose.env"), renderEnvironmentFile(environment), 0o600)
        return "app, workspace, door"
      },
      advice: "Start again: what was built stays.",
    },
    {
      name: "servers",
      run: async () => {
        const stores = await bringUp(root, installation, "servers", ["postgresql", "minio"])
        return `${stores}; ${await bringUp(root, installation, "identity", ["keycloak"])}`
      },
      advice: "Read the message; `docker ps -a` shows the containers.",
    },
    {
      name: "store",
      run: async () => provisionStore(root, installation, images["minio"] ?? "", id),
      advice: "Look at the log of the minio container, then start again.",
    },
    {
      name: "sign-in",
      run: async () => reconcileIdentity(installation),
      advice: "Look at the log of the keycloak container, then start again.",
    },
    {
      name: "backup",
      run: async () => {
        const taken = await backupBeforeMigration(root, installation)
        backedUp = taken !== undefined
        return taken === undefined ? "no migration to come" : `copied to ${taken} before the migration`
      },
      advice: "Make room on the disk, then start again: nothing is migrated without a backup.",
    },
    {
      name: "apps",
      run: async () => {
        const said = await bringUp(root, installation, "apps", services).catch((error: unknown) => {
          if (!backedUp || !(error instanceof StepFailed)) throw error
          throw new StepFailed(error.message, `${error.advice}\n${afterMigration(installation)}`, error)
        })
        if (edgeChanged) await (await Compose.of(root, installation)).run("restart", "edge")
        return said
      },
      advice: "Read the message; `docker ps -a` shows the containers.",
    },
    ...(options.serversOnly
      ? []
      : [
          {
            name: "ready",
            run: async () => waitReady(installation, 90),
            advice: "Look at the log of the control-plane container, then start again.",
          },
          {
            name: "data",
            run: async (note: Print) =>
              installation.demo ? waitDemoData(installation, note, 600) : "no demonstration data",
            advice: "Look at the log of the control-plane container, then start again.",
          },
        ]),
  ]
}

export async function startPlatform(
  root: string,
  installation: Installation,
  print: Print,
  options: StartOptions = {},
) {
  await withLock(`${installation.state}.lock`, print, () =>
    runSteps(startSteps(root, installation, options), print),
  )
}
