// A machine inside this one, as fresh as a new Debian: own root, processes, network, mounts and cgroups, and an
// engine of its own if somebody installs one. What is done to it cannot reach the engine or the
// installations of this machine. Loop devices and the kernel are shared.
import { execFile, spawn } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import path from "node:path"
import { run, tryRun, waitUntil, type Finished } from "../run.ts"
import { BOOTSTRAP_NEEDS, ensurePackages } from "../packages.ts"

const PREFIX = "/var/tmp/ghmachine-"
const CGROUPS = "/sys/fs/cgroup"
const BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
const OUTER = "10.213.8.1"
const INNER = "10.213.8.2"

/** Prepares the new root's file systems, makes it the root, and stays as the process that adopts orphans. */
const FIRST_PROCESS = `set -eu
mount --bind "$1" "$1"; cd "$1"
mount -t proc proc proc; mount -t sysfs sys sys; mount --rbind /dev dev
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts; mount -t tmpfs shm dev/shm; mount -t tmpfs run run
if [ -f ${CGROUPS}/cgroup.controllers ]; then mount -t cgroup2 cgroup sys/fs/cgroup; else
  mount -t tmpfs -o mode=755 cgroup sys/fs/cgroup
  for name in $2; do
    mkdir -p "sys/fs/cgroup/$name"
    case $name in systemd) kind=none,name=systemd ;; *) kind=$name ;; esac
    mount -t cgroup -o "$kind" cgroup "sys/fs/cgroup/$name"
  done
fi
hostname fresh; mkdir -p old; pivot_root . old
exec chroot . bash -c 'umount -l /old; touch /run/machine-is-up; trap "exit 0" TERM; while :; do sleep 3600 & wait $! || true; done'`

const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
  NODE_EXTRA_CA_CERTS: BUNDLE,
}

function controllers(): string[] {
  const known = ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "systemd"]
  return existsSync(path.join(CGROUPS, "cgroup.controllers"))
    ? [""]
    : known.filter((name) => existsSync(path.join(CGROUPS, name)))
}

export class Machine implements AsyncDisposable {
  readonly directory: string
  readonly #name: string
  readonly #pid: number

  private constructor(directory: string, pid: number) {
    this.directory = directory
    this.#name = path.basename(directory)
    this.#pid = pid
  }

  /** Debian trixie with Node 20, npm and git from Debian, and trust in this machine's authorities. */
  static async make(note: (line: string) => void): Promise<Machine> {
    await ensurePackages(BOOTSTRAP_NEEDS)
    for (const left of readdirSync("/var/tmp")) {
      const owner = /^ghmachine-(\d+)-/.exec(left)?.[1]
      if (owner !== undefined && !existsSync(`/proc/${owner}`))
        await removeFolder(path.join("/var/tmp", left))
    }
    const directory = mkdtempSync(`${PREFIX}${process.pid}-`)
    const system = path.join(directory, "root")
    await run("debootstrap", ["--variant=minbase", "trixie", system])
    copyFileSync("/etc/resolv.conf", path.join(system, "etc/resolv.conf"))
    const packages = ["ca-certificates", "nodejs", "npm", "git", "iproute2", "procps", "curl"]
    const install = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`
    await run("chroot", [system, "sh", "-c", install], { env: { DEBIAN_FRONTEND: "noninteractive" } })
    if (existsSync(BUNDLE)) copyFileSync(BUNDLE, path.join(system, BUNDLE))
    note("a fresh Debian with Node and npm is there")
    return await Machine.#start(directory, system)
  }

  static async #start(directory: string, system: string): Promise<Machine> {
    const name = path.basename(directory)
    for (const controller of controllers()) {
      const group = path.join(CGROUPS, controller, name)
      mkdirSync(group, { recursive: true })
      if (controller === "cpuset")
        for (const file of ["cpuset.cpus", "cpuset.mems"])
          writeFileSync(path.join(group, file), readFileSync(path.join(CGROUPS, controller, file)))
    }
    const join = joinGroups(name)
    const script = `${join}\nexec unshare --mount --pid --fork --kill-child --uts --ipc --net --cgroup --propagation private bash -c "$0" machine "$1" "$2"`
    const child = spawn("bash", ["-c", script, FIRST_PROCESS, system, controllers().join(" ")], {
      detached: true,
      stdio: "ignore",
      cwd: "/",
    })
    child.unref()
    let pid = 0
    const up = await waitUntil(async () => {
      pid = Number((await tryRun("pgrep", ["-P", String(child.pid)])).stdout.trim().split("\n")[0] ?? 0)
      return pid > 0 && existsSync(`/proc/${pid}/root/run/machine-is-up`)
    }, 30_000)
    if (!up) throw new Error("the machine did not start")
    const link = `ghm${process.pid % 100_000}`
    await run("ip", ["link", "add", link, "type", "veth", "peer", "name", "uplink", "netns", String(pid)])
    await run("ip", ["addr", "add", `${OUTER}/24`, "dev", link])
    await run("ip", ["link", "set", link, "up"])
    writeFileSync("/proc/sys/net/ipv4/ip_forward", "1")
    for (const rule of RULES) await run("iptables", [...rule.table, "-I", ...rule.rest])
    const inside = `ip link set lo up; ip addr add ${INNER}/24 dev uplink; ip link set uplink up; ip route add default via ${OUTER}`
    await run("nsenter", ["-t", String(pid), "-n", "sh", "-c", inside])
    return new Machine(directory, pid)
  }

  /** Runs a shell command inside, in a clean environment; `onLine` gets what it says as it says it. */
  run(command: string, onLine: (line: string) => void = () => {}): Promise<Finished> {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    const enter = `${joinGroups(this.#name)}\nexec env -i nsenter -t ${this.#pid} -a env -i "$@"`
    return new Promise((resolve) => {
      const child = execFile(
        "bash",
        ["-c", enter, "enter", ...variables, "bash", "-c", command],
        { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) =>
          resolve({
            code: error === null ? 0 : typeof error.code === "number" ? error.code : 1,
            stdout,
            stderr,
          }),
      )
      child.stdin?.end()
      let rest = ""
      child.stdout?.on("data", (text: string) => {
        const lines = `${rest}${text}`.split("\n")
        rest = lines.pop() ?? ""
        for (const line of lines) onLine(line)
      })
    })
  }

  /** A path inside, as this machine sees it. */
  path(inside: string): string {
    return path.join(this.directory, "root", inside)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await tryRun("kill", ["-KILL", String(this.#pid)])
    await waitUntil(async () => !existsSync(`/proc/${this.#pid}`), 30_000)
    for (const rule of RULES) await tryRun("iptables", [...rule.table, "-D", ...rule.rest])
    await removeFolder(this.directory)
  }
}

const RULES = [
  { table: ["-t", "nat"], rest: ["POSTROUTING", "-s", `${INNER}/32`, "-j", "MASQUERADE"] },
  { table: [], rest: ["FORWARD", "-s", `${INNER}/32`, "-j", "ACCEPT"] },
  { table: [], rest: ["FORWARD", "-d", `${INNER}/32`, "-j", "ACCEPT"] },
]

function joinGroups(name: string): string {
  return controllers()
    .map((controller) => `echo $$ > ${path.join(CGROUPS, controller, name, "cgroup.procs")}`)
    .join("\n")
}

/** The folder with everything below it, and the machine's cgroups, which are empty by now. */
async function removeFolder(directory: string): Promise<void> {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  for (const controller of controllers()) {
    const group = path.join(CGROUPS, controller, path.basename(directory))
    if (existsSync(group)) await tryRun("find", [group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"])
  }
}
