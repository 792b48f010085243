// Runs other programs for the start script: output kept for the error message, never inherited by daemons.
import { execFile, spawn } from "node:child_process"
import { closeSync, openSync } from "node:fs"

export interface Finished {
  code: number
  stdout: string
  stderr: string
}

interface RunOptions {
  env?: Record<string, string>
  cwd?: string
  /** milliseconds until the program is killed; none means it may take its time */
  timeout?: number
  input?: string
}

/** Runs a program to its end; never throws for a failing one (a program that is not there is code 127). */
export function tryRun(program: string, args: string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        timeout: options.timeout,
        killSignal: "SIGKILL",
        maxBuffer: 256 * 1024 * 1024,
        encoding: "utf8",
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr })
        else if (error.code === "ENOENT") resolve({ code: 127, stdout, stderr: `${program}: not found` })
        else resolve({ code: typeof error.code === "number" ? error.code : 1, stdout, stderr })
      },
    )
    child.stdin?.on("error", () => {})
    child.stdin?.end(options.input ?? "")
  })
}

export class ProgramFailed extends Error {
  override name = "ProgramFailed"
}

/** Like tryRun, but a failing program is an error that carries the end of what it said. */
export async function run(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const done = await tryRun(program, args, options)
  if (done.code === 0) return done.stdout
  const said = `${done.stderr}\n${done.stdout}`.trim().split("\n").slice(-12).join("\n")
  throw new ProgramFailed(`${program} ${args.slice(0, 3).join(" ")} ended with ${done.code}:\n${said}`)
}

/**
 * Runs a program with the terminal's own input and output; answers its exit code. A test runner started by a
 * test is one of its own. When `signal` aborts, or after `timeout` milliseconds, it is asked to end, then made to.
 */
export function runInherited(
  program: string,
  args: string[],
  env: Record<string, string> = {},
  cwd?: string,
  { signal, timeout }: { signal?: AbortSignal; timeout?: number } = {},
): Promise<number> {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env: { ...inherited, ...env }, cwd })
    const timers: NodeJS.Timeout[] = []
    const end = () => {
      child.kill("SIGTERM")
      timers.push(setTimeout(() => child.kill("SIGKILL"), 10_000))
    }
    if (timeout !== undefined) timers.push(setTimeout(end, timeout))
    signal?.addEventListener("abort", end, { once: true })
    if (signal?.aborted === true) end()
    child.on("error", reject)
    child.on("exit", (code) => {
      for (const timer of timers) clearTimeout(timer)
      signal?.removeEventListener("abort", end)
      resolve(code ?? 1)
    })
  })
}

/** Starts a program that outlives us: own session, no inherited handles, output appended to a file. */
export function startDetached(program: string, args: string[], logFile: string): void {
  const log = openSync(logFile, "a", 0o600)
  try {
    const child = spawn(program, args, { detached: true, stdio: ["ignore", log, log], cwd: "/" })
    child.on("error", () => {})
    child.unref()
  } finally {
    closeSync(log)
  }
}

/** Polls until `check` answers true; false when the time is over. */
export async function waitUntil(
  check: () => Promise<boolean>,
  milliseconds: number,
  every = 250,
): Promise<boolean> {
  const end = performance.now() + milliseconds
  for (;;) {
    if (await check()) return true
    if (performance.now() + every > end) return false
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}
