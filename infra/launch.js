// The part that must run on whatever Node a machine has (20 or later), before this project's own packages
// are there. It installs them from the lock file when they are missing or differ, then hands over to the
// pinned Node 24, which runs the TypeScript as it is. Says everything on stderr: stdout belongs to commands.
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import path from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Path of the pinned Node inside node_modules, or undefined where we have none for this machine. */
export function pinnedNode() {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) return undefined
  return path.join(root, "node_modules", `node-linux-${process.arch}`, "bin", "node")
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}

/**
 * Whether what npm says it installed is what the lock file asks for. npm writes its own list as its last
 * act, so an installation that was cut short differs and is done again.
 * @param {{packages: Record<string, any>}} wanted @param {{packages: Record<string, any>} | undefined} installed
 */
export function modulesMatch(wanted, installed) {
  if (installed === undefined) return false
  for (const [place, want] of Object.entries(wanted.packages)) {
    if (place === "" || want.link) continue
    const have = installed.packages[place]
    if (have === undefined) {
      if (want.optional || want.devOptional) continue
      return false
    }
    if (have.version !== want.version || have.integrity !== want.integrity) return false
  }
  return true
}

function modulesCurrent() {
  const wanted = readJson(path.join(root, "package-lock.json"))
  if (wanted === undefined) fail("package-lock.json is missing or broken", "Restore it from the repository.")
  const node = pinnedNode()
  return (
    node !== undefined &&
    existsSync(node) &&
    modulesMatch(wanted, readJson(path.join(root, "node_modules", ".package-lock.json")))
  )
}

function fail(what, advice) {
  process.stderr.write(`\n  ✗ ${what}\n    ${advice}\n`)
  process.exit(1)
}

/** Holds a folder as a lock while `work` runs; a lock whose process is gone is taken over. */
function withInstallLock(work) {
  const lock = path.join(root, ".cache", "install.lock")
  mkdirSync(path.dirname(lock), { recursive: true })
  for (let said = false; ;) {
    try {
      mkdirSync(lock)
      writeFileSync(path.join(lock, "pid"), String(process.pid))
      break
    } catch (error) {
      if (error.code !== "EEXIST") throw error
      const holder = Number(readJson(path.join(lock, "pid")) ?? 0)
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0)
      if (holder > 0 ? !existsSync(`/proc/${holder}`) : age > 10_000)
        rmSync(lock, { recursive: true, force: true })
      else {
        if (!said) process.stderr.write(`  process ${holder} installs the packages: waiting for it …\n`)
        said = true
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
      }
    }
  }
  try {
    return work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

export function ensureModules() {
  const major = Number(process.versions.node.split(".")[0])
  if (major < 20)
    fail(`Node ${process.versions.node} is too old`, "Install Node 20 or later, then run this again.")
  if (pinnedNode() === undefined)
    fail(`no Node for ${process.platform} ${process.arch}`, "Glasshouse runs on Linux, x64 or arm64.")
  if (modulesCurrent()) return
  withInstallLock(() => {
    if (modulesCurrent()) return
    const began = process.hrtime.bigint()
    process.stderr.write("  packages from the lock file (npm ci) …\n")
    const done = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    })
    if (done.error) fail("npm could not be started", "Install npm (it comes with Node), then run this again.")
    if (done.status !== 0)
      fail(
        "npm ci failed",
        "Read npm's message above. Behind a proxy, set NODE_EXTRA_CA_CERTS to its CA bundle.",
      )
    const seconds = (Number(process.hrtime.bigint() - began) / 1e9).toFixed(1)
    process.stderr.write(`  ✓ packages from the lock file  ${seconds} s\n`)
  })
  if (!existsSync(pinnedNode()))
    fail(
      "Node 24 is not among the packages",
      "npm must not omit optional dependencies: check `npm config get omit`.",
    )
}

/** Runs a TypeScript file of this project under the pinned Node and ends with its exit code. */
export function handOver(script, args) {
  ensureModules()
  const child = spawn(
    pinnedNode(),
    ["--disable-warning=ExperimentalWarning", path.join(root, script), ...args],
    {
      stdio: "inherit",
      env: { ...process.env, GLASSHOUSE_ROOT: root },
    },
  )
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("error", (error) =>
    fail(`Node 24 could not be started: ${error.message}`, "Delete node_modules and run this again."),
  )
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)))
}
