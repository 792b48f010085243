// How times, amounts and numbers are written. Times arrive in UTC and are shown in the site's zone.

let siteZone = "Europe/London"

/** The site's zone comes with the session; it is an IANA name. */
export function setSiteZone(zone: string): void {
  siteZone = zone
}

function parts(iso: string, options: Intl.DateTimeFormatOptions): Map<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: siteZone, hourCycle: "h23", ...options })
  return new Map(format.formatToParts(new Date(iso)).map((part) => [part.type, part.value]))
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

function dayParts(iso: string): { year: string; month: string; day: string } {
  const got = parts(iso, { year: "numeric", month: "numeric", day: "numeric" })
  return {
    year: got.get("year") ?? "",
    month: MONTHS[Number(got.get("month")) - 1] ?? "",
    day: String(Number(got.get("day"))),
  }
}

/** 23 Nov 2026. A civil date (2026-11-23) has no zone and is written as it stands. */
export function formatDate(iso: string): string {
  const civil = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso)
  if (civil) return `${Number(civil[3])} ${MONTHS[Number(civil[2]) - 1] ?? ""} ${civil[1]}`
  const { year, month, day } = dayParts(iso)
  return `${day} ${month} ${year}`
}

/** 14:05 */
export function formatTime(iso: string): string {
  const got = parts(iso, { hour: "2-digit", minute: "2-digit" })
  return `${got.get("hour")}:${got.get("minute")}`
}

/** 14:05:31 */
export function formatSeconds(iso: string): string {
  const got = parts(iso, { hour: "2-digit", minute: "2-digit", second: "2-digit" })
  return `${got.get("hour")}:${got.get("minute")}:${got.get("second")}`
}

/** 23 Nov 2026, 14:05 */
export function formatDateTime(iso: string): string {
  return `${formatDate(iso)}, ${formatTime(iso)}`
}

/** Monday 23 November 2026 */
export function formatDayHeading(iso: string): string {
  const got = parts(iso, { weekday: "long", year: "numeric", month: "long", day: "numeric" })
  return `${got.get("weekday")} ${got.get("day")} ${got.get("month")} ${got.get("year")}`
}

/** The civil day in the site's zone, 2026-11-23; for grouping. */
export function civilDay(iso: string): string {
  const got = parts(iso, { year: "numeric", month: "2-digit", day: "2-digit" })
  return `${got.get("year")}-${got.get("month")}-${got.get("day")}`
}

/** 14:05 today, 20 Nov this year, 20 Nov 2025 before that. */
export function formatNear(iso: string, now: number): string {
  const today = new Date(now).toISOString()
  if (civilDay(iso) === civilDay(today)) return formatTime(iso)
  const { year, month, day } = dayParts(iso)
  return year === dayParts(today).year ? `${day} ${month}` : `${day} ${month} ${year}`
}

/** A length of time in words, two units at most: "2 h 10 min", "14 s", "1 day 3 h". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  const days = Math.floor(hours / 24)
  return hours % 24 && days < 7 ? `${formatMany(days, "day")} ${hours % 24} h` : formatMany(days, "day")
}

/** "6 s ago", "in 3 days", "now" */
export function formatRelative(iso: string, now: number): string {
  const seconds = (now - new Date(iso).getTime()) / 1000
  if (Math.abs(seconds) < 1) return "now"
  return seconds >= 0 ? `${formatDuration(seconds)} ago` : `in ${formatDuration(-seconds)}`
}

const UNITS = ["bytes", "kB", "MB", "GB", "TB"]

/** Decimal units, three figures: "1.1 kB", "214 MB". */
export function formatBytes(bytes: number): string {
  let amount = bytes
  let unit = 0
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit += 1
  }
  if (unit === 0) return formatMany(amount, "byte")
  return `${amount < 99.5 ? trimZero(amount.toFixed(1)) : Math.round(amount)} ${UNITS[unit]}`
}

function trimZero(text: string): string {
  return text.endsWith(".0") ? text.slice(0, -2) : text
}

/** 1,284,907 */
export function formatCount(count: number): string {
  return count.toLocaleString("en-GB")
}

/** "1 file", "4 files"; irregular plurals are given. */
export function formatMany(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Initials of a name for a round badge: two letters at most, titles left out. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word && !/^(dr|prof|mr|mrs|ms|mx)\.?$/i.test(word))
  const first = words[0]?.[0] ?? "?"
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? "") : ""
  return (first + last).toUpperCase()
}

/** "Ada, Ben and Cy" */
export function joinWords(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words[0] ?? ""
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`
}
