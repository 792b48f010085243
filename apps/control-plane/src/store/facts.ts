// Facts for decide(): roles of this actor on this resource, what ties them to it, and what stops things
// now. Expiry is computed here from dates as well as read from holds, so that a decision is right in the
// second of midnight, before the reconciler has written the hold.
import { sql } from "kysely"
import type { Actor, PersonActor } from "../domain/actor.ts"
import { civilDate, dateInWords } from "../domain/dates.ts"
import type { Facts, Resource } from "../domain/decide.ts"
import type { Params } from "../domain/sentences.ts"
import type { Db, Tx } from "./db.ts"

export interface Moment {
  readonly now: Date
  readonly zone: string
}

/** Causes of holds that expiry writes; each is a refusal code of its own. */
export const EXPIRY_CAUSES = [
  "agreement_expired",
  "membership_expired",
  "training_expired",
  "terms_expired",
] as const

export const TRAINING_KIND = "safe_researcher"

interface HoldInForce {
  subject_kind: string
  subject_id: string | null
  within_project: string | null
  cause: string
  reason: string
}

async function listHolds(
  db: Db | Tx,
  at: Moment,
  subjects: {
    person?: string | undefined
    projects?: string[]
    organisations?: string[]
    dataSets?: string[]
    release?: string | undefined
  },
): Promise<HoldInForce[]> {
  const { rows } = await sql<HoldInForce>`
    select subject_kind, subject_id, within_project, cause, reason from hold
    where (lifted_at is null or (lift_until is not null and lift_until <= ${at.now}))
      and (until_at is null or until_at > ${at.now})
      and (subject_kind = 'installation'
        or (subject_kind = 'person' and subject_id = ${subjects.person ?? null})
        or (subject_kind = 'project' and subject_id = any(${subjects.projects ?? []}))
        or (subject_kind = 'organisation' and subject_id = any(${subjects.organisations ?? []}))
        or (subject_kind = 'data_set' and subject_id = any(${subjects.dataSets ?? []}))
        or (subject_kind = 'release' and subject_id = ${subjects.release ?? null}))
    order by from_at`.execute(db)
  return rows
}

function blockedBy(
  holds: readonly HoldInForce[],
  project: string | undefined,
): { codes: string[]; params: Params } {
  const codes = new Set<string>()
  let params: Record<string, string> = {}
  for (const hold of holds) {
    if (hold.within_project !== null && hold.within_project !== project) continue
    const code = (EXPIRY_CAUSES as readonly string[]).includes(hold.cause)
      ? hold.cause
      : `hold_${hold.subject_kind}`
    codes.add(code)
    if (params["hold"] === undefined && code.startsWith("hold_")) params = { ...params, hold: hold.reason }
  }
  return { codes: [...codes], params }
}

/** What stops this person wherever they are: training, terms, holds, removal. */
async function personBlocks(
  db: Db | Tx,
  actor: PersonActor,
  at: Moment,
): Promise<{ codes: string[]; params: Record<string, string> }> {
  const today = civilDate(at.now, at.zone)
  const { rows } = await sql<{
    state: string
    training: string | null
    terms_until: Date | null
    terms_current: boolean
  }>`
    select p.state,
      (select t.until::text from training t where t.person_id = p.id and t.kind = ${TRAINING_KIND}) as training,
      a.accepted_at + make_interval(days => v.valid_days) as terms_until,
      a.version is not null as terms_current
    from person p
    left join lateral (select version, valid_days from terms where from_at <= ${at.now} order by version desc limit 1) v on true
    left join terms_acceptance a on a.person_id = p.id and a.version = v.version
    where p.id = ${actor.person}`.execute(db)
  const row = rows[0]
  const codes: string[] = []
  const params: Record<string, string> = {}
  if (!row || row.state === "removed") codes.push("person_removed")
  if (row) {
    if (row.training === null || row.training < today) {
      codes.push("training_expired")
      if (row.training !== null) params["trainingUntil"] = dateInWords(row.training)
    }
    if (!row.terms_current || row.terms_until === null || row.terms_until <= at.now)
      codes.push("terms_expired")
  }
  return { codes, params }
}

function rolesOn(actor: Actor, project: string | undefined, dataSets: readonly string[]): string[] {
  if (actor.kind !== "person") return []
  const roles = new Set<string>()
  for (const a of actor.appointments) {
    if (a.scope === "installation") roles.add(a.role)
    if (a.scope === "project" && project !== undefined && a.id === project) roles.add(a.role)
    if (a.scope === "data_set" && a.id !== null && dataSets.includes(a.id)) roles.add(a.role)
  }
  return [...roles]
}

function hasInstallationRole(actor: Actor): boolean {
  return actor.kind === "person" && actor.appointments.some((a) => a.scope === "installation")
}

export interface ProjectRow {
  readonly id: string
  readonly number: string
  readonly title: string
  readonly organisation_id: string
  readonly partners: string[]
  readonly state: "active" | "closed"
  readonly version: number | null
  readonly agreement_until: string | null
  readonly last_until: string | null
  readonly signed: boolean
  readonly data_sets: string[]
}

export interface Known<R> {
  readonly row: R
  readonly resource: Resource
  readonly facts: Facts
}

async function findProjectRow(
  db: Db | Tx,
  project: string,
  person: string | null,
): Promise<ProjectRow | undefined> {
  const { rows } = await sql<ProjectRow>`
    select p.id, p.number, p.title, p.organisation_id, p.partners, p.state,
      v.version, v.until::text as agreement_until,
      (select max(w.until)::text from agreement_version w where w.project_id = p.id and w.state in ('in_force', 'ended')) as last_until,
      exists (select 1 from agreement_signature s where s.project_id = p.id and s.version = v.version and s.person_id = ${person}) as signed,
      coalesce((select array_agg(distinct d.data_set_id::text) from agreement_decision d
        join agreement_version x on x.project_id = d.project_id and x.version = d.version
        where d.project_id = p.id and x.state in ('proposed', 'in_force', 'ended')), '{}') as data_sets
    from project p
    left join agreement_version v on v.project_id = p.id and v.state = 'in_force'
    where p.id = ${project}`.execute(db)
  return rows[0]
}

/** Facts of an actor about a project; undefined when there is no such project. */
export async function findProject(
  db: Db | Tx,
  at: Moment,
  actor: Actor,
  project: string,
): Promise<Known<ProjectRow> | undefined> {
  const person = actor.kind === "person" ? actor.person : null
  const row = await findProjectRow(db, project, person)
  if (!row) return undefined
  const today = civilDate(at.now, at.zone)
  const blocked = new Set<string>()
  let params: Record<string, string> = {}
  const holds = await listHolds(db, at, {
    person: person ?? undefined,
    projects: [row.id],
    organisations: [row.organisation_id, ...(actor.kind === "person" ? [actor.organisation] : [])],
    dataSets: row.data_sets,
  })
  const held = blockedBy(holds, row.id)
  for (const code of held.codes) blocked.add(code)
  params = { ...params, ...(held.params as Record<string, string>) }
  if (row.version === null) {
    blocked.add(row.last_until === null ? "agreement_missing" : "agreement_expired")
    if (row.last_until !== null) params["agreementUntil"] = dateInWords(row.last_until)
  } else {
    params["agreementVersion"] = String(row.version)
    if (row.agreement_until !== null) params["agreementUntil"] = dateInWords(row.agreement_until)
    if (row.agreement_until !== null && row.agreement_until < today) blocked.add("agreement_expired")
  }
  const ties: string[] = []
  if (actor.kind === "person") {
    const own = await personBlocks(db, actor, at)
    for (const code of own.codes) blocked.add(code)
    params = { ...params, ...own.params }
    const membership = actor.appointments.filter((a) => a.scope === "project" && a.id === row.id)
    if (membership.length > 0) {
      ties.push("member")
      // Only who is asked to sign can have failed to.
      if (row.version !== null && !row.signed) blocked.add("agreement_unsigned")
      const live = membership.filter((a) => a.until === null || a.until > at.now)
      if (live.length === 0) {
        blocked.add("membership_expired")
        const until = membership[0]?.until
        // `until` is the first moment after the last day.
        if (until) params["membershipUntil"] = dateInWords(civilDate(new Date(until.getTime() - 1), at.zone))
      }
    }
  }
  if (hasInstallationRole(actor)) ties.push("installation_role")
  return {
    row,
    resource: { kind: "Project", id: row.id },
    facts: { roles: rolesOn(actor, row.id, row.data_sets), ties, blocked: [...blocked], params },
  }
}

/** Facts for powers that belong to no project: installation roles, and holds on the person or on everything. */
export async function installationFacts(db: Db | Tx, at: Moment, actor: Actor): Promise<Known<null>> {
  const blocked = new Set<string>()
  let params: Record<string, string> = {}
  if (actor.kind === "person") {
    const holds = blockedBy(
      await listHolds(db, at, { person: actor.person, organisations: [actor.organisation] }),
      undefined,
    )
    for (const code of holds.codes) blocked.add(code)
    const own = await personBlocks(db, actor, at)
    for (const code of own.codes) blocked.add(code)
    params = { ...(holds.params as Record<string, string>), ...own.params }
  }
  const roles =
    actor.kind === "person"
      ? [...new Set(actor.appointments.filter((a) => a.scope !== "project").map((a) => a.role))]
      : []
  return {
    row: null,
    resource: { kind: "Installation", id: "installation" },
    facts: { roles, ties: [], blocked: [...blocked], params },
  }
}

export interface DataSetRow {
  readonly id: string
  readonly code: string
  readonly title: string
  readonly organisation_id: string
}

export async function findDataSet(
  db: Db | Tx,
  at: Moment,
  actor: Actor,
  dataSet: string,
): Promise<Known<DataSetRow> | undefined> {
  const row = await db
    .selectFrom("data_set")
    .select(["id", "code", "title", "organisation_id"])
    .where("id", "=", dataSet)
    .executeTakeFirst()
  if (!row) return undefined
  const installation = await installationFacts(db, at, actor)
  return {
    row,
    resource: { kind: "DataSet", id: row.id },
    facts: { ...installation.facts, roles: rolesOn(actor, undefined, [row.id]) },
  }
}

export interface WorkspaceRow {
  readonly id: string
  readonly project_id: string
  readonly person_id: string
  readonly state: string
}

export async function findWorkspace(
  db: Db | Tx,
  at: Moment,
  actor: Actor,
  workspace: string,
): Promise<(Known<WorkspaceRow> & { project: ProjectRow }) | undefined> {
  const row = await db
    .selectFrom("workspace")
    .select(["id", "project_id", "person_id", "state"])
    .where("id", "=", workspace)
    .executeTakeFirst()
  if (!row) return undefined
  const project = await findProject(db, at, actor, row.project_id)
  if (!project) return undefined
  const owner =
    actor.kind === "person" && actor.person === row.person_id && project.facts.ties.includes("member")
  const hasRun = row.state === "opening" || row.state === "running"
  return {
    row,
    project: project.row,
    resource: { kind: "Workspace", id: row.id, state: row.state },
    facts: {
      ...project.facts,
      ties: [...project.facts.ties, ...(owner ? ["owner"] : []), ...(hasRun ? ["has_run"] : [])],
    },
  }
}

export interface RequestRow {
  readonly id: string
  readonly number: string
  readonly project_id: string
  readonly author_id: string
  readonly title: string
  readonly state: string
  readonly turn: number
  readonly policy: string
  readonly submitted_at: Date | null
}

/** Links an actor to a request: author, member, conflict of interest, unsubmitted. Votes and files add theirs in actions/outputs. */
export async function findRequest(
  db: Db | Tx,
  at: Moment,
  actor: Actor,
  request: string,
): Promise<(Known<RequestRow> & { project: ProjectRow }) | undefined> {
  const row = await db
    .selectFrom("output_request")
    .select(["id", "number", "project_id", "author_id", "title", "state", "turn", "policy", "submitted_at"])
    .where("id", "=", request)
    .executeTakeFirst()
  if (!row) return undefined
  const project = await findProject(db, at, actor, row.project_id)
  if (!project) return undefined
  const ties = [...project.facts.ties]
  if (row.submitted_at === null) ties.push("unsubmitted")
  if (actor.kind === "person") {
    if (row.author_id === actor.person) ties.push("author")
    if (await hasConflict(db, actor, project.row)) ties.push("conflict")
  }
  // A checker is bound by their own training, terms and holds and by holds on the project, not by the
  // agreement's signature or membership of its researchers.
  const blocked = project.facts.blocked.filter(
    (code) =>
      project.facts.ties.includes("member") || !["agreement_unsigned", "membership_expired"].includes(code),
  )
  return {
    row,
    project: project.row,
    resource: { kind: "Request", id: row.id, state: row.state },
    facts: { ...project.facts, ties, blocked },
  }
}

/** Has, or ever had, a part in the project, or belongs to one of its organisations. */
export async function hasConflict(
  db: Db | Tx,
  actor: PersonActor,
  project: Pick<ProjectRow, "id" | "organisation_id" | "partners">,
): Promise<boolean> {
  if (actor.organisation === project.organisation_id) return true
  const { rows } = await sql<{ conflict: boolean }>`
    select exists (select 1 from appointment where person_id = ${actor.person} and scope_kind = 'project' and scope_id = ${project.id})
      or exists (select 1 from organisation where id = ${actor.organisation} and name = any(${project.partners})) as conflict`.execute(
    db,
  )
  return rows[0]?.conflict ?? true
}
