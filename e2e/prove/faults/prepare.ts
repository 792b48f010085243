// What the part about the log needs before it breaks it: a notebook, a request that checkers look at, and
// released files that nobody has downloaded yet.
import { waitUntil } from "../../../infra/run.ts"
import { patiently, type Crew } from "./crew.ts"
import type { Researcher } from "./researcher.ts"
import { WAYS, type Prepared } from "./unwritable.ts"

interface Request {
  id: string
  title: string
  state: string
  files: { id: string; candidate: string }[]
  release: { id: string } | null
}

async function view(crew: Crew, request: string): Promise<Request> {
  const told = await crew.people.jonas.call("requestGet", { params: { request } })
  if (told.kind !== "done") throw new Error(`requestGet: ${told.code}`)
  return told.value as unknown as Request
}

async function ask(crew: Crew, author: Researcher): Promise<Request> {
  const notebook = await author.sit()
  const title = notebook === undefined ? undefined : await author.requestOutput(notebook)
  const told = await crew.people.priya.call("requestList", { params: { project: author.project.id } })
  const listed = told.kind === "done" ? (told.value["requests"] as { id: string; title: string }[]) : []
  const found = listed.find((one) => one.title === title)
  if (found === undefined) throw new Error("a request could not be made")
  const checked = await waitUntil(
    async () => (await view(crew, found.id).catch(() => undefined))?.state === "independent",
    90_000,
    500,
  )
  if (!checked) throw new Error(`${found.title} was not checked in time`)
  return await view(crew, found.id)
}

async function release(crew: Crew, request: Request): Promise<{ release: string; file: string }> {
  const [file] = request.files
  if (file === undefined) throw new Error("a request without a file")
  const params = { request: request.id }
  for (const checker of [crew.people.jonas, crew.people.mei]) {
    await checker.call("fileVote", {
      params: { ...params, file: file.id },
      body: { vote: "approve", candidate: file.candidate },
    })
    await checker.call("reviewSubmit", { params })
  }
  const told = await crew.people.mei.call("requestRelease", { params })
  if (told.kind !== "done") throw new Error(`requestRelease: ${told.code}`)
  const id = String(told.value["release"])
  const open = await waitUntil(
    async () => {
      const shown = await crew.people.priya.call("releaseGet", { params: { release: id } })
      if (shown.kind !== "done") return false
      return (shown.value["files"] as { actions: { download: { allowed: boolean } } }[]).every(
        ({ actions }) => actions.download.allowed,
      )
    },
    60_000,
    500,
  )
  if (!open) throw new Error("a release was not published in time")
  return { release: id, file: file.id }
}

export async function prepareForLog(crew: Crew, author: Researcher): Promise<Prepared> {
  const seated = await waitUntil(
    async () => (await author.sit().catch(() => undefined)) !== undefined,
    120_000,
    500,
  )
  const { notebook } = author
  if (!seated || notebook === undefined) throw new Error("the researcher has no notebook after two minutes")
  await patiently(() => notebook.save("kept-for-faults.txt", "kept"))
  const releases = []
  for (const _ of WAYS) releases.push(await release(crew, await patiently(() => ask(crew, author))))
  const looked = await patiently(() => ask(crew, author))
  return { author, notebook, request: looked.id, file: looked.files[0]?.id ?? "", releases }
}
