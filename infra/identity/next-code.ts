// The next one-time code of a demo account. Keycloak takes each code once, so a code is handed out once:
// the last step that was used is kept beside the accounts, under a lock, and the next caller waits for the
// next step.
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs"
import path from "node:path"
import { writeWhole } from "../state.ts"
import { codeForStep, STEP_SECONDS, stepAt } from "./totp.ts"

export interface Clock {
  /** milliseconds since 1970 */
  now(): number
  /** resolves no earlier than the given time */
  until(epochMilliseconds: number): Promise<void>
}

export const systemClock: Clock = {
  now: Date.now,
  until: async (when) => {
    while (Date.now() < when)
      await new Promise((resolve) => setTimeout(resolve, Math.max(when - Date.now(), 1)))
  },
}

/** First step that was not handed out yet, and is not in the past. */
export function chooseStep(now: number, lastUsed: number | undefined): number {
  return Math.max(stepAt(now), (lastUsed ?? -1) + 1)
}

function readUsed(file: string): Record<string, number> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>) : {}
}

/** Runs `work` with a file as lock; one whose process is gone, or that is older than 5 s, is taken over. */
function withLock<T>(file: string, work: () => T): T {
  for (;;) {
    try {
      const handle = openSync(file, "wx", 0o600)
      writeSync(handle, String(process.pid))
      closeSync(handle)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
      const stat = statSync(file, { throwIfNoEntry: false })
      const age = stat === undefined ? 0 : Date.now() - stat.mtimeMs
      if (age > 5_000) rmSync(file, { force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
  try {
    return work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** Takes a step for this account, waits until it begins, and answers its code. `say` hears of a wait. */
export async function nextCode(
  directory: string,
  username: string,
  key: string,
  clock: Clock,
  say: (line: string) => void,
): Promise<string> {
  const file = path.join(directory, "demo-codes.json")
  const step = withLock(`${file}.lock`, () => {
    const used = readUsed(file)
    const chosen = chooseStep(clock.now(), used[username])
    writeWhole(file, `${JSON.stringify({ ...used, [username]: chosen })}\n`, 0o600)
    return chosen
  })
  const begins = step * STEP_SECONDS * 1000
  const wait = begins - clock.now()
  if (wait > 0) {
    say(`The last code of ${username} is used up: waiting ${Math.ceil(wait / 1000)} s for the next one.`)
    await clock.until(begins)
  }
  return codeForStep(key, step)
}
