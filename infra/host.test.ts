// The pieces that read a machine: process tables, mounts, installed commands, npm's own list.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { createServer } from "node:net"
import { assertRoom, holderOf, listeners, tryPort } from "./conflicts.ts"
import { engineSocket, processName, staleNumber } from "./engine.ts"
import { modulesMatch } from "./launch.js"
import { parseMounts } from "./mounts.ts"
import { ENGINE_NEEDS, missing, onPath } from "./packages.ts"
import { waitUntil } from "./run.ts"
import { StepFailed } from "./steps.ts"

test("a number left by a dead engine, or taken by another program, does not count as an engine", () => {
  const names: Record<number, string> = { 10: "dockerd", 11: "bash" }
  const nameOf = (pid: number) => names[pid]
  assert.equal(staleNumber("10\n", "dockerd", nameOf), false)
  for (const text of ["11", "12", "", "0", "-1", "abc"])
    assert.equal(staleNumber(text, "dockerd", nameOf), true, text)
})

test("a process that has ended and that nobody has looked at yet is not running", async () => {
  const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 30"])
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer]
    const child = Number(String(line).trim())
    assert.ok(await waitUntil(async () => processName(child) === undefined, 10_000, 20))
    assert.match(readFileSync(`/proc/${child}/stat`, "utf8"), / Z /, "it is still in the list")
    assert.equal(processName(parent.pid ?? 0), "sleep")
    assert.equal(processName(2 ** 22 + 1), undefined)
  } finally {
    parent.kill("SIGKILL")
  }
})

test("mounts are read with their propagation and escaped names", () => {
  const text = `22 1 8:1 / / rw,relatime - ext4 /dev/vda rw
30 22 8:1 /var/lib/x /var/lib/x rw,relatime shared:5 - ext4 /dev/vda rw
31 30 7:0 / /var/lib/x/with\\040space rw shared:5 master:2 - ext4 /dev/loop0 rw
`
  assert.deepEqual(parseMounts(text), [
    { point: "/", shared: false },
    { point: "/var/lib/x", shared: true },
    { point: "/var/lib/x/with space", shared: true },
  ])
})

test("only what is missing is asked for, each package once", () => {
  assert.deepEqual(
    missing(ENGINE_NEEDS, () => true),
    [],
  )
  const without = (...commands: string[]) => missing(ENGINE_NEEDS, (command) => !commands.includes(command))
  assert.deepEqual(
    missing([{ commands: ["no-such-command", "sh"], packages: ["dash"] }], onPath),
    [],
    "any of the commands will do, looked for on the path",
  )
  assert.deepEqual(without("iptables"), ["iptables"])
  assert.deepEqual(without("docker", "dockerd"), ["docker.io", "docker-cli"])
})

test("packages that were half installed, or are others than the lock file's, are installed again", () => {
  const lock = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
      "node_modules/other-platform": { version: "1.0.0", integrity: "sha512-o", optional: true },
    },
  }
  const good = { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } } }
  assert.equal(modulesMatch(lock, good), true)
  assert.equal(modulesMatch(lock, undefined), false)
  assert.equal(modulesMatch(lock, { packages: {} }), false)
  assert.equal(
    modulesMatch(lock, { packages: { "node_modules/a": { version: "1.0.1", integrity: "sha512-a" } } }),
    false,
  )
  assert.equal(
    modulesMatch(lock, { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } } }),
    false,
  )
})

test("an engine on another machine is refused: mounts are made on this one", () => {
  assert.equal(engineSocket("unix:///var/run/docker.sock\n"), "/var/run/docker.sock")
  for (const host of [
    "tcp://10.0.0.1:2375",
    "ssh://x",
    "npipe:///pipe/engine",
    "",
    "unix://relative",
    "unix:///a b",
  ])
    assert.throws(() => engineSocket(host), StepFailed, host)
})

test("who listens on a port is found in the kernel's table and named", async (context) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  context.after(() => server.close())
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  assert.equal(await tryPort(port, "127.0.0.1"), "EADDRINUSE")
  assert.match(holderOf(port), new RegExp(`\\(process ${process.pid}\\)$`))
  assert.equal(await tryPort(8080, "198.51.100.1"), "EADDRNOTAVAIL")
  const line = (state: string) => `0: 0100007F:1F90 00000000:0000 ${state} 0:0 0:0 0 0 0 4711 1`
  assert.deepEqual(listeners(`${line("0A")}\n${line("01")}\n`, 8080), ["4711"])
  assert.deepEqual(listeners(line("0A"), 80), [])
})

test("a disk without room is said before anything is built", () => {
  assert.doesNotThrow(() => assertRoom("/", 1, "a byte"))
  assert.throws(() => assertRoom("/", 1e18, "an exabyte"), /free, an exabyte needs/)
})
