// Agreements: proposed by a project admin, decided by the custodian of every data set in them, in force
// by themselves when the last one approves. A version is immutable; an amendment is a new version.
import type { AgreementDocument } from "#contract/agreements.ts"
import type { AgreementState } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { agreementWords, compareAgreements, hashDocument } from "../domain/agreements.ts"
import { civilDate } from "../domain/dates.ts"
import { Conflict, Invalid, NotFound } from "../domain/errors.ts"
import type { Actor, PersonActor } from "../domain/actor.ts"
import type { Db, Tx } from "../store/db.ts"
import { findDataSet, type Known, type ProjectRow } from "../store/facts.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { refusalSentence } from "../domain/sentences.ts"
import { assertMay, assertPerson, getProject, may, moment } from "./load.ts"

interface VersionRow {
  project_id: string
  version: number
  state: AgreementState
  document: string
  sha256: string
  proposed_by: string | null
  proposer_name: string | null
  proposed_at: Date
  in_force_at: Date | null
  until: string
}

async function findVersions(db: Db | Tx, project: string, version?: number): Promise<VersionRow[]> {
  let query = db
    .selectFrom("agreement_version as v")
    .leftJoin("person as p", "p.id", "v.proposed_by")
    .select([
      "v.project_id",
      "v.version",
      "v.state",
      "v.document",
      "v.sha256",
      "v.proposed_by",
      "p.name as proposer_name",
      "v.proposed_at",
      "v.in_force_at",
      "v.until",
    ])
    .where("v.project_id", "=", project)
    .orderBy("v.version", "desc")
  if (version !== undefined) query = query.where("v.version", "=", version)
  return query.execute()
}

/** Custodian of that data set, on this version: roles come from the data set, ties from the project. */
async function decideFacts(
  ctx: Ctx,
  db: Db | Tx,
  actor: PersonActor,
  project: Known<ProjectRow>,
  dataSet: string,
  state: AgreementState,
  proposedBy: string | null,
) {
  const known = await findDataSet(db, moment(ctx), actor, dataSet)
  const ties = [...project.facts.ties, ...(proposedBy === actor.person ? ["proposer"] : [])]
  const roles = known?.facts.roles.filter((r) => r === "custodian") ?? []
  // Who may know of the version may read why they cannot decide it.
  const seen = project.facts.roles.filter((r) => r !== "custodian")
  return {
    resource: { kind: "Agreement" as const, id: project.row.id, state },
    facts: { ...project.facts, roles: [...roles, ...seen], ties },
  }
}

async function viewVersion(ctx: Ctx, actor: PersonActor, project: Known<ProjectRow>, row: VersionRow) {
  const decisions = await ctx.db
    .selectFrom("agreement_decision as d")
    .innerJoin("data_set as s", "s.id", "d.data_set_id")
    .leftJoin("person as p", "p.id", "d.person_id")
    .select(["d.data_set_id", "s.code", "s.title", "d.decision", "d.person_id", "p.name", "d.at", "d.reason"])
    .where("d.project_id", "=", row.project_id)
    .where("d.version", "=", row.version)
    .orderBy("s.code")
    .execute()
  return {
    agreement: row.project_id,
    version: row.version,
    state: row.state,
    sha256: row.sha256,
    proposedBy: row.proposed_by === null ? null : { id: row.proposed_by, name: row.proposer_name ?? "" },
    proposedAt: row.proposed_at.toISOString(),
    inForceAt: row.in_force_at?.toISOString() ?? null,
    until: row.until,
    decisions: await Promise.all(
      decisions.map(async (d) => ({
        dataSet: { id: d.data_set_id, code: d.code, title: d.title },
        decision: d.decision,
        by: d.person_id === null ? null : { id: d.person_id, name: d.name ?? "" },
        at: d.at?.toISOString() ?? null,
        reason: d.reason,
        actions: {
          decide: may(
            ctx,
            actor,
            "agreement.decide",
            await decideFacts(ctx, ctx.db, actor, project, d.data_set_id, row.state, row.proposed_by),
          ),
        },
      })),
    ),
    index: null,
  }
}

export async function getAgreement(ctx: Ctx, asked: Asked, id: string) {
  const actor = assertPerson(asked.actor)
  const project = await getProject(ctx, ctx.db, actor, id)
  assertMay(ctx, actor, "agreement.view", project)
  const rows = await findVersions(ctx.db, id)
  return {
    project: { id: project.row.id, number: project.row.number, title: project.row.title },
    versions: await Promise.all(rows.map((row) => viewVersion(ctx, actor, project, row))),
    actions: { propose: may(ctx, actor, "agreement.propose", project) },
  }
}

export async function getAgreementVersion(ctx: Ctx, asked: Asked, id: string, version: number) {
  const actor = assertPerson(asked.actor)
  const project = await getProject(ctx, ctx.db, actor, id)
  assertMay(ctx, actor, "agreement.view", project)
  const [row] = await findVersions(ctx.db, id, version)
  if (!row) throw new NotFound()
  const document = JSON.parse(row.document) as AgreementDocument
  const [before] = version > 1 ? await findVersions(ctx.db, id, version - 1) : []
  const signatures = await ctx.db
    .selectFrom("agreement_signature as s")
    .innerJoin("person as p", "p.id", "s.person_id")
    .select(["p.id", "p.name", "s.at"])
    .where("s.project_id", "=", id)
    .where("s.version", "=", version)
    .orderBy("s.at")
    .execute()
  return {
    version: await viewVersion(ctx, actor, project, row),
    document,
    words: agreementWords(document),
    changes: before ? compareAgreements(JSON.parse(before.document) as AgreementDocument, document) : [],
    signatures: signatures.map((s) => ({ person: { id: s.id, name: s.name }, at: s.at.toISOString() })),
    actions: {
      sign: signatures.some((s) => s.id === actor.person)
        ? { allowed: false, code: "already_signed", reason: refusalSentence("already_signed") }
        : may(ctx, actor, "agreement.sign", project),
    },
  }
}

/** Data sets and tables that the document names must exist, and each named column be one that is published. */
async function checkDocument(db: Db | Tx, document: AgreementDocument): Promise<Map<string, string>> {
  const known = new Map<string, string>()
  for (const set of document.dataSets) {
    const row = await db
      .selectFrom("data_set")
      .select(["id", "contract"])
      .where("code", "=", set.dataSet)
      .executeTakeFirst()
    if (!row) throw new Invalid("unknown_data_set", { name: set.dataSet })
    const contract = row.contract as {
      tables: { name: string; fields: { name: string; as?: string; publish?: string }[] }[]
    }
    for (const table of set.tables) {
      const found = contract.tables.find((t) => t.name === table.table)
      if (!found) throw new Invalid("unknown_data_set", { name: `${set.dataSet}_${table.table}` })
      const columns = new Set(found.fields.filter((f) => f.publish !== "drop").map((f) => f.as ?? f.name))
      columns.add("link_method")
      const unknown = table.columns.find((c) => !columns.has(c))
      if (unknown !== undefined)
        throw new Invalid("unknown_column", { name: `${set.dataSet}_${table.table}.${unknown}` })
    }
    known.set(set.dataSet, row.id)
  }
  return known
}

export async function proposeAgreement(
  ctx: Ctx,
  asked: Asked,
  id: string,
  input: { document: AgreementDocument; reason: string },
): Promise<{ version: number; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { value, index } = await change(ctx, asked, async (tx, recorder) => {
    const project = await getProject(ctx, tx, actor, id)
    assertMay(ctx, actor, "agreement.propose", project)
    const today = civilDate(ctx.clock.now(), ctx.config.zone)
    if (input.document.term.until < today || input.document.term.until < input.document.term.from)
      throw new Invalid("date_in_past")
    const version = await insertVersion(ctx, tx, id, input.document, input.reason, actor.person)
    await recorder.record({
      code: "agreement.proposed",
      project: id,
      agreementVersion: version,
      facts: { version, sha256: hashDocument(input.document).sha256, until: input.document.term.until },
      detail: { reason: input.reason },
    })
    await recorder.touch(`project:${id}`)
    return version
  })
  return { version: value, index }
}

export async function insertVersion(
  ctx: Ctx,
  tx: Tx,
  project: string,
  document: AgreementDocument,
  reason: string,
  proposedBy: string | null,
): Promise<number> {
  await tx.selectFrom("project").select("id").where("id", "=", project).forUpdate().executeTakeFirstOrThrow()
  const dataSets = await checkDocument(tx, document)
  const last = await tx
    .selectFrom("agreement_version")
    .select((e) => e.fn.max("version").as("n"))
    .where("project_id", "=", project)
    .executeTakeFirst()
  const version = Number(last?.n ?? 0) + 1
  const { text, sha256 } = hashDocument(document)
  await tx
    .insertInto("agreement_version")
    .values({
      project_id: project,
      version,
      state: "proposed",
      document: text,
      sha256,
      reason,
      proposed_by: proposedBy,
      proposed_at: ctx.clock.now(),
      in_force_at: null,
      until: document.term.until,
      ended_at: null,
      event_outbox: null,
    })
    .execute()
  await tx
    .insertInto("agreement_decision")
    .values(
      [...dataSets.values()].map((data_set_id) => ({
        project_id: project,
        version,
        data_set_id,
        person_id: null,
        reason: null,
        at: null,
      })),
    )
    .execute()
  return version
}

export async function decideAgreement(
  ctx: Ctx,
  asked: Asked,
  id: string,
  version: number,
  input: { dataSet: string; decision: "approved" | "refused"; reason: string },
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, recorder) => {
    const project = await getProject(ctx, tx, actor, id)
    const row = await tx
      .selectFrom("agreement_version")
      .selectAll()
      .where("project_id", "=", id)
      .where("version", "=", version)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new NotFound()
    assertMay(
      ctx,
      actor,
      "agreement.decide",
      await decideFacts(ctx, tx, actor, project, input.dataSet, row.state, row.proposed_by),
    )
    const decided = await tx
      .updateTable("agreement_decision")
      .set({ decision: input.decision, person_id: actor.person, reason: input.reason, at: ctx.clock.now() })
      .where("project_id", "=", id)
      .where("version", "=", version)
      .where("data_set_id", "=", input.dataSet)
      .where("decision", "=", "waits")
      .returning("data_set_id")
      .executeTakeFirst()
    if (!decided) throw new Conflict("already_done")
    await recorder.record({
      code: "agreement.decided",
      project: id,
      dataSet: input.dataSet,
      agreementVersion: version,
      facts: { version, decision: input.decision },
      detail: { reason: input.reason },
    })
    const open = await tx
      .selectFrom("agreement_decision")
      .select("decision")
      .where("project_id", "=", id)
      .where("version", "=", version)
      .execute()
    if (open.some((d) => d.decision === "refused")) {
      await tx
        .updateTable("agreement_version")
        .set({ state: "refused", ended_at: ctx.clock.now() })
        .where("project_id", "=", id)
        .where("version", "=", version)
        .execute()
      await recorder.record({
        code: "agreement.refused",
        project: id,
        agreementVersion: version,
        facts: { version },
      })
    } else if (open.every((d) => d.decision === "approved")) {
      await putInForce(ctx, tx, recorder, id, version)
    }
    await recorder.touch(`project:${id}`, `dataSet:${input.dataSet}`)
  })
  return { index }
}

/** One version in force per project: the older one is superseded in the same moment, and expiry holds of it end. */
export async function putInForce(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  project: string,
  version: number,
): Promise<void> {
  const now = ctx.clock.now()
  await tx
    .updateTable("agreement_version")
    .set({ state: "superseded", ended_at: now })
    .where("project_id", "=", project)
    .where("state", "=", "in_force")
    .execute()
  const row = await tx
    .updateTable("agreement_version")
    .set({ state: "in_force", in_force_at: now })
    .where("project_id", "=", project)
    .where("version", "=", version)
    .returning(["document", "sha256", "until"])
    .executeTakeFirstOrThrow()
  const lifted = await tx
    .updateTable("hold")
    .set({ lifted_at: now, lifted_by: "agreement" })
    .where("subject_kind", "=", "project")
    .where("subject_id", "=", project)
    .where("cause", "=", "agreement_expired")
    .where("lifted_at", "is", null)
    .returning("id")
    .execute()
  for (const hold of lifted)
    await recorder.record({
      code: "hold.ended",
      project,
      facts: { hold: hold.id, cause: "agreement_expired" },
    })
  await recorder.record({
    code: "agreement.inForce",
    project,
    agreementVersion: version,
    facts: { version, sha256: row.sha256, until: row.until },
  })
  const about = await tx
    .selectFrom("project as p")
    .innerJoin("organisation as o", "o.id", "p.organisation_id")
    .select(["p.number", "p.title", "o.name"])
    .where("p.id", "=", project)
    .executeTakeFirstOrThrow()
  await recorder.register(
    "agreement.inForce",
    registerRow(
      about.number,
      about.title,
      about.name,
      version,
      row.sha256,
      JSON.parse(row.document) as AgreementDocument,
    ),
  )
}

/** The register's row of a data use: HDR UK's columns, organisations and never people. */
function registerRow(
  number: string,
  title: string,
  organisation: string,
  version: number,
  sha256: string,
  document: AgreementDocument,
): Record<string, unknown> {
  return {
    project: number,
    title,
    organisations: [...new Set([organisation, ...document.parties.map((p) => p.organisation)])],
    lay: document.purpose.lay,
    purpose: document.purpose.research,
    benefit: document.purpose.benefit,
    dataSets: document.dataSets.map((d) => d.dataSet),
    legalBasis: [document.legalBasis.article6, document.legalBasis.article9].filter(Boolean).join("; "),
    confidentialityBasis: document.confidentialityBasis,
    optOut: document.optOut.rule,
    from: document.term.from,
    until: document.term.until,
    agreementVersion: version,
    agreementSha256: sha256,
  }
}

export async function signAgreement(
  ctx: Ctx,
  asked: Asked,
  id: string,
  version: number,
  sha256: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const project = await getProject(ctx, tx, actor, id)
    assertMay(ctx, actor, "agreement.sign", project)
    const row = await tx
      .selectFrom("agreement_version")
      .select(["sha256", "state"])
      .where("project_id", "=", id)
      .where("version", "=", version)
      .executeTakeFirst()
    if (!row) throw new NotFound()
    // What is signed is what was read.
    if (row.state !== "in_force" || row.sha256 !== sha256) throw new Conflict("stale")
    const made = await tx
      .insertInto("agreement_signature")
      .values({ project_id: id, version, person_id: actor.person, sha256, at: ctx.clock.now() })
      .onConflict((c) => c.doNothing())
      .returning("sha256")
      .executeTakeFirst()
    if (!made) throw new Conflict("already_done")
    await record({
      code: "agreement.signed",
      project: id,
      agreementVersion: version,
      facts: { version, sha256 },
    })
    await touch(`project:${id}`, `person:${actor.person}`)
  })
  return { index }
}

export async function listApplications(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  const own = custodianOf(actor)
  if (own.length === 0) return { applications: [] }
  const rows = await ctx.db
    .selectFrom("agreement_decision as d")
    .innerJoin("agreement_version as v", (j) =>
      j.onRef("v.project_id", "=", "d.project_id").onRef("v.version", "=", "d.version"),
    )
    .innerJoin("project as p", "p.id", "d.project_id")
    .innerJoin("data_set as s", "s.id", "d.data_set_id")
    .select([
      "p.id",
      "p.number",
      "p.title",
      "v.version",
      "v.state",
      "v.proposed_at",
      "s.title as data_set",
      "d.decision",
    ])
    .where("d.data_set_id", "in", own)
    .orderBy("v.proposed_at", "desc")
    .limit(1_000)
    .execute()
  const applications = new Map<
    string,
    {
      project: { id: string; number: string; title: string }
      version: number
      state: AgreementState
      proposedAt: string
      dataSets: string[]
      waits: boolean
    }
  >()
  for (const r of rows) {
    const key = `${r.id}/${r.version}`
    const entry = applications.get(key) ?? {
      project: { id: r.id, number: r.number, title: r.title },
      version: r.version,
      state: r.state,
      proposedAt: r.proposed_at.toISOString(),
      dataSets: [],
      waits: false,
    }
    entry.dataSets.push(r.data_set)
    entry.waits ||= r.decision === "waits" && r.state === "proposed"
    applications.set(key, entry)
  }
  return { applications: [...applications.values()] }
}

function custodianOf(actor: Actor): string[] {
  return actor.kind === "person"
    ? actor.appointments.flatMap((a) => (a.role === "custodian" && a.id !== null ? [a.id] : []))
    : []
}
