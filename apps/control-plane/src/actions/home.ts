// Home: what waits for me, what I was doing, what changed. Built from states, so that it is never stale.
import { REQUEST } from "../domain/lifecycle.ts"
import { stateWord } from "../domain/sentences.ts"
import type { Ctx } from "../context.ts"
import { civilDate, dateInWords, daysBetween } from "../domain/dates.ts"
import type { Asked } from "./change.ts"
import { assertPerson, getInstallation, may } from "./load.ts"

interface Item {
  kind: "waits" | "doing" | "changed"
  title: string
  detail: string
  state: "moving" | "waits" | "done" | "blocked" | "none"
  href: string
  at: string
  index: number | null
}

export async function getHome(
  ctx: Ctx,
  asked: Asked,
): Promise<{ items: Item[]; projects: { id: string; number: string; title: string }[] }> {
  const actor = assertPerson(asked.actor)
  const known = await getInstallation(ctx, ctx.db, actor)
  const now = ctx.clock.now()
  const today = civilDate(now, ctx.config.zone)
  const mine = actor.appointments.flatMap((a) => (a.scope === "project" && a.id !== null ? [a.id] : []))
  const items: Item[] = []
  const projects =
    mine.length === 0
      ? []
      : await ctx.db
          .selectFrom("project")
          .select(["id", "number", "title"])
          .where("id", "in", mine)
          .orderBy("number")
          .execute()
  const titles = new Map(projects.map((p) => [p.id, p.title]))

  if (mine.length > 0) {
    const workspaces = await ctx.db
      .selectFrom("workspace")
      .selectAll()
      .where("person_id", "=", actor.person)
      .where("project_id", "in", mine)
      .where("state", "in", ["opening", "running", "failed"])
      .execute()
    for (const w of workspaces) {
      items.push({
        kind: "doing",
        title: titles.get(w.project_id) ?? "Workspace",
        detail: `Your workspace is ${stateWord(w.state)}`,
        state: w.state === "failed" ? "blocked" : "moving",
        href: `/workspaces/${w.id}`,
        at: w.changed_at.toISOString(),
        index: null,
      })
    }
    const requests = await ctx.db
      .selectFrom("output_request")
      .selectAll()
      .where("project_id", "in", mine)
      .where("state", "not in", ["withdrawn", "rejected", "revoked"])
      .orderBy("changed_at", "desc")
      .limit(20)
      .execute()
    for (const r of requests) {
      const yours = r.author_id === actor.person && REQUEST[r.state].holder === "author"
      const done = r.state === "released"
      items.push({
        kind: yours ? "waits" : done ? "changed" : "doing",
        title: r.title,
        detail:
          yours && r.state === "returned"
            ? `${r.number} was returned to you: read the comments and change it`
            : `${r.number} is ${stateWord(r.state)}`,
        state: yours ? "waits" : done ? "done" : "moving",
        href: `/requests/${r.id}`,
        at: r.changed_at.toISOString(),
        index: null,
      })
    }
    const agreements = await ctx.db
      .selectFrom("agreement_version")
      .select(["project_id", "version", "until", "in_force_at"])
      .where("project_id", "in", mine)
      .where("state", "=", "in_force")
      .execute()
    const signed = await ctx.db
      .selectFrom("agreement_signature")
      .select(["project_id", "version"])
      .where("person_id", "=", actor.person)
      .execute()
    for (const a of agreements) {
      const at = (a.in_force_at ?? now).toISOString()
      if (!signed.some((s) => s.project_id === a.project_id && s.version === a.version)) {
        items.push({
          kind: "waits",
          title: titles.get(a.project_id) ?? "",
          detail: `Read and sign version ${a.version} of the agreement`,
          state: "waits",
          href: `/projects/${a.project_id}/agreement`,
          at,
          index: null,
        })
      }
      const left = daysBetween(today, a.until)
      if (left <= 90)
        items.push({
          kind: "changed",
          title: titles.get(a.project_id) ?? "",
          detail: `The agreement ends on ${dateInWords(a.until)}, in ${left} days`,
          state: left <= 7 ? "blocked" : "waits",
          href: `/projects/${a.project_id}/agreement`,
          at,
          index: null,
        })
    }
  }
  if (may(ctx, actor, "queue.view", known).allowed) {
    const waiting = await ctx.db
      .selectFrom("output_request")
      .select((e) => [e.fn.countAll<number>().as("n"), e.fn.min("submitted_at").as("since")])
      .where("state", "in", ["independent", "consolidating", "approved"])
      .executeTakeFirstOrThrow()
    if (Number(waiting.n) > 0)
      items.push({
        kind: "waits",
        title: "Requests for release",
        detail: `${waiting.n} wait for checkers`,
        state: "waits",
        href: "/queue",
        at: (waiting.since ?? now).toISOString(),
        index: null,
      })
  }
  const dataSets = actor.appointments.flatMap((a) => (a.role === "custodian" && a.id !== null ? [a.id] : []))
  if (dataSets.length > 0) {
    const open = await ctx.db
      .selectFrom("agreement_decision as d")
      .innerJoin("agreement_version as v", (j) =>
        j.onRef("v.project_id", "=", "d.project_id").onRef("v.version", "=", "d.version"),
      )
      .innerJoin("project as p", "p.id", "d.project_id")
      .select(["d.project_id", "d.version", "p.title", "v.proposed_at"])
      .distinct()
      .where("d.data_set_id", "in", dataSets)
      .where("d.decision", "=", "waits")
      .where("v.state", "=", "proposed")
      .execute()
    for (const o of open)
      items.push({
        kind: "waits",
        title: o.title,
        detail: `Version ${o.version} of the agreement waits for your decision`,
        state: "waits",
        href: `/applications/${o.project_id}/${o.version}`,
        at: o.proposed_at.toISOString(),
        index: null,
      })
  }
  items.sort((a, b) => (a.at < b.at ? 1 : -1))
  return { items, projects }
}
