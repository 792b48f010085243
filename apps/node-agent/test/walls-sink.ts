// Listeners outside of workspaces, for counting what gets out: one on the machine's own network that sees
// every frame, a neighbour container on the test's own network, a file in the machine's shared memory.
import { randomInt } from "node:crypto"
import { createSocket } from "node:dgram"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { networkInterfaces } from "node:os"
import { join } from "node:path"
import { newId, run, type Node } from "./node.ts"

export type Targets = {
  readonly word: string
  readonly turn: number
  readonly port: number
  readonly machine4: string
  readonly machine6: string
  readonly machineLink: string
  readonly neighbour4: string
  readonly neighbour6: string
  readonly neighbourName: string
}

export type Sink = {
  /** for probes of this turn; a turn ends with `arrived` */
  readonly targets: () => Targets
  /** names of this turn's probes of which something arrived */
  readonly arrived: () => Promise<string[]>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

const NEIGHBOUR = `
import socket, threading
def drain(one):
    while one.recv(4096): pass
listener = socket.create_server(("::", int(__import__("sys").argv[1])), family=socket.AF_INET6, dualstack_ipv6=True)
while True: threading.Thread(target=drain, args=(listener.accept()[0],), daemon=True).start()
`

/** An internal network with both kinds of addresses. It leads nowhere but to the machine. */
export async function makeNetwork(name: string): Promise<void> {
  const random = (): string => randomInt(65_536).toString(16)
  const subnet = `fd00:${random()}:${random()}:1::/64`
  await run("docker", ["network", "create", "--internal", "--ipv6", "--subnet", subnet, name])
}

export async function openSink(node: Node, network: string): Promise<Sink> {
  const word = newId()
  const image = node.ctx.images.workspace
  const labels = ["--label", `glasshouse.installation=${node.ctx.layout.installation}`]
  const common = ["run", "--detach", ...labels, "--label", "glasshouse.role=service", "--cap-drop", "ALL"]
  const python = ["--entrypoint", "/usr/bin/python3", image, "-I", "-u", "-c"]
  const inspect = async (kind: string, name: string, format: string): Promise<string> =>
    (await run("docker", [kind, "inspect", "--format", format, name])).stdout.trim()

  const configs = await inspect("network", network, "{{range .IPAM.Config}}{{.Gateway}} {{end}}")
  const machine4 = configs.split(" ").find((one) => /^\d+\.\d+\.\d+\.\d+$/.test(one)) ?? ""
  const program = readFileSync(join(import.meta.dirname, "walls-sink.py"), "utf8")
  const capabilities = ["NET_RAW", "NET_ADMIN", "NET_BIND_SERVICE"].flatMap((one) => ["--cap-add", one])
  const sniffer = (
    await run("docker", [
      ...[...common, ...capabilities, "--network", "host", "--user", "0:0"],
      ...[...python, program, word, machine4],
    ])
  ).stdout.trim()
  let read = 0
  let turn = 1
  const lines = async (isEnough: (line: string) => boolean): Promise<string[]> => {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
      const { stdout, stderr } = await run("docker", ["logs", sniffer])
      const found = stdout.split("\n").slice(0, -1)
      const last = found.findIndex((line, index) => index >= read && isEnough(line))
      if (last >= 0) return found.slice(read, (read = last + 1))
      if (stderr !== "") throw new Error(stderr)
    }
    throw new Error("the listener outside does not answer")
  }
  const port = Number((await lines((line) => line.startsWith("ready"))).at(-1)?.split(" ")[1])

  const neighbour = (
    await run("docker", [...common, "--network", network, ...python, NEIGHBOUR, String(port)])
  ).stdout.trim()
  const of = async (field: string): Promise<string> =>
    await inspect("container", neighbour, `{{(index .NetworkSettings.Networks "${network}").${field}}}`)
  const bridge = Object.values(networkInterfaces()).find((list) =>
    list?.some((one) => one.address === machine4),
  )
  const addresses = (bridge ?? []).filter((one) => one.family === "IPv6").map((one) => one.address)
  const memory = `/dev/shm/gh-probe-${word}`
  writeFileSync(memory, "")
  const fixed = {
    word,
    port,
    machine4,
    machine6: addresses.find((one) => !one.startsWith("fe80")) ?? "",
    machineLink: addresses.find((one) => one.startsWith("fe80")) ?? "",
    neighbour4: await of("IPAddress"),
    neighbour6: await of("GlobalIPv6Address"),
    neighbourName: neighbour.slice(0, 12),
  }
  return {
    targets: () => ({ ...fixed, turn }),
    arrived: async () => {
      // In the order of arrival: what comes before this own mark has been seen in full.
      const own = createSocket("udp4")
      const text = `gh-probe-${word}-${turn}-end`
      await new Promise<void>((resolve) => own.send(text, port, "127.0.0.1", () => resolve()))
      own.close()
      const found = await lines((line) => line.startsWith(`end ${turn} `))
      const lost = found.at(-1)?.split(" ")[2]
      if (lost !== "0") throw new Error(`the listener outside lost ${lost} frames`)
      // Late answers to an earlier turn's packets carry that turn's number.
      const start = `arrived ${turn++} `
      const names = found.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length))
      return [...new Set(names)].toSorted()
    },
    [Symbol.asyncDispose]: async () => {
      rmSync(memory, { force: true })
      await run("docker", ["rm", "--force", sniffer, neighbour])
    },
  }
}
