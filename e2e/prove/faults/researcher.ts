// A researcher at work: a workspace, one kernel in which cells count themselves, files saved, outputs asked
// for, downloads. What broke is written down with its code and tried again, as a person would.
import { createHash } from "node:crypto"
import type { Person } from "../../support/person.ts"
import { Lost, Notebook } from "../../support/notebook-client.ts"
import { choose, pause, type Crew, type Project } from "./crew.ts"

const BEGIN = `import os
os.chdir(os.path.expanduser("~"))
import glasshouse, pandas as pd
db = glasshouse.connect()
_first = glasshouse.tables().iloc[0]
table, rows = _first["name"], int(_first["rows"])
done = []
print(table, rows)`

export interface Sitting {
  readonly generation: number
  readonly kernel: string
  /** keys of cells that the kernel said it had run, in order */
  readonly cells: string[]
}

export class Researcher {
  readonly person: Person
  readonly project: Project
  readonly #crew: Crew
  workspace = ""
  /** one object of the project's data, as the door names it */
  objectKey = ""
  notebook: Notebook | undefined
  /** one for each kernel that this person has had */
  readonly sittings: Sitting[] = []

  constructor(crew: Crew, person: Person, project: Project) {
    this.#crew = crew
    this.person = person
    this.project = project
  }

  get sitting(): Sitting | undefined {
    return this.sittings.at(-1)
  }

  async work(): Promise<void> {
    while (!this.#crew.over) {
      try {
        await this.step()
      } catch (error) {
        if (!(error instanceof Lost)) throw error
        this.#crew.ledger.count(this.#crew.ledger.silences, `notebook ${error.code}`)
        // The cookie is of no more use when the access ended; a fresh entrance says why.
        if (!/^(ECONN|UND_ERR|TimeoutError|http_50|control_plane|audit_|notebook_)/.test(error.code))
          this.notebook?.leave()
        else this.notebook?.drop()
        await pause(this.#crew, 300, 900)
      }
      await pause(this.#crew, 100, 500)
    }
    this.notebook?.drop()
  }

  /** One doing, chosen by chance. @throws Lost */
  async step(): Promise<void> {
    const notebook = await this.sit()
    if (notebook === undefined) return
    const doings = [
      () => this.runCell(notebook),
      () => this.runCell(notebook),
      () => this.readData(notebook),
      () => this.readData(notebook),
      () => this.saveFile(notebook),
      () => this.requestOutput(notebook),
      () => this.comment(),
      () => this.download(),
    ]
    await choose(this.#crew, doings)?.()
  }

  /** At a notebook with a kernel, or undefined while there is none to sit at. @throws Lost */
  async sit(): Promise<Notebook | undefined> {
    const { ledger } = this.#crew
    if (this.workspace === "") {
      const opened = await ledger.perform(this.person, "workspaceOpen", ledger.next("open"), {
        params: { project: this.project.id },
      })
      if (opened.kind !== "done") return undefined
      this.workspace = String(opened.value["workspace"])
    }
    const notebook = (this.notebook ??= new Notebook(this.person, this.workspace))
    if (notebook.isEntered) return notebook
    const view = await this.person.call("workspaceGet", { params: { workspace: this.workspace } })
    if (view.kind !== "done") return undefined
    const { state, code, reason, run } = view.value as {
      state: string
      code: string | null
      reason: string | null
      run: { generation: number } | null
    }
    if (code !== null && this.sittings.length > 0)
      ledger.told.push({ workspace: this.workspace, code, reason: reason ?? "" })
    if (state === "stopped" || state === "failed") {
      await ledger.perform(this.person, "workspaceOpen", ledger.next("open"), {
        params: { project: this.project.id },
      })
      return undefined
    }
    if (state !== "running" || run === null) return undefined
    const entered = await notebook.enter()
    if (entered.kind !== "done") return undefined
    await this.#ensureKernel(notebook, run.generation)
    return notebook
  }

  async #ensureKernel(notebook: Notebook, generation: number): Promise<void> {
    const running = await notebook.kernels()
    const before = this.sitting
    if (before !== undefined && running.includes(before.kernel)) return
    if (before !== undefined && before.generation === generation)
      this.#crew.ledger.wrong.push(
        `${this.person.username}: the kernel of generation ${generation} is gone though its run goes on`,
      )
    const kernel = await notebook.startKernel()
    const ran = await notebook.run(BEGIN)
    if (!ran.ok) {
      // Reading the list of tables may fail while a part is away: the kernel is left for the next try.
      this.#crew.ledger.count(this.#crew.ledger.silences, `begin ${ran.text.slice(-160)}`)
      notebook.leave()
      throw new Lost("begin_failed")
    }
    this.objectKey = `${ran.text.trim().split(" ")[0] ?? ""}/part-0.parquet`
    this.sittings.push({ generation, kernel, cells: [] })
  }

  async runCell(notebook: Notebook): Promise<boolean> {
    const { ledger } = this.#crew
    const key = ledger.next(`${this.#crew.tag}-cell`)
    ledger.open.add(key)
    const ran = await notebook.run(`done.append("${key}")`)
    if (!ran.ok) return this.#failed("cell", ran.text)
    ledger.acknowledge(this.person, "cell", key, { message: ran.messageId })
    this.sitting?.cells.push(key)
    return true
  }

  /** A count over the project's own data: the right number, or an error; never another number. */
  async readData(notebook: Notebook): Promise<boolean> {
    const { ledger } = this.#crew
    const key = ledger.next(`${this.#crew.tag}-read`)
    ledger.open.add(key)
    const ran = await notebook.run(
      `n = db.sql(f"select count(*), count(distinct person_id) from {table}").fetchone()\nprint(n[0] == rows)\ndone.append("${key}")`,
    )
    if (!ran.ok) return this.#failed("read", ran.text)
    if (ran.text.trim() !== "True") ledger.wrong.push(`a count over the data was wrong: ${ran.text.trim()}`)
    ledger.acknowledge(this.person, "cell", key, { message: ran.messageId })
    this.sitting?.cells.push(key)
    return true
  }

  async saveFile(notebook: Notebook): Promise<void> {
    const { ledger } = this.#crew
    const key = ledger.next(`${this.#crew.tag}-file`)
    ledger.open.add(key)
    await notebook.save(`${key}.txt`, `kept by ${key}`)
    ledger.acknowledge(this.person, "file", key)
  }

  async requestOutput(notebook: Notebook): Promise<string | undefined> {
    const { ledger } = this.#crew
    const key = ledger.next(`${this.#crew.tag}-request`)
    ledger.open.add(key)
    const ran = await notebook.run(`_n = len(done)
pd.DataFrame({"region": ["North", "South"], "people": [200 + 10 * (_n % 20), 350]}).to_csv("${key}.csv", index=False)
glasshouse.request_output("${key}", context="two regions, whole cohort", files=[{"path": "${key}.csv", "description": "people by region", "small_numbers": "none below 10"}])`)
    if (!ran.ok) {
      this.#failed("request", ran.text)
      return undefined
    }
    ledger.acknowledge(this.person, "request", key, { project: this.project.id })
    return key
  }

  #failed(what: string, text: string): false {
    const { ledger } = this.#crew
    ledger.count(ledger.silences, `${what}: ${text.split("\n").at(-1)?.slice(0, 90) ?? ""}`)
    return false
  }

  async comment(): Promise<void> {
    const { ledger } = this.#crew
    const requests = await this.#requests()
    const open = requests.filter(({ state }) => ["checking", "independent", "returned"].includes(state))
    const one = choose(this.#crew, open)
    if (one === undefined) return
    const key = ledger.next(`${this.#crew.tag}-comment`)
    await ledger.perform(this.person, "requestComment", key, {
      params: { request: one.id },
      body: { file: null, group: null, text: key, visibility: "public" },
    })
  }

  async #requests(): Promise<{ id: string; title: string; state: string }[]> {
    const listed = await this.person.call("requestList", { params: { project: this.project.id } })
    if (listed.kind !== "done") return []
    return (listed.value["requests"] as { id: string; title: string; state: string }[]).filter(({ title }) =>
      title.startsWith(this.#crew.tag),
    )
  }

  async download(): Promise<void> {
    const { ledger } = this.#crew
    for (const { id } of (await this.#requests()).filter(({ state }) => state === "released")) {
      const view = await this.person.call("requestGet", { params: { request: id } })
      if (view.kind !== "done") return
      const release = (view.value["release"] as { id: string } | null)?.id
      if (release === undefined) continue
      const shown = await this.person.call("releaseGet", { params: { release } })
      if (shown.kind !== "done") return
      const files = shown.value["files"] as {
        id: string
        sha256: string
        actions: { download: { allowed: boolean } }
      }[]
      const file = files.find(({ actions }) => actions.download.allowed)
      if (file === undefined) continue
      const key = ledger.next("download")
      const told = await ledger.perform(this.person, "releaseDownload", key, {
        params: { release, file: file.id },
      })
      if (told.kind !== "done") return
      const sha256 = createHash("sha256").update(told.answer.bytes).digest("hex")
      if (sha256 !== file.sha256) ledger.wrong.push(`a download of ${release} is not what was approved`)
      ledger.downloads.push({
        release,
        file: file.id,
        who: this.person.username,
        sha256,
        index: Number(told.answer.headers["audit-index"] ?? -1),
      })
      return
    }
  }
}
