// The others at work: output checkers, a project admin, someone who joins and is removed again, and the two
// who place and lift holds.
import type { Person, Told } from "../../support/person.ts"
import { choose, pause, type Crew } from "./crew.ts"

type Work = () => Promise<void>

export async function keepDoing(crew: Crew, work: Work, least: number, most: number): Promise<void> {
  while (!crew.over) {
    await work()
    await pause(crew, least, most)
  }
}

interface File {
  id: string
  kind: string
  candidate: string
  myVote: string | null
  withdrawn: boolean
}
interface Request {
  id: string
  title: string
  state: string
  files: File[]
  actions: Record<"submitReview" | "return" | "release", { allowed: boolean }>
}

/** Every seventh request is sent back: both checkers see the same from its title. */
export function isSentBack(title: string): boolean {
  return Number(title.split("-").at(-1) ?? 0) % 7 === 6
}

const value = (told: Told): Record<string, unknown> | undefined =>
  told.kind === "done" ? told.value : undefined

export function checkerWork(crew: Crew, checker: Person): Work {
  const { ledger } = crew
  return async () => {
    const queue = value(await checker.call("queueGet"))
    const waiting = ((queue?.["requests"] ?? []) as { id: string; title: string }[]).filter(({ title }) =>
      title.startsWith(crew.tag),
    )
    const one = choose(crew, waiting)
    if (one === undefined) return
    const params = { request: one.id }
    const request = value(await checker.call("requestGet", { params })) as Request | undefined
    if (request === undefined) return
    const vote = isSentBack(request.title) ? "change" : "approve"
    for (const file of request.files.filter((f) => f.kind === "output" && !f.withdrawn)) {
      if (file.myVote !== null) continue
      const place = { request: one.id, file: file.id }
      if (crew.random() < 0.3)
        await ledger.perform(checker, "fileView", ledger.next("view"), { params: place })
      if (vote === "change")
        await ledger.perform(checker, "requestComment", ledger.next(`${crew.tag}-comment`), {
          params,
          body: { file: file.id, group: null, text: ledger.next(`${crew.tag}-why`), visibility: "public" },
        })
      const voted = await ledger.perform(
        checker,
        "fileVote",
        `${checker.username}-${file.id}-${vote}`,
        { params: place, body: { vote, candidate: file.candidate } },
        { vote, candidate: file.candidate },
      )
      if (voted.kind === "unanswered") return
    }
    await ledger.perform(checker, "reviewSubmit", `${checker.username}-${one.id}`, { params })
    const after = value(await checker.call("requestGet", { params })) as Request | undefined
    if (after === undefined) return
    if (vote === "approve" && after.actions.release.allowed)
      await ledger.perform(checker, "requestRelease", `release-${one.id}`, { params })
    if (vote === "change" && after.actions.return.allowed) {
      const key = ledger.next(`${crew.tag}-return`)
      await ledger.perform(checker, "requestReturn", key, { params, body: { comment: key } })
    }
  }
}

/** Invites, withdraws, renews, proposes agreements. */
export function adminWork(crew: Crew): Work {
  const { ledger, liver, people } = crew
  const params = { project: liver.id }
  const invite = async () => {
    const key = ledger.next(`${crew.tag}-invite`)
    await ledger.perform(people.amara, "memberInvite", key, {
      params,
      body: { email: `${key}@demo.example`, name: "Someone New", role: "researcher", until: inDays(40) },
    })
  }
  const withdraw = async () => {
    const listed = value(await people.amara.call("memberList", { params }))
    const sent = ((listed?.["invitations"] ?? []) as { id: string; email: string; state: string }[]).filter(
      ({ email, state }) => state === "sent" && email.startsWith(crew.tag),
    )
    const one = choose(crew, sent)
    if (one === undefined) return
    await ledger.perform(people.amara, "invitationWithdraw", `withdraw-${one.id}`, {
      params: { ...params, invitation: one.id },
    })
  }
  const renew = async () => {
    const until = inDays(30 + Math.floor(crew.random() * 60))
    await ledger.perform(
      people.amara,
      "memberRenew",
      ledger.next("renew"),
      { params: { ...params, person: people.priya.id }, body: { until } },
      { until },
    )
  }
  const propose = async () => {
    const current = value(
      await people.amara.call("agreementVersionGet", { params: { ...params, version: 1 } }),
    )
    if (current === undefined) return
    const key = ledger.next(`${crew.tag}-agreement`)
    await ledger.perform(people.amara, "agreementPropose", key, {
      params,
      body: {
        document: { ...(current["document"] as object), specialConditions: [key] },
        reason: key,
      },
    })
  }
  return async () => await (choose(crew, [invite, invite, withdraw, renew, renew, propose]) ?? invite)()
}

/** Ines is invited, joins, and is removed: never more than one of the three is under way. */
export function joinerWork(crew: Crew): Work {
  const { ledger, people, clotting } = crew
  const params = { project: clotting.id }
  return async () => {
    const listed = value(await people.amara.call("memberList", { params }))
    if (listed === undefined) return
    const members = listed["members"] as { person: { id: string } }[]
    if (members.some(({ person }) => person.id === people.ines.id)) {
      const key = ledger.next(`${crew.tag}-remove`)
      await ledger.perform(people.amara, "memberRemove", key, {
        params: { ...params, person: people.ines.id },
        body: { reason: key },
      })
      return
    }
    const open = (listed["invitations"] as { id: string; email: string; state: string }[]).find(
      ({ email, state }) => email === people.ines.email && state === "sent",
    )
    // Its link went to an answer that never came: only a new invitation has a link that works.
    if (open !== undefined) {
      await ledger.perform(people.amara, "invitationWithdraw", `withdraw-${open.id}`, {
        params: { ...params, invitation: open.id },
      })
    }
    const invited = await ledger.perform(people.amara, "memberInvite", ledger.next(`${crew.tag}-ines`), {
      params,
      body: { email: people.ines.email, name: "Inês Carvalho", role: "researcher", until: inDays(20) },
    })
    if (invited.kind !== "done") return
    const token = String(invited.value["link"]).split("#")[1] ?? ""
    await ledger.perform(people.ines, "invitationAccept", ledger.next("accept"), { body: { token } })
  }
}

export function holdWork(crew: Crew): Work {
  const { ledger, people } = crew
  return async () => {
    const listed = value(await people.kwame.call("holdList"))
    if (listed === undefined) return
    const mine = (
      listed["holds"] as {
        id: string
        reason: string
        lift: { proposedAt: string } | null
        subject: { id: string }
      }[]
    ).find(({ subject }) => subject.id === people.tomasz.id)
    if (mine === undefined) {
      const key = ledger.next(`${crew.tag}-hold`)
      await ledger.perform(people.kwame, "holdPlace", key, {
        body: { subject: "person", subjectId: people.tomasz.id, kind: "incident", reason: key },
      })
      return
    }
    const params = { hold: mine.id }
    if (mine.lift === null)
      await ledger.perform(people.kwame, "holdProposeLift", `lift-${mine.id}`, {
        params,
        body: { reason: "over", until: null },
      })
    else {
      const body = { proposedAt: mine.lift.proposedAt }
      await ledger.perform(people.lena, "holdConfirmLift", `lifted-${mine.id}`, { params, body })
    }
  }
}

export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}
