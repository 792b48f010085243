// The public register, generated from the register log alone: what is not in the log is not here.
import type { Ctx } from "../context.ts"
import { startOfDay, civilDate, dateInWords } from "../domain/dates.ts"
import { NotFound } from "../domain/errors.ts"
import { csvCell } from "./log-export.ts"

interface Entry {
  number: string
  title: string
  lay: string
  organisations: string[]
  dataSets: string[]
  legalBasis: string
  confidentialityBasis: string | null
  optOut: string
  from: string
  until: string
  state: "active" | "held" | "ended"
  agreementVersion: number
  releases: number
  filesReleased: number
  index: number
}

interface Project extends Entry {
  purpose: string
  benefit: string
  history: { index: number; at: string; sentence: string }[]
}

interface Register {
  readonly size: number
  readonly projects: Map<string, Project>
  readonly updatedAt: string | null
}

const OPT_OUT: Readonly<Record<string, string>> = {
  national_opt_out_applied: "Applied: people who opted out are not in the data",
  not_applicable: "Does not apply",
  exempt: "Exempt",
}
const caches = new WeakMap<object, Register>()
const STEP = 1_000

/** Follows the register log; what was read before is kept. */
async function loadRegister(ctx: Ctx): Promise<Register> {
  const log = ctx.audit.currentLog("register")
  const size = ctx.audit.healthy().logs.find((l) => l.log === log)?.size ?? 0
  let known = caches.get(ctx.audit) ?? { size: 0, projects: new Map<string, Project>(), updatedAt: null }
  while (known.size < size) {
    const to = Math.min(size, known.size + STEP)
    const entries = await ctx.audit.readRegister(log, known.size, to)
    const projects = new Map(known.projects)
    let updatedAt = known.updatedAt
    for (const { index, entry } of entries) {
      apply(projects, index, entry)
      updatedAt = textOf(entry, "time") || updatedAt
    }
    if (entries.length === 0) break
    known = { size: known.size + entries.length, projects, updatedAt }
  }
  caches.set(ctx.audit, known)
  return known
}

function textOf(entry: Record<string, unknown>, key: string): string {
  const value = entry[key]
  return typeof value === "string" ? value : ""
}

function apply(projects: Map<string, Project>, index: number, entry: Record<string, unknown>): void {
  // An entry stays as it was written: early releases name their project's number apart from its id.
  const number = entry["number"] ?? entry["project"]
  if (typeof number !== "string") return
  const before = projects.get(number)
  const p: Project = before
    ? { ...before, history: [...before.history], index }
    : {
        number,
        title: textOf(entry, "title"),
        lay: "",
        organisations: (entry["organisations"] as string[] | undefined) ?? [],
        dataSets: [],
        legalBasis: "",
        confidentialityBasis: null,
        optOut: "",
        from: "",
        until: "",
        state: "active",
        agreementVersion: 0,
        releases: 0,
        filesReleased: 0,
        index,
        purpose: "",
        benefit: "",
        history: [],
      }
  const text = (key: string) => textOf(entry, key)
  const files = Number(entry["files"] ?? 0)
  let sentence = ""
  switch (entry["kind"]) {
    case "project.created":
      sentence = "The project was created."
      break
    case "agreement.inForce":
      Object.assign(p, {
        title: text("title"),
        lay: text("lay"),
        purpose: text("purpose"),
        benefit: text("benefit"),
        organisations: entry["organisations"] as string[],
        dataSets: entry["dataSets"] as string[],
        legalBasis: text("legalBasis"),
        confidentialityBasis: (entry["confidentialityBasis"] as string | null) ?? null,
        optOut: OPT_OUT[text("optOut")] ?? text("optOut"),
        from: text("from"),
        until: text("until"),
        agreementVersion: Number(entry["agreementVersion"] ?? 0),
        state: "active",
      })
      sentence = `Version ${p.agreementVersion} of the agreement came into force, until ${dateInWords(p.until)}.`
      break
    case "agreement.ended":
      p.state = "ended"
      sentence = `Version ${Number(entry["agreementVersion"] ?? p.agreementVersion)} of the agreement ended.`
      break
    case "output.released":
      p.releases += 1
      p.filesReleased += files
      sentence = `${files === 1 ? "1 file was" : `${files} files were`} released after two checkers had approved.`
      break
    case "output.revoked":
      sentence = "A release was revoked."
      break
  }
  if (sentence !== "") p.history.push({ index, at: text("time"), sentence })
  projects.set(number, p)
}

function entryOf(p: Project, today: string): Entry {
  const { purpose: _p, benefit: _b, history: _h, ...entry } = p
  // A term that is over is over, whether or not its ending has been written yet.
  return entry.state === "active" && entry.until !== "" && entry.until < today
    ? { ...entry, state: "ended" }
    : entry
}

export async function listRegister(ctx: Ctx, q?: string) {
  const register = await loadRegister(ctx)
  const today = civilDate(ctx.clock.now(), ctx.config.zone)
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean)
  const entries = [...register.projects.values()]
    .filter((p) => p.agreementVersion > 0)
    .filter((p) =>
      words.every((w) =>
        `${p.number} ${p.title} ${p.lay} ${p.organisations.join(" ")} ${p.dataSets.join(" ")}`
          .toLowerCase()
          .includes(w),
      ),
    )
  return {
    entries: entries.map((p) => entryOf(p, today)).sort((a, b) => (a.number < b.number ? -1 : 1)),
    updatedAt: register.updatedAt,
  }
}

export async function getRegisterProject(ctx: Ctx, number: string) {
  const p = (await loadRegister(ctx)).projects.get(number)
  if (!p || p.agreementVersion === 0) throw new NotFound()
  return {
    entry: entryOf(p, civilDate(ctx.clock.now(), ctx.config.zone)),
    purpose: p.purpose,
    benefit: p.benefit,
    history: p.history.toReversed(),
  }
}

const CSV = [
  "number",
  "title",
  "organisations",
  "lay",
  "dataSets",
  "legalBasis",
  "confidentialityBasis",
  "optOut",
  "from",
  "until",
  "state",
  "agreementVersion",
  "releases",
  "filesReleased",
] as const

export async function registerCsv(ctx: Ctx): Promise<string> {
  const { entries } = await listRegister(ctx)
  const lines = entries.map((e) =>
    CSV.map((key) => csvCell(Array.isArray(e[key]) ? (e[key] as string[]).join("; ") : e[key])).join(","),
  )
  return [CSV.join(","), ...lines].map((l) => `${l}\r\n`).join("")
}

export async function getLanding(ctx: Ctx) {
  const { entries } = await listRegister(ctx)
  const log = ctx.audit.currentLog("access")
  const from = startOfDay(civilDate(ctx.clock.now(), ctx.config.zone), ctx.config.zone).toISOString()
  const [reads, refused] = await Promise.all([
    ctx.audit.count({ log, code: "data.readIntended", from }),
    ctx.audit.count({ log, outcome: "refused" }),
  ])
  return {
    projects: entries.filter((e) => e.state === "active").length,
    organisations: new Set(entries.flatMap((e) => e.organisations)).size,
    dataSets: new Set(entries.flatMap((e) => e.dataSets)).size,
    releases: entries.reduce((n, e) => n + e.releases, 0),
    filesReleased: entries.reduce((n, e) => n + e.filesReleased, 0),
    refused,
    logSize: ctx.audit.healthy().logs.find((l) => l.log === log)?.size ?? 0,
    readsToday: reads,
  }
}
