// Home and shared folder on the real engine: quotas hold, work survives, projects share nothing, and no
// trick in a folder that a workspace can write reaches a file of the machine.
import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { storageImage } from "../src/domain/layout.ts"
import { inWorkspace, newId, run, runRequest, startedRun, startNode, stopRun, type Node } from "./node.ts"

let node: Node

before(async () => {
  node = await startNode()
})
after(async () => {
  await node[Symbol.asyncDispose]()
})

async function sh(id: string, script: string): Promise<{ code: number; out: string }> {
  return await inWorkspace(node, id, ["sh", "-c", script])
}

test("a home ends at its size, and a full one still starts", async () => {
  const wanted = runRequest({ homeMegabytes: 32 })
  const first = newId()
  await startedRun(node, first, wanted)
  const filled = await sh(
    first,
    "dd if=/dev/zero of=/work/home/big bs=1M count=64 2>&1; stat -c %s /work/home/big; df --output=avail /work/home | tail -1",
  )
  assert.match(filled.out, /No space left on device/)
  assert.ok(
    statSync(storageImage(node.ctx.layout, "home", wanted.workspace)).blocks * 512 <= 33 * 1024 * 1024,
  )
  await sh(
    first,
    `python3 -c 'import itertools
try:
  for i in itertools.count(): open(f"/work/home/f{i}", "w").close()
except OSError: pass'; dd if=/dev/zero of=/work/home/rest bs=1k 2>/dev/null; true`,
  )
  await stopRun(node, first)

  const second = newId()
  const status = await startedRun(node, second, wanted)
  assert.equal(status.observed, "running", JSON.stringify(status))
  assert.equal((await sh(second, "stat -c %s /work/home/big")).code, 0)
  assert.match(
    (await sh(second, "echo x > /work/home/y && cat /work/home/y")).out,
    /No space left|cannot create/i,
  )
  await stopRun(node, second)
})

test("shared memory and scratch space end at their sizes, and count towards memory", async () => {
  const id = newId()
  await startedRun(node, id, runRequest())
  for (const path of ["/dev/shm/big", "/tmp/big"]) {
    assert.match(
      (await sh(id, `dd if=/dev/zero of=${path} bs=1M count=300 2>&1; rm ${path}`)).out,
      /No space left/,
    )
  }
  await stopRun(node, id)
})

test("work survives a stop; a project's people share one folder; another project sees none of it", async () => {
  const project = newId()
  const mine = runRequest({ project })
  const [one, two, three] = [newId(), newId(), newId()]
  await startedRun(node, one, mine)
  await startedRun(node, two, runRequest({ project }))
  await startedRun(node, three, runRequest())
  await sh(one, "echo home > ~/note; echo shared > ~/shared/note")
  assert.equal((await sh(two, "cat ~/shared/note; ls ~")).out, "shared\nshared\n")
  assert.equal((await sh(three, "ls ~/shared")).out, "")
  const devices = async (id: string): Promise<string[]> =>
    (await sh(id, "stat -c %d /work/home /work/shared")).out.trim().split("\n")
  const [a, b, c] = [await devices(one), await devices(two), await devices(three)]
  assert.equal(a[1], b[1], "the project's folder is one file system")
  assert.equal(new Set([...a, b[0], ...c]).size, 5, "and shares no inode with any other")

  // Stopping one of two keeps the shared folder for the other.
  await stopRun(node, one)
  assert.equal((await sh(two, "cat ~/shared/note")).out, "shared\n")
  const inUse = await node.app.inject({ method: "DELETE", url: `/v1/projects/${project}/shared` })
  assert.deepEqual([inUse.statusCode, inUse.json().code], [409, "in_use"])
  await stopRun(node, two)
  await stopRun(node, three)

  const again = newId()
  await startedRun(node, again, mine)
  assert.equal((await sh(again, "cat ~/note ~/shared/note")).out, "home\nshared\n")
  await stopRun(node, again)

  const home = storageImage(node.ctx.layout, "home", mine.workspace)
  assert.ok(existsSync(home))
  assert.equal(
    (await node.app.inject({ method: "DELETE", url: `/v1/workspaces/${mine.workspace}/home` })).statusCode,
    204,
  )
  assert.equal(
    (await node.app.inject({ method: "DELETE", url: `/v1/projects/${project}/shared` })).statusCode,
    204,
  )
  assert.equal(existsSync(home), false)
})

test("late binds carry nosuid and nodev into the running workspace", async () => {
  const id = newId()
  await startedRun(node, id, runRequest())
  const table = (await sh(id, "cat /proc/self/mountinfo")).out.split("\n").map((line) => line.split(" "))
  for (const point of ["/work/home", "/work/shared", "/tmp", "/dev/shm"]) {
    const options = table.find((fields) => fields[4] === point)?.[5]?.split(",") ?? []
    assert.ok(options.includes("nosuid") && options.includes("nodev"), `${point}: ${options.join()}`)
  }
  assert.match(table.find((fields) => fields[4] === "/work")?.[5] ?? "", /^ro/)
  // A program with borrowed rights keeps its bit and gets no rights.
  const uid = await sh(id, "cp /usr/bin/id ~/id && chmod 6755 ~/id && ~/id -u")
  assert.equal(uid.out.trim(), "1000")
  await stopRun(node, id)
})

test("links, fifos and swapped folders in a home reach nothing of the machine, at stop or at the next start", async () => {
  const victim = mkdtempSync(join(tmpdir(), "victim-"))
  writeFileSync(join(victim, "file"), "untouched", { mode: 0o600 })
  const wanted = runRequest()
  const first = newId()
  await startedRun(node, first, wanted)
  const tricks = await sh(
    first,
    `cd ~ && rm shared && ln -s ${victim} shared && mkfifo first-notebook.ipynb &&
     ln -s ${victim}/file .first-notebook.part && ln -s / root && ln -s /work/home loop &&
     mkdir -p .jupyter && ln -s ${victim}/file .jupyter/jupyter_server_config.py &&
     ln -s ${node.state} state; ln /etc/passwd hard 2>/dev/null; ln first-notebook.ipynb /work/shared/hard 2>/dev/null; ls -A`,
  )
  assert.ok(!tricks.out.includes("hard"), "a hard link crosses no file system")
  await stopRun(node, first)
  const second = newId()
  assert.equal((await startedRun(node, second, wanted)).observed, "running")
  assert.equal((await sh(second, "ls ~/shared/ ~/state/ 2>/dev/null; readlink ~/shared")).out.trim(), victim)
  assert.equal(
    (await sh(second, "mv /work/home /work/away; rmdir /work/shared; ln -s /etc /work/x; ls /work")).out
      .split("\n")
      .filter((line) => !line.includes(":"))
      .join(" ")
      .trim(),
    "home shared",
  )
  await stopRun(node, second)
  await node.restarted().then((restarted) => (node = restarted))
  assert.equal(readFileSync(join(victim, "file"), "utf8"), "untouched")
  await run("rm", ["-r", victim])
})
