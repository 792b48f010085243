// Agreements: proposed by a project admin, decided by the custodian of every data set in them, in force
// by themselves when the last one approves. A version is immutable; an amendment is a new version.
import type { AgreementDocument } from "#contract/agreements.ts"
import type { Ctx } from "../context.ts"
import { hashDocument } from "../domain/agreements.ts"
import { civilDate } from "../domain/dates.ts"
import { Conflict, Invalid, NotFound } from "../domain/errors.ts"
import type { Tx } from "../store/db.ts"
import { decideFacts } from "./agreement-views.ts"
import { insertVersion, lockProject, putInForce } from "./agreement-versions.ts"
import { change, type Asked } from "./change.ts"
import { assertMay, assertPerson, getProject } from "./load.ts"

/** A second click proposes nothing new; the same words may be proposed again once the first were decided. */
async function assertNew(tx: Tx, project: string, document: AgreementDocument): Promise<void> {
  await lockProject(tx, project)
  const same = await tx
    .selectFrom("agreement_version")
    .select("version")
    .where("project_id", "=", project)
    .where("state", "=", "proposed")
    .where("sha256", "=", hashDocument(document).sha256)
    .executeTakeFirst()
  if (same) throw new Conflict("already_exists")
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
    // What the public register says must be so: there is no list of people who opted out to apply.
    if (input.document.optOut.rule === "national_opt_out_applied") throw new Conflict("opt_out_unavailable")
    await assertNew(tx, id, input.document)
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
    await lockProject(tx, id)
    const row = await tx
      .selectFrom("agreement_version")
      .selectAll()
      .where("project_id", "=", id)
      .where("version", "=", version)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new NotFound()
    const facts = await decideFacts(ctx, tx, actor, project, input.dataSet, row.state, row.proposed_by)
    // Who may decide and finds it decided is told that, whatever the decision has led to since.
    const open = row.state === "proposed"
    assertMay(
      ctx,
      actor,
      "agreement.decide",
      open ? facts : { ...facts, resource: { ...facts.resource, state: "proposed" } },
    )
    if (!open) throw new Conflict("already_done")
    if (input.decision === "approved" && row.until < civilDate(ctx.clock.now(), ctx.config.zone))
      throw new Conflict("term_over")
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
    const decisions = await tx
      .selectFrom("agreement_decision")
      .select("decision")
      .where("project_id", "=", id)
      .where("version", "=", version)
      .execute()
    if (decisions.some((d) => d.decision === "refused")) {
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
    } else if (decisions.every((d) => d.decision === "approved")) {
      // A term that begins later waits for its first day (reconcile/expiry.ts).
      const { term } = JSON.parse(row.document) as AgreementDocument
      if (term.from <= civilDate(ctx.clock.now(), ctx.config.zone))
        await putInForce(ctx, tx, recorder, id, version)
    }
    await recorder.touch(`project:${id}`, `dataSet:${input.dataSet}`)
  })
  return { index }
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
