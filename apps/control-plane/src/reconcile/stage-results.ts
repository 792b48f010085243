// What the last stages made becomes what people see: a snapshot, or a project's extract, in the transaction
// that records the stage.
import type { StageName } from "#protocol/agent.ts"
import type { Recorder } from "../actions/change.ts"
import type { Ctx } from "../context.ts"
import type { Tx } from "../store/db.ts"

export interface Job {
  id: string
  stage: StageName
  submission_id: string | null
  extract_id: string | null
  params: Record<string, unknown>
  state: "waits" | "running"
  attempts: number
}

export interface Manifest {
  rows?: number
  people?: number
  tables?: {
    name: string
    rows: number
    objects: { path: string; sha256: string; bytes: number; rows: number; etag: string }[]
  }[]
}

export async function publishSnapshot(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  params: { dataSet: string; snapshot: string },
  result: { manifest?: Manifest; manifestSha256?: string },
): Promise<void> {
  const set = await tx
    .selectFrom("data_set")
    .select(["id", "title", "code"])
    .where("code", "=", params.dataSet)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const last = await tx
    .selectFrom("snapshot")
    .select((e) => e.fn.max("number").as("n"))
    .where("data_set_id", "=", set.id)
    .executeTakeFirst()
  const number = Number(last?.n ?? 0) + 1
  const rows = Number(result.manifest?.rows ?? 0)
  const people = Number(result.manifest?.people ?? 0)
  await tx
    .insertInto("snapshot")
    .values({
      id: params.snapshot,
      data_set_id: set.id,
      number,
      manifest: JSON.stringify(result.manifest),
      sha256: result.manifestSha256 ?? "",
      row_count: rows,
      people,
      created_at: ctx.clock.now(),
    })
    .execute()
  await recorder.record({
    code: "data.snapshotPublished",
    dataSet: set.id,
    facts: { snapshot: params.snapshot, number, rows, people, manifest: result.manifestSha256 ?? null },
  })
  await recorder.register("data.snapshotPublished", {
    dataSet: set.code,
    title: set.title,
    snapshot: number,
    manifestSha256: result.manifestSha256,
    rows,
  })
}

export async function publishExtract(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  job: Job,
  result: { manifest?: Manifest; manifestSha256?: string },
): Promise<void> {
  const id = job.extract_id
  if (id === null) throw new Error("an extract job without its extract")
  const tables = result.manifest?.tables ?? []
  const now = ctx.clock.now()
  const row = await tx
    .updateTable("extract")
    .set({
      state: "ready",
      manifest: JSON.stringify(result.manifest),
      sha256: result.manifestSha256 ?? null,
      ready_at: now,
    })
    .where("id", "=", id)
    .returning(["project_id", "version"])
    .executeTakeFirstOrThrow()
  const prefix = `${row.project_id}/${id}/`
  for (const table of tables) {
    for (const object of table.objects) {
      if (!object.path.startsWith(prefix)) throw new Error("an extract wrote outside its own place")
      await tx
        .insertInto("extract_object")
        .values({
          extract_id: id,
          key: object.path.slice(prefix.length),
          table_name: table.name,
          store_bucket: "project",
          store_key: object.path,
          size: object.bytes,
          etag: object.etag,
          sha256: object.sha256,
          row_count: object.rows,
          last_modified: now,
        })
        .execute()
    }
  }
  await recorder.record({
    code: "data.extractPublished",
    project: row.project_id,
    agreementVersion: row.version,
    facts: {
      extract: id,
      version: row.version,
      tables: tables.length,
      manifest: result.manifestSha256 ?? null,
    },
  })
}
