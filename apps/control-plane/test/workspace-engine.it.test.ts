// A workspace over the real engine and a real node agent, with the control plane's own decisions and
// reconciler: open, close, resume, crashes, delete; and what its person reads each time.
import assert from "node:assert/strict"
import { execFile, spawn, type ChildProcess } from "node:child_process"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { promisify } from "node:util"
import { deleteWorkspace, openWorkspace, stopWorkspace, viewWorkspace } from "../src/actions/workspaces.ts"
import { viewUse } from "../src/actions/projects.ts"
import { newId } from "../src/domain/id.ts"
import { openAgent, type AgentDriver } from "../src/drivers/agent.ts"
import { closeRuns, openRuns } from "../src/reconcile/runs.ts"
import { startStack, type Stack } from "./stack.ts"

const run = promisify(execFile)
const root = join(import.meta.dirname, "../../..")
const installation = newId()
const state = `/var/lib/glasshouse/.engine-${installation}`

let stack: Stack
let process_: ChildProcess
let agent: AgentDriver
let workspace = ""

before(async () => {
  await mkdir(join(state, "slots"), { recursive: true })
  // The same as infra does for an installation: binds below must reach running containers.
  await run("mount", ["--bind", state, state])
  await run("mount", ["--make-rshared", state])
  const socket = join(state, "sock", "agent.sock")
  process_ = spawn(process.execPath, [join(root, "apps/node-agent/src/main.ts")], {
    env: {
      ...process.env,
      GLASSHOUSE_STATE_DIR: state,
      GLASSHOUSE_INSTALLATION_ID: installation,
      GLASSHOUSE_AGENT_SOCKET: socket,
    },
    stdio: ["ignore", "ignore", "inherit"],
  })
  agent = openAgent(socket)
  await until(
    () => "the agent answers",
    () => agent.node().then(Boolean, () => false),
  )
  stack = await startStack()
  Object.assign(stack.ctx.drivers, { agent })
  // The run that the stack is seeded with has no containers.
  await stack.ctx.db
    .updateTable("run")
    .set({ wanted: "stopped", stopped_at: stack.ctx.clock.now() })
    .where("id", "=", stack.run)
    .execute()
})

after(async () => {
  const ended = new Promise((resolve) => process_.once("exit", resolve))
  process_.kill("SIGKILL")
  await ended
  const label = `label=glasshouse.installation=${installation}`
  const { stdout } = await run("docker", ["ps", "-aq", "--filter", label])
  const ids = stdout.split("\n").filter(Boolean)
  if (ids.length > 0) await run("docker", ["rm", "--force", ...ids])
  await run("umount", ["--recursive", state])
  await rm(state, { recursive: true, force: true })
  await agent[Symbol.asyncDispose]()
  await stack[Symbol.asyncDispose]()
})

async function until(what: () => string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 180_000
  while (!(await holds())) assert.ok(performance.now() < deadline, `not in time: ${what()}`)
}

const view = async () => viewWorkspace(stack.ctx, await stack.as("colleague"), workspace)

async function reconcileRuns(): Promise<void> {
  await closeRuns(stack.ctx)
  await openRuns(stack.ctx)
}

/** Reconciles until the person sees this state. */
async function reach(wanted: string, generation?: number): Promise<Awaited<ReturnType<typeof view>>> {
  let seen = await view()
  await until(
    () => `${wanted} ${generation ?? ""}, but ${JSON.stringify(seen)}`,
    async () => {
      await reconcileRuns()
      seen = await view()
      return seen.state === wanted && (generation === undefined || seen.run?.generation === generation)
    },
  )
  return seen
}

async function nameOf(role: "door" | "workspace"): Promise<string> {
  const { run: current } = await view()
  return `glasshouse-${installation}-${role}-${current?.id ?? ""}`
}

async function inside(command: string): Promise<string> {
  const { stdout } = await run("docker", ["exec", await nameOf("workspace"), "sh", "-c", command])
  return stdout.trim()
}

test("opened: every step is done, and what is in the home is counted", async () => {
  ;({ workspace } = await openWorkspace(stack.ctx, await stack.as("colleague"), stack.project))
  assert.equal((await view()).state, "opening")
  const seen = await reach("running", 1)
  assert.deepEqual([seen.code, seen.reason], [null, null])
  assert.ok(
    seen.steps.length === 6 && seen.steps.every((s) => s.state === "done"),
    JSON.stringify(seen.steps),
  )
  await inside("echo saved > ~/work.txt; head -c 3000000 /dev/urandom > ~/large; sync")
  const use = await viewUse(stack.ctx, await stack.as("admin"), stack.project)
  assert.ok(use.storage !== null && use.storage.homeBytes > 3_000_000, JSON.stringify(use.storage))
  assert.ok(use.storage.sharedBytes > 0)
})

test("closed and opened again: told that they closed it; the file is there", async () => {
  await stopWorkspace(stack.ctx, await stack.as("colleague"), workspace)
  const closed = await reach("stopped")
  assert.deepEqual([closed.code, closed.reason], ["stopped", "You closed it."])
  await openWorkspace(stack.ctx, await stack.as("colleague"), stack.project)
  const seen = await reach("running", 2)
  assert.equal(seen.reason, null)
  assert.equal(await inside("cat ~/work.txt"), "saved")
})

test("opened again while it closes: the last pair ends, then the next begins on the same home", async () => {
  const { run: last } = await view()
  await stopWorkspace(stack.ctx, await stack.as("colleague"), workspace)
  await openWorkspace(stack.ctx, await stack.as("colleague"), stack.project)
  const waiting = await view()
  assert.deepEqual(
    [waiting.state, waiting.run?.generation, waiting.steps[0]],
    ["opening", 3, { step: "closing", state: "moving", seconds: null }],
  )
  const seen = await reach("running", 3)
  assert.deepEqual([seen.reason, seen.steps[0]?.step, seen.steps[0]?.state], [null, "closing", "done"])
  assert.equal(await inside("cat ~/work.txt"), "saved")
  const listed = (await agent.listRuns()).runs.map((one) => one.run)
  assert.deepEqual([listed, listed.includes(last?.id ?? "")], [[seen.run?.id], false])
})

for (const [role, code, sentence] of [
  ["door", "door_died", /^Its door to the platform stopped, so it was started again\. Saved files are kept/],
  ["workspace", "workspace_died", /^It stopped unexpectedly and was started again\. Saved files are kept/],
] as const) {
  test(`kill -9 of the ${role}: started again on the same home, and its person is told`, async () => {
    const before_ = (await view()).run?.generation ?? 0
    await run("docker", ["kill", "--signal", "KILL", await nameOf(role)])
    const seen = await reach("running", before_ + 1)
    assert.equal(seen.code, code)
    assert.match(seen.reason ?? "", sentence)
    assert.equal(await inside("cat ~/work.txt"), "saved")
  })
}

test("while the agent does not answer nothing is stopped, restarted or taken for gone", async () => {
  const before_ = await view()
  process_.kill("SIGSTOP")
  try {
    await reconcileRuns()
    const row = await stack.ctx.db
      .selectFrom("run")
      .select(["observed", "wanted"])
      .where("id", "=", before_.run?.id ?? "")
      .executeTakeFirstOrThrow()
    assert.deepEqual(row, { observed: "unknown", wanted: "running" })
    assert.equal((await viewUse(stack.ctx, await stack.as("admin"), stack.project)).storage, null)
  } finally {
    process_.kill("SIGCONT")
  }
  const seen = await reach("running", before_.run?.generation)
  assert.equal(await inside("cat ~/work.txt"), "saved")
  assert.equal(seen.run?.id, before_.run?.id)
})

test("a workspace that keeps dying is not started for ever, and its person is told so", async () => {
  for (let n = 0; n < 2; n++) {
    const { run: current } = await view()
    await run("docker", ["kill", "--signal", "KILL", await nameOf("workspace")])
    if (n === 0) await reach("running", (current?.generation ?? 0) + 1)
  }
  const seen = await reach("failed")
  assert.match(seen.reason ?? "", /^It stopped again and again, so it was not started any more\./)
  assert.equal(seen.actions.open.allowed, true)
})

test("deleted: not while it is open; then home, containers and sockets are gone", async () => {
  await openWorkspace(stack.ctx, await stack.as("colleague"), stack.project)
  await reach("running")
  await assert.rejects(deleteWorkspace(stack.ctx, await stack.as("colleague"), workspace), {
    code: "workspace_running",
  })
  await stopWorkspace(stack.ctx, await stack.as("colleague"), workspace)
  await reach("stopped")
  await deleteWorkspace(stack.ctx, await stack.as("colleague"), workspace)
  assert.equal((await view()).state, "deleting")
  await reach("deleted")
  assert.deepEqual((await agent.storage()).homes, [])
  assert.deepEqual((await agent.listRuns()).runs, [])
})
