// What the agent must remember of a run across its own restarts: one small JSON file per run, written
// whole and renamed, in a directory that no container sees. Containers and mounts are the truth about
// what exists; a record says what was asked for and how far it got.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { isId } from "../domain/ids.ts"
import type { RunRecord } from "../domain/run-record.ts"

export type Records = { readonly directory: string; readonly byRun: Map<string, RunRecord> }

export async function openRecords(directory: string): Promise<Records> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const byRun = new Map<string, RunRecord>()
  for (const name of await readdir(directory)) {
    const run = name.replace(/\.json$/, "")
    if (!name.endsWith(".json") || !isId(run)) continue
    byRun.set(run, JSON.parse(await readFile(join(directory, name), "utf8")))
  }
  return { directory, byRun }
}

export async function saveRecord(records: Records, record: RunRecord): Promise<void> {
  records.byRun.set(record.run, record)
  const path = join(records.directory, `${record.run}.json`)
  await writeFile(`${path}.part`, JSON.stringify(record), { mode: 0o600, flush: true })
  await rename(`${path}.part`, path)
}

export async function dropRecord(records: Records, run: string): Promise<void> {
  records.byRun.delete(run)
  await rm(join(records.directory, `${run}.json`), { force: true })
}
