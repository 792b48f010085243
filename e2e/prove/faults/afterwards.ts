// Afterwards: every acknowledged fact through the API and in the log, once; nothing released twice or
// without two approvals; every permission to read has an end; the log verifies.
import path from "node:path"
import process from "node:process"
import type { OperationId } from "#contract/index.ts"
import { operationById } from "#contract/index.ts"
import { root } from "../../../infra/launch.js"
import { tryRun, waitUntil } from "../../../infra/run.ts"
import type { Findings } from "../../support/battery.ts"
import type { Person } from "../../support/person.ts"
import type { Crew } from "./crew.ts"
import type { Fact } from "./ledger.ts"
import { isSentBack } from "./office.ts"

export interface LogRow {
  index: number
  time: string
  code: string
  outcome: string
  actorId: string
  intent: number | null
  facts: Record<string, unknown>
}

/** The whole log as the auditor exports it, oldest first. The search table may be a moment behind. */
export async function exportLog(auditor: Person): Promise<LogRow[]> {
  const told = await auditor.call("logExport", { query: { format: "jsonl" } }, 120_000)
  if (told.kind !== "done") throw new Error(`the log could not be exported: ${told.code}`)
  return told.answer.bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const row = JSON.parse(line) as Omit<LogRow, "facts"> & { facts: { facts?: Record<string, unknown> } }
      return { ...row, facts: row.facts.facts ?? (row.facts as Record<string, unknown>) }
    })
    .toSorted((a, b) => a.index - b.index)
}

/** Exports until what was acknowledged last is in it, and nothing that began to read is still open. */
export async function settledLog(crew: Crew, from: number, seconds: number): Promise<LogRow[]> {
  const last = Math.max(0, ...crew.ledger.facts.map(({ index }) => index ?? 0))
  let rows: LogRow[] = []
  await waitUntil(
    async () => {
      rows = await exportLog(crew.people.kwame)
      const reached = (rows.at(-1)?.index ?? -1) >= last
      return reached && (seconds === 0 || unfinished(rows.filter(({ index }) => index >= from)).length === 0)
    },
    Math.max(seconds, 30) * 1_000,
    3_000,
  )
  return rows
}

const BEGINS = new Set(["data.readIntended", "output.downloaded"])
const ENDS = new Set(["data.read", "intent.finished"])

export function unfinished(rows: readonly LogRow[]): LogRow[] {
  const ended = new Set(rows.filter(({ code }) => ENDS.has(code)).map(({ intent }) => intent))
  return rows.filter(({ code, index }) => BEGINS.has(code) && !ended.has(index))
}

const mentions = (row: LogRow, id: string) => Object.values(row.facts).includes(id)

/** Ids that an event of this operation must name; what the answer gave, or what the address said. */
function idsOf(fact: Fact): string[] {
  const text = (name: string) => String(fact.value[name] ?? "")
  const given = (name: string) => String(fact.given[name] ?? "")
  switch (fact.what) {
    case "requestComment":
    case "memberInvite":
    case "holdPlace":
      return [text("id")]
    case "requestRelease":
      return [text("release")]
    case "fileVote":
      return [given("file"), given("candidate"), given("vote")]
    case "fileView":
      return [given("file")]
    case "reviewSubmit":
    case "requestReturn":
      return [given("request")]
    case "invitationWithdraw":
      return [given("invitation")]
    case "memberRenew":
      return [given("until")]
    case "holdProposeLift":
    case "holdConfirmLift":
      return [given("hold")]
    case "releaseDownload":
      return [given("release"), given("file")]
    default:
      return []
  }
}

/** What is done once and for all: a second event of it for the same things would be a doubling. */
const ONCE: ReadonlySet<string> = new Set<OperationId>([
  "requestComment",
  "memberInvite",
  "holdPlace",
  "requestRelease",
  "reviewSubmit",
  "requestReturn",
  "invitationWithdraw",
  "holdConfirmLift",
])

export function checkEvents(crew: Crew, rows: readonly LogRow[], findings: Findings): void {
  const byIndex = new Map(rows.map((row) => [row.index, row]))
  for (const fact of crew.ledger.facts) {
    const event = operationById.get(fact.what)?.event
    if (typeof event !== "string") continue
    // Opening what is open already is no change and says so by having no place in the log.
    if (fact.what === "workspaceOpen" && fact.index === undefined) continue
    const ids = idsOf(fact)
    const label = `${fact.who} ${fact.what} ${fact.key}`
    const fits = (row: LogRow) =>
      row.code === event && row.actorId === fact.person && ids.every((id) => mentions(row, id))
    if (fact.index === undefined)
      findings.check(rows.some(fits), `${label}: acknowledged, and no ${event} is in the log`)
    else {
      const row = byIndex.get(fact.index)
      findings.check(row !== undefined && fits(row), `${label}: entry ${fact.index} is not its ${event}`)
    }
    if (ONCE.has(fact.what))
      findings.check(rows.filter(fits).length <= 1, `${label}: more than one ${event} is in the log`)
  }
  for (const fact of [...crew.ledger.of("cell")]) {
    const events = rows.filter(
      (row) => row.code === "notebook.message" && row.facts["message"] === fact.given["message"],
    )
    findings.check(events.length === 1, `${fact.who} ${fact.key}: ${events.length} entries for one cell`)
  }
}

/** From the log alone: who approved what before it was released, and how often it left. */
export function checkReleases(rows: readonly LogRow[], findings: Findings): number {
  const votes = new Map<string, Map<string, Map<string, string>>>()
  const reviewed = new Map<string, Set<string>>()
  const released = new Map<string, number>()
  const left = new Map<string, number>()
  const text = (row: LogRow, name: string) => String(row.facts[name] ?? "")
  for (const row of rows) {
    const request = text(row, "request")
    const turn = `${request}/${text(row, "turn")}`
    if (row.code === "output.voted") {
      const files = votes.get(turn) ?? new Map<string, Map<string, string>>()
      const file = files.get(text(row, "file")) ?? new Map<string, string>()
      file.set(row.actorId, text(row, "vote"))
      files.set(text(row, "file"), file)
      votes.set(turn, files)
    }
    if (row.code === "output.reviewed")
      reviewed.set(turn, (reviewed.get(turn) ?? new Set<string>()).add(row.actorId))
    if (row.code === "output.released") {
      released.set(request, (released.get(request) ?? 0) + 1)
      const files = [...(votes.get(turn)?.values() ?? [])]
      const enough = files.every(
        (file) => [...file.values()].filter((vote) => vote === "approve").length >= 2,
      )
      findings.check(
        files.length > 0 && enough && (reviewed.get(turn)?.size ?? 0) >= 2,
        `request ${request} was released without two approvals`,
      )
    }
    if (row.code === "intent.finished" && row.outcome === "done" && row.facts["release"] !== undefined) {
      const key = `${text(row, "release")}/${text(row, "file")}`
      left.set(key, (left.get(key) ?? 0) + 1)
    }
  }
  for (const [request, times] of released)
    findings.check(times === 1, `request ${request} was released ${times} times`)
  for (const [file, times] of left) findings.check(times === 1, `file ${file} was downloaded ${times} times`)
  return released.size
}

export async function checkState(crew: Crew, findings: Findings): Promise<void> {
  await checkRequests(crew, findings)
  await checkProject(crew, findings)
}

async function list<T>(
  person: Person,
  what: OperationId,
  params: Record<string, string>,
  part: string,
): Promise<T[]> {
  const told = await person.call(what, { params })
  if (told.kind !== "done") throw new Error(`${what}: ${told.code}`)
  return told.value[part] as T[]
}

async function checkRequests(crew: Crew, findings: Findings): Promise<void> {
  const { ledger, people, liver, clotting } = crew
  const asked = new Set(ledger.of("request").map(({ key }) => key))
  const comments = new Map<string, number>()
  const states = new Map<string, string>()
  const releases = new Map<string, string>()
  const titles = new Map<string, number>()
  for (const [person, project] of [
    [people.priya, liver],
    [people.hannah, clotting],
  ] as const) {
    const all = await list<{ id: string; title: string; state: string }>(
      person,
      "requestList",
      { project: project.id },
      "requests",
    )
    for (const { id, title, state } of all.filter((one) => one.title.startsWith(crew.tag))) {
      titles.set(title, (titles.get(title) ?? 0) + 1)
      states.set(id, state)
      const view = await person.call("requestGet", { params: { request: id } })
      if (view.kind !== "done") throw new Error(`requestGet: ${view.code}`)
      const release = view.value["release"] as { id: string } | null
      if (release !== null) releases.set(id, release.id)
      for (const { text } of view.value["comments"] as { text: string }[])
        comments.set(text, (comments.get(text) ?? 0) + 1)
      if (state === "released") findings.check(!isSentBack(title), `${title} was released against its votes`)
    }
  }
  for (const [title, times] of titles) findings.check(times === 1, `${title} was made ${times} times`)
  for (const key of asked) findings.check(titles.has(key), `${key}: acknowledged and not there`)
  for (const [text, times] of comments) findings.check(times === 1, `comment ${text} is there ${times} times`)
  for (const fact of ledger.of("requestComment")) {
    if (
      /-comment-/.test(fact.key) &&
      (comments.get(fact.key) ?? 0) === 0 &&
      fact.who !== "jonas" &&
      fact.who !== "mei"
    )
      findings.check(false, `comment ${fact.key}: acknowledged and not there`)
    else findings.check(true, fact.key)
  }
  for (const fact of ledger.of("requestRelease")) {
    const request = String(fact.given["request"])
    findings.check(
      states.get(request) === "released" && releases.get(request) === fact.value["release"],
      `${fact.key}: acknowledged, and the request is ${states.get(request) ?? "gone"}`,
    )
  }
  for (const fact of ledger.of("requestReturn"))
    findings.check(
      states.get(String(fact.given["request"])) === "returned",
      `${fact.key}: acknowledged and not returned`,
    )
}

async function checkProject(crew: Crew, findings: Findings): Promise<void> {
  const { ledger, people, liver } = crew
  const params = { project: liver.id }
  const invitations = await list<{ id: string; email: string; state: string }>(
    people.amara,
    "memberList",
    params,
    "invitations",
  )
  const withdrawn = new Set(ledger.of("invitationWithdraw").map(({ given }) => given["invitation"]))
  for (const fact of ledger.of("memberInvite").filter(({ key }) => key.includes("-invite-"))) {
    const id = fact.value["id"]
    const mine = invitations.filter(({ email }) => email === `${fact.key}@demo.example`)
    const maybeWithdrawn = withdrawn.has(String(id)) || ledger.open.has(`withdraw-${String(id)}`)
    findings.check(
      mine.length <= 1 && (maybeWithdrawn || mine.some((one) => one.id === id && one.state === "sent")),
      `${fact.key}: acknowledged and not there`,
    )
    if (withdrawn.has(String(id)))
      findings.check(!mine.some(({ state }) => state === "sent"), `${fact.key}: withdrawn and still open`)
  }
  const versions = await list<{ version: number }>(people.amara, "agreementGet", params, "versions")
  const said = new Map<string, number[]>()
  for (const { version } of versions) {
    const told = await people.amara.call("agreementVersionGet", { params: { ...params, version } })
    if (told.kind !== "done") throw new Error(`agreementVersionGet: ${told.code}`)
    const [key = ""] =
      (told.value["document"] as { specialConditions: string[] | null }).specialConditions ?? []
    said.set(key, [...(said.get(key) ?? []), version])
  }
  for (const [key, where] of said)
    if (key.startsWith(crew.tag)) findings.check(where.length === 1, `${key} is ${where.length} versions`)
  for (const fact of ledger.of("agreementPropose"))
    findings.check(
      said.get(fact.key)?.[0] === fact.value["version"],
      `${fact.key}: acknowledged as version ${String(fact.value["version"])} and not there`,
    )
}

export async function checkVerifies(crew: Crew, findings: Findings): Promise<string> {
  const program = path.join(root, "apps", "transparency", "src", "cli.ts")
  const { code, stdout, stderr } = await tryRun(
    process.execPath,
    [program, "verify", "--url", crew.installation.site.origin],
    { timeout: 300_000 },
  )
  findings.check(code === 0, `log verify ends with ${code}: ${`${stdout}${stderr}`.trim().slice(-400)}`)
  return stdout.trim().split("\n").at(-1) ?? ""
}
