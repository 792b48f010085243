// Reads of project data: one intent covers one run × one object × one agreement version for at most a
// minute and is durable before the first byte; the outcome says what was read. Another project's, another
// run's and unknown keys look the same.
import type { Intent, IntentRequest, ObjectList, Outcome, WorkspaceIdentity } from "#protocol/gateway.ts"
import { INTENT_SECONDS } from "#protocol/gateway.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { assertAllowed, type Decision } from "../domain/decide.ts"
import { Denied, NotFound } from "../domain/errors.ts"
import { newId } from "../domain/id.ts"
import { refusalSentence } from "../domain/sentences.ts"
import { findPersonActor } from "../store/actors.ts"
import { findProject, type ProjectRow } from "../store/facts.ts"
import { change, intend, type Asked } from "./change.ts"
import { moment } from "./load.ts"
import { recordRefusal } from "./refusals.ts"
import { findCurrentExtract } from "./workspaces.ts"

interface Reader {
  readonly actor: PersonActor
  readonly asked: Asked
  readonly run: string
  readonly workspace: string
  readonly project: ProjectRow
  readonly decision: Decision
}

/** The run comes from the socket: it is who asks. */
export async function findReader(ctx: Ctx, run: string): Promise<Reader> {
  const row = await ctx.db
    .selectFrom("run as r")
    .innerJoin("workspace as w", "w.id", "r.workspace_id")
    .select(["r.id", "w.id as workspace", "w.project_id", "w.person_id"])
    .where("r.id", "=", run)
    .where("r.wanted", "=", "running")
    .executeTakeFirst()
  if (!row) throw new Denied("run_stopped")
  const at = moment(ctx)
  const actor = await findPersonActor(ctx.db, row.person_id, "", at.now)
  const known = actor && (await findProject(ctx.db, at, actor, row.project_id))
  if (!actor || !known) throw new Denied("not_member")
  const decision = ctx.access.decide(actor, "data.read", known.resource, known.facts)
  return { actor, asked: { actor }, run: row.id, workspace: row.workspace, project: known.row, decision }
}

/** `data` is the project's current extract; `extract-<id>` an older one of the version in force. */
async function findExtract(ctx: Ctx, reader: Reader, bucket: string): Promise<string | undefined> {
  if (bucket === "data")
    return (await findCurrentExtract(ctx.db, reader.project.id, reader.project.version))?.id
  const pinned = /^extract-([a-z2-7]{12})$/.exec(bucket)?.[1]
  if (pinned === undefined || reader.project.version === null) return undefined
  const row = await ctx.db
    .selectFrom("extract")
    .select("id")
    .where("id", "=", pinned)
    .where("project_id", "=", reader.project.id)
    .where("version", "=", reader.project.version)
    .where("state", "=", "ready")
    .executeTakeFirst()
  return row?.id
}

function place(reader: Reader) {
  return {
    project: reader.project.id,
    workspace: reader.workspace,
    run: reader.run,
    agreementVersion: reader.project.version ?? undefined,
  }
}

async function assertReads(ctx: Ctx, reader: Reader, what: string): Promise<void> {
  if (reader.decision.allow) return
  await recordRefusal(ctx, reader.asked, what, reader.decision.code, {
    project: reader.project.id,
    workspace: reader.workspace,
  })
  assertAllowed(reader.decision)
}

export async function listObjects(ctx: Ctx, input: { run: string; bucket: string }): Promise<ObjectList> {
  const reader = await findReader(ctx, input.run)
  await assertReads(ctx, reader, "dataList")
  const extract = await findExtract(ctx, reader, input.bucket)
  if (extract === undefined) {
    if (input.bucket !== "data")
      await recordRefusal(ctx, reader.asked, "dataList", "not_found", {
        project: reader.project.id,
        workspace: reader.workspace,
      })
    if (input.bucket === "data") return emptyList(ctx, reader)
    throw new NotFound()
  }
  const objects = await ctx.db
    .selectFrom("extract_object")
    .select(["key", "size", "etag", "last_modified", "table_name"])
    .where("extract_id", "=", extract)
    .orderBy("key")
    .execute()
  const now = ctx.clock.now()
  const index = await intend(ctx, reader.asked, {
    code: "data.listed",
    ...place(reader),
    facts: { extract, objects: objects.length },
  })
  await ctx.db
    .insertInto("intent")
    .values({
      id: newId(),
      run_id: reader.run,
      kind: "list",
      extract_id: extract,
      key: null,
      log_index: index,
      issued_at: now,
      expires_at: new Date(now.getTime() + INTENT_SECONDS * 1_000),
      finished_at: now,
      bytes: 0,
      requests: 1,
      outcome: "done",
    })
    .execute()
  return {
    index,
    seconds: INTENT_SECONDS,
    objects: objects.map((o) => ({
      key: o.key,
      size: o.size,
      etag: o.etag,
      lastModified: o.last_modified.toISOString(),
    })),
  }
}

async function emptyList(ctx: Ctx, reader: Reader): Promise<ObjectList> {
  const index = await intend(ctx, reader.asked, {
    code: "data.listed",
    ...place(reader),
    facts: { extract: null, objects: 0 },
  })
  return { index, seconds: 5, objects: [] }
}

export async function issueIntent(ctx: Ctx, input: IntentRequest): Promise<Intent> {
  const reader = await findReader(ctx, input.run)
  await assertReads(ctx, reader, "dataRead")
  const extract = await findExtract(ctx, reader, input.bucket)
  const object =
    extract === undefined
      ? undefined
      : await ctx.db
          .selectFrom("extract_object")
          .selectAll()
          .where("extract_id", "=", extract)
          .where("key", "=", input.key)
          .executeTakeFirst()
  if (!object) {
    await recordRefusal(ctx, reader.asked, "dataRead", "not_found", {
      project: reader.project.id,
      workspace: reader.workspace,
    })
    throw new NotFound()
  }
  const now = ctx.clock.now()
  const id = newId()
  const message =
    input.message !== undefined && /^[A-Za-z0-9_.:-]{1,128}$/.test(input.message) ? input.message : null
  const index = await intend(ctx, reader.asked, {
    code: "data.readIntended",
    ...place(reader),
    facts: {
      intent: id,
      extract: object.extract_id,
      table: object.table_name,
      object: object.key,
      sha256: object.sha256,
      seconds: INTENT_SECONDS,
      message,
    },
  })
  await ctx.db
    .insertInto("intent")
    .values({
      id,
      run_id: reader.run,
      kind: "object",
      extract_id: object.extract_id,
      key: object.key,
      log_index: index,
      issued_at: now,
      expires_at: new Date(now.getTime() + INTENT_SECONDS * 1_000),
      finished_at: null,
      bytes: null,
      requests: null,
      outcome: null,
    })
    .execute()
  return {
    intent: id,
    index,
    seconds: INTENT_SECONDS,
    object: {
      storeBucket: object.store_bucket,
      storeKey: object.store_key,
      size: object.size,
      etag: object.etag,
      sha256: object.sha256,
      lastModified: object.last_modified.toISOString(),
    },
  }
}

/** What was read under an intent; a second outcome for the same intent changes nothing. */
export async function finishIntent(ctx: Ctx, input: Outcome): Promise<void> {
  const row = await ctx.db
    .selectFrom("intent as i")
    .innerJoin("run as r", "r.id", "i.run_id")
    .innerJoin("workspace as w", "w.id", "r.workspace_id")
    .leftJoin("extract_object as o", (j) =>
      j.onRef("o.extract_id", "=", "i.extract_id").onRef("o.key", "=", "i.key"),
    )
    .select([
      "i.id",
      "i.log_index",
      "i.finished_at",
      "i.extract_id",
      "r.id as run",
      "r.agreement_version",
      "w.id as workspace",
      "w.project_id",
      "w.person_id",
      "o.table_name",
      "o.key",
      "o.sha256",
    ])
    .where("i.id", "=", input.intent)
    .executeTakeFirst()
  if (!row) throw new NotFound()
  const actor = await findPersonActor(ctx.db, row.person_id, "", ctx.clock.now())
  if (!actor) throw new NotFound()
  await change(ctx, { actor }, async (tx, { record, touch }) => {
    const done = await tx
      .updateTable("intent")
      .set({ finished_at: ctx.clock.now(), bytes: input.bytes, requests: input.requests, outcome: "done" })
      .where("id", "=", row.id)
      .where("finished_at", "is", null)
      .returning("id")
      .executeTakeFirst()
    if (!done) return
    await record({
      code: "data.read",
      project: row.project_id,
      workspace: row.workspace,
      run: row.run,
      agreementVersion: row.agreement_version,
      intent: row.log_index,
      facts: {
        table: row.table_name,
        object: row.key,
        sha256: row.sha256,
        extract: row.extract_id,
        bytes: input.bytes,
        requests: input.requests,
        ranges: JSON.stringify(input.ranges.slice(0, 64)),
      },
    })
    await touch(`project:${row.project_id}`)
  })
}

interface ManifestTable {
  readonly name: string
  readonly rows: number
  readonly label?: string
  readonly description?: string
  readonly columns: readonly { name: string; type: string; label?: string; description?: string }[]
}

export async function identifyWorkspace(ctx: Ctx, run: string): Promise<WorkspaceIdentity> {
  const reader = await findReader(ctx, run)
  const extract = await findCurrentExtract(ctx.db, reader.project.id, reader.project.version)
  const tables = ((extract?.manifest as { tables?: ManifestTable[] } | null)?.tables ?? []) as ManifestTable[]
  const refused = reader.decision.allow ? null : refusalSentence(reader.decision.code, reader.decision.params)
  const document =
    reader.project.version === null
      ? undefined
      : await ctx.db
          .selectFrom("agreement_version")
          .select("document")
          .where("project_id", "=", reader.project.id)
          .where("version", "=", reader.project.version)
          .executeTakeFirst()
  const preset = document
    ? (JSON.parse(document.document) as { outputPolicy: { preset: string } }).outputPolicy.preset
    : "nhs-england-sde"
  return {
    workspace: reader.workspace,
    run: reader.run,
    project: { id: reader.project.id, number: reader.project.number, title: reader.project.title },
    person: { id: reader.actor.person, name: reader.actor.name },
    agreementVersion: reader.project.version ?? 0,
    extract: extract?.id ?? null,
    tables: tables.map((t) => ({
      name: t.name,
      description: t.description ?? t.label ?? "",
      rows: t.rows,
      columns: t.columns.map((c) => ({
        name: c.name,
        type: c.type,
        description: c.description ?? c.label ?? "",
      })),
      refused,
    })),
    disclosurePolicy: preset,
  }
}
