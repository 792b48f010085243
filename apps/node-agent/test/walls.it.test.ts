// The walls, on the real engine. Each probe holds in the container that a workspace gets, and is seen to
// fail in the same container without the control it is about.
import assert from "node:assert/strict"
import { createServer } from "node:net"
import { createSocket } from "node:dgram"
import { networkInterfaces } from "node:os"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { inWorkspace, newId, run, runRequest, startedRun, startNode, type Node } from "./node.ts"
import { openWalls, runWeakened } from "./weakened.ts"

const network = `glasshouse-test-${newId()}`
let node: Node

before(async () => {
  node = await startNode()
  await run("docker", ["network", "create", "--internal", network])
})

after(async () => {
  await node[Symbol.asyncDispose]()
  await run("docker", ["network", "rm", network])
})

test("every probe is seen to fail when its control is taken away, and only then", async (t) => {
  const { probes } = node.ctx.probes
  for (const control of new Set(probes.map((probe) => probe.off))) {
    await t.test(`without ${control}`, async () => {
      const ids = probes.filter((probe) => probe.off === control).map((probe) => probe.id)
      const open = await openWalls(node, control, network, ids)
      assert.deepEqual(
        open.map((probe) => probe.id),
        ids,
        `these work with the control off: ${JSON.stringify(open)}`,
      )
    })
  }
  // Home and shared folder are bound in later and so are not there in this bare container.
  const bare = probes.map((probe) => probe.id).filter((id) => id !== "late-mounts")
  assert.deepEqual(await openWalls(node, "nothing", network, bare), [])
})

test("the tables of system calls and socket families are as checked in", async () => {
  const program = readFileSync(join(import.meta.dirname, "surface.py"), "utf8")
  const command = ["/usr/bin/python3", "-I", "-c", program]
  const found: unknown = JSON.parse(await runWeakened(node, "nothing", network, command))
  const golden: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../policies/workspaces/surface.json"), "utf8"),
  )
  assert.deepEqual(found, golden)
  const open = JSON.parse(await runWeakened(node, "seccomp", network, command)) as {
    calls: Record<string, string>
  }
  const changed = Object.keys(open.calls).filter((name) => open.calls[name] === "allowed")
  for (const name of ["io_uring_setup", "ptrace", "keyctl", "process_vm_readv", "bpf", "unshare"]) {
    assert.ok(changed.includes(name), `${name} is refused by the list and not by something else`)
  }
})

const CONNECT = `
import errno, json, socket, sys
answered = []
for address in json.loads(sys.argv[1]):
    for port in json.loads(sys.argv[2]):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM) as one:
            one.settimeout(0.5)
            code = one.connect_ex((address, port))
            if code not in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EPERM):
                answered.append([address, port, errno.errorcode.get(code, "connected")])
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as one:
            try:
                one.sendto(b"glasshouse", (address, port))
            except OSError:
                pass
print(json.dumps(answered))
`

test("no address of the machine answers on any port that listens, and nothing arrives", async () => {
  let arrived = 0
  const tcp = createServer((socket) => {
    arrived += 1
    socket.destroy()
  })
  const udp = createSocket("udp4", () => (arrived += 1))
  await new Promise<void>((resolve) => tcp.listen(0, "0.0.0.0", resolve))
  await new Promise<void>((resolve) => udp.bind(0, "0.0.0.0", resolve))
  try {
    const bridge = (
      await run("docker", ["network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", network])
    ).stdout.trim()
    const addresses = [
      ...Object.values(networkInterfaces()).flatMap((list) =>
        (list ?? []).filter((one) => !one.internal).map((one) => one.address.split("%")[0] ?? ""),
      ),
      bridge,
    ].filter((address) => !address.startsWith("fe80"))
    const sink = tcp.address()
    const listening = [
      ...new Set([
        ...listeningPorts(),
        typeof sink === "object" && sink !== null ? sink.port : 0,
        udp.address().port,
      ]),
    ]
    const command = [
      "/usr/bin/python3",
      "-I",
      "-c",
      CONNECT,
      JSON.stringify(addresses),
      JSON.stringify(listening),
    ]
    assert.deepEqual(JSON.parse(await runWeakened(node, "nothing", network, command)), [])
    assert.equal(arrived, 0)

    const direct = [
      "/usr/bin/python3",
      "-I",
      "-c",
      CONNECT,
      JSON.stringify([bridge]),
      JSON.stringify(listening),
    ]
    const open = JSON.parse(await runWeakened(node, "network", network, direct)) as unknown[]
    assert.ok(open.length > 0, "with a network, the machine answers")
    assert.ok(arrived > 0, "with a network, packets arrive")
  } finally {
    tcp.close()
    udp.close()
  }
})

test("inside a workspace only Jupyter and the gateway's port listen, and a neighbour's do not", async () => {
  const [one, two] = [newId(), newId()]
  assert.equal((await startedRun(node, one, runRequest())).observed, "running")
  assert.equal((await startedRun(node, two, runRequest())).observed, "running")
  const listen = await inWorkspace(node, one, ["python3", "-c", LISTENING])
  assert.deepEqual(JSON.parse(listen.out), [8888, 9000])
  // A server of one workspace, on every address it has and as an abstract unix socket, is not seen by the other.
  await inWorkspace(node, one, [
    "sh",
    "-c",
    `nohup python3 -c '${NEIGHBOUR}' > /tmp/neighbour 2>&1 & until [ -s /tmp/neighbour ]; do :; done`,
  ])
  assert.equal((await inWorkspace(node, one, ["python3", "-c", ASK])).out.trim(), "tcp unix shm")
  assert.equal((await inWorkspace(node, two, ["python3", "-c", ASK])).out.trim(), "")
})

const LISTENING = `
import json
ports = set()
for name in ("tcp", "tcp6"):
    with open("/proc/net/" + name) as file:
        ports |= {int(line.split()[1].split(":")[-1], 16) for line in file.read().splitlines()[1:] if line.split()[3] == "0A"}
print(json.dumps(sorted(ports)))
`

const NEIGHBOUR = `
import os, socket, sys, time
a = socket.create_server(("0.0.0.0", 7000))
b = socket.socket(socket.AF_UNIX); b.bind(chr(0) + "neighbour"); b.listen()
open("/dev/shm/neighbour", "w").close()
print("ready", flush=True)
time.sleep(600)
`

const ASK = `
import os, socket
seen = []
try:
    socket.create_connection(("127.0.0.1", 7000), 1); seen.append("tcp")
except OSError: pass
try:
    one = socket.socket(socket.AF_UNIX); one.connect(chr(0) + "neighbour"); seen.append("unix")
except OSError: pass
if os.path.exists("/dev/shm/neighbour"): seen.append("shm")
print(*seen)
`

/** Every TCP and UDP port that listens on this machine, from the kernel's own tables. */
function listeningPorts(): number[] {
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => name.startsWith("udp") || fields[3] === "0A")
      .map((fields) => parseInt(fields[1]?.split(":").at(-1) ?? "0", 16))
      .filter((port) => port > 0),
  )
}
