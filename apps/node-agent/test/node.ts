// One node of its own for an integration test: its own installation id and state directory on a shared
// mount, the real engine, the images that the test stack names. Leaves nothing behind.
import { execFile } from "node:child_process"
import { randomInt } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import Fastify, { type FastifyInstance } from "fastify"
import type { RunRequest, RunStatus } from "#protocol/agent.ts"
import { registerAgent } from "../src/app.ts"
import { readConfig } from "../src/config.ts"
import type { Context } from "../src/context.ts"
import { listContainers, removeContainer } from "../src/drivers/engine.ts"
import { mountsBelow } from "../src/drivers/mounts.ts"
import { openContext } from "../src/open.ts"
import { recover } from "../src/reconcile/leftovers.ts"

export const run = promisify(execFile)

export type Node = {
  readonly state: string
  readonly ctx: Context
  readonly app: FastifyInstance
  /** the same node with a new agent process's memory: what a restart of the agent sees */
  readonly restarted: () => Promise<Node>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export function newId(): string {
  return Array.from({ length: 12 }, () => "abcdefghijklmnopqrstuvwxyz234567"[randomInt(32)]).join("")
}

/** `environment` overrides single settings. */
export async function startNode(environment: NodeJS.ProcessEnv = {}): Promise<Node> {
  const installation = newId()
  const state = `/var/lib/glasshouse/.agent-${installation}`
  await mkdir(join(state, "slots"), { recursive: true })
  await mkdir(join(state, "runs"), { recursive: true })
  // The same as infra does for an installation: binds below must reach running containers.
  await run("mount", ["--bind", state, state])
  await run("mount", ["--make-rshared", state])
  const settings = {
    GLASSHOUSE_IMAGE_WORKSPACE: "glasshouse/workspace:early",
    GLASSHOUSE_IMAGE_DOOR: "glasshouse/door:early",
    GLASSHOUSE_IMAGE_APP: "glasshouse/app:early",
    ...process.env,
    ...environment,
    GLASSHOUSE_STATE_DIR: state,
    GLASSHOUSE_INSTALLATION_ID: installation,
  }
  return await openNode(state, settings)
}

async function openNode(state: string, settings: NodeJS.ProcessEnv): Promise<Node> {
  const config = readConfig(settings)
  const app = Fastify({ logger: { level: process.env["GLASSHOUSE_TEST_LOG"] ?? "silent" } })
  const ctx = await openContext(config, app.log)
  registerAgent(app, ctx)
  await recover(ctx)
  await app.ready()
  return {
    state,
    ctx,
    app,
    restarted: async () => {
      await app.close()
      return await openNode(state, settings)
    },
    [Symbol.asyncDispose]: async () => {
      await app.close()
      for (const { abort, done } of ctx.preparing.values()) {
        abort.abort()
        await done
      }
      for (const { name } of await listContainers(ctx.engine, ["workspace", "door", "check", "service"])) {
        await removeContainer(ctx.engine, name)
      }
      for (const point of await mountsBelow(state)) await run("umount", [point])
      await rm(state, { recursive: true, force: true })
    },
  }
}

export function runRequest(values: Partial<RunRequest> = {}): RunRequest {
  return {
    workspace: newId(),
    project: newId(),
    person: newId(),
    profile: "standard",
    homeMegabytes: 64,
    sharedMegabytes: 64,
    ...values,
  }
}

/** Starts a run and waits until it is no longer preparing. */
export async function startedRun(node: Node, id: string, request: RunRequest): Promise<RunStatus> {
  const answer = await node.app.inject({ method: "PUT", url: `/v1/runs/${id}`, payload: request })
  if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${answer.body}`)
  await node.ctx.preparing.get(id)?.done
  return await statusOf(node, id)
}

export async function statusOf(node: Node, id: string): Promise<RunStatus> {
  const { runs } = (await node.app.inject({ method: "GET", url: "/v1/runs" })).json<{ runs: RunStatus[] }>()
  const found = runs.find((one) => one.run === id)
  if (found === undefined) throw new Error(`run ${id} is absent`)
  return found
}

export async function stopRun(node: Node, id: string): Promise<number> {
  return (await node.app.inject({ method: "DELETE", url: `/v1/runs/${id}` })).statusCode
}

/** Runs a program in a run's workspace as its person. */
export async function inWorkspace(
  node: Node,
  id: string,
  command: string[],
): Promise<{ code: number; out: string }> {
  const name = `glasshouse-${node.ctx.layout.installation}-workspace-${id}`
  return await run("docker", ["exec", "-u", "1000:1000", name, ...command]).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    (error: { code?: number; stdout?: string; stderr?: string }) => ({
      code: error.code ?? -1,
      out: `${error.stdout ?? ""}${error.stderr ?? ""}`,
    }),
  )
}
