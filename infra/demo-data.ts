// The demonstration's data on the host and in the platform: the real registers that an image carries are
// copied out once, and the start waits until every demonstration project can read its extract.
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { inspectServices, logCommand } from "./containers.ts"
import type { Installation } from "./installation.ts"
import { run, tryRun } from "./run.ts"
import { writeWhole } from "./state.ts"
import { StepFailed } from "./steps.ts"

export async function copyDemoData(installation: Installation, reference: string | undefined): Promise<void> {
  if (reference === undefined || !installation.demo) return
  const target = path.join(installation.state, "demo-data")
  const mark = path.join(target, ".image")
  if (existsSync(mark) && readFileSync(mark, "utf8") === reference) return
  const id = (await run("docker", ["create", "--network", "none", reference])).trim()
  try {
    await run("docker", ["cp", `${id}:/data/.`, target])
  } finally {
    await tryRun("docker", ["rm", "--force", id])
  }
  await run("chmod", ["-R", "a+rX", target])
  writeWhole(mark, reference, 0o644)
}

export interface DataProgress {
  /** stages that wait or run */
  open: number
  succeeded: number
  /** codes of stages that failed */
  failed: string[]
  projects: number
  ready: number
}

const PROGRESS = `SELECT json_build_object(
  'open', (SELECT count(*) FROM stage_job WHERE state IN ('waits', 'running')),
  'succeeded', (SELECT count(*) FROM stage_job WHERE state = 'succeeded'),
  'failed', (SELECT coalesce(json_agg(stage || ': ' || coalesce(code, 'unknown')), '[]') FROM stage_job WHERE state = 'failed'),
  'projects', (SELECT count(*) FROM project),
  'ready', (SELECT count(DISTINCT project_id) FROM extract WHERE state = 'ready'))`

async function readProgress(installation: Installation): Promise<DataProgress | undefined> {
  const states = await inspectServices(installation.project)
  const id = states.find((state) => state.service === "postgresql")?.id
  if (id === undefined) return undefined
  const psql = [
    "psql",
    "--no-psqlrc",
    "-At",
    "-h",
    "/run/postgresql",
    "-U",
    "postgres",
    "-d",
    "glasshouse",
    "-c",
    PROGRESS,
  ]
  const { code, stdout } = await tryRun("docker", ["exec", id, ...psql], { timeout: 15_000 })
  return code === 0 ? (JSON.parse(stdout) as DataProgress) : undefined
}

export type Verdict = "done" | "working" | "stuck"

/** Done when every project has an extract; stuck when nothing works on it any more. */
export function judge(progress: DataProgress): Verdict {
  if (progress.projects > 0 && progress.ready >= progress.projects) return "done"
  return progress.open === 0 && progress.failed.length > 0 ? "stuck" : "working"
}

export async function waitDemoData(
  installation: Installation,
  note: (line: string) => void,
  seconds: number,
): Promise<string> {
  const end = performance.now() + seconds * 1000
  let last: DataProgress | undefined
  let told = -1
  while (performance.now() < end) {
    last = (await readProgress(installation)) ?? last
    const verdict = last === undefined ? "working" : judge(last)
    if (last !== undefined && verdict === "done") return `${last.ready} projects can read their data`
    if (verdict === "stuck") break
    if (last !== undefined && last.succeeded !== told) {
      told = last.succeeded
      note(`${last.succeeded} stages done, ${last.open} to go`)
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  throw new StepFailed(
    `the demonstration data is not there: ${last === undefined ? "no answer" : `${last.ready} of ${last.projects} projects, failed: ${last.failed.join(", ") || "none"}`}`,
    `See ${logCommand(installation.project, "control-plane")}. The platform itself is up; start again to go on waiting.`,
  )
}
