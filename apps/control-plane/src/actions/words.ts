// Names for the ids of events, for the sentences that people read: one query per kind for a whole page.
import type { AuditEvent, EventCode } from "#contract/events.ts"
import { operationById } from "#contract/index.ts"
import type { EventRow } from "../audit/projection.ts"
import type { Db } from "../store/db.ts"
import { eventSentence } from "../domain/sentences.ts"

export interface Names {
  readonly people: ReadonlyMap<string, string>
  readonly projects: ReadonlyMap<string, { id: string; number: string; title: string }>
}

export async function loadNames(db: Db, rows: readonly EventRow[]): Promise<Names> {
  const people = [
    ...new Set(
      rows.flatMap((r) => [
        ...(r.actorKind === "person" ? [r.actorId] : []),
        ...(r.subject === null ? [] : [r.subject]),
      ]),
    ),
  ]
  const projects = [...new Set(rows.flatMap((r) => (r.project === null ? [] : [r.project])))]
  const [named, titled] = await Promise.all([
    people.length === 0
      ? []
      : db.selectFrom("person").select(["id", "name"]).where("id", "in", people).execute(),
    projects.length === 0
      ? []
      : db.selectFrom("project").select(["id", "number", "title"]).where("id", "in", projects).execute(),
  ])
  return {
    people: new Map(named.map((p) => [p.id, p.name])),
    projects: new Map(titled.map((p) => [p.id, p])),
  }
}

const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  gateway: "The gateway",
  runs: "The platform",
  expiry: "The platform",
  bootstrap: "The first start",
  stages: "The data pipeline",
  checks: "The checks",
  releases: "The platform",
  sessions: "The platform",
  holds: "The platform",
  intents: "The platform",
}

export function actorName(names: Names, row: Pick<EventRow, "actorKind" | "actorId">): string {
  if (row.actorKind === "person") return names.people.get(row.actorId) ?? "A person"
  return SYSTEM_NAMES[row.actorId] ?? (row.actorKind === "service" ? "A service" : "The platform")
}

/** `blind` hides the names of checkers from members of a project. */
export function sentenceOf(
  names: Names,
  row: EventRow,
  facts: AuditEvent["facts"],
  reader: string,
  options: { blind?: boolean } = {},
): string {
  const you = row.actorKind === "person" && row.actorId === reader
  const checker = options.blind && !you && CHECKER_EVENTS.has(row.code)
  return eventSentence(
    row.code as EventCode,
    {
      actor: checker ? "A checker" : actorName(names, row),
      you,
      title: operationById.get(String(facts["operation"]))?.summary,
      subject:
        row.subject === null ? undefined : row.subject === reader ? "you" : names.people.get(row.subject),
    },
    facts,
  )
}

const CHECKER_EVENTS = new Set([
  "output.voted",
  "output.fileViewed",
  "output.reviewed",
  "output.returned",
  "output.rejected",
  "output.commented",
  "output.released",
])
/** Members of a project do not see single votes or looks of checkers, before or after. */
export const HIDDEN_FROM_MEMBERS = new Set(["output.voted"])
