// A workspace container with one control taken away, for showing that a probe works: what holds in a
// workspace must be seen to fail here. Never leaves this machine: the network that is given is internal.
import { mkdir } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { workspaceSpec, type Spec } from "../src/domain/containers.ts"
import { slotDirectory } from "../src/domain/layout.ts"
import { readProbeOutput, type Control } from "../src/domain/probes.ts"
import { execIn, removeContainer } from "../src/drivers/engine.ts"
import { newId, type Node } from "./node.ts"

export type Without = Control | "nothing"

type Change = { readonly host?: Record<string, unknown>; readonly user?: string }

/** What the probes' calls ask for where no list of calls stands before them; not all, because few machines have all. */
const CAPABILITIES = [
  ...["NET_RAW", "NET_ADMIN", "SYS_ADMIN", "SYS_MODULE", "SYS_TIME", "SYS_BOOT"],
  ...["SYSLOG", "DAC_READ_SEARCH"],
]

function changeFor(without: Without, spec: Spec, network: string, directory: string): Change {
  const options = spec.HostConfig?.SecurityOpt ?? []
  const defaultCapabilities = { CapDrop: [], SecurityOpt: [options[1] ?? ""] }
  switch (without) {
    case "nothing":
      return {}
    case "network":
      return { host: { NetworkMode: network } }
    case "resolver":
      return { host: { Dns: ["192.0.2.53"] } }
    case "seccomp":
      return { host: { SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] } }
    case "masks":
      return { host: { MaskedPaths: [], ReadonlyPaths: [] } }
    case "capabilities":
      return { host: defaultCapabilities, user: "0:0" }
    case "privileges":
      return { host: { SecurityOpt: [options[1] ?? ""] } }
    case "user":
      return { user: "0:0" }
    case "readonly":
      return { host: { ReadonlyRootfs: false } }
    case "limits":
      return { host: { Memory: 0, MemorySwap: 0, PidsLimit: 0 } }
    case "mount-flags":
      return { host: { Mounts: [{ Type: "bind", Source: directory, Target: "/work" }] } }
    case "engine-socket":
      return { host: { Mounts: [{ Type: "bind", Source: directory, Target: "/sock" }] } }
    case "pid":
      return { host: { PidMode: "host" } }
    case "ipc":
      return { host: { IpcMode: "host", ShmSize: 0 } }
    case "cgroup":
      return { host: { CgroupnsMode: "host" } }
    case "host-network":
      return { host: { NetworkMode: "host" } }
    case "everything":
      return {
        host: {
          CapDrop: [],
          CapAdd: CAPABILITIES,
          SecurityOpt: ["seccomp=unconfined"],
          MaskedPaths: [],
          ReadonlyPaths: [],
          Mounts: [{ Type: "bind", Source: "/sys", Target: "/sys" }],
          Devices: [
            { PathOnHost: "/dev/loop-control", PathInContainer: "/dev/loop-control", CgroupPermissions: "r" },
          ],
        },
        user: "0:0",
      }
  }
}

/** Runs a program in a throw-away container without one control; returns what it printed. */
export async function runWeakened(
  node: Node,
  without: Without,
  network: string,
  command: readonly string[],
): Promise<string> {
  const { ctx } = node
  const run = newId()
  const slot = slotDirectory(ctx.layout, run)
  await mkdir(join(slot, "home"), { recursive: true })
  await mkdir(join(slot, "shared"), { recursive: true })
  const profile = await ctx.loadProfile("standard")
  const identity = { run, workspace: newId(), project: newId(), person: newId() }
  const spec = workspaceSpec(ctx.layout, ctx.images, profile, identity, "0".repeat(64))
  const change = changeFor(without, spec, network, slot)
  const user = change.user ?? "1000:1000"
  // Somebody else's socket in a folder that the workspace should not have.
  const foreign = createServer()
  if (without === "engine-socket")
    await new Promise<void>((resolve) => foreign.listen(join(slot, "foreign.sock"), resolve))
  const container = await ctx.engine.docker.createContainer({
    ...spec,
    name: `${spec.name}-weakened`,
    User: user,
    Entrypoint: ["/usr/bin/sleep", "300"],
    HostConfig: { ...spec.HostConfig, NetworkMode: "none", Dns: ["127.0.0.1"], ...change.host },
  })
  try {
    await container.start()
    return (await execIn(ctx.engine, container.id, user, command, 60_000)).stdout
  } finally {
    foreign.close()
    await removeContainer(ctx.engine, container.id)
  }
}

/** The ids of probes that did not hold. */
export async function openWalls(
  node: Node,
  without: Without,
  network: string,
  ids: readonly string[],
  targets: object = {},
): Promise<{ id: string; detail: string }[]> {
  const command = probeCommand(node, ids, targets)
  const results = readProbeOutput(ids, await runWeakened(node, without, network, command))
  return results.filter((result) => !result.held)
}

/** What runs probes of the long battery in a container. */
export function probeCommand(node: Node, ids: readonly string[], targets: object): string[] {
  return ["/usr/bin/python3", "-I", "-c", node.ctx.probes.battery, ...ids, JSON.stringify(targets)]
}
