// The walls, on the real engine. Each probe holds in the container that a workspace gets, and is seen to
// fail in the same container without the control it is about; what can leave is counted outside.
import assert from "node:assert/strict"
import { networkInterfaces } from "node:os"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { readProbeOutput } from "../src/domain/probes.ts"
import { inWorkspace, newId, run, runRequest, startedRun, startNode, type Node } from "./node.ts"
import { makeNetwork, openSink, type Sink } from "./walls-sink.ts"
import { openWalls, probeCommand, runWeakened } from "./weakened.ts"

const network = `glasshouse-test-${newId()}`
const [one, two] = [newId(), newId()]
let node: Node
let sink: Sink

before(async () => {
  node = await startNode()
  await makeNetwork(network)
  sink = await openSink(node, network)
  for (const id of [one, two]) assert.equal((await startedRun(node, id, runRequest())).observed, "running")
})

after(async () => {
  await sink[Symbol.asyncDispose]()
  await node[Symbol.asyncDispose]()
  await run("docker", ["network", "rm", network])
})

test("every probe is seen to fail when its control is taken away", async (t) => {
  const { probes } = node.ctx.probes
  for (const control of new Set(probes.map((probe) => probe.off))) {
    await t.test(`without ${control}`, async () => {
      const tried = probes.filter((probe) => probe.off === control)
      const ids = tried.map((probe) => probe.id)
      const open = await openWalls(node, control, network, ids, sink.targets())
      assert.deepEqual(
        open.map((probe) => probe.id),
        ids,
        `these work with the control off: ${JSON.stringify(open)}`,
      )
      const outside = tried.filter((probe) => probe.seen === "outside").map((probe) => probe.id)
      assert.deepEqual(await sink.arrived(), outside.toSorted(), "what arrived outside")
    })
  }
})

test("in a workspace every probe holds, and nothing arrives outside", async () => {
  const ids = node.ctx.probes.probes.map((probe) => probe.id)
  const { out } = await inWorkspace(node, one, probeCommand(node, ids, sink.targets()))
  assert.deepEqual(
    readProbeOutput(ids, out).filter((probe) => !probe.held),
    [],
  )
  assert.deepEqual(await sink.arrived(), [])
})

test("what is tried at every start takes less than a second", async () => {
  const atStart = node.ctx.probes.probes.filter((probe) => probe.start).map((probe) => probe.id)
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const from = performance.now()
    await inWorkspace(node, one, ["/usr/bin/python3", "-I", "-c", node.ctx.probes.program, ...atStart])
    times.push(performance.now() - from)
  }
  assert.ok(Math.min(...times) < 1000, `${times.map(Math.round).join(", ")} ms`)
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
closed = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EPERM)
mark = sys.argv[3].encode()
scope = next((index for index, name in socket.if_nameindex() if name != "lo"), 1)
answered, tried = [], 0
for address in json.loads(sys.argv[1]):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    own = address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.2", "0.0.0.0", "::")
    for port in json.loads(sys.argv[2]):
        where = (address, port, 0, scope) if address.startswith("fe80") else (address, port)
        tried += 1
        with socket.socket(family, socket.SOCK_STREAM) as one:
            one.settimeout(0.5)
            code = one.connect_ex(where)
            if code == 0:
                one.send(mark)
            # On loopback the own kernel refuses; anywhere else a refusal means that somebody is there.
            if code not in closed and not (own and code == errno.ECONNREFUSED):
                answered.append([address, port, errno.errorcode.get(code, "connected")])
        with socket.socket(family, socket.SOCK_DGRAM) as one:
            try:
                one.sendto(mark, where)
            except OSError:
                pass
print(json.dumps({"answered": answered, "tried": tried}))
`

type Answers = { answered: [string, number, string][]; tried: number }

const LOOPBACK = ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"]

/** Every address of this machine, in every way it can be written. */
function machineAddresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((each) => each.address))
  const mapped = found.filter((address) => !address.includes(":")).map((address) => `::ffff:${address}`)
  return [...new Set([...found, ...mapped, ...LOOPBACK])]
}

test("no address of the machine answers on any port that listens but the door and the own notebook server", async (t) => {
  const ports = [...new Set([...listeningPorts(), sink.targets().port, 8888, 9000])]
  const ask = (addresses: readonly string[], name: string): string[] => [
    ...["/usr/bin/python3", "-I", "-c", CONNECT, JSON.stringify(addresses), JSON.stringify(ports)],
    `gh-probe-${sink.targets().word}-${sink.targets().turn}-${name}`,
  ]
  const addresses = machineAddresses()
  const { out } = await inWorkspace(node, one, ask(addresses, "matrix"))
  const { answered, tried } = JSON.parse(out) as Answers
  t.diagnostic(`${addresses.length} addresses, ${ports.length} ports, ${tried} pairs`)
  assert.equal(tried, addresses.length * ports.length)
  assert.ok(tried > 100)
  for (const [address, port, how] of answered) {
    assert.ok(
      LOOPBACK.includes(address) && [8888, 9000].includes(port) && how === "connected",
      `${address}:${port} ${how}`,
    )
  }
  assert.deepEqual([...new Set(answered.map(([, port]) => port))].toSorted(), [8888, 9000])
  assert.deepEqual(await sink.arrived(), [])

  const { machine4, machine6, machineLink } = sink.targets()
  const direct = [machine4, machine6, machineLink]
  const open = JSON.parse(await runWeakened(node, "network", network, ask(direct, "matrix-open"))) as Answers
  for (const address of direct)
    assert.ok(
      open.answered.some(([found, , how]) => found === address && how === "connected"),
      `with a network, ${address} answers`,
    )
  assert.deepEqual(await sink.arrived(), ["matrix-open"])
})

test("inside a workspace only Jupyter and the gateway's port listen, and a neighbour's do not", async () => {
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
