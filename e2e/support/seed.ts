// What the pages need before they can be looked at full: a request with the checkers, a draft, a release, an
// invitation, an open workspace. What is there already (from the journeys before) is taken.
import type { Browser } from "playwright"
import { SITE } from "./browser.ts"
import { confirmLift, proposeLift } from "./holds.ts"
import { waitForLab, openNotebook } from "./notebook.ts"
import { askFromNotebook, CLEAN, releaseAs, reviewAs, SMALL_COUNT, waitInQueue } from "./outputs.ts"
import { comeIn, type Person } from "./people.ts"
import { enterWorkspace, invite, withdrawOpen } from "./project.ts"

export const LIVER = "Liver disease and survival"
export const CLOTTING = "Vaccination and rare clotting events"

export const SAMPLE_REASON = "For the walk over all pages"

export interface Seeded {
  readonly liver: string
  readonly clotting: string
  readonly workspace: string
  /** with the checkers, one violated rule */
  readonly asked: string
  /** a draft with a file */
  readonly draft: string
  /** a draft with nothing in it */
  readonly bare: string
  readonly release: string
  readonly dataSet: string
  readonly submission: string
  /** path of an invitation that nobody took up */
  readonly invitation: string
}

interface Listed {
  id: string
  title: string
  state: string
  files: number
}

export async function seed(browser: Browser): Promise<Seeded> {
  const priya = await comeIn(browser, "priya")
  const amara = await comeIn(browser, "amara")
  const ines = await comeIn(browser, "ines")
  const projects = await get<{ projects: { project: { id: string; title: string } }[] }>(
    amara,
    "/api/projects",
  )
  const idOf = (title: string) => projects.projects.find((each) => each.project.title === title)?.project.id
  const [liver, clotting] = [need(idOf(LIVER)), need(idOf(CLOTTING))]

  const before = await listRequests(priya, liver)
  const asked = before.find(isAsked)
  const released = await listReleases(priya, liver)
  if (!asked || released.length === 0) await askAndRelease(browser, priya, !asked, released.length === 0)
  const workspace = await openWorkspace(priya, liver)
  const draft = await makeDraft(priya, liver, true)
  const bare = await makeDraft(priya, liver, false)
  await withdrawOpen(amara, liver, "hannah")
  const invitation = new URL(await invite(amara.page, liver, "Hannah Okafor", "hannah"))

  const sets = await get<{ dataSets: { id: string; tables: number }[] }>(ines, "/api/data-sets")
  const dataSet = need(sets.dataSets.find((each) => each.tables > 1)?.id)
  const { submissions } = await get<{ submissions: { id: string }[] }>(ines, `/api/data-sets/${dataSet}`)
  const requests = await listRequests(priya, liver)
  const seeded = {
    liver,
    clotting,
    workspace,
    asked: need(requests.find(isAsked)?.id),
    draft,
    bare,
    release: need((await listReleases(priya, liver))[0]?.id),
    dataSet,
    submission: need(submissions[0]?.id),
    invitation: invitation.pathname + invitation.search + invitation.hash,
  }
  for (const person of [priya, amara, ines]) await person.context.close()
  return seeded
}

/** A hold on somebody who has nothing to do here, so that the page of holds is not empty. */
export async function placeSampleHold(browser: Browser): Promise<void> {
  const kwame = await comeIn(browser, "kwame")
  const { people } = await get<{ people: { id: string; name: string }[] }>(kwame, "/api/people")
  const subjectId = need(people.find((each) => each.name === "Tomasz Nowak")?.id)
  await send(kwame, "POST", "/api/holds", {
    subject: "person",
    subjectId,
    kind: "incident",
    reason: SAMPLE_REASON,
  })
  await kwame.context.close()
}

export async function liftSampleHold(browser: Browser): Promise<void> {
  const [kwame, ruth] = [await comeIn(browser, "kwame"), await comeIn(browser, "ruth")]
  const { holds } = await get<{ holds: { reason: string }[] }>(kwame, "/api/holds")
  if (holds.some((each) => each.reason === SAMPLE_REASON)) {
    await proposeLift(kwame.page, kwame.username, "Tomasz Nowak", "The walk is over")
    await confirmLift(ruth.page, ruth.username, "Tomasz Nowak")
  }
  for (const person of [kwame, ruth]) await person.context.close()
}

function isAsked(request: Listed): boolean {
  return request.state === "independent" && request.title.startsWith("Deaths by age ")
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("what was seeded is not there")
  return value
}

async function get<T>(person: Person, path: string): Promise<T> {
  const { status, body } = await person.ask<T>(path)
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
  return body
}

async function send<T>(person: Person, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await person.ask<T>(path, { method, body })
  if (answer.status >= 300)
    throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

async function listRequests(person: Person, project: string): Promise<Listed[]> {
  return (await get<{ requests: Listed[] }>(person, `/api/projects/${project}/requests`)).requests
}

/** Those that are as the table of states expects them; journeys make others. */
async function listReleases(person: Person, project: string): Promise<{ id: string }[]> {
  const { outside } = await get<{ outside: { releases: { id: string; title: string }[] } }>(
    person,
    `/api/projects/${project}`,
  )
  return outside.releases.filter((each) => each.title.startsWith("Deaths by age"))
}

/** One more request with a small count, waiting in the queue; answers its title. */
export async function seedRequest(browser: Browser): Promise<string> {
  const priya = await comeIn(browser, "priya")
  const title = `Deaths by age ${Date.now()}`
  await enterWorkspace(priya.page, LIVER)
  const lab = await waitForLab(priya.page)
  await openNotebook(lab, "first-notebook.ipynb")
  await askFromNotebook(priya.page, lab, title, [SMALL_COUNT, CLEAN])
  await priya.context.close()
  const mei = await comeIn(browser, "mei")
  await waitInQueue(mei.page, title)
  await mei.context.close()
  return title
}

async function askAndRelease(browser: Browser, priya: Person, ask: boolean, release: boolean): Promise<void> {
  await enterWorkspace(priya.page, LIVER)
  const lab = await waitForLab(priya.page)
  await openNotebook(lab, "first-notebook.ipynb")
  const jonas = await comeIn(browser, "jonas")
  if (release) {
    const title = `Deaths by age, joined ${Date.now()}`
    await askFromNotebook(priya.page, lab, title, [CLEAN])
    const mei = await comeIn(browser, "mei")
    for (const checker of [jonas, mei]) await reviewAs(checker, title, () => ({ choice: "Approve" }))
    await releaseAs(mei)
    await mei.context.close()
  }
  if (ask) {
    const title = `Deaths by age ${Date.now()}`
    await askFromNotebook(priya.page, lab, title, [SMALL_COUNT, CLEAN])
    await waitInQueue(jonas.page, title)
  }
  await jonas.context.close()
  await priya.page.goto(`${SITE}/home`)
}

async function openWorkspace(priya: Person, project: string): Promise<string> {
  const { workspace } = await send<{ workspace: string }>(priya, "POST", `/api/projects/${project}/workspace`)
  await priya.page.goto(`${SITE}/workspaces/${workspace}`)
  await waitForLab(priya.page)
  await priya.page.goto(`${SITE}/home`)
  await priya.page.getByRole("heading", { level: 1, name: /^Hello/ }).waitFor()
  return workspace
}

async function makeDraft(priya: Person, project: string, withFile: boolean): Promise<string> {
  const title = withFile ? "Survival by year" : "Untitled request"
  const { id } = await send<{ id: string }>(priya, "POST", `/api/projects/${project}/requests`, { title })
  if (!withFile) return id
  const { uploads } = await get<{ uploads: { id: string; path: string }[] }>(
    priya,
    `/api/projects/${project}/uploads`,
  )
  const upload = need(uploads.find((each) => each.path === SMALL_COUNT.path) ?? uploads[0])
  const { groups } = await send<{ groups: string[] }>(priya, "PUT", `/api/requests/${id}/groups`, {
    title,
    groups: [{ id: null, name: "Tables", context: "" }],
  })
  await send(priya, "POST", `/api/requests/${id}/files`, {
    upload: upload.id,
    group: need(groups[0]),
    kind: "output",
    description: "Deaths by age band",
    smallNumbers: "",
  })
  return id
}
