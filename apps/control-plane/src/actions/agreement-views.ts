// Agreements as their readers see them: versions, plain words, what changed since the one in force, and what
// waits for a custodian.
import type { AgreementDocument } from "#contract/agreements.ts"
import type { AgreementState } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { agreementWords, compareAgreements } from "../domain/agreements.ts"
import { NotFound } from "../domain/errors.ts"
import type { Actor, PersonActor } from "../domain/actor.ts"
import { refusalSentence } from "../domain/sentences.ts"
import type { Db, Tx } from "../store/db.ts"
import { findDataSet, type Known, type ProjectRow } from "../store/facts.ts"
import type { Asked } from "./change.ts"
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
export async function decideFacts(
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
  // Against what was in force, not against the number before: a wide version that was refused must not
  // make the next one look narrow.
  const before = (await findVersions(ctx.db, id)).find((v) => v.version < version && v.in_force_at !== null)
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
