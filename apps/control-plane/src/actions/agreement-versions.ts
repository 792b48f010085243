// Versions of an agreement in the database: checked against what there is, numbered, and put in force one at
// a time per project.
import type { AgreementDocument } from "#contract/agreements.ts"
import type { Ctx } from "../context.ts"
import { hashDocument } from "../domain/agreements.ts"
import { Invalid } from "../domain/errors.ts"
import type { Db, Tx } from "../store/db.ts"
import type { Recorder } from "./change.ts"
import { endExpiryHolds } from "./holds.ts"

/** Numbers of versions and their coming into force go one after the other. */
export async function lockProject(tx: Tx, project: string): Promise<void> {
  await tx.selectFrom("project").select("id").where("id", "=", project).forUpdate().executeTakeFirstOrThrow()
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

export async function insertVersion(
  ctx: Ctx,
  tx: Tx,
  project: string,
  document: AgreementDocument,
  reason: string,
  proposedBy: string | null,
): Promise<number> {
  await lockProject(tx, project)
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

/** One version in force per project: the older one is superseded in the same moment, and expiry holds of it end. */
export async function putInForce(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  project: string,
  version: number,
): Promise<void> {
  const now = ctx.clock.now()
  await lockProject(tx, project)
  // What was in force goes, and so does what was asked for before this one and is still undecided: an old
  // wish may not come back over a newer agreement.
  await tx
    .updateTable("agreement_version")
    .set({ state: "superseded", ended_at: now })
    .where("project_id", "=", project)
    .where((e) =>
      e.or([e("state", "=", "in_force"), e.and([e("state", "=", "proposed"), e("version", "<", version)])]),
    )
    .execute()
  const row = await tx
    .updateTable("agreement_version")
    .set({ state: "in_force", in_force_at: now })
    .where("project_id", "=", project)
    .where("version", "=", version)
    .returning(["document", "sha256", "until"])
    .executeTakeFirstOrThrow()
  await endExpiryHolds(ctx, tx, recorder, {
    subject: "project",
    id: project,
    cause: "agreement_expired",
    by: "agreement",
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
