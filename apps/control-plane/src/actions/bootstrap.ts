// The first start of an installation: people and roles from the bootstrap file, data sets from their
// contracts, terms of use, and (with demonstration data) two projects with agreements in force. Everything
// is marked so in the log, and runs once, however often it is tried.
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { sql } from "kysely"
import type { AgreementDocument } from "#contract/agreements.ts"
import { ROLES, type Role } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { addDays, civilDate } from "../domain/dates.ts"
import { newId } from "../domain/id.ts"
import type { Tx } from "../store/db.ts"
import { TRAINING_KIND } from "../store/facts.ts"
import { insertVersion, putInForce } from "./agreement-versions.ts"
import { change, type Asked, type Recorder } from "./change.ts"
import { insertLanding } from "./data.ts"

const SYSTEM: Asked = { actor: { kind: "system", id: "bootstrap" } }
const TRAINING_DAYS = 300

interface BootstrapFile {
  readonly issuer: string
  readonly people: readonly {
    readonly username: string
    readonly name: string
    readonly email: string
    readonly subject: string
    readonly organisation: string
    readonly roles: readonly { readonly role: string; readonly scope: string }[]
  }[]
}

interface DemoFile {
  readonly termsOfUse: string
  readonly landings: readonly {
    generator: string
    seed: number
    people?: number
    dataSets: readonly string[]
  }[]
  readonly projects: readonly {
    key: string
    title: string
    summary: string
    organisation: string
    partners: string[]
    termDays: number
    agreement: AgreementDocument
  }[]
}

interface ContractFile {
  readonly code: string
  readonly title: string
  readonly summary: string
  readonly custodian: string
}

export async function bootstrap(ctx: Ctx): Promise<boolean> {
  const done = await ctx.db
    .selectFrom("setting")
    .select("value")
    .where("key", "=", "bootstrapped")
    .executeTakeFirst()
  if (done) return false
  const file = join(ctx.config.secretsDir, "bootstrap.json")
  if (!existsSync(file))
    throw new Error(`the bootstrap file ${file} is missing: it names the first people of the installation`)
  const first = JSON.parse(readFileSync(file, "utf8")) as BootstrapFile
  const demo = JSON.parse(
    readFileSync(join(ctx.config.policiesDir, "demo/projects.json"), "utf8"),
  ) as DemoFile
  const { value } = await change(ctx, SYSTEM, async (tx, recorder) => {
    await sql`select pg_advisory_xact_lock(7202612)`.execute(tx)
    if (await tx.selectFrom("setting").select("key").where("key", "=", "bootstrapped").executeTakeFirst())
      return false
    await tx
      .insertInto("terms")
      .values({ version: 1, text: demo.termsOfUse, from_at: ctx.clock.now() })
      .execute()
    const dataSets = await insertDataSets(ctx, tx)
    const projects = ctx.config.demo
      ? await insertProjects(ctx, tx, recorder, demo)
      : new Map<string, string>()
    await insertPeople(ctx, tx, recorder, first, dataSets, projects)
    if (ctx.config.demo) {
      await agree(ctx, tx, recorder, demo, projects)
      await tx
        .insertInto("setting")
        .values({ key: "landings", value: JSON.stringify(demo.landings) })
        .execute()
      for (const landing of demo.landings) await insertLanding(ctx, tx, landing)
    }
    await tx
      .insertInto("setting")
      .values({ key: "bootstrapped", value: JSON.stringify(ctx.clock.now().toISOString()) })
      .execute()
    return true
  })
  return value
}

async function ensureOrganisation(tx: Tx, name: string): Promise<string> {
  const row = await tx.selectFrom("organisation").select("id").where("name", "=", name).executeTakeFirst()
  if (row) return row.id
  const id = newId()
  await tx.insertInto("organisation").values({ id, name }).execute()
  return id
}

async function insertDataSets(ctx: Ctx, tx: Tx): Promise<Map<string, string>> {
  const directory = join(ctx.config.policiesDir, "data")
  const ids = new Map<string, string>()
  for (const name of readdirSync(directory)
    .filter((n) => n.endsWith(".json"))
    .sort()) {
    const contract = JSON.parse(readFileSync(join(directory, name), "utf8")) as ContractFile & {
      tables?: unknown
    }
    if (contract.tables === undefined) continue
    const id = newId()
    await tx
      .insertInto("data_set")
      .values({
        id,
        code: contract.code,
        title: contract.title,
        description: contract.summary,
        organisation_id: await ensureOrganisation(tx, contract.custodian),
        contract: JSON.stringify(contract),
      })
      .execute()
    ids.set(contract.code, id)
  }
  return ids
}

async function insertProjects(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  demo: DemoFile,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const project of demo.projects) {
    const id = newId()
    const { rows } = await sql<{ n: number }>`select nextval('project_number') as n`.execute(tx)
    const number = `P-${String(rows[0]?.n ?? 0).padStart(4, "0")}`
    await tx
      .insertInto("project")
      .values({
        id,
        number,
        title: project.title,
        summary: project.summary,
        organisation_id: await ensureOrganisation(tx, project.organisation),
        partners: project.partners,
      })
      .execute()
    await recorder.record({
      code: "project.created",
      project: id,
      facts: { number },
      detail: { title: project.title },
    })
    await recorder.register("project.created", {
      project: number,
      title: project.title,
      organisations: [project.organisation, ...project.partners],
    })
    ids.set(project.key, id)
  }
  return ids
}

async function insertPeople(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  file: BootstrapFile,
  dataSets: Map<string, string>,
  projects: Map<string, string>,
): Promise<void> {
  const now = ctx.clock.now()
  const today = civilDate(now, ctx.config.zone)
  for (const p of file.people) {
    const id = newId()
    await tx
      .insertInto("person")
      .values({
        id,
        name: p.name,
        email: p.email,
        organisation_id: await ensureOrganisation(tx, p.organisation),
      })
      .execute()
    await tx
      .insertInto("identity")
      .values({ issuer: file.issuer, subject: p.subject, person_id: id })
      .execute()
    await tx
      .insertInto("training")
      .values({
        person_id: id,
        kind: TRAINING_KIND,
        until: addDays(today, TRAINING_DAYS),
        evidence: "From the bootstrap file",
        recorded_by: null,
        recorded_at: now,
      })
      .execute()
    if (ctx.config.demo)
      await tx
        .insertInto("terms_acceptance")
        .values({ person_id: id, version: 1, accepted_at: now })
        .execute()
    await recorder.record({
      code: "person.created",
      subject: id,
      facts: { bootstrap: true },
      detail: { name: p.name },
    })
    for (const role of p.roles) {
      if (!(ROLES as readonly string[]).includes(role.role))
        throw new Error(`bootstrap: unknown role ${role.role}`)
      for (const scope of scopesOf(role.scope, dataSets, projects)) {
        const appointment = newId()
        await tx
          .insertInto("appointment")
          .values({
            id: appointment,
            person_id: id,
            role: role.role as Role,
            scope_kind: scope.kind,
            scope_id: scope.id,
            from_at: now,
            until_at: null,
            reason: "From the bootstrap file",
            state: "active",
            proposed_by: null,
            confirmed_by: null,
            bootstrap: true,
            ended_at: null,
            ended_reason: null,
          })
          .execute()
        await recorder.record({
          code: "appointment.bootstrapped",
          subject: id,
          ...(scope.kind === "project" ? { project: scope.id ?? undefined } : {}),
          ...(scope.kind === "data_set" ? { dataSet: scope.id ?? undefined } : {}),
          facts: { appointment, role: role.role, scope: scope.kind },
        })
      }
    }
  }
}

/** `installation`, `project:<key>`, `data-set:<code>` or `data-set:*` */
function scopesOf(
  scope: string,
  dataSets: Map<string, string>,
  projects: Map<string, string>,
): { kind: "installation" | "project" | "data_set"; id: string | null }[] {
  if (scope === "installation") return [{ kind: "installation", id: null }]
  const [kind, key] = scope.split(":")
  if (kind === "project") {
    const id = projects.get(key ?? "")
    return id === undefined ? [] : [{ kind: "project", id }]
  }
  if (kind === "data-set" && key === "*")
    return [...dataSets.values()].map((id) => ({ kind: "data_set", id }))
  const id = kind === "data-set" ? dataSets.get(key ?? "") : undefined
  if (id === undefined) throw new Error(`bootstrap: unknown scope ${scope}`)
  return [{ kind: "data_set", id }]
}

/** Agreements of the demonstration projects: proposed, approved and signed by the bootstrap, and marked so. */
async function agree(
  ctx: Ctx,
  tx: Tx,
  recorder: Recorder,
  demo: DemoFile,
  projects: Map<string, string>,
): Promise<void> {
  const now = ctx.clock.now()
  const today = civilDate(now, ctx.config.zone)
  for (const project of demo.projects) {
    const id = projects.get(project.key)
    if (id === undefined) continue
    const document = { ...project.agreement, term: { from: today, until: addDays(today, project.termDays) } }
    const version = await insertVersion(ctx, tx, id, document, "From the bootstrap file", null)
    await recorder.record({
      code: "agreement.proposed",
      project: id,
      agreementVersion: version,
      facts: { version, bootstrap: true, until: document.term.until },
    })
    const decisions = await tx
      .updateTable("agreement_decision")
      .set({ decision: "approved", reason: "From the bootstrap file", at: now })
      .where("project_id", "=", id)
      .where("version", "=", version)
      .returning("data_set_id")
      .execute()
    for (const d of decisions)
      await recorder.record({
        code: "agreement.decided",
        project: id,
        dataSet: d.data_set_id,
        agreementVersion: version,
        facts: { version, decision: "approved", bootstrap: true },
      })
    await putInForce(ctx, tx, recorder, id, version)
    const row = await tx
      .selectFrom("agreement_version")
      .select("sha256")
      .where("project_id", "=", id)
      .where("version", "=", version)
      .executeTakeFirstOrThrow()
    const members = await tx
      .selectFrom("appointment")
      .select("person_id")
      .distinct()
      .where("scope_kind", "=", "project")
      .where("scope_id", "=", id)
      .execute()
    for (const member of members) {
      await tx
        .insertInto("agreement_signature")
        .values({ project_id: id, version, person_id: member.person_id, sha256: row.sha256, at: now })
        .execute()
      await recorder.record({
        code: "agreement.signed",
        project: id,
        subject: member.person_id,
        agreementVersion: version,
        facts: { version, sha256: row.sha256, bootstrap: true },
      })
    }
  }
}
