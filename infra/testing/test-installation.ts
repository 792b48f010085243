// An installation for one run of the tests: own name, id, port, secrets and state, beside whatever runs on
// this machine and never touching it. It is removed afterwards whatever happened; what a killed run left
// is removed by the next one, which knows it by its folder and the process that made it.
import { randomInt } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import path from "node:path"
import { removeInstallation } from "../commands/reset.ts"
import { inspectServices, listContainers } from "../containers.ts"
import { readInstallation, type Installation } from "../installation.ts"
import { processBirth } from "../lock.ts"
import { unmountBelow } from "../mounts.ts"
import { readImages, startPlatform } from "../platform.ts"
import { run, tryRun, waitUntil } from "../run.ts"
import { readIdentity } from "../state.ts"
import { describeFailure, StepFailed, type Print } from "../steps.ts"

const PARENT = "/var/tmp"
const PREFIX = "ghtest-"
const NAME = "test"
const PORTS = 200

function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })
}

/** A port nobody listens on. Where to begin is by chance, so that two test runs do not choose the same. */
export async function freePort(): Promise<number> {
  const first = randomInt(PORTS)
  for (let step = 0; step < PORTS; step += 1) {
    const port = 18_080 + ((first + step) % PORTS)
    if (await portIsFree(port)) return port
  }
  throw new Error(`no free port between 18080 and ${18_080 + PORTS - 1} for the test installation`)
}

/** A folder for one test run; its process, by number and birth, says whether it may be removed. */
export function ownFolder(): string {
  const parent = mkdtempSync(path.join(PARENT, PREFIX))
  writeFileSync(path.join(parent, "owner"), `${process.pid} ${processBirth(process.pid) ?? ""}`)
  return parent
}

function ownerAlive(folder: string): boolean {
  const file = path.join(folder, "owner")
  const [pid = "", birth = ""] = existsSync(file) ? readFileSync(file, "utf8").trim().split(" ") : []
  return pid !== "" && processBirth(Number(pid)) === birth
}

function installationIn(state: string, port: number): Installation {
  return readInstallation({
    GLASSHOUSE_STATE: state,
    GLASSHOUSE_INSTALLATION: `${NAME}-${path.basename(state).slice(PREFIX.length).toLowerCase()}`,
    GLASSHOUSE_SITE: `http://glasshouse.localhost:${port}`,
  })
}

/** Removes an installation and its folder; throws, and leaves its identity for the next try, when it cannot. */
export async function removeWithParent(installation: Installation): Promise<void> {
  const parent = path.dirname(installation.state)
  if (readIdentity(installation.state) !== undefined) await removeInstallation(installation, () => {})
  else await removeUnnamed(installation)
  const held = await unmountBelow(parent, false)
  if (held.length > 0) throw new StepFailed(`still mounted: ${held.join(", ")}`, "Run npm test again.")
  rmSync(parent, { recursive: true, force: true })
}

/** For a folder whose identity is gone or was never written: what compose made is known by its project. */
async function removeUnnamed({ project }: Installation): Promise<void> {
  const containers = await listContainers({ "com.docker.compose.project": project })
  if (containers.length > 0) await tryRun("docker", ["rm", "--force", "--volumes", ...containers])
  for (const network of ["front", "back"]) await tryRun("docker", ["network", "rm", `${project}_${network}`])
}

/** Removes what earlier runs left whose process is gone. */
export async function removeStale(print: Print): Promise<void> {
  for (const name of readdirSync(PARENT).filter((entry) => entry.startsWith(PREFIX))) {
    const state = path.join(PARENT, name)
    if (ownerAlive(state)) continue
    print(`  removing what an earlier test run left in ${state}`)
    await removeWithParent(installationIn(state, 18_080))
  }
}

// A PostgreSQL of their own for tests that make and drop databases: the same image, no data kept.
const SCRATCH_DATABASE = `initdb --pgdata=/tmp/data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
echo "host all all all trust" >> /tmp/data/pg_hba.conf
exec postgres -D /tmp/data -c listen_addresses='*' -c unix_socket_directories=/tmp -c max_connections=200 -c shared_buffers=128MB`

async function startScratchDatabase(installation: Installation, id: string): Promise<string> {
  const image = readImages(installation.state)["postgresql"] ?? ""
  const container = (
    await run("docker", [
      ...["run", "--detach", "--rm", "--network", `${installation.project}_back`, "--shm-size", "256m"],
      ...["--label", `glasshouse.installation=${id}`, "--label", "glasshouse.role=service"],
      ...["--entrypoint", "sh", image, "-c", SCRATCH_DATABASE],
    ])
  ).trim()
  const format = `{{(index .NetworkSettings.Networks "${installation.project}_back").IPAddress}}`
  const address = (await run("docker", ["inspect", "--format", format, container])).trim()
  const ready = await waitUntil(
    async () =>
      (await tryRun("docker", ["exec", container, "pg_isready", "-q", "-h", "127.0.0.1"])).code === 0,
    30_000,
  )
  if (!ready) throw new Error("the tests' own PostgreSQL did not start")
  return `postgres://postgres@${address}:5432/postgres`
}

export interface TestInstallation extends AsyncDisposable {
  installation: Installation
  /** what integration tests and journeys read */
  environment: Record<string, string>
}

export async function environmentOf(installation: Installation): Promise<Record<string, string>> {
  const { state, site, project } = installation
  const services = await inspectServices(project)
  const address = (service: string) =>
    services.find((one) => one.service === service)?.addresses["back"] ?? ""
  const images = readImages(state)
  return {
    GLASSHOUSE_SITE: site.origin,
    GLASSHOUSE_STATE: path.dirname(state),
    GLASSHOUSE_STATE_DIR: state,
    GLASSHOUSE_INSTALLATION: installation.name,
    GLASSHOUSE_INSTALLATION_ID: readIdentity(state)?.id ?? "",
    GLASSHOUSE_PROJECT: project,
    GLASSHOUSE_DEMO: installation.demo ? "on" : "off",
    GLASSHOUSE_DATABASE_HOST: address("postgresql"),
    GLASSHOUSE_DATABASE_PORT: "5432",
    GLASSHOUSE_STORE_URL: `http://${address("minio")}:9000`,
    GLASSHOUSE_IDENTITY_URL: `http://${address("keycloak")}:8080`,
    GLASSHOUSE_IDENTITY_ISSUER: `${site.identityOrigin}/realms/glasshouse`,
    GLASSHOUSE_MAIL_HOST: address("mail"),
    GLASSHOUSE_MAIL_PORT: "1025",
    GLASSHOUSE_MAIL_URL: `http://${address("mail")}:1080`,
    GLASSHOUSE_NETWORK_BACK: `${project}_back`,
    GLASSHOUSE_DEMO_DATA: path.join(state, "demo-data"),
    GLASSHOUSE_IMAGE_WORKSPACE: images["workspace"] ?? "",
    GLASSHOUSE_IMAGE_DOOR: images["door"] ?? "",
    GLASSHOUSE_IMAGE_APP: images["app"] ?? "",
    GLASSHOUSE_TEST_SECRETS: path.join(state, "secrets"),
  }
}

/** Servers of every installation on this machine; to be compared before and after a test run. */
export async function runningServices(): Promise<string[]> {
  // By name and not by container: somebody may start the other installation anew meanwhile.
  const format = '{{.Label "glasshouse.installation"}} {{.Label "com.docker.compose.service"}}'
  const text = await run("docker", ["ps", "--format", format, "--filter", "label=com.docker.compose.service"])
  return [...new Set(text.split("\n").filter((line) => line.trim() !== ""))].toSorted()
}

export async function startTestInstallation(root: string, print: Print): Promise<TestInstallation> {
  await removeStale(print)
  const parent = ownFolder()
  const installation = installationIn(parent, await freePort())
  const dispose = async () => {
    try {
      await removeWithParent(installation)
    } catch (error) {
      print(describeFailure(error))
    }
  }
  try {
    await startPlatform(root, installation, print)
    const id = readIdentity(installation.state)?.id ?? ""
    const scratch = await startScratchDatabase(installation, id)
    const environment = { ...(await environmentOf(installation)), GLASSHOUSE_TEST_DATABASE_URL: scratch }
    return { installation, environment, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Names of this installation's containers that are still there: none, after it was removed. */
export async function leftBehind(id: string): Promise<string[]> {
  return await listContainers({ "glasshouse.installation": id })
}
