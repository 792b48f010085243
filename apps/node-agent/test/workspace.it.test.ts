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
    bodyOf(request).then(
      (body) => {
        seen.push({ method: request.method ?? "", path: request.url ?? "", body })
        const [code, answer] = answerTo(request.method ?? "", request.url ?? "", body)
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(answer))
      },
      // Half a file is none.
      () => response.destroy(),
    )
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

/** A name that stands for something else than a file with an end; each answers within a second. */
const NO_FILES = `
import glasshouse, os, socket, time
os.makedirs(os.path.expanduser("~/odd/inner"), exist_ok=True); os.chdir(os.path.expanduser("~/odd"))
os.mkfifo("pipe"); socket.socket(socket.AF_UNIX).bind("socket")
open("file", "w").write("x"); os.symlink("file", "link"); os.symlink("itself", "itself")
with open("hole", "wb") as file: file.truncate(1 << 40)
with open("edge", "wb") as file: file.truncate((64 << 20) + 1)
open("a\\nb", "w").close(); open(b"\\xff", "w").close(); open("50%25", "w").close()
def ask(what):
    from_ = time.monotonic()
    try: glasshouse.request_output("Title", files=[what]); code = "sent"
    except glasshouse.GlasshouseError as error: code = error.code; print(error)
    except BaseException as error: code = type(error).__name__
    assert time.monotonic() - from_ < 1, what
    return code
names = ["pipe", "socket", "link", "itself", "inner", ".", "/dev/zero", "/dev/stdin", "/proc/self/fd/0", "hole", "edge", "a\\nb", os.fsdecode(b"\\xff"), "50%25", "nothing", "file/x", "x\\0y"]
print(*[ask(name) for name in names])
`

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

test("what is no file with an end is refused at once, and says what it is", async () => {
  seen.length = 0
  const said = await python(NO_FILES)
  assert.match(said, /'pipe' is a pipe, which has no end\. Only files leave\. \[not_a_file\]/)
  assert.match(said, /'link' is a link\. Name the file that it leads to\./)
  assert.match(said, /'inner' is a folder\. Name the files in it\./)
  assert.match(said, /'hole' has 1,048,576\.0 MB; one file leaves with at most 64 MB\./)
  assert.equal(
    said.split("\n").at(-1),
    [
      ...Array<string>(9).fill("not_a_file"),
      ...["file_too_large", "file_too_large", "bad_file_name", "bad_file_name", "bad_file_name"],
      ...["no_such_file", "no_such_file", "bad_file_name"],
    ].join(" "),
  )
  assert.deepEqual(seen, [])
})

test("a folder goes without what is hidden, and not with a link or a pipe in it", async () => {
  seen.length = 0
  const said = await python(`
import glasshouse, os
os.makedirs(os.path.expanduser("~/tidy/.ipynb_checkpoints"), exist_ok=True); os.makedirs(os.path.expanduser("~/tidy/inner"))
os.chdir(os.path.expanduser("~"))
for name in ("tidy/a.csv", "tidy/.hidden", "tidy/.ipynb_checkpoints/b.csv", "tidy/inner/c.csv"): open(name, "w").write("n")
glasshouse.check("tidy")
glasshouse.check(os.path.expanduser("~/shared"))
def code(what):
    try: glasshouse.check(what)
    except glasshouse.GlasshouseError as error: return error.code
os.symlink("/work", "tidy/inner/out"); print(code("tidy")); os.unlink("tidy/inner/out")
os.mkfifo("tidy/inner/pipe"); print(code("tidy")); os.unlink("tidy/inner/pipe")
for n in range(501): open(f"tidy/inner/{n}", "w").close()
print(code("tidy"))`)
  assert.equal(said, "not_a_file\nnot_a_file\ntoo_many_files")
  const pushed = seen.filter(({ method }) => method === "PUT").map(({ path }) => path)
  assert.deepEqual(pushed.slice(0, 2), ["/outputs/files/tidy/a.csv", "/outputs/files/tidy/inner/c.csv"])
  assert.ok(!pushed.some((path) => path.includes("/.")), pushed.join(" "))
})

test("a file that grows or shrinks while it is sent, or gives its place to a pipe or link, is not sent half", async () => {
  seen.length = 0
  const said = await python(`
import glasshouse, os
from glasshouse import _files
os.chdir(os.path.expanduser("~")); open("moving", "wb").write(b"x" * 100_000)
def code(change):
    file = _files.open_file("moving"); change(file)
    try:
        with file: glasshouse._outputs.call("PUT", "/outputs/files/moving", file, {"content-length": str(file.size)})
    except glasshouse.GlasshouseError as error: return error.code
print(code(lambda file: os.truncate("moving", 10)))
open("moving", "wb").write(b"x" * 100_000)
print(code(lambda file: open("moving", "ab").write(b"y")))
lstat = os.lstat
def taken(place):
    open("moving", "wb").write(b"x")
    def swap(path):
        found = lstat(path); os.unlink(path); place(path); return found
    os.lstat = swap
    try: _files.open_file("moving"); return "opened"
    except glasshouse.GlasshouseError as error: return error.code
    finally: os.lstat = lstat; os.unlink("moving")
print(taken(os.mkfifo), taken(lambda path: os.symlink("/etc/passwd", path)))`)
  assert.equal(said, "file_changed\nfile_changed\nnot_a_file not_a_file")
  assert.deepEqual(seen, [])
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
print(ask("ir", "library(survival); library(glasshouse); cat(nrow(lung), nrow(tables()))"))
print(ask("ir", "library(glasshouse); system('mkfifo /tmp/pipe'); cat(tryCatch(request_output('Title', '/tmp/pipe'), error = conditionMessage))"))`)
  assert.match(
    said,
    /^42\n228 3\n.*'\/tmp\/pipe' is a pipe, which has no end\. Only files leave\. \[not_a_file\]/,
  )
})
