// What a data stage prints, line by line: progress, and last its result or its error. Other lines are
// ignored; a stage that ends without a last word has failed.
import type { StageName, StageStatus } from "#protocol/agent.ts"

export type StageProcess = {
  readonly stage: StageName
  progress?: { done: number; total: number; unit: string }
  /** the last {"result"} or {"error"} line */
  last?: { readonly result: unknown } | { readonly code: string; readonly message: string }
}

const LINE_LIMIT = 1_000_000

/** Takes one line into account. */
export function readStageLine(process: StageProcess, line: string): void {
  if (line.length > LINE_LIMIT || !line.startsWith("{")) return
  const parsed = parseObject(line)
  if (parsed === null) return
  if ("result" in parsed) process.last = { result: parsed["result"] }
  const { progress, error } = parsed
  if (isObject(error))
    process.last = { code: text(error["code"], "stage_failed"), message: text(error["message"], "") }
  if (isObject(progress)) {
    const { done, total, unit } = progress
    if (typeof done === "number" && typeof total === "number")
      process.progress = { done, total, unit: text(unit, "") }
  }
}

/** The status of a stage; `ended` is how its process ended, null while it runs. */
export function stageStatus(
  job: string,
  process: StageProcess,
  ended: { exitCode: number; outOfMemory: boolean } | null,
): StageStatus {
  const base = { job, stage: process.stage }
  if (ended === null) {
    return {
      ...base,
      state: "running",
      ...(process.progress === undefined ? {} : { progress: process.progress }),
    }
  }
  const { last } = process
  if (last !== undefined && "result" in last && ended.exitCode === 0) {
    return { ...base, state: "succeeded", result: last.result }
  }
  if (last !== undefined && "code" in last)
    return { ...base, state: "failed", code: last.code, message: last.message }
  if (ended.outOfMemory)
    return { ...base, state: "failed", code: "out_of_memory", message: "The stage ran out of memory." }
  return {
    ...base,
    state: "failed",
    code: "stage_died",
    message: `The stage ended with ${ended.exitCode} and said nothing.`,
  }
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value.slice(0, 2000) : otherwise
}
