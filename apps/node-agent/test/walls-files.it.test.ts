// Tricks with files, on every folder that a workspace can write: links, fifos, devices, holes, names, and
// folders swapped for links ten thousand times while the node works beside them. The node opens no path
// inside such a folder; that a link would lead out if it did is shown first.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { storageImage, storageMount } from "../src/domain/layout.ts"
import { mountsBelow } from "../src/drivers/mounts.ts"
import { inWorkspace, newId, run, runRequest, startedRun, startNode, stopRun, type Node } from "./node.ts"

const SECRET = "only the machine may read this"
const FOLDERS = ["/work/home", "/work/shared"] as const
let node: Node
let victim: string

before(async () => {
  node = await startNode()
  victim = mkdtempSync(join(tmpdir(), "victim-"))
  writeFileSync(join(victim, "file"), SECRET, { mode: 0o600 })
})
after(async () => {
  await node[Symbol.asyncDispose]()
  rmSync(victim, { recursive: true })
})

/** What would have changed if anybody had followed a link to it. */
function stateOfVictim(): unknown {
  const { ino, mode, uid, gid, mtimeMs, ctimeMs, nlink } = statSync(join(victim, "file"))
  const folder = statSync(victim)
  return { ino, mode, uid, gid, mtimeMs, ctimeMs, nlink, folder: [folder.mode, folder.uid, folder.ctimeMs] }
}

async function python(id: string, program: string, ...parameters: string[]): Promise<string> {
  const found = await inWorkspace(node, id, ["/usr/bin/python3", "-I", "-c", program, ...parameters])
  assert.equal(found.code, 0, found.out)
  return found.out
}

/** Each trick's outcome: an error's name, or "made". */
const TRICKS = `
import errno, fcntl, json, os, socket, stat, struct, sys
folder, victim, state = sys.argv[1:4]
said = {}
def attempt(name, action):
    try:
        action(); said[name] = "made"
    except OSError as error:
        said[name] = errno.errorcode.get(error.errno, str(error))
os.makedirs(folder + "/tricks", exist_ok=True); os.chdir(folder + "/tricks")
attempt("link out", lambda: os.symlink(victim + "/file", "out"))
attempt("link to a folder outside", lambda: os.symlink(victim, "outside"))
attempt("link to the node's state", lambda: os.symlink(state, "state"))
attempt("link to the root of the first process", lambda: os.symlink("/proc/1/root", "root"))
attempt("link that climbs", lambda: os.symlink("../" * 40 + "etc/shadow", "climbs"))
attempt("link to itself", lambda: os.symlink("itself", "itself"))
attempt("hard link to a program", lambda: os.link("/usr/bin/python3", "program"))
attempt("hard link to settings", lambda: os.link("/etc/passwd", "passwd"))
other = "/work/shared" if folder == "/work/home" else "/work/home"
open("mine", "w").close()
attempt("hard link between folders", lambda: os.link("mine", other + "/theirs"))
attempt("rename between folders", lambda: os.rename("mine", other + "/theirs"))
attempt("fifo", lambda: os.mkfifo("fifo"))
attempt("character device", lambda: os.mknod("null", stat.S_IFCHR | 0o666, os.makedev(1, 3)))
attempt("disk device", lambda: os.mknod("disk", stat.S_IFBLK | 0o666, os.makedev(254, 0)))
attempt("socket", lambda: socket.socket(socket.AF_UNIX).bind("socket"))
def hole():
    with open("hole", "wb") as file: file.truncate(1 << 40)
attempt("hole of a terabyte", hole)
attempt("name with control characters", lambda: open("a\\n\\x1b[2J;$(reboot)", "w").close())
attempt("longest name", lambda: open("n" * 255, "w").close())
attempt("name that is not text", lambda: open(b"\\xff\\xfe", "w").close())
def deep():
    here = os.getcwd()
    for _ in range(1000): os.mkdir("d" * 100); os.chdir("d" * 100)
    os.chdir(here)
attempt("a thousand folders deep", deep)
attempt("folder nobody may enter", lambda: os.mkdir("closed", 0))
attempt("owner", lambda: os.chown("fifo", 0, 0))
def immutable():
    with open("fixed", "w") as file: fcntl.ioctl(file, 0x40086602, struct.pack("l", 0x10))
attempt("file that cannot be changed", immutable)
attempt("folder itself renamed", lambda: os.rename(folder, "/work/away"))
attempt("folder itself removed", lambda: os.rmdir(other))
attempt("a file beside the folders", lambda: open("/work/beside", "w").close())
def read(path):
    with open(path) as file: said["read"] = file.read()
for path in ("out", "outside/file", "state/secrets", "root" + victim + "/file"): attempt("read " + path.split("/")[0], lambda: read(path))
print(json.dumps(said))
`

const EXPECTED = {
  "link out": "made",
  "link to a folder outside": "made",
  "link to the node's state": "made",
  "link to the root of the first process": "made",
  "link that climbs": "made",
  "link to itself": "made",
  "hard link to a program": "EXDEV",
  "hard link to settings": "EXDEV",
  "hard link between folders": "EXDEV",
  "rename between folders": "EXDEV",
  fifo: "made",
  "character device": "EPERM",
  "disk device": "EPERM",
  socket: "made",
  "hole of a terabyte": "made",
  "name with control characters": "made",
  "longest name": "made",
  "name that is not text": "made",
  "a thousand folders deep": "made",
  "folder nobody may enter": "made",
  owner: "EPERM",
  "file that cannot be changed": "EPERM",
  "folder itself renamed": "EROFS",
  "folder itself removed": "EROFS",
  "a file beside the folders": "EROFS",
  "read out": "ENOENT",
  "read outside": "ENOENT",
  "read state": "ENOENT",
  "read root": "ENOENT",
}

test("every trick on every folder: what can be made leads nowhere, and the node starts, stops and deletes beside it", async () => {
  const untouched = stateOfVictim()
  const wanted = runRequest()
  const first = newId()
  assert.equal((await startedRun(node, first, wanted)).observed, "running")
  for (const folder of FOLDERS) {
    const said: unknown = JSON.parse(await python(first, TRICKS, folder, victim, node.state))
    assert.deepEqual(said, EXPECTED, folder)
  }
  // Holes cost nothing, and the image ends where it ends.
  for (const kind of ["home", "shared"] as const) {
    const image = statSync(
      storageImage(node.ctx.layout, kind, kind === "home" ? wanted.workspace : wanted.project),
    )
    assert.equal(image.size, 64 * 1024 * 1024)
  }
  // A careless reader on the node would have followed: that is what never happens.
  const data = join(storageMount(node.ctx.layout, "home", wanted.workspace), "data", "tricks")
  assert.equal(readFileSync(join(data, "out"), "utf8"), SECRET)

  await stopRun(node, first)
  const second = newId()
  assert.equal((await startedRun(node, second, wanted)).observed, "running")
  await stopRun(node, second)
  for (const path of [`workspaces/${wanted.workspace}/home`, `projects/${wanted.project}/shared`]) {
    assert.equal((await node.app.inject({ method: "DELETE", url: `/v1/${path}` })).statusCode, 204, path)
  }
  assert.deepEqual(stateOfVictim(), untouched)
})

/** Swaps folders that the platform and people use for links to the machine, as fast as it goes, until told to stop. */
const RACE = `
import ctypes, json, os, sys
victim, state = sys.argv[1:3]
libc = ctypes.CDLL(None)
def swap(a, b):
    libc.renameat2(-100, a.encode(), -100, b.encode(), 2)
pairs = []
for top in ("/work/home", "/work/shared"):
    for name, target in (("results", victim), (".jupyter", state), ("first-notebook.ipynb", victim + "/file"), ("tricks", "/proc/1/root")):
        path = f"{top}/{name}"
        if not os.path.lexists(path):
            os.mkdir(path)
        link = f"{path}.link"
        if os.path.lexists(link): os.unlink(link)
        os.symlink(target, link)
        pairs.append((path, link))
swaps = leaks = 0
# Others have work to do: the swaps come in between all the same.
os.nice(19)
open("/tmp/racing", "w").close()
while not os.path.exists("/tmp/enough"):
    for path, link in pairs:
        swap(path, link); swaps += 1
        try:
            with open(path + "/file") as file: leaks += "only the machine" in file.read()
        except OSError: pass
with open("/tmp/raced", "w") as file: json.dump([swaps, leaks], file)
os.rename("/tmp/raced", "/tmp/counted")
`

const WAIT = "import os, sys\nwhile not os.path.exists(sys.argv[1]): pass"

test("folders swapped for links while the node starts, stops, forgets and finds runs beside them", async (t) => {
  const untouched = stateOfVictim()
  const project = newId()
  const [racer, mine] = [newId(), runRequest({ project })]
  assert.equal((await startedRun(node, racer, mine)).observed, "running")
  const container = `glasshouse-${node.ctx.layout.installation}-workspace-${racer}`
  await run("docker", [
    ...["exec", "--detach", "--user", "1000:1000", container],
    ...["/usr/bin/python3", "-I", "-c", RACE, victim, node.state],
  ])
  await python(racer, WAIT, "/tmp/racing")
  const theirs = runRequest({ project })
  for (let round = 0; round < 3; round++) {
    const id = newId()
    assert.equal((await startedRun(node, id, theirs)).observed, "running")
    if (round === 1) node = await node.restarted()
    assert.equal(await stopRun(node, id), 204)
  }
  await python(racer, "open('/tmp/enough', 'w').close()")
  await python(racer, WAIT, "/tmp/counted")
  const [swaps, leaks] = JSON.parse(await python(racer, "print(open('/tmp/counted').read())")) as number[]
  t.diagnostic(`${swaps} swaps`)
  assert.ok((swaps ?? 0) >= 10_000, `${swaps} swaps`)
  assert.equal(leaks, 0)
  assert.equal(await stopRun(node, racer), 204)
  assert.deepEqual(stateOfVictim(), untouched)
  // Nothing of either run is still mounted, wherever a folder pointed in between.
  assert.deepEqual(
    (await mountsBelow(node.state)).filter((point) => point !== node.state),
    [],
  )
})

test("the sockets that lead out lie in no folder of a workspace, under no name", async () => {
  const id = newId()
  assert.equal((await startedRun(node, id, runRequest())).observed, "running")
  const found = await python(
    id,
    `
import os, stat
seen = []
for top in ("/proc/self/root/", "/proc/1/root/"):
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in (top + "proc", top + "sys")]
        for name in files:
            try: one = os.lstat(os.path.join(folder, name))
            except OSError: continue
            if stat.S_ISSOCK(one.st_mode) and one.st_uid != 1000: seen.append(name)
print(seen)`,
  )
  assert.equal(found.trim(), "[]")
  await stopRun(node, id)
})
