// One start, stop or reset of an installation at a time. The lock is a file that names the process; when
// that process is gone (killed, machine restarted) the next one takes over.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { StepFailed } from "./steps.ts"

/** Time at which a process began, in clock ticks: tells it from a later one that got the same number. */
export function processBirth(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19]
  } catch {
    return undefined
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

function alive(holder: string): boolean {
  const [pid = "", birth = ""] = holder.split(" ")
  return pid !== "" && processBirth(Number(pid)) === birth
}

/** A link of a file written beforehand: nobody ever sees a lock that does not say yet who holds it. */
function take(file: string): boolean {
  const draft = `${file}.${process.pid}.new`
  writeFileSync(draft, `${process.pid} ${processBirth(process.pid) ?? ""}`, { mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Moves the lock of a dead process away. When another one was quicker, its fresh lock is put back. */
export function clearDead(file: string, dead: string): void {
  const aside = `${file}.${process.pid}.dead`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return
    throw error
  }
  if (read(aside) !== dead) linkSync(aside, file)
  rmSync(aside, { force: true })
}

/** Runs `work` alone; waits up to `seconds` for another process, and says so once. */
export async function withLock<T>(
  file: string,
  say: (line: string) => void,
  work: () => Promise<T>,
  seconds = 900,
): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true })
  const end = performance.now() + seconds * 1000
  for (let said = false; ; said = true) {
    if (take(file)) break
    const holder = read(file)
    if (holder === undefined) continue
    if (!alive(holder)) {
      clearDead(file, holder)
      continue
    }
    if (performance.now() > end)
      throw new StepFailed(
        `process ${holder.split(" ")[0]} holds ${file}`,
        "Wait for it to end, or end it, then run this again.",
      )
    if (!said) say("  another start, stop or reset of this installation is running: waiting for it …")
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const release = () => rmSync(file, { force: true })
  process.once("exit", release)
  try {
    return await work()
  } finally {
    process.removeListener("exit", release)
    release()
  }
}
