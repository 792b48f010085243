// The same thing asked twice in the same moment, asked again, and asked from a tab that is behind: one
// effect, and a code for the other that says what happened.
import type { OperationId } from "#contract/index.ts"
import { waitUntil } from "../../../infra/run.ts"
import type { Findings } from "../../support/battery.ts"
import type { Input, Person, Told } from "../../support/person.ts"
import { patiently, type Crew } from "./crew.ts"
import type { Researcher } from "./researcher.ts"

interface Outcome {
  done: number
  codes: string[]
  values: Record<string, unknown>[]
}

async function atOnce(calls: readonly (readonly [Person, OperationId, Input])[]): Promise<Outcome> {
  // Tokens first, so that nothing but the calls themselves happens between them.
  for (const [person] of calls) await person.token()
  const told = await Promise.all(calls.map(([person, what, input]) => person.call(what, input, 30_000)))
  return {
    done: told.filter(({ kind }) => kind === "done").length,
    codes: told.flatMap((one) => (one.kind === "done" ? [] : [one.code])),
    values: told.flatMap((one) => (one.kind === "done" ? [one.value] : [])),
  }
}

const twice = (person: Person, what: OperationId, input: Input) =>
  atOnce([
    [person, what, input],
    [person, what, input],
  ])

interface Request {
  id: string
  state: string
  files: { id: string; candidate: string; myVote: string | null; votes: unknown[] }[]
  comments: { text: string }[]
  reviews: { submitted: number }
  release: { id: string } | null
}

async function requestOf(person: Person, request: string): Promise<Request> {
  const told = await person.call("requestGet", { params: { request } })
  if (told.kind !== "done") throw new Error(`requestGet: ${told.code}`)
  return told.value as unknown as Request
}

const clear = (codes: readonly string[], ...allowed: string[]) =>
  codes.every((code) => allowed.includes(code))

/** Takes a request through everything with two of each click. */
export async function checkDoubles(crew: Crew, author: Researcher, findings: Findings): Promise<void> {
  const { people, liver } = crew
  await checkOpening(crew, author, findings)
  const request = await patiently(() => askedFor(crew, author))
  const params = { request }
  await waitUntil(async () => (await requestOf(people.priya, request)).state === "independent", 120_000, 500)
  const file = (await requestOf(people.jonas, request)).files[0]
  if (file === undefined) throw new Error("a request without a file")
  const vote = { params: { ...params, file: file.id }, body: { vote: "approve", candidate: file.candidate } }

  const stale = await people.jonas.call("fileVote", {
    ...vote,
    body: { vote: "approve", candidate: "0".repeat(64) },
  })
  findings.check(
    stale.kind === "refused" && stale.code === "candidate_changed",
    `a vote from a tab that shows other bytes: ${codeOf(stale)}`,
  )
  for (const checker of [people.jonas, people.mei]) {
    const voted = await twice(checker, "fileVote", vote)
    findings.check(
      voted.done >= 1 && clear(voted.codes, "already_done", "stale"),
      `two votes at once: ${voted.codes.join()}`,
    )
    const sent = await twice(checker, "reviewSubmit", { params })
    findings.check(
      sent.done === 1 && clear(sent.codes, "already_done", "review_already_submitted", "wrong_state"),
      `two reviews at once: ${sent.done} done, ${sent.codes.join()}`,
    )
  }
  const reviewed = await requestOf(people.mei, request)
  findings.check(reviewed.reviews.submitted === 2, `${reviewed.reviews.submitted} reviews were counted`)
  findings.check(reviewed.state === "approved", `two approvals led to ${reviewed.state}`)

  const released = await atOnce([
    [people.jonas, "requestRelease", { params }],
    [people.mei, "requestRelease", { params }],
    [people.mei, "requestRelease", { params }],
  ])
  findings.check(
    released.done === 1 && clear(released.codes, "already_done", "stale", "wrong_state"),
    `three releases at once: ${released.done} done, ${released.codes.join()}`,
  )
  await checkDownloads(crew, String(released.values[0]?.["release"]), findings)

  const late = await people.jonas.call("requestReturn", { params, body: { comment: "too late" } })
  findings.check(
    late.kind === "refused" && ["wrong_state", "already_done", "stale"].includes(late.code),
    `a return from a tab that is behind: ${codeOf(late)}`,
  )
  await checkPeople(crew, liver.id, findings)
}

function codeOf(told: Told): string {
  return told.kind === "done" ? "done" : told.code
}

async function checkOpening(crew: Crew, author: Researcher, findings: Findings): Promise<void> {
  const { priya } = crew.people
  const params = { project: author.project.id }
  const opened = await atOnce([
    [priya, "workspaceOpen", { params }],
    [priya, "workspaceOpen", { params }],
    [priya, "workspaceOpen", { params }],
  ])
  findings.check(
    opened.done === 3 && new Set(opened.values.map(({ workspace }) => workspace)).size === 1,
    `three openings at once: ${opened.done} done, ${opened.codes.join()}`,
  )
  const ready = await waitUntil(
    async () => (await author.sit().catch(() => undefined)) !== undefined,
    120_000,
    500,
  )
  findings.check(ready, "the workspace opened three times has a notebook")
  const stopped = await twice(priya, "workspaceStop", { params: { workspace: author.workspace } })
  findings.check(
    stopped.done >= 1 && clear(stopped.codes, "wrong_state", "already_done"),
    `two stops at once: ${stopped.codes.join()}`,
  )
  author.notebook?.leave()
  // Opened again while it is still stopping: it comes back by itself.
  const again = await twice(priya, "workspaceOpen", { params })
  findings.check(again.done === 2, `two openings while it stops: ${again.codes.join()}`)
  const back = await waitUntil(
    async () => {
      const view = await priya.call("workspaceGet", { params: { workspace: author.workspace } })
      return view.kind === "done" && view.value["state"] === "running"
    },
    120_000,
    500,
  )
  findings.check(back, "a workspace opened while it stopped did not come back")
  await waitUntil(async () => (await author.sit().catch(() => undefined)) !== undefined, 120_000, 500)
}

/** A ticket works once, also when two frames bring it in the same moment. */
async function askedFor(crew: Crew, author: Researcher): Promise<string> {
  const notebook = await author.sit()
  if (notebook === undefined) throw new Error("no notebook to ask from")
  const title = await author.requestOutput(notebook)
  if (title === undefined) throw new Error("the request could not be made")
  const told = await crew.people.priya.call("requestList", { params: { project: author.project.id } })
  if (told.kind !== "done") throw new Error(`requestList: ${told.code}`)
  const found = (told.value["requests"] as { id: string; title: string }[]).find((one) => one.title === title)
  if (found === undefined) throw new Error(`no request ${title}`)
  return found.id
}

async function checkDownloads(crew: Crew, release: string, findings: Findings): Promise<void> {
  const { priya } = crew.people
  const look = async () => {
    const told = await priya.call("releaseGet", { params: { release } })
    if (told.kind !== "done") throw new Error(`releaseGet: ${told.code}`)
    return told.value["files"] as {
      id: string
      downloadedAt: string | null
      actions: { download: { allowed: boolean } }
    }[]
  }
  await waitUntil(async () => (await look()).every(({ actions }) => actions.download.allowed), 120_000, 500)
  const [file] = await look()
  if (file === undefined) throw new Error("a release without a file")
  const input = { params: { release, file: file.id } }
  const downloaded = await atOnce([
    [priya, "releaseDownload", input],
    [priya, "releaseDownload", input],
    [priya, "releaseDownload", input],
  ])
  findings.check(
    downloaded.done === 1 && clear(downloaded.codes, "already_downloaded", "download_underway"),
    `three downloads at once: ${downloaded.done} done, ${downloaded.codes.join()}`,
  )
  const replay = await priya.call("releaseDownload", input)
  findings.check(
    replay.kind === "refused" && replay.code === "already_downloaded",
    `a download again: ${codeOf(replay)}`,
  )
  findings.check((await look())[0]?.downloadedAt !== null, "the download is not written down")
}

/** People and holds: invitations, memberships and holds are made and ended once. */
interface Hold {
  id: string
  subject: { id: string }
  lift: { proposedAt: string } | null
}

async function checkPeople(crew: Crew, project: string, findings: Findings): Promise<void> {
  const { amara, kwame, lena, tomasz } = crew.people
  const email = `${crew.tag}-twice@demo.example`
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
  const invited = await twice(amara, "memberInvite", {
    params: { project },
    body: { email, name: "Asked Twice", role: "researcher", until },
  })
  findings.check(
    invited.done === 1 && clear(invited.codes, "invitation_open"),
    `two invitations at once: ${invited.done} done, ${invited.codes.join()}`,
  )
  const invitation = String(invited.values[0]?.["id"])
  const withdrawn = await twice(amara, "invitationWithdraw", { params: { project, invitation } })
  findings.check(
    withdrawn.done === 1 && clear(withdrawn.codes, "already_done", "stale", "wrong_state", "not_found"),
    `two withdrawals at once: ${withdrawn.done} done, ${withdrawn.codes.join()}`,
  )
  const placed = await kwame.call("holdPlace", {
    body: { subject: "person", subjectId: tomasz.id, kind: "incident", reason: `${crew.tag}-twice` },
  })
  const find = async () => {
    const listed = await kwame.call("holdList")
    const holds = listed.kind === "done" ? (listed.value["holds"] as Hold[]) : []
    return holds.find(({ subject }) => subject.id === tomasz.id)
  }
  const hold = await find()
  findings.check(hold !== undefined, `a hold was placed and is not there: ${codeOf(placed)}`)
  const params = { hold: hold?.id ?? "" }
  await kwame.call("holdProposeLift", { params, body: { reason: "over", until: null } })
  const proposedAt = (await find())?.lift?.proposedAt ?? ""
  const lifted = await twice(lena, "holdConfirmLift", { params, body: { proposedAt } })
  findings.check(
    lifted.done === 1 && clear(lifted.codes, "already_done"),
    `two lifts at once: ${lifted.done} done, ${lifted.codes.join()}`,
  )
}
