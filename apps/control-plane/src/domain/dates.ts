// Civil dates in the site's zone. A date ends at its midnight; expiry, budgets and "today" are civil,
// everything stored as a moment is UTC.

const formatters = new Map<string, Intl.DateTimeFormat>()
function formatter(zone: string): Intl.DateTimeFormat {
  let f = formatters.get(zone)
  if (!f) {
    f = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    })
    formatters.set(zone, f)
  }
  return f
}

function parts(at: Date, zone: string): Record<string, string> {
  return Object.fromEntries(
    formatter(zone)
      .formatToParts(at)
      .map((p) => [p.type, p.value]),
  )
}

/** YYYY-MM-DD in the zone. */
export function civilDate(at: Date, zone: string): string {
  const p = parts(at, zone)
  return `${p["year"]}-${p["month"]}-${p["day"]}`
}

/** The moment when a civil date begins in the zone. */
export function startOfDay(date: string, zone: string): Date {
  const guess = Date.parse(`${date}T00:00:00Z`)
  const p = parts(new Date(guess), zone)
  const seen = Date.parse(
    `${p["year"]}-${p["month"]}-${p["day"]}T${p["hour"]}:${p["minute"]}:${p["second"]}Z`,
  )
  const first = guess - (seen - guess)
  // The offset at the guess may differ from the one at midnight on days when clocks change.
  const q = parts(new Date(first), zone)
  const again = Date.parse(
    `${q["year"]}-${q["month"]}-${q["day"]}T${q["hour"]}:${q["minute"]}:${q["second"]}Z`,
  )
  return new Date(first - (again - guess))
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** Days from one civil date to another; negative when `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** The first moment after a civil date. */
export function endOfDay(date: string, zone: string): Date {
  return startOfDay(addDays(date, 1), zone)
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
/** 23 Nov 2026 */
export function dateInWords(date: string): string {
  const [y, m, d] = date.split("-").map(Number)
  return `${d} ${MONTHS[(m ?? 1) - 1]} ${y}`
}
