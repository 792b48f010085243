// Objects of another project, in every spelling and by every kind of question, from inside a real workspace
// through its real door: nothing is there (404), and the auditor finds each attempt counted in the log.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { BadTarget, readTarget } from "../src/domain/path.ts"
import { api, type Kernel, Notebook, signIn } from "./platform.ts"
import { MISLEADING, SPELLINGS } from "./spellings.ts"
import { until } from "./until.ts"

type Question = { method: string; target: string; headers: Record<string, string> }
type Projects = { projects: { project: { id: string; title: string } }[] }
type Room = { dataRoom: { extract: string | null; tables: { name: string }[] } }
type Rows = { rows: { index: number }[] }
type Entry = { facts: { facts: { code: string; times?: number } } | null }

/** `npm run prove -- walls` waits until the minute is over and every one of them is counted. */
const COUNTS_ALL = process.env["GLASSHOUSE_FUZZ_RUNS"] !== undefined
const COUNTED_WITHIN = COUNTS_ALL ? 100_000 : 20_000
const KINDS = ["path_refused", "NoSuchBucket", "NoSuchKey", "not_found"]

let priya: string
let workspace: string
let python: Kernel
let foreign: string[]
let bucket: string

before(async () => {
  const amara = await signIn("amara")
  const { projects } = await api<Projects>(amara, "GET", "/api/projects")
  const idOf = (title: RegExp): string =>
    projects.find(({ project }) => title.test(project.title))?.project.id ?? ""
  const other = idOf(/clotting/i)
  const { dataRoom } = await api<Room>(amara, "GET", `/api/projects/${other}`)
  assert.ok(dataRoom.extract !== null && dataRoom.tables.length > 0, "the other project has data")
  bucket = `extract-${dataRoom.extract}`
  const table = dataRoom.tables[0]?.name ?? ""
  foreign = [
    `/${bucket}/${table}/part-0.parquet`,
    `/data/${table}/part-0.parquet`,
    `/project/${other}/${dataRoom.extract}/${table}/part-0.parquet`,
    "/linked/nhs/snapshot/people.parquet",
    "/quarantine/file",
    `/workspace/${other}`,
    `/outputs/${other}/files/x`,
  ]
  priya = await signIn("priya")
  workspace = (await api<{ workspace: string }>(priya, "POST", `/api/projects/${idOf(/liver/i)}/workspace`))
    .workspace
  await until(
    async () =>
      (await api<{ state: string }>(priya, "GET", `/api/workspaces/${workspace}`)).state === "running",
    "the workspace runs",
    120_000,
  )
  python = await (await Notebook.enter(priya, workspace)).startKernel("python3")
})
after(async () => {
  python.socket.terminate()
  await api(priya, "POST", `/api/workspaces/${workspace}/stop`)
})

const ASK = `
import base64, json, socket
def ask(method, target, headers):
    lines = {"host": "127.0.0.1:9000", "connection": "close", **headers}
    with socket.create_connection(("127.0.0.1", 9000), 20) as one:
        head = "".join(f"{name}: {value}\\r\\n" for name, value in lines.items())
        one.sendall(f"{method} {target} HTTP/1.1\\r\\n{head}\\r\\n".encode())
        said = b""
        while chunk := one.recv(65536): said += chunk
    return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else 0
def asked(text): print(json.dumps([ask(*each) for each in json.loads(base64.b64decode(text))]))
`

async function statusesOf(questions: readonly Question[]): Promise<number[]> {
  const list = questions.map(({ method, target, headers }) => [method, target, headers])
  const text = Buffer.from(JSON.stringify(list)).toString("base64")
  return JSON.parse(await python.run(`${ASK}\nasked("${text}")`)) as number[]
}

const get = (target: string, headers: Record<string, string> = {}): Question => ({
  method: "GET",
  target,
  headers,
})

/** By what the gateway tells refusals apart: the same one is told once in ten seconds. */
function nameOf({ method, target }: Question): string {
  try {
    return `${method} ${readTarget(target).path}`
  } catch (error) {
    if (!(error instanceof BadTarget)) throw error
    return `${method} ${target}`
  }
}

const opened = new Map<number, Entry["facts"]>()

/** Each entry is opened once: it never changes, and opening is rationed. */
async function openFacts(auditor: string, index: number): Promise<Entry["facts"]> {
  const known = opened.get(index)
  if (known !== undefined) return known
  const { facts } = await api<Entry>(auditor, "GET", `/api/log/entries/${index}`)
  opened.set(index, facts)
  return facts
}

/** How often the log says, since a time, that something was refused at this workspace's door. */
async function countRefusals(auditor: string, from: string): Promise<Map<string, number>> {
  const query = new URLSearchParams({ workspace, code: "gateway.refused", from, limit: "200" })
  const { rows } = await api<Rows>(auditor, "GET", `/api/log?${query.toString()}`)
  const counts = new Map<string, number>()
  for (const { index } of rows) {
    const facts = await openFacts(auditor, index)
    if (facts === null) continue
    const { code, times } = facts.facts
    counts.set(code, (counts.get(code) ?? 0) + (times ?? 1))
  }
  return counts
}

test("the own objects answer at the same door", async () => {
  const listed = await python.run(`${ASK}
import urllib.request, re
text = urllib.request.urlopen("http://127.0.0.1:9000/data?list-type=2").read().decode()
key = re.search("<Key>(.*?)</Key>", text).group(1)
print(ask("GET", "/data/" + key, {}), ask("GET", "/data/" + key, {"range": "bytes=0-9"}), ask("HEAD", "/data/" + key, {}))`)
  assert.equal(listed.trim(), "200 206 200")
})

test("every spelling of another project's objects: 404, and the log says each kind of refusal", async (t) => {
  const kwame = await signIn("kwame")
  const from = new Date().toISOString()
  const questions: Question[] = []
  // Not all at once: of a flood the gateway tells only how much it was.
  for (const path of foreign) {
    const asked = Object.values(SPELLINGS).map((spell) => get(spell(path)))
    const statuses = await statusesOf(asked)
    assert.deepEqual(asked.filter((_, index) => statuses[index] !== 404).map(nameOf), [])
    questions.push(...asked)
  }
  const different = new Set(questions.map(nameOf)).size
  const total = (): number => [...counts.values()].reduce((sum, one) => sum + one, 0)
  // The first refusal of a kind is written at once, the others of that minute as one when it is over.
  let counts = new Map<string, number>()
  await until(
    async () => {
      counts = await countRefusals(kwame, from)
      return KINDS.every((code) => counts.has(code)) && (!COUNTS_ALL || total() >= different)
    },
    `${KINDS.join()} in the log`,
    COUNTED_WITHIN,
    // A person may ask so and so often.
    COUNTS_ALL ? 2000 : 500,
  )
  if (COUNTS_ALL) assert.equal(total(), different)
  t.diagnostic(`${questions.length} spellings; in the log: ${JSON.stringify(Object.fromEntries(counts))}`)
})

test("other questions about another project's objects: 404 to reading, listing, copying and changing", async () => {
  const [path = ""] = foreign
  const questions: Question[] = [
    ...MISLEADING.map((headers) => get(path, headers)),
    ...["bytes=0-0", "bytes=-1", "bytes=0-0,5-9", "lines=1-2"].map((range) => get(path, { range })),
    get(path, { "if-none-match": "*" }),
    { method: "HEAD", target: path, headers: {} },
    { method: "HEAD", target: `/${bucket}`, headers: {} },
    ...["", "?list-type=2", "?list-type=2&prefix=", "?versions", "?uploads", "?location", "?acl"].map(
      (query) => get(`/${bucket}${query}`),
    ),
    ...["PUT", "POST", "DELETE", "PATCH"].map((method) => ({ method, target: path, headers: {} })),
    { method: "PUT", target: `/${bucket}/mine`, headers: { "x-amz-copy-source": path } },
    { method: "POST", target: `/${bucket}?delete`, headers: {} },
    { method: "POST", target: `${path}?select&select-type=2`, headers: {} },
  ]
  const statuses = await statusesOf(questions)
  assert.deepEqual(
    questions.map((question, index) => `${statuses[index]} ${nameOf(question)}`),
    questions.map((question) => `404 ${nameOf(question)}`),
  )
  // Copied to a name of one's own it would still be a way in: nothing is written at all.
  const copies = await statusesOf([
    { method: "PUT", target: "/data/mine", headers: { "x-amz-copy-source": path } },
    { method: "PUT", target: "/data/mine?partNumber=1&uploadId=x", headers: { "x-amz-copy-source": path } },
  ])
  assert.deepEqual(copies, [405, 405])
})
