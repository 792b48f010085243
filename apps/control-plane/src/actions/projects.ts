// A project as its people see it: the floor plan with what is in each room and what went through each door.
import type { AgreementDocument } from "#contract/agreements.ts"
import type { RequestState } from "#contract/vocabulary.ts"
import { sql } from "kysely"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { agreementWords } from "../domain/agreements.ts"
import { civilDate, dateInWords, daysBetween } from "../domain/dates.ts"
import { REQUEST } from "../domain/lifecycle.ts"
import { stateWord } from "../domain/sentences.ts"
import type { Known, ProjectRow } from "../store/facts.ts"
import type { Asked } from "./change.ts"
import { viewDoors } from "./doors.ts"
import { assertMay, assertPerson, getInstallation, getProject, may } from "./load.ts"
import { findMembers, viewMembers } from "./members.ts"
import { findCurrentExtract } from "./workspaces.ts"

const OPEN_STATES: readonly RequestState[] = [
  "checking",
  "independent",
  "consolidating",
  "returned",
  "approved",
]

export async function listProjects(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  const rows = await ctx.db
    .selectFrom("project as p")
    .innerJoin("organisation as o", "o.id", "p.organisation_id")
    .leftJoin("agreement_version as v", (j) =>
      j.onRef("v.project_id", "=", "p.id").on("v.state", "=", "in_force"),
    )
    .select(["p.id", "p.number", "p.title", "o.name", "p.state", "v.until"])
    .orderBy("p.number")
    .execute()
  const projects = []
  for (const r of rows) {
    const known = await getProject(ctx, ctx.db, actor, r.id)
    if (!may(ctx, actor, "project.view", known).allowed) continue
    projects.push({
      project: { id: r.id, number: r.number, title: r.title },
      organisation: r.name,
      roles: [...known.facts.roles],
      state: stateOf(known),
      agreementUntil: r.until,
    })
  }
  return { projects }
}

function stateOf(known: Known<ProjectRow>): "active" | "held" | "closed" {
  if (known.row.state === "closed") return "closed"
  return known.facts.blocked.some(
    (b) => b === "hold_project" || b === "hold_installation" || b === "agreement_expired",
  )
    ? "held"
    : "active"
}

export async function viewProject(ctx: Ctx, asked: Asked, id: string) {
  const actor = assertPerson(asked.actor)
  const known = await getProject(ctx, ctx.db, actor, id)
  assertMay(ctx, actor, "project.view", known)
  const [about, holds, dataRoom, workspace, requests, outside, people, installation] = await Promise.all([
    ctx.db
      .selectFrom("project as p")
      .innerJoin("organisation as o", "o.id", "p.organisation_id")
      .select(["p.summary", "p.partners", "o.id as organisation", "o.name"])
      .where("p.id", "=", id)
      .executeTakeFirstOrThrow(),
    ctx.db
      .selectFrom("hold")
      .select(["id", "cause", "reason"])
      .where("lifted_at", "is", null)
      .where((e) =>
        e.or([
          e("subject_kind", "=", "installation"),
          e.and([e("subject_kind", "=", "project"), e("subject_id", "=", id)]),
        ]),
      )
      .execute(),
    viewDataRoom(ctx, known),
    viewDesks(ctx, actor, known),
    viewQuarantine(ctx, actor, id),
    viewOutside(ctx, id),
    viewMembers(ctx, asked, id),
    getInstallation(ctx, ctx.db, actor),
  ])
  const doors = await viewDoors(ctx, actor, known, {
    waiting: requests.files,
    tables: dataRoom.tables.length,
  })
  return {
    project: { id: known.row.id, number: known.row.number, title: known.row.title },
    summary: about.summary,
    organisation: { id: about.organisation, name: about.name },
    partners: about.partners,
    state: stateOf(known),
    holds,
    dataRoom,
    workspace,
    quarantine: requests,
    outside,
    doors,
    agreement: await viewAgreementBar(ctx, id),
    people,
    actions: {
      workspaceOpen: may(ctx, actor, "workspace.open", known),
      requestCreate: may(ctx, actor, "request.create", known),
      memberInvite: may(ctx, actor, "member.invite", known),
      agreementPropose: may(ctx, actor, "agreement.propose", known),
      holdPlace: may(ctx, actor, "hold.place", installation),
      activityView: may(ctx, actor, "project.activity", known),
      useView: may(ctx, actor, "project.use", known),
    },
  }
}

async function viewDataRoom(ctx: Ctx, known: Known<ProjectRow>) {
  const current = await findCurrentExtract(ctx.db, known.row.id, known.row.version)
  const manifest = current?.manifest as
    | { people?: number; tables?: { name: string; rows: number; snapshot: string }[] }
    | undefined
  const job = current
    ? undefined
    : await ctx.db
        .selectFrom("stage_job")
        .select(["stage", "progress"])
        .where("state", "in", ["running", "waits"])
        .orderBy("state")
        .orderBy("started_at", "desc")
        .limit(1)
        .executeTakeFirst()
  const progress = job?.progress as { done: number; total: number; unit: string } | null | undefined
  const numbers = manifest?.tables
    ? await ctx.db
        .selectFrom("snapshot")
        .select(["number", "created_at"])
        .where("id", "in", [...new Set(manifest.tables.map((t) => t.snapshot))])
        .orderBy("created_at", "desc")
        .execute()
    : []
  const newest = numbers[0]
  return {
    extract: current?.id ?? null,
    snapshot: newest
      ? `Snapshot ${newest.number}, ${dateInWords(civilDate(newest.created_at, ctx.config.zone))}`
      : null,
    people: manifest?.people ?? null,
    preparing: job
      ? {
          step: job.stage,
          done: progress?.done ?? 0,
          total: progress?.total ?? 1,
          unit: progress?.unit ?? "",
        }
      : null,
    tables: (manifest?.tables ?? []).map((t) => ({ name: t.name, rows: t.rows })),
  }
}

async function viewDesks(ctx: Ctx, actor: PersonActor, known: Known<ProjectRow>) {
  const members = await findMembers(ctx.db, known.row.id)
  const rows = await ctx.db
    .selectFrom("workspace")
    .selectAll()
    .where("project_id", "=", known.row.id)
    .where("state", "<>", "deleted")
    .execute()
  const people = new Map(members.filter((m) => m.role === "researcher").map((m) => [m.person_id, m.name]))
  const desks = [...people].map(([person, name]) => {
    const w = rows.find((r) => r.person_id === person)
    const state = w?.state ?? "stopped"
    const you = person === actor.person
    return {
      person: { id: person, name },
      you,
      workspace: you ? (w?.id ?? null) : null,
      state,
      since: w ? w.changed_at.toISOString() : null,
      note: w === undefined ? "Never opened" : stateWord(state),
    }
  })
  return {
    working: desks.filter((d) => d.state === "running").length,
    desks: desks.sort((a, b) => Number(b.you) - Number(a.you) || a.person.name.localeCompare(b.person.name)),
  }
}

async function viewQuarantine(ctx: Ctx, actor: PersonActor, project: string) {
  const rows = await ctx.db
    .selectFrom("output_request as r")
    .select((e) => [
      "r.id",
      "r.number",
      "r.title",
      "r.state",
      "r.author_id",
      "r.changed_at",
      e
        .selectFrom("output_file as f")
        .select((x) => x.fn.countAll<number>().as("n"))
        .whereRef("f.request_id", "=", "r.id")
        .where("f.withdrawn_at", "is", null)
        .where("f.kind", "=", "output")
        .as("files"),
    ])
    .where("r.project_id", "=", project)
    .where("r.state", "in", OPEN_STATES)
    .orderBy("r.changed_at", "desc")
    .limit(50)
    .execute()
  return {
    files: rows.reduce((n, r) => n + Number(r.files), 0),
    requests: rows.map((r) => ({
      id: r.id,
      number: r.number,
      title: r.title,
      files: Number(r.files ?? 0),
      state: r.state,
      since: r.changed_at.toISOString(),
      note: quarantineNote(r.state, r.author_id === actor.person),
      yours: r.author_id === actor.person,
    })),
  }
}

function quarantineNote(state: RequestState, yours: boolean): string {
  if (state === "returned") return yours ? "Returned to you" : "Returned to its author"
  if (state === "checking") return "Checks are running"
  return REQUEST[state].holder === "checkers"
    ? state === "approved"
      ? "Approved, waits for release"
      : "Waits for a checker"
    : stateWord(state)
}

async function viewOutside(ctx: Ctx, project: string) {
  const rows = await ctx.db
    .selectFrom("release as x")
    .innerJoin("output_request as r", "r.id", "x.request_id")
    .select((e) => [
      "x.id",
      "r.title",
      "x.released_at",
      "x.revoked_at",
      e
        .selectFrom("release_file as f")
        .select((y) => y.fn.countAll<number>().as("n"))
        .whereRef("f.release_id", "=", "x.id")
        .as("files"),
    ])
    .where("x.project_id", "=", project)
    .orderBy("x.released_at", "desc")
    .limit(50)
    .execute()
  return {
    files: rows.reduce((n, r) => n + Number(r.files), 0),
    releases: rows.map((r) => ({
      id: r.id,
      title: r.title,
      at: r.released_at.toISOString(),
      files: Number(r.files ?? 0),
      revoked: r.revoked_at !== null,
    })),
  }
}

async function viewAgreementBar(ctx: Ctx, project: string) {
  const row = await ctx.db
    .selectFrom("agreement_version")
    .select(["version", "state", "document", "until"])
    .where("project_id", "=", project)
    .where("state", "in", ["in_force", "ended"])
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst()
  if (!row) return null
  const document = JSON.parse(row.document) as AgreementDocument
  const today = civilDate(ctx.clock.now(), ctx.config.zone)
  const data = agreementWords(document).find((w) => w.heading === "Safe data")?.sentences ?? []
  const outputs = agreementWords(document).find((w) => w.heading === "Safe outputs")?.sentences ?? []
  return {
    id: project,
    version: row.version,
    state: row.state,
    from: document.term.from,
    until: row.until,
    daysLeft: daysBetween(today, row.until),
    daysTotal: daysBetween(document.term.from, row.until),
    words: [...data.slice(0, 2), ...outputs.slice(0, 1)],
  }
}

export async function viewUse(ctx: Ctx, asked: Asked, id: string) {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "project.use", await getProject(ctx, ctx.db, actor, id))

  const runs = await sql<{ person: string; name: string; month: string; hours: number }>`
    select w.person_id as person, p.name, to_char(r.started_at at time zone ${ctx.config.zone}, 'YYYY-MM') as month,
      sum(extract(epoch from coalesce(r.stopped_at, ${ctx.clock.now()}) - r.started_at)) / 3600 as hours
    from run r join workspace w on w.id = r.workspace_id join person p on p.id = w.person_id
    where w.project_id = ${id} and r.started_at is not null group by 1, 2, 3`.execute(ctx.db)
  const reads = await sql<{ person: string; name: string; month: string; bytes: number }>`
    select w.person_id as person, p.name, to_char(i.issued_at at time zone ${ctx.config.zone}, 'YYYY-MM') as month, coalesce(sum(i.bytes), 0)::bigint as bytes
    from intent i join run r on r.id = i.run_id join workspace w on w.id = r.workspace_id join person p on p.id = w.person_id
    where w.project_id = ${id} group by 1, 2, 3`.execute(ctx.db)
  const shown = await sql<{ person: string; name: string; month: string; bytes: number }>`
    select s.person_id as person, p.name, to_char(s.day, 'YYYY-MM') as month, sum(s.bytes)::bigint as bytes
    from shown s join person p on p.id = s.person_id where s.project_id = ${id} group by 1, 2, 3`.execute(
    ctx.db,
  )
  const requests = await sql<{ month: string; n: number; hours: number | null }>`
    select to_char(r.submitted_at at time zone ${ctx.config.zone}, 'YYYY-MM') as month, count(*)::bigint as n,
      (percentile_cont(0.5) within group (order by extract(epoch from x.released_at - r.submitted_at) / 3600))::float8 as hours
    from output_request r left join release x on x.request_id = r.id where r.project_id = ${id} and r.submitted_at is not null group by 1`.execute(
    ctx.db,
  )
  const people = new Map<
    string,
    {
      person: { id: string; name: string }
      month: string
      hours: number
      readBytes: number
      shownBytes: number
    }
  >()
  const entry = (r: { person: string; name: string; month: string }) => {
    const key = `${r.person}/${r.month}`
    const e = people.get(key) ?? {
      person: { id: r.person, name: r.name },
      month: r.month,
      hours: 0,
      readBytes: 0,
      shownBytes: 0,
    }
    people.set(key, e)
    return e
  }
  for (const r of runs.rows) entry(r).hours += Math.round(Number(r.hours) * 10) / 10
  for (const r of reads.rows) entry(r).readBytes += r.bytes
  for (const r of shown.rows) entry(r).shownBytes += r.bytes
  const all = [...people.values()]
  const months = [...new Set([...all.map((p) => p.month), ...requests.rows.map((r) => r.month)])].sort()
  const sum = (month: string, key: "hours" | "readBytes" | "shownBytes") =>
    all.filter((p) => p.month === month).reduce((n, p) => n + p[key], 0)
  return {
    months: months.map((month) => {
      const r = requests.rows.find((q) => q.month === month)
      return {
        month,
        hours: sum(month, "hours"),
        readBytes: sum(month, "readBytes"),
        shownBytes: sum(month, "shownBytes"),
        requests: r?.n ?? 0,
        turnaroundHours: r?.hours ?? null,
      }
    }),
    people: all.sort((a, b) =>
      a.month === b.month ? a.person.name.localeCompare(b.person.name) : a.month < b.month ? 1 : -1,
    ),
    storage: await measureStorage(ctx, id),
  }
}

/** null while the node does not answer: not known is not zero. */
async function measureStorage(
  ctx: Ctx,
  project: string,
): Promise<{ homeBytes: number; sharedBytes: number } | null> {
  const homes = await ctx.db
    .selectFrom("workspace")
    .select("id")
    .where("project_id", "=", project)
    .where("state", "<>", "deleted")
    .execute()
  try {
    const storage = await ctx.drivers.agent.storage()
    const sum = (all: typeof storage.homes, ids: ReadonlySet<string>) =>
      all.reduce((bytes, one) => bytes + (ids.has(one.id) ? one.bytes : 0), 0)
    return {
      homeBytes: sum(storage.homes, new Set(homes.map((h) => h.id))),
      sharedBytes: sum(storage.shared, new Set([project])),
    }
  } catch (error) {
    ctx.log.warn({ project, cause: String(error) }, "how much is stored is not known")
    return null
  }
}
