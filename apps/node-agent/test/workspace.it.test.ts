// What a person finds inside a workspace: kernels that start, the `glasshouse` packages, the first notebook
// of the project. The gateway's side of the socket is played here, by what the protocol says it answers.
import assert from "node:assert/strict"
import { chmodSync } from "node:fs"
import { createServer, type IncomingMessage, type Server } from "node:http"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { runDirectory } from "../src/domain/layout.ts"
import { inWorkspace, newId, runRequest, startedRun, startNode, type Node } from "./node.ts"

type Seen = { method: string; path: string; body: string }

const tables = [
  {
    name: "nafld_nafld1",
    description: "People",
    rows: 17_549,
    columns: [{ name: "age", type: "BIGINT", description: "Age" }],
    refused: null,
  },
  { name: "nafld_nafld2", description: "Values", rows: 5, columns: [], refused: null },
  { name: "nafld_nafld3", description: "Events", rows: 7, columns: [], refused: "The agreement has ended." },
]

let node: Node
let gateway: Server
const id = newId()
const seen: Seen[] = []

before(async () => {
  node = await startNode()
  const status = await startedRun(node, id, runRequest())
  assert.equal(status.observed, "running", JSON.stringify(status))
  gateway = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      seen.push({ method: request.method ?? "", path: request.url ?? "", body })
      const [code, answer] = answerTo(request.method ?? "", request.url ?? "", body)
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(answer))
    })
  })
  const socket = join(runDirectory(node.ctx.layout, id), "gateway.sock")
  await new Promise<void>((resolve) => gateway.listen(socket, resolve))
  chmodSync(socket, 0o666)
})
after(async () => {
  gateway.close()
  await node[Symbol.asyncDispose]()
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function answerTo(method: string, path: string, body: string): [number, unknown] {
  if (path === "/workspace")
    return [200, { workspace: newId(), run: id, extract: null, tables, disclosurePolicy: "nhs-england-sde" }]
  if (method === "PUT") return [200, { file: "filefilefile", sha256: "", size: body.length }]
  if (path === "/outputs/check") {
    const finding = {
      rule: "threshold",
      ruleVersion: "1",
      status: "violated",
      message: "3 is below 10",
      location: { row: 1, column: "n" },
    }
    return [
      200,
      {
        files: [
          { file: "filefilefile", path: "results/counts.csv", verdict: "violated", findings: [finding] },
        ],
      },
    ]
  }
  if (method === "POST")
    return [
      200,
      {
        request: newId(),
        number: "R-0007",
        state: "draft",
        reason: "Say how small numbers were handled.",
        link: "http://x/requests/y",
      },
    ]
  if (path === "/outputs/requests")
    return [200, { requests: [{ number: "R-0007", state: "draft", comments: [] }] }]
  return [403, { code: "agreement_ended", message: "The agreement has ended." }]
}

async function python(code: string): Promise<string> {
  const { code: exit, out } = await inWorkspace(node, id, ["python", "-c", code])
  assert.equal(exit, 0, out)
  return out.trim()
}

test("the first notebook is the one of the project's tables, and whole", async () => {
  const found = await python(`
import json, os, time
path = os.path.expanduser("~/first-notebook.ipynb")
end = time.monotonic() + 20
while not os.path.exists(path) and time.monotonic() < end: pass
print(json.load(open(path))["metadata"]["glasshouse"]["tables"][0], os.readlink(os.path.expanduser("~/shared")))`)
  assert.equal(found, "nafld_nafld1 /work/shared")
})

test("tables, columns, and a table that is refused says why when it is used", async () => {
  assert.equal(
    await python(
      "import glasshouse; print(*glasshouse.tables().name, *glasshouse.columns('nafld_nafld1').name)",
    ),
    "nafld_nafld1 nafld_nafld2 nafld_nafld3 age",
  )
  const said = await python(`
import glasshouse
try: glasshouse.connect(only=["nafld_nafld3"]).sql("select * from nafld_nafld3").df()
except Exception as error: print(error)
try: glasshouse.connect(only=["x"])
except glasshouse.GlasshouseError as error: print(error.code)`)
  assert.match(said, /The agreement has ended\.[\s\S]*not_found/)
})

test("files are pushed, checked and asked for in the words of the protocol", async () => {
  seen.length = 0
  const said = await python(`
import glasshouse, os, pandas
os.makedirs(os.path.expanduser("~/results"), exist_ok=True); os.chdir(os.path.expanduser("~"))
pandas.DataFrame({"g": ["a"], "n": [3]}).to_csv("results/counts.csv", index=False)
found = glasshouse.check("results")
print(found.rule[0], found.status[0], found.row[0], found.attrs["verdicts"])
print(glasshouse.request_output("Title", context="c", files=["results/counts.csv", {"path": "results/counts.csv", "kind": "supporting", "description": "d", "small_numbers": "none"}]))
print(list(glasshouse.requests().number))
try: glasshouse.request_output("Title")
except glasshouse.GlasshouseError as error: print(error.code)
try: glasshouse.request_output("Title", files=["no-such-file"])
except glasshouse.GlasshouseError as error: print(error.code)`)
  assert.match(
    said,
    /^threshold violated 1 \{'results\/counts.csv': 'violated'\}\nR-0007 is a draft: Say how .*\nR-0007\n\['R-0007'\]\nno_files\nno_such_file$/,
  )
  assert.deepEqual(seen[0], { method: "PUT", path: "/outputs/files/results/counts.csv", body: "g,n\na,3\n" })
  const asked = seen.find((one) => one.path === "/outputs/requests" && one.method === "POST")
  assert.deepEqual(JSON.parse(asked?.body ?? ""), {
    title: "Title",
    groups: [
      {
        name: "Title",
        context: "c",
        files: [
          { kind: "output", description: "", smallNumbers: "", file: "filefilefile" },
          { kind: "supporting", description: "d", smallNumbers: "none", file: "filefilefile" },
        ],
      },
    ],
  })
})

test("Python and R kernels start and work without a file in the home", async () => {
  const said = await python(`
from jupyter_client.manager import start_new_kernel
def ask(kernel, code):
    manager, client = start_new_kernel(kernel_name=kernel)
    printed = []
    client.execute_interactive(code, timeout=60, output_hook=lambda m: printed.append(m["content"].get("text", "")))
    client.stop_channels(); manager.shutdown_kernel(now=True)
    return "".join(printed).strip()
print(ask("python3", "import statsmodels.api, lifelines, pyarrow, matplotlib.pyplot as p; p.plot([1]); print(6 * 7)"))
print(ask("ir", "library(survival); library(glasshouse); cat(nrow(lung), nrow(tables()))"))`)
  assert.equal(said, "42\n228 3")
})
