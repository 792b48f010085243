// The auditor's filter lives in the address, so a search is a link. Days are civil days in the address and
// instants in the query; the end of a day is its midnight in the site's zone.
import { FAMILIES, type Family } from "#contract/events.ts"
import type { Input } from "../../api/client.ts"

export type LogFilter = NonNullable<Input<"logSearch">["query"]>

export const families = FAMILIES

export const familyWords: Record<Family, string> = {
  session: "signing in",
  people: "people and roles",
  holds: "holds",
  projects: "projects and members",
  agreements: "agreements",
  data: "data sets and extracts",
  workspaces: "workspaces",
  code: "code that was run",
  reads: "reads of data",
  outputs: "outputs",
  log: "reads of the log",
  platform: "the platform",
  refusals: "refusals",
}

export const outcomes = ["done", "refused", "failed", "unknown"] as const

const ids = ["person", "project", "dataSet", "workspace"] as const

/** The instant at which a civil day begins in a zone, to the millisecond. */
export function startOfDay(day: string, zone: string): string | undefined {
  const guess = Date.parse(`${day}T00:00:00.000Z`)
  if (Number.isNaN(guess)) return undefined
  return new Date(guess - zoneOffset(guess - zoneOffset(guess, zone), zone)).toISOString()
}

function zoneOffset(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  })
  const part = new Map(format.formatToParts(new Date(at)).map((each) => [each.type, each.value]))
  const local = Date.UTC(
    Number(part.get("year")),
    Number(part.get("month")) - 1,
    Number(part.get("day")),
    Number(part.get("hour")),
    Number(part.get("minute")),
    Number(part.get("second")),
  )
  return local - Math.floor(at / 1000) * 1000
}

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** What the server is asked; what the address spells wrongly is left out. */
export function readFilter(query: URLSearchParams, zone: string): LogFilter {
  const filter: LogFilter = {}
  for (const name of ids) {
    const value = query.get(name)
    if (value && /^[a-z2-7]{12}$/.test(value)) filter[name] = value
  }
  const family = query.get("family")
  if (families.some((each) => each === family) && family) filter.family = family
  const code = query.get("code")
  if (code && code.length <= 64) filter.code = code
  const outcome = outcomes.find((each) => each === query.get("outcome"))
  if (outcome) filter.outcome = outcome
  const from = query.get("from")
  const until = query.get("until")
  const begins = from ? startOfDay(from, zone) : undefined
  const ends = until ? startOfDay(nextDay(until), zone) : undefined
  if (begins) filter.from = begins
  if (ends) filter.until = ends
  return filter
}
