// The people and things of the test stack: a project with a researcher, a colleague, two who lead it, and a
// workspace that runs; output checkers of another organisation and one of the project's; keepers of two data
// sets, a data manager, an auditor, two operators; and a neighbour with a project of their own.
import type { AgreementDocument } from "#contract/agreements.ts"
import type { Role, ScopeKind } from "#contract/vocabulary.ts"
import type { Ctx } from "../src/context.ts"
import { hashDocument } from "../src/domain/agreements.ts"
import { newId } from "../src/domain/id.ts"

export const ISSUER = "http://id.test/realms/glasshouse"

export const PEOPLE = [
  "author",
  "colleague",
  "admin",
  "lead",
  "first",
  "second",
  "third",
  "insider",
  "stranger",
  "auditor",
  "custodian",
  "keeper",
  "manager",
  "operator",
  "engineer",
  "neighbour",
] as const
export type PersonName = (typeof PEOPLE)[number]

export interface Seeded {
  readonly project: string
  readonly run: string
  readonly workspace: string
  /** the neighbour's project */
  readonly elsewhere: string
  /** kept by `custodian` and in the project's agreement; kept by `keeper` and in nobody's */
  readonly dataSet: string
  readonly otherDataSet: string
  readonly people: Readonly<Record<PersonName, string>>
}

/** A complete agreement document over the seeded data set. */
export function agreementDocument(changes: Partial<AgreementDocument> = {}): AgreementDocument {
  return {
    schema: "glasshouse-agreement/1",
    title: "Liver disease",
    parties: [{ organisation: "A university", part: "recipient" }],
    purpose: { research: "To learn", benefit: "To help", lay: "They look at livers" },
    legalBasis: { article6: "6(1)(e)", article9: "9(2)(j)" },
    confidentialityBasis: null,
    optOut: { rule: "not_applicable", reason: null },
    people: null,
    dataSets: [
      {
        dataSet: "livers",
        tables: [{ table: "visits", columns: ["age"], filter: [] }],
        purpose: null,
      },
    ],
    cohort: null,
    dates: null,
    refresh: { every: "on_request" },
    derivedTables: null,
    linkage: { allowed: false, words: null },
    territory: ["United Kingdom"],
    term: { from: "2020-01-01", until: "2199-01-01" },
    specialConditions: null,
    outputPolicy: { preset: "nhs-england-sde" },
    overrides: null,
    workspace: null,
    ...changes,
  }
}

const CONTRACT = {
  tables: [
    {
      name: "visits",
      title: "Visits",
      fields: [
        { name: "nhs_number", type: "nhsNumber", publish: "drop" },
        { name: "age", type: "integer", label: "Age" },
        { name: "weight", type: "number", label: "Weight" },
      ],
    },
  ],
}

export async function seed(ctx: Ctx): Promise<Seeded> {
  const { db } = ctx
  const organisation = async (named: string) => {
    const id = newId()
    await db.insertInto("organisation").values({ id, name: named }).execute()
    return id
  }
  const university = await organisation("A university")
  const service = await organisation("A health service")
  await db.insertInto("terms").values({ version: 1, text: "Terms" }).execute()
  const person = (named: string, belongs: string) => insertPerson(ctx, named, belongs)
  const project = newId()
  const elsewhere = newId()
  await db
    .insertInto("project")
    .values([
      {
        id: project,
        number: "P-0001",
        title: "Liver disease",
        summary: "A study",
        organisation_id: university,
      },
      { id: elsewhere, number: "P-0002", title: "Hearts", summary: "A study", organisation_id: service },
    ])
    .execute()
  const people = {
    author: await person("Anna Author", university),
    colleague: await person("Carl Colleague", university),
    admin: await person("Ada Admin", university),
    lead: await person("Leo Lead", university),
    first: await person("Faye First", service),
    second: await person("Seth Second", service),
    third: await person("Thea Third", service),
    insider: await person("Ines Insider", university),
    stranger: await person("Stan Stranger", service),
    auditor: await person("Axel Auditor", service),
    custodian: await person("Cora Custodian", service),
    keeper: await person("Kit Keeper", service),
    manager: await person("Mona Manager", service),
    operator: await person("Olga Operator", service),
    engineer: await person("Egon Engineer", service),
    neighbour: await person("Nele Neighbour", service),
  }
  const dataSet = await insertDataSet(ctx, "livers", service)
  const otherDataSet = await insertDataSet(ctx, "hearts", service)
  await appoint(ctx, people.author, "researcher", "project", project)
  await appoint(ctx, people.colleague, "researcher", "project", project)
  await appoint(ctx, people.admin, "project_admin", "project", project)
  await appoint(ctx, people.lead, "project_admin", "project", project)
  await appoint(ctx, people.neighbour, "researcher", "project", elsewhere)
  for (const checker of [people.first, people.second, people.third, people.insider])
    await appoint(ctx, checker, "output_checker", "installation", null)
  await appoint(ctx, people.auditor, "auditor", "installation", null)
  await appoint(ctx, people.custodian, "custodian", "data_set", dataSet)
  await appoint(ctx, people.keeper, "custodian", "data_set", otherDataSet)
  await appoint(ctx, people.manager, "data_manager", "installation", null)
  await appoint(ctx, people.operator, "operator", "installation", null)
  await appoint(ctx, people.engineer, "operator", "installation", null)
  for (const id of [project, elsewhere]) await insertAgreement(ctx, id, dataSet)
  for (const member of [people.author, people.colleague, people.admin, people.lead])
    await sign(ctx, project, member)
  await sign(ctx, elsewhere, people.neighbour)
  const { workspace, run } = await insertWorkspace(ctx, project, people.author)
  return { project, run, workspace, elsewhere, dataSet, otherDataSet, people }
}

/** Somebody whose training and terms are in order, with no role. */
export async function insertPerson(ctx: Ctx, named: string, organisation: string): Promise<string> {
  const id = newId()
  await ctx.db
    .insertInto("person")
    .values({ id, name: named, email: `${id}@example.org`, organisation_id: organisation })
    .execute()
  await ctx.db.insertInto("identity").values({ issuer: ISSUER, subject: id, person_id: id }).execute()
  await ctx.db
    .insertInto("training")
    .values({
      person_id: id,
      kind: "safe_researcher",
      until: "2199-01-01",
      evidence: "seen",
      recorded_by: null,
    })
    .execute()
  await ctx.db.insertInto("terms_acceptance").values({ person_id: id, version: 1 }).execute()
  return id
}

export async function appoint(
  ctx: Ctx,
  who: string,
  role: Role,
  kind: ScopeKind,
  scope: string | null,
  until: Date | null = null,
): Promise<string> {
  const id = newId()
  await ctx.db
    .insertInto("appointment")
    .values({
      id,
      person_id: who,
      role,
      scope_kind: kind,
      scope_id: scope,
      from_at: new Date(0),
      until_at: until,
      reason: "seeded",
      state: "active",
      proposed_by: null,
      confirmed_by: null,
      bootstrap: true,
      ended_at: null,
      ended_reason: null,
    })
    .execute()
  return id
}

async function insertDataSet(ctx: Ctx, code: string, organisation: string): Promise<string> {
  const id = newId()
  await ctx.db
    .insertInto("data_set")
    .values({
      id,
      code,
      title: `About ${code}`,
      description: "A register",
      organisation_id: organisation,
      contract: JSON.stringify(CONTRACT),
    })
    .execute()
  return id
}

async function insertAgreement(ctx: Ctx, project: string, dataSet: string): Promise<void> {
  const { text, sha256 } = hashDocument(agreementDocument())
  await ctx.db
    .insertInto("agreement_version")
    .values({
      project_id: project,
      version: 1,
      state: "in_force",
      document: text,
      sha256,
      reason: "seeded",
      proposed_by: null,
      in_force_at: new Date(0),
      until: "2199-01-01",
      ended_at: null,
      event_outbox: null,
    })
    .execute()
  await ctx.db
    .insertInto("agreement_decision")
    .values({
      project_id: project,
      version: 1,
      data_set_id: dataSet,
      decision: "approved",
      person_id: null,
      reason: null,
      at: null,
    })
    .execute()
}

export async function sign(ctx: Ctx, project: string, person: string): Promise<void> {
  const version = await ctx.db
    .selectFrom("agreement_version")
    .select(["version", "sha256"])
    .where("project_id", "=", project)
    .where("state", "=", "in_force")
    .executeTakeFirstOrThrow()
  await ctx.db
    .insertInto("agreement_signature")
    .values({ project_id: project, version: version.version, person_id: person, sha256: version.sha256 })
    .execute()
}

export async function insertWorkspace(
  ctx: Ctx,
  project: string,
  person: string,
): Promise<{ workspace: string; run: string }> {
  const workspace = newId()
  await ctx.db
    .insertInto("workspace")
    .values({
      id: workspace,
      project_id: project,
      person_id: person,
      state: "running",
      code: null,
      last_human_at: null,
    })
    .execute()
  const run = newId()
  await ctx.db
    .insertInto("run")
    .values({
      id: run,
      workspace_id: workspace,
      generation: 1,
      node: null,
      wanted: "running",
      observed: "running",
      step: null,
      probes: null,
      code: null,
      agreement_version: 1,
      extract_id: null,
      started_at: ctx.clock.now(),
      stopped_at: null,
      observed_at: null,
    })
    .execute()
  return { workspace, run }
}
