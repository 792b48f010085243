// Going home: what the people of the battery left open is closed again, by the same doors that other people
// use, so that whoever comes to the same installation next finds it as it was.
import { waitUntil } from "../../../infra/run.ts"
import type { Findings } from "../../support/battery.ts"
import type { Person } from "../../support/person.ts"
import type { Crew, Project } from "./crew.ts"

/** A step may wait for a one-time code, and a workspace for its containers to end. */
const HOME_WITHIN_MS = 150_000

/** Looks, and does the next thing that is left to do; true when nothing is left. */
type Step = (crew: Crew) => Promise<boolean>

const STEPS: readonly (readonly [string, Step])[] = [
  ["every hold that was placed is lifted", liftHolds],
  ["Inês is no member", removeJoiner],
  ["no invitation is open", withdrawInvitations],
  ["no request waits", withdrawRequests],
  ["every workspace is closed", stopWorkspaces],
]

export async function goHome(crew: Crew, findings: Findings): Promise<void> {
  const done = await Promise.all(
    STEPS.map(async ([, step]) => await waitUntil(() => step(crew), HOME_WITHIN_MS, 1_000)),
  )
  for (const [at, [what]] of STEPS.entries()) findings.check(done[at] === true, `afterwards, ${what}`)
}

/** What a person is shown, or undefined while there is no answer. */
async function look<T>(person: Person, ...asked: Parameters<Person["call"]>): Promise<T | undefined> {
  const told = await person.call(...asked)
  return told.kind === "done" ? (told.value as T) : undefined
}

interface Hold {
  id: string
  reason: string
  lift: { proposedAt: string } | null
}

async function liftHolds({ people, tag }: Crew): Promise<boolean> {
  const listed = await look<{ holds: Hold[] }>(people.kwame, "holdList")
  const mine = listed?.holds.filter(({ reason }) => reason.startsWith(tag))
  for (const { id, lift } of mine ?? []) {
    const params = { hold: id }
    if (lift === null)
      await people.kwame.call("holdProposeLift", { params, body: { reason: "over", until: null } })
    else await people.lena.call("holdConfirmLift", { params, body: { proposedAt: lift.proposedAt } })
  }
  return mine?.length === 0
}

interface Members {
  members: { person: { id: string } }[]
  invitations: { id: string; email: string; state: string }[]
}

const membersOf = ({ people }: Crew, project: Project) =>
  look<Members>(people.amara, "memberList", { params: { project: project.id } })

async function removeJoiner(crew: Crew): Promise<boolean> {
  const { people, clotting } = crew
  const listed = await membersOf(crew, clotting)
  const joined = listed?.members.some(({ person }) => person.id === people.ines.id)
  if (joined === true)
    await people.amara.call("memberRemove", {
      params: { project: clotting.id, person: people.ines.id },
      body: { reason: "The battery is over" },
    })
  return joined === false
}

async function withdrawInvitations(crew: Crew): Promise<boolean> {
  const { people, liver, clotting, tag } = crew
  let left = 0
  for (const project of [liver, clotting]) {
    const listed = await membersOf(crew, project)
    if (listed === undefined) return false
    const open = listed.invitations.filter(
      ({ email, state }) => state === "sent" && (email.startsWith(tag) || email === people.ines.email),
    )
    left += open.length
    for (const { id } of open)
      await people.amara.call("invitationWithdraw", { params: { project: project.id, invitation: id } })
  }
  return left === 0
}

const ENDED = ["released", "rejected", "withdrawn", "revoked"]

function researchers({ people, liver, clotting }: Crew): (readonly [Person, Project])[] {
  return [
    [people.priya, liver],
    [people.hannah, clotting],
  ]
}

async function withdrawRequests(crew: Crew): Promise<boolean> {
  let left = 0
  for (const [person, project] of researchers(crew)) {
    const listed = await look<{ requests: { id: string; title: string; state: string }[] }>(
      person,
      "requestList",
      { params: { project: project.id } },
    )
    if (listed === undefined) return false
    const open = listed.requests.filter(
      ({ title, state }) => title.startsWith(crew.tag) && !ENDED.includes(state),
    )
    left += open.length
    for (const { id } of open)
      await person.call("requestWithdraw", {
        params: { request: id },
        body: { reason: "The battery is over" },
      })
  }
  return left === 0
}

interface Desks {
  workspace: { desks: { you: boolean; workspace: string | null; state: string }[] }
}

async function stopWorkspaces(crew: Crew): Promise<boolean> {
  let left = 0
  for (const [person, project] of researchers(crew)) {
    const view = await look<Desks>(person, "projectGet", { params: { project: project.id } })
    if (view === undefined) return false
    for (const { you, workspace, state } of view.workspace.desks) {
      if (!you || workspace === null || state === "stopped") continue
      left += 1
      await person.call("workspaceStop", { params: { workspace } })
    }
  }
  return left === 0
}
