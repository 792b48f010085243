// The whole chain on the real platform: sign in, open a workspace, run code in its kernels through the
// relay, read the project's data as S3 from inside, and meet the walls of the gateway.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { api, type Kernel, Notebook, signIn } from "./platform.ts"
import { until } from "./until.ts"

type View = { state: string; code: string | null; steps: { step: string; state: string }[] }
type Listed = { projects: { project: { id: string; title: string } }[] }

let token: string
let workspace: string
let notebook: Notebook
let python: Kernel

before(async () => {
  token = await signIn("priya")
  const { projects } = await api<Listed>(token, "GET", "/api/projects")
  const project = projects.map((one) => one.project).find(({ title }) => /liver/i.test(title))
  assert.ok(project !== undefined, "the demo project")
  workspace = (await api<{ workspace: string }>(token, "POST", `/api/projects/${project.id}/workspace`))
    .workspace
  let view: View | undefined
  await until(
    async () => {
      view = await api<View>(token, "GET", `/api/workspaces/${workspace}`)
      return view.state === "running"
    },
    `the workspace runs: ${JSON.stringify(view)}`,
    120_000,
  )
  notebook = await Notebook.enter(token, workspace)
  python = await notebook.startKernel("python3")
})
after(() => python.socket.terminate())

test("a Python kernel answers through the relay", async () => {
  assert.match(await python.run("print(6 * 7)"), /42/)
  assert.match(await python.run("1 / 0"), /ZeroDivisionError/)
})

test("DuckDB and pyarrow read the project's tables; people are numbers of this project", async () => {
  const count = await python.run(
    "import glasshouse\ncon = glasshouse.connect()\nt = glasshouse.tables()\nname = con.sql('show tables').fetchall()[0][0]\nprint(name, con.sql(f'select count(*) from {name}').fetchone()[0])",
  )
  assert.match(count, /^\w+ [1-9]\d+/)
  const rows = await python.run(
    "import pyarrow.dataset as ds, pyarrow.fs as fs\ns3 = fs.S3FileSystem(anonymous=True, endpoint_override='127.0.0.1:9000', scheme='http', region='us-east-1')\nprint(ds.dataset(f'data/{name}', filesystem=s3, format='parquet').count_rows())",
  )
  assert.equal(rows.trim(), count.trim().split(" ")[1])
})

test("an R kernel answers through the relay", async () => {
  const r = await notebook.startKernel("ir")
  assert.match(await r.run("cat(1 + 1)"), /2/)
  r.socket.terminate()
})

test("from inside: no other bucket, no spelling of one, no writing", async () => {
  const statuses = await python.run(
    [
      "import http.client",
      "def ask(method, path):",
      "    c = http.client.HTTPConnection('127.0.0.1', 9000); c.putrequest(method, path, skip_host=False); c.endheaders(); return c.getresponse().status",
      "print([ask('GET', p) for p in ['/linked/x', '/data/../x', '/data/%2e%2e/x', '/data/%252e%252e/x', '/data/..%5cx', '/extract-aaaaaaaaaaaa/x', '/project/x']], ask('PUT', '/data/x'), ask('GET', '/packages/simple'))",
    ].join("\n"),
  )
  assert.match(statuses, /\[404, 404, 404, 404, 404, 404, 404\] 405 404/)
})

test("from the browser: closed routes, bulk reads and foreign origins", async () => {
  await python.run(
    "import os; open(os.path.expanduser('~/bulk.parquet'), 'wb').write(b'PAR1' + bytes(range(256)) * 10)",
  )
  for (const [path, status] of [
    ["/files/bulk.parquet", 403],
    ["/nbconvert/html/x.ipynb", 403],
    ["/api/terminals", 403],
    ["/api/contents/bulk.parquet?content=1", 403],
    ["/api/contents/bulk.parquet?content=0", 200],
  ] as const) {
    assert.equal((await notebook.ask(path)).status, status, path)
  }
  assert.equal((await notebook.ask("/api/me", { headers: { "sec-fetch-site": "same-site" } })).status, 403)
})

test("stopping the workspace closes the kernel's socket within five seconds", async () => {
  await api(token, "POST", `/api/workspaces/${workspace}/stop`)
  await until(() => python.closed !== undefined, "the socket closes", 6000)
  assert.equal(python.closed?.code, 4403)
})
