// Lists of requests: a project's own, and the checkers' queue by risk and age.
import { sql } from "kysely"
import type { RequestState } from "#contract/vocabulary.ts"
import type { Ctx } from "../context.ts"
import { waitedSeconds } from "../domain/outputs.ts"
import { hasConflict } from "../store/facts.ts"
import type { Asked } from "./change.ts"
import { assertMay, assertPerson, getInstallation, getProject, may } from "./load.ts"

export async function listRequests(ctx: Ctx, asked: Asked, project: string) {
  const actor = assertPerson(asked.actor)
  const known = await getProject(ctx, ctx.db, actor, project)
  assertMay(ctx, actor, "project.view", known)
  // What is not sent yet is its project's own business.
  const drafts = known.facts.ties.includes("member")
  const { rows } = await sql<{
    id: string
    number: string
    title: string
    author_id: string
    author: string
    state: RequestState
    files: number
    changed_at: Date
  }>`
    select q.id, q.number, q.title, q.author_id, p.name as author, q.state, q.changed_at,
      (select count(*) from output_file f where f.request_id = q.id and f.withdrawn_at is null) as files
    from output_request q join person p on p.id = q.author_id
    where q.project_id = ${project} and (${drafts} or q.submitted_at is not null)
    order by q.created_at desc limit 500`.execute(ctx.db)
  return {
    requests: rows.map((r) => ({
      id: r.id,
      number: r.number,
      title: r.title,
      author: { id: r.author_id, name: r.author },
      state: r.state,
      files: Number(r.files),
      at: r.changed_at.toISOString(),
    })),
    actions: { create: may(ctx, actor, "request.create", known) },
  }
}

interface Waiting {
  id: string
  number: string
  title: string
  state: RequestState
  turn: number
  project_id: string
  project_number: string
  project_title: string
  organisation_id: string
  organisation: string
  partners: string[]
  author_id: string
  submitted_at: Date
  turn_at: Date | null
  held_seconds: number
  files: number
  violated: number
  unverifiable: number
  reviews: number
  mine: "open" | "submitted" | null
}

/** Riskiest first, then the longest wait. Conflicts of interest are counted and left out. */
export async function viewQueue(ctx: Ctx, asked: Asked) {
  const actor = assertPerson(asked.actor)
  assertMay(ctx, actor, "queue.view", await getInstallation(ctx, ctx.db, actor))
  const { rows } = await sql<Waiting>`
    select q.id, q.number, q.title, q.state, q.turn, q.author_id, q.submitted_at, q.turn_at, q.held_seconds,
      p.id as project_id, p.number as project_number, p.title as project_title, p.organisation_id, p.partners,
      o.name as organisation,
      (select count(*) from output_file f where f.request_id = q.id and f.withdrawn_at is null) as files,
      (select count(*) from output_check c join output_file f on f.id = c.file_id
        where c.request_id = q.id and c.turn = q.turn and f.withdrawn_at is null and c.verdict = 'violated') as violated,
      (select count(*) from output_check c join output_file f on f.id = c.file_id
        where c.request_id = q.id and c.turn = q.turn and f.withdrawn_at is null
          and (c.verdict = 'not-verifiable' or c.state = 'failed')) as unverifiable,
      (select count(*) from output_review r where r.request_id = q.id and r.turn = q.turn and r.submitted_at is not null) as reviews,
      (select case when r.submitted_at is null then 'open' else 'submitted' end from output_review r
        where r.request_id = q.id and r.turn = q.turn and r.person_id = ${actor.person}) as mine
    from output_request q
    join project p on p.id = q.project_id
    join organisation o on o.id = p.organisation_id
    where q.state in ('independent', 'consolidating', 'approved')
    order by q.submitted_at limit 1000`.execute(ctx.db)
  const now = ctx.clock.now()
  const mine: Waiting[] = []
  let conflicts = 0
  const partOf = new Map<string, boolean>()
  for (const row of rows) {
    let conflict = partOf.get(row.project_id)
    if (conflict === undefined) {
      conflict = await hasConflict(ctx.db, actor, {
        id: row.project_id,
        organisation_id: row.organisation_id,
        partners: row.partners,
      })
      partOf.set(row.project_id, conflict)
    }
    if (conflict || row.author_id === actor.person) conflicts += 1
    else mine.push(row)
  }
  const waited = (r: Waiting) => waitedSeconds(r.submitted_at, Number(r.held_seconds), now)
  const risk = (r: Waiting) => Number(r.violated) * 2 + Number(r.unverifiable)
  mine.sort((a, b) => risk(b) - risk(a) || waited(b) - waited(a))
  return {
    requests: mine.map((r) => ({
      id: r.id,
      number: r.number,
      title: r.title,
      project: { id: r.project_id, number: r.project_number, title: r.project_title },
      organisation: r.organisation,
      state: r.state,
      turn: r.turn,
      files: Number(r.files),
      violated: Number(r.violated),
      notVerifiable: Number(r.unverifiable),
      waitsSince: (r.turn_at ?? r.submitted_at).toISOString(),
      waitedSeconds: waited(r),
      reviewsSubmitted: Number(r.reviews),
      mine: r.mine,
    })),
    conflicts,
  }
}
