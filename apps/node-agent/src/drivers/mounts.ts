// Mounts on the node: quota images and binds. Every call names directories that the agent made from
// ids; nothing here opens a path inside a directory that a workspace can write. One at a time, because
// finding a free loop device and using it are two steps.
import { execFile } from "node:child_process"
import { mkdir, open, readFile, rmdir, stat, unlink } from "node:fs/promises"
import { dirname } from "node:path"
import { promisify } from "node:util"
import { AgentError, unavailable } from "../domain/errors.ts"

const run = promisify(execFile)

/** Home and shared folder lie in this directory of an image, so that its lost+found stays out of sight. */
const DATA = "data"
const WORKSPACE_UID = 1000

let last: Promise<unknown> = Promise.resolve()

/** Runs mount work strictly one after the other. */
export async function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work)
  last = next.catch(() => undefined)
  return await next
}

/** Makes a sparse ext4 image of exactly this size when there is none; an existing one keeps its size. */
export async function ensureImage(path: string, megabytes: number): Promise<void> {
  if (await exists(path)) return
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const part = `${path}.part`
  await unlink(part).catch(() => undefined)
  const file = await open(part, "wx", 0o600)
  try {
    await file.truncate(megabytes * 1024 * 1024)
  } finally {
    await file.close()
  }
  // No reserved blocks: the whole size is the person's. Tables are set up by the kernel as they are used.
  await command("mkfs.ext4", ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", part])
  await command("mv", ["-T", part, path])
}

/** Mounts an image with nosuid,nodev unless it is mounted there already. Returns the directory to bind. */
export async function mountImage(image: string, target: string): Promise<string> {
  if (!(await isMounted(target))) {
    await mkdir(target, { recursive: true, mode: 0o700 })
    await ensureLoopNode()
    await command("mount", ["-t", "ext4", "-o", "loop,nosuid,nodev,noatime", image, target])
  }
  const data = `${target}/${DATA}`
  if (!(await exists(data))) {
    // First use: the image's root belongs to root and no workspace ever sees it. Renamed when it is
    // whole, so that a crash in between leaves no folder that its person cannot write.
    await mkdir(`${data}.part`, { recursive: true })
    await command("chown", [`${WORKSPACE_UID}:${WORKSPACE_UID}`, `${data}.part`])
    await command("chmod", ["0770", `${data}.part`])
    await command("mv", ["-T", `${data}.part`, data])
  }
  return data
}

/** Binds a directory of a mounted image into a slot. The bind keeps the nosuid,nodev of its source. */
export async function bindInto(source: string, target: string): Promise<void> {
  if (await isMounted(target)) return
  await command("mount", ["--bind", source, target])
}

/** Unmounts; what is not mounted is fine. Throws 503 `unmount_failed` while something holds it. */
export async function unmount(target: string): Promise<void> {
  const deadline = performance.now() + 5_000
  while (await isMounted(target)) {
    try {
      await run("umount", [target])
    } catch (error) {
      if (performance.now() > deadline)
        throw unavailable("unmount_failed", `${target} is still in use.`, error)
      // The kernel lets go of a removed container's mounts shortly after the engine says it is gone.
      await run("sync", ["-f", target]).catch(() => undefined)
    }
  }
}

export async function removeDirectory(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error
  })
}

/** Mount points at or below a directory, the deepest first. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const points = (await mountPoints()).filter(
    (point) => point === directory || point.startsWith(`${directory}/`),
  )
  return points.sort((a, b) => b.length - a.length)
}

export async function isMounted(path: string): Promise<boolean> {
  return (await mountPoints()).includes(path)
}

/** Whether binds made below this directory reach running containers. */
export async function isSharedMount(directory: string): Promise<boolean> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").map((line) => line.split(" "))
  const holding = lines
    .filter(
      ([, , , , point]) =>
        point !== undefined &&
        (directory === point || directory.startsWith(point === "/" ? "/" : `${point}/`)),
    )
    .sort((a, b) => (b[4] ?? "").length - (a[4] ?? "").length)
  return holding[0]?.some((field) => field.startsWith("shared:")) ?? false
}

async function mountPoints(): Promise<string[]> {
  const table = await readFile("/proc/self/mountinfo", "utf8")
  return table
    .split("\n")
    .map((line) => line.split(" ")[4])
    .filter((point) => point !== undefined)
    .map((point) =>
      point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    )
}

/** In a container /dev does not follow the kernel: the node of the next free loop device is made by hand. */
async function ensureLoopNode(): Promise<void> {
  const { stdout } = await run("losetup", ["-f"])
  // "/dev/loop3", or "/dev/loop3 (lost)" where the node is missing.
  const device = stdout.trim().split(" ")[0] ?? ""
  if (!/^\/dev\/loop[0-9]+$/.test(device) || (await exists(device))) return
  await command("mknod", ["-m", "0600", device, "b", "7", device.slice("/dev/loop".length)])
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

async function command(program: string, parameters: string[]): Promise<void> {
  try {
    await run(program, parameters)
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error)
    const code = /no space left/i.test(stderr) ? "disk_full" : "storage_failed"
    throw new AgentError(503, code, `${program} failed: ${stderr.slice(0, 300)}`, { cause: error })
  }
}
