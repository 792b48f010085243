// One start, stop or reset of an installation at a time. The lock is a file that names the process; when
// that process is gone (killed, machine restarted) the next one takes over.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs"
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

function holderAlive(file: string): boolean {
  const [pid = "", birth = ""] = existsSync(file) ? readFileSync(file, "utf8").split(" ") : []
  return pid !== "" && processBirth(Number(pid)) === birth
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
    try {
      const handle = openSync(file, "wx", 0o600)
      writeSync(handle, `${process.pid} ${processBirth(process.pid) ?? ""}`)
      closeSync(handle)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
      if (!holderAlive(file)) {
        rmSync(file, { force: true })
        continue
      }
      if (performance.now() > end)
        throw new StepFailed(
          `another command holds ${file}`,
          "Wait for it to end, or end it, then run this again.",
        )
      if (!said) say("  another start, stop or reset of this installation is running: waiting for it …")
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
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
