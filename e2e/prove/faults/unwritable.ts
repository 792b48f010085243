// The log cannot be written: its tables refuse, or the database is away. Then no byte of data passes any of
// the ways (door, notebook, download, files in the console), every answer says so with a code, and all of it
// comes back by itself.
import { inspectServices } from "../../../infra/containers.ts"
import type { Installation } from "../../../infra/installation.ts"
import { run, tryRun, waitUntil } from "../../../infra/run.ts"
import type { Findings } from "../../support/battery.ts"
import { Lost, type Notebook } from "../../support/notebook-client.ts"
import type { Told } from "../../support/person.ts"
import type { Crew } from "./crew.ts"
import type { Researcher } from "./researcher.ts"

const HEALS_WITHIN_MS = 60_000
/** A lease and an intent may run on for so long after the log stopped. */
const ENDS_WITHIN_MS = 8_000

async function database(installation: Installation): Promise<string> {
  const found = (await inspectServices(installation.project)).find(({ service }) => service === "postgresql")
  if (found === undefined) throw new Error("there is no postgresql")
  return found.id
}

async function sql(container: string, text: string): Promise<string> {
  return await run("docker", [
    // Also while the database itself is read-only.
    ...[
      "exec",
      "--env",
      "PGOPTIONS=-c default_transaction_read_only=off",
      container,
      "psql",
      "--no-psqlrc",
      "-At",
      "-v",
      "ON_ERROR_STOP=1",
    ],
    ...["-h", "/run/postgresql", "-U", "postgres", "-d", "glasshouse", "-c", text],
  ])
}

interface Way {
  readonly name: string
  readonly begin: (installation: Installation) => Promise<() => Promise<void>>
}

const LOG_TABLES = ["log_head", "log_batch", "log_event", "log_tile", "audit_outbox"]

/** As when the disk is full or the tables may not be written: every write to the log fails, reads go on. */
const refusing: Way = {
  name: "the log's tables refuse every write",
  begin: async (installation) => {
    const container = await database(installation)
    await sql(
      container,
      `create or replace function fault_refuse() returns trigger language plpgsql as
       $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
       ${LOG_TABLES.map((table) => `create trigger fault before insert or update or delete on ${table} for each statement execute function fault_refuse();`).join("\n")}`,
    )
    return async () => {
      await sql(
        container,
        `${LOG_TABLES.map((table) => `drop trigger if exists fault on ${table};`).join("\n")} drop function if exists fault_refuse();`,
      )
    }
  },
}

const readOnly: Way = {
  name: "the database is read-only",
  begin: async (installation) => {
    const container = await database(installation)
    await sql(container, "alter database glasshouse set default_transaction_read_only = on")
    await sql(
      container,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'glasshouse' and pid <> pg_backend_pid()",
    )
    return async () => {
      await sql(container, "alter database glasshouse reset default_transaction_read_only")
      await sql(
        container,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'glasshouse' and pid <> pg_backend_pid()",
      )
    }
  },
}

const stopped: Way = {
  name: "the database is stopped",
  begin: async (installation) => {
    const container = await database(installation)
    await run("docker", ["stop", "--time", "30", container])
    return async () => {
      await run("docker", ["start", container])
    }
  },
}

export const WAYS: readonly Way[] = [refusing, readOnly, stopped]

export interface Prepared {
  readonly author: Researcher
  readonly notebook: Notebook
  /** a request with a file that a checker may look at */
  readonly request: string
  readonly file: string
  /** a released file that nobody has downloaded, for each way of failing */
  readonly releases: { release: string; file: string }[]
}

export async function checkUnwritable(
  crew: Crew,
  prepared: Prepared,
  findings: Findings,
  print: (line: string) => void,
): Promise<void> {
  for (const [n, way] of WAYS.entries()) {
    const release = prepared.releases[n]
    if (release === undefined) throw new Error("a release is missing")
    const end = await way.begin(crew.installation)
    const began = performance.now()
    try {
      await new Promise((resolve) => setTimeout(resolve, ENDS_WITHIN_MS))
      await checkNothingLeaves(crew, prepared, release, way.name, findings)
    } finally {
      await end()
    }
    const ended = performance.now()
    const healed = await waitUntil(async () => await isServing(crew, prepared), HEALS_WITHIN_MS * 2, 500)
    const milliseconds = performance.now() - ended
    findings.check(
      healed && milliseconds <= HEALS_WITHIN_MS,
      `${way.name}: healed after ${Math.round(milliseconds / 1000)} s, stated are ${HEALS_WITHIN_MS / 1000} s`,
    )
    print(
      `  ${way.name}: nothing left for ${((ended - began) / 1000).toFixed(0)} s, healed in ${(milliseconds / 1000).toFixed(1)} s`,
    )
    const after = await crew.people.priya.call("releaseDownload", { params: release })
    findings.check(after.kind === "done", `${way.name}: the download afterwards: ${codeOf(after)}`)
  }
}

const STABLE = new Set(["audit_unavailable", "database_unavailable"])

async function checkNothingLeaves(
  crew: Crew,
  { author, notebook, request, file }: Prepared,
  release: { release: string; file: string },
  name: string,
  findings: Findings,
): Promise<void> {
  const { priya, mei, kwame } = crew.people
  const refused = (what: string, told: Told) =>
    findings.check(
      told.kind === "unanswered" && told.status === 503 && STABLE.has(told.code),
      `${name}: ${what}: ${told.kind === "done" ? "SERVED" : `${told.status} ${told.code}`}`,
    )
  const [download, view, log, comment] = await Promise.all([
    priya.call("releaseDownload", { params: release }),
    mei.call("fileView", { params: { request, file } }),
    kwame.call("logSearch", { query: { limit: 5 } }),
    priya.call("requestComment", {
      params: { request },
      body: { file: null, group: null, text: `${crew.tag}-while-${name.length}`, visibility: "public" },
    }),
  ])
  refused("a download", download)
  refused("a file in the console", view)
  refused("the log itself", log)
  refused("a comment", comment)

  // The notebook: nothing runs, because nothing that runs could be written down.
  const ran = await notebook.run('print("should not run")', 15_000).catch((error: unknown) => error)
  findings.check(
    ran instanceof Lost && ran.code !== "no_reply",
    `${name}: a cell: ${ran instanceof Lost ? ran.code : "RAN"}`,
  )
  const contents = await notebook.read("kept-for-faults.txt").catch((error: unknown) => error)
  findings.check(
    contents instanceof Lost,
    `${name}: a file of the notebook: ${contents instanceof Lost ? "" : "SERVED"}`,
  )

  // The door: what already runs inside asks for data by itself, without a browser.
  const inside = await askDoor(crew, author)
  findings.check(
    inside.length > 0 && inside.every((status) => status === 503),
    `${name}: through the door came ${inside.join()}`,
  )
  const ready = await fetchReady(crew)
  findings.check(ready !== 200, `${name}: readiness says ${ready}`)
}

const DOOR = `import urllib.request, urllib.error
def status(path):
    try:
        with urllib.request.urlopen("http://127.0.0.1:9000" + path, timeout=10) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except Exception as error:
        return type(error).__name__
import os
print(",".join(str(status(path)) for path in os.environ["PATHS"].split()))`

/** Asks the door from inside the workspace, by a program that no browser started. */
async function askDoor(crew: Crew, author: Researcher): Promise<(number | string)[]> {
  const name = (
    await run("docker", [
      ...["ps", "--format", "{{.Names}}", "--filter", "label=glasshouse.role=workspace"],
      ...["--filter", `label=glasshouse.workspace=${author.workspace}`],
    ])
  ).trim()
  const key = author.objectKey
  const { stdout } = await tryRun("docker", [
    ...["exec", "--user", "1000", "--env", `PATHS=/data?list-type=2 /data/${key} /workspace`, name],
    ...["/usr/bin/python3", "-I", "-c", DOOR],
  ])
  return stdout
    .trim()
    .split(",")
    .slice(0, 2)
    .map((text) => (/^\d+$/.test(text) ? Number(text) : text))
}

async function fetchReady(crew: Crew): Promise<number> {
  const told = await crew.people.priya.call("healthReady")
  return told.kind === "done" ? 200 : told.status
}

async function isServing(crew: Crew, { author, request, file }: Prepared): Promise<boolean> {
  if ((await fetchReady(crew)) !== 200) return false
  const view = await crew.people.mei.call("fileView", { params: { request, file } })
  if (view.kind !== "done") return false
  author.notebook?.leave()
  const notebook = await author.sit().catch(() => undefined)
  if (notebook === undefined) return false
  return await author.readData(notebook).catch(() => false)
}

function codeOf(told: Told): string {
  return told.kind === "done" ? "done" : told.code
}
