// What every stage is given. A stage reads one zone, writes the next, and keeps nothing: its scratch directory is
// private and is removed whatever happens.
import { mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import type { Custody } from "./drivers/custody.ts"
import { openDatabase, type Database } from "./drivers/database.ts"
import type { Hashed, Store } from "./drivers/store.ts"
import { PipelineError } from "./domain/errors.ts"

export type StageContext = {
  readonly store: Store
  readonly custody: Custody
  readonly db: Database
  readonly scratch: string
  readonly contracts: string
  readonly demoData: string | undefined
  readonly now: Date
  readonly progress: (done: number, total: number, unit: string) => void
}

export type StageSettings = {
  scratch: string
  demoData?: string | undefined
  threads?: number
  memory?: string
}

export async function withScratch<T>(
  settings: StageSettings,
  work: (scratch: string, db: Database) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(settings.scratch, "glasshouse-stage-"))
  try {
    const directories = settings.demoData === undefined ? [] : [settings.demoData]
    using db = await openDatabase(scratch, {
      directories,
      ...(settings.threads === undefined ? {} : { threads: settings.threads }),
      ...(settings.memory === undefined ? {} : { memory: settings.memory }),
    })
    return await work(scratch, db)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Every stage checks that it reads the very bytes that the stage before it wrote. */
export function assertSame(got: Hashed, wanted: { path: string; sha256: string }): void {
  if (got.sha256 !== wanted.sha256) {
    throw new PipelineError("object_changed", `${wanted.path} is not what its manifest says`)
  }
}

/** Canonical JSON: keys as written by us, no times, so that equal content has an equal hash. */
export function encode(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 1)}\n`)
}
