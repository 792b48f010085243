// From the click on "Open" until the notebook answers, over the running platform as a browser asks it: the
// decision and its log entry, door and workspace, quota images, the probes of the walls, ticket and cookie, the
// relay. Against a plain container of the same image until its Jupyter answers itself, turn and turn about, so
// that what else the machine does falls on both alike. Closes the workspace again; the home stays.
import { parseArgs } from "node:util"
import { readInstallation } from "../../infra/installation.ts"
import { readImages } from "../../infra/platform.ts"
import { run, tryRun } from "../../infra/run.ts"
import { readIdentity } from "../../infra/state.ts"
import { Notebook } from "../support/notebook-client.ts"
import { Person } from "../support/person.ts"

const WITHIN_MS = 180_000
const POLL_MS = 50

/** Inside the plain container: asks until it answers, every 25 ms. */
const WAIT = `
import time, urllib.request
asked = urllib.request.Request("http://127.0.0.1:8888/api/status", headers={"authorization": "token workspace"})
for _ in range(8000):
    try:
        urllib.request.urlopen(asked, timeout=2).read()
        break
    except OSError:
        time.sleep(0.025)
else:
    raise SystemExit(1)
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "10" }, account: { type: "string", default: "priya" } },
  })
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs is a whole number above 0")
  const installation = readInstallation(process.env)
  const image = readImages(installation.state)["workspace"]
  const id = readIdentity(installation.state)?.id
  if (image === undefined || id === undefined) throw new Error("Start the platform first: npm start")
  const person = new Person(installation, values.account)
  await person.signIn()
  const project = await findProject(person)
  const ours: number[] = []
  const plain: number[] = []
  for (let n = 0; n < runs; n += 1) {
    plain.push(await openPlain(image, id))
    ours.push(await openOurs(person, project))
  }
  print(ours, plain)
  return 0
}

async function ask(person: Person, ...asked: Parameters<Person["call"]>): Promise<Record<string, unknown>> {
  const told = await person.call(...asked)
  if (told.kind !== "done") throw new Error(`${asked[0]}: ${told.code}`)
  return told.value
}

async function findProject(person: Person): Promise<string> {
  const { projects } = (await ask(person, "projectList")) as { projects: { project: { id: string } }[] }
  const first = projects[0]?.project.id
  if (first === undefined) throw new Error(`${person.username} is in no project`)
  return first
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Milliseconds. */
async function openOurs(person: Person, project: string): Promise<number> {
  const begun = performance.now()
  const { workspace } = (await ask(person, "workspaceOpen", { params: { project } })) as { workspace: string }
  const params = { workspace }
  const state = async () => String((await ask(person, "workspaceGet", { params }))["state"])
  await until("the workspace runs", async () => {
    const now = await state()
    if (now === "failed") throw new Error("the workspace could not be opened")
    return now === "running"
  })
  const notebook = new Notebook(person, workspace)
  // The gateway hears of a new run within its next second.
  await until("the notebook answers", async () => {
    try {
      if (!notebook.isEntered && (await notebook.enter()).kind !== "done") return false
      await notebook.kernels()
      return true
    } catch {
      return false
    }
  })
  const taken = performance.now() - begun
  notebook.leave()
  await ask(person, "workspaceStop", { params })
  await until("the workspace is closed", async () => (await state()) === "stopped")
  return taken
}

/** Milliseconds. As little around it as Jupyter needs: no walls, no storage that stays, nobody to ask. */
async function openPlain(image: string, installation: string): Promise<number> {
  const begun = performance.now()
  const container = (
    await run("docker", [
      ...["run", "--detach", "--network", "none", "--read-only", "--tmpfs", "/tmp:exec,mode=1777"],
      ...["--tmpfs", "/work/home:uid=1000", "--tmpfs", "/work/shared:uid=1000"],
      ...["--label", `glasshouse.installation=${installation}`, "--label", "glasshouse.role=service", image],
    ])
  ).trim()
  try {
    await run("docker", ["exec", container, "python3", "-c", WAIT])
    return performance.now() - begun
  } finally {
    await tryRun("docker", ["rm", "--force", container])
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2
}

function print(ours: readonly number[], plain: readonly number[]): void {
  const line = (name: string, all: readonly number[]) =>
    `${name.padEnd(44)}${median(all).toFixed(0).padStart(8)}${Math.min(...all)
      .toFixed(0)
      .padStart(8)}${Math.max(...all)
      .toFixed(0)
      .padStart(8)}   ${all.map((ms) => ms.toFixed(0)).join(" ")}\n`
  process.stdout.write(
    `${"milliseconds".padEnd(44)}  median     min     max\n` +
      line("click until the notebook answers", ours) +
      line("plain container until Jupyter answers", plain),
  )
  const result = {
    bench: "open-notebook",
    ratio: Math.round((median(ours) / median(plain)) * 100) / 100,
    ours: Math.round(median(ours)),
    baseline: Math.round(median(plain)),
    unit: "ms",
    runs: ours.length,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

process.exitCode = await main()
