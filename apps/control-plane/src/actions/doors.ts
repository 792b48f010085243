// The three doors of the floor plan: how many went through today, the last one, and what opens it. The
// notes are the same sentences that the checks themselves answer with.
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { civilDate, startOfDay } from "../domain/dates.ts"
import { refusalSentence, votedWords } from "../domain/sentences.ts"
import type { Known, ProjectRow } from "../store/facts.ts"

type Door = {
  id: "data" | "quarantine" | "outside"
  state: "open" | "waits" | "blocked"
  today: number
  todayBytes: number | null
  last: { at: string; what: string; index: number | null } | null
  note: string
  code: string | null
}

export async function viewDoors(
  ctx: Ctx,
  actor: PersonActor,
  known: Known<ProjectRow>,
  content: { waiting: number; tables: number },
): Promise<Door[]> {
  const today = startOfDay(civilDate(ctx.clock.now(), ctx.config.zone), ctx.config.zone)
  const project = known.row.id
  const blocked = whatBlocks(ctx, known)
  const [reads, lastRead, pushed, lastPush, released, lastRelease, votes] = await Promise.all([
    ctx.db
      .selectFrom("intent as i")
      .innerJoin("run as r", "r.id", "i.run_id")
      .innerJoin("workspace as w", "w.id", "r.workspace_id")
      .select((e) => [
        e.fn.countAll<number>().as("n"),
        e.fn.coalesce(e.fn.sum<number>("i.bytes"), e.lit(0)).as("bytes"),
      ])
      .where("w.project_id", "=", project)
      .where("i.kind", "=", "object")
      .where("i.issued_at", ">=", today)
      .executeTakeFirstOrThrow(),
    ctx.db
      .selectFrom("intent as i")
      .innerJoin("run as r", "r.id", "i.run_id")
      .innerJoin("workspace as w", "w.id", "r.workspace_id")
      .select(["i.key", "i.issued_at", "i.log_index"])
      .where("w.project_id", "=", project)
      .where("i.kind", "=", "object")
      .orderBy("i.issued_at", "desc")
      .limit(1)
      .executeTakeFirst(),
    ctx.db
      .selectFrom("output_file as f")
      .innerJoin("output_request as r", "r.id", "f.request_id")
      .select((e) => e.fn.countAll<number>().as("n"))
      .where("r.project_id", "=", project)
      .where("f.created_at", ">=", today)
      .executeTakeFirstOrThrow(),
    ctx.db
      .selectFrom("output_request")
      .select(["title", "submitted_at"])
      .where("project_id", "=", project)
      .where("submitted_at", "is not", null)
      .orderBy("submitted_at", "desc")
      .limit(1)
      .executeTakeFirst(),
    ctx.db
      .selectFrom("release_file as f")
      .innerJoin("release as x", "x.id", "f.release_id")
      .select((e) => e.fn.countAll<number>().as("n"))
      .where("x.project_id", "=", project)
      .where("x.released_at", ">=", today)
      .executeTakeFirstOrThrow(),
    ctx.db
      .selectFrom("release as x")
      .innerJoin("output_request as r", "r.id", "x.request_id")
      .select(["r.title", "x.released_at"])
      .where("x.project_id", "=", project)
      .orderBy("x.released_at", "desc")
      .limit(1)
      .executeTakeFirst(),
    ctx.db
      .selectFrom("output_request as r")
      .leftJoin("output_review as v", (on) =>
        on
          .onRef("v.request_id", "=", "r.id")
          .onRef("v.turn", "=", "r.turn")
          .on("v.submitted_at", "is not", null),
      )
      .select((e) => e.fn.count<number>("v.request_id").as("n"))
      .where("r.project_id", "=", project)
      .where("r.state", "in", ["independent", "consolidating"])
      .groupBy("r.id")
      .execute(),
  ])
  const shut =
    blocked === undefined
      ? undefined
      : { state: "blocked" as const, note: refusalSentence(blocked, known.facts.params), code: blocked }
  return [
    {
      id: "data",
      ...(shut ??
        (content.tables > 0
          ? {
              state: "open" as const,
              note: "Read only. Open while the agreement runs and you are a member.",
              code: null,
            }
          : { state: "waits" as const, note: "Opens when the project's extract is ready.", code: null })),
      today: Number(reads.n),
      todayBytes: Number(reads.bytes),
      last: lastRead
        ? {
            at: lastRead.issued_at.toISOString(),
            what: lastRead.key?.split("/")[0] ?? "",
            index: lastRead.log_index,
          }
        : null,
    },
    {
      id: "quarantine",
      ...(shut ?? {
        state: "open" as const,
        note: "Opens for files pushed from your workspace.",
        code: null,
      }),
      today: Number(pushed.n),
      todayBytes: null,
      last: lastPush?.submitted_at
        ? { at: lastPush.submitted_at.toISOString(), what: lastPush.title, index: null }
        : null,
    },
    {
      id: "outside",
      ...(shut ?? {
        state: "waits" as const,
        note:
          content.waiting > 0
            ? `${votes.length === 1 ? `${votedWords(Number(votes[0]?.n ?? 0))}. ` : ""}${refusalSentence("two_approvals_needed")}`
            : refusalSentence("two_approvals_needed"),
        code: "two_approvals_needed",
      }),
      today: Number(released.n),
      todayBytes: null,
      last: lastRelease
        ? { at: lastRelease.released_at.toISOString(), what: lastRelease.title, index: null }
        : null,
    },
  ]
}

/** The first thing that stops everyone's use of the project: asked of the policies, for a member with nothing else against them. */
function whatBlocks(ctx: Ctx, known: Known<ProjectRow>): string | undefined {
  if (!ctx.audit.healthy().ok) return "audit_unavailable"
  const general = known.facts.blocked.filter((b) =>
    [
      "hold_installation",
      "hold_project",
      "hold_organisation",
      "hold_data_set",
      "agreement_expired",
      "agreement_missing",
    ].includes(b),
  )
  const decision = ctx.access.decide(
    {
      kind: "person",
      person: "aaaaaaaaaaaa",
      name: "",
      email: "",
      organisation: "",
      session: "",
      appointments: [],
      acr: "",
      authTime: 0,
    },
    "data.read",
    known.resource,
    { roles: ["researcher"], ties: ["member"], blocked: general, params: known.facts.params },
  )
  return decision.allow ? undefined : decision.code
}
