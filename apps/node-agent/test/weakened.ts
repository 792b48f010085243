// A workspace container with one control taken away, for showing that a probe works: what holds in a
// workspace must be seen to fail here. Never leaves this machine: the network that is given is internal.
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { workspaceSpec, type Spec } from "../src/domain/containers.ts"
import { slotDirectory } from "../src/domain/layout.ts"
import { readProbeOutput, type Control } from "../src/domain/probes.ts"
import { execIn, removeContainer } from "../src/drivers/engine.ts"
import { newId, type Node } from "./node.ts"

export type Without = Control | "nothing"

type Change = { readonly host?: Record<string, unknown>; readonly user?: string }

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
    await removeContainer(ctx.engine, container.id)
  }
}

/** The ids of probes that did not hold. */
export async function openWalls(
  node: Node,
  without: Without,
  network: string,
  ids: readonly string[],
): Promise<{ id: string; detail: string }[]> {
  const command = ["/usr/bin/python3", "-I", "-c", node.ctx.probes.program, ...ids]
  const results = readProbeOutput(ids, await runWeakened(node, without, network, command))
  return results.filter((result) => !result.held)
}
