// Workspaces over their whole life, over HTTP and a real database: state × action × person, and what is asked
// for while the last run is closing.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import { WORKSPACE_STATES, type WorkspaceState } from "#contract/vocabulary.ts"
import type { RunStatus } from "#protocol/agent.ts"
import { WORKSPACE } from "../src/domain/lifecycle.ts"
import { isRefusalCode } from "../src/domain/sentences.ts"
import { stopForbiddenRuns } from "../src/reconcile/forbidden-runs.ts"
import { closeRuns, openRuns } from "../src/reconcile/runs.ts"
import { insertWorkspace, PEOPLE } from "./seed.ts"
import { readTable } from "../src/domain/table.ts"
import { startWorld, type World } from "./walk/world.ts"

let w: World
/** What the node has, as its agent lists it; and which runs it was asked to start. */
let node: Map<string, RunStatus>
let started: string[]
before(async () => {
  w = await startWorld()
  Object.assign(w.ctx.drivers.agent, {
    listRuns: async () => ({ node: "node", runs: [...node.values()] }),
    startRun: async (run: string, { workspace, project }: { workspace: string; project: string }) => {
      started.push(run)
      node.set(run, { run, workspace, project, observed: "preparing", step: "images" })
    },
    // It takes its time: the test says when a run is gone.
    stopRun: async () => {},
    deleteHome: async () => {},
  })
})
after(() => w[Symbol.asyncDispose]())
beforeEach(async () => {
  node = new Map()
  started = []
  // Nothing of the test before is left to be reconciled.
  await w.sql("update run set wanted = 'stopped', stopped_at = now()")
  await w.sql("update workspace set state = 'stopped' where state <> 'deleted'")
})

const OWNER = readTable(`
            get  open             ticket           stop             delete
  stopped   200  200              403 wrong_state  403 wrong_state  200
  opening   200  200              403 wrong_state  200              403 workspace_running
  running   200  200              200              200              403 workspace_running
  stopping  200  200              403 wrong_state  403 wrong_state  403 wrong_state
  failed    200  200              403 wrong_state  200              200
  deleting  200  403 wrong_state  403 wrong_state  403 wrong_state  403 wrong_state
  deleted   200  200              403 wrong_state  403 wrong_state  403 wrong_state
`)
const POWER_OF = {
  open: "workspace.open",
  ticket: "workspace.enter",
  stop: "workspace.stop",
  delete: "workspace.delete",
} as const
const ACTIONS = ["get", "open", "ticket", "stop", "delete"] as const
type Action = (typeof ACTIONS)[number]

function ask(person: string, action: Action, workspace: string) {
  const at = `/api/workspaces/${workspace}`
  const token = w.tokenOf(person)
  if (action === "open") return w.send(token, "POST", `/api/projects/${w.project}/workspace`)
  if (action === "get") return w.send(token, "GET", at)
  if (action === "delete") return w.send(token, "DELETE", at)
  return w.send(token, "POST", `${at}/${action}`)
}

/** A workspace that is in this state, with the run that such a one has. */
async function put(workspace: string, state: WorkspaceState): Promise<void> {
  const wanted = state === "opening" || state === "running" ? "running" : "stopped"
  await w.sql("delete from run where workspace_id = $1 and generation > 1", [workspace])
  await w.sql("update run set wanted = $2, stopped_at = $3 where workspace_id = $1", [
    workspace,
    wanted,
    wanted === "running" || state === "stopping" ? null : new Date(),
  ])
  await w.sql("update workspace set state = $2 where id = $1", [workspace, state])
}

async function stateOf(workspace: string): Promise<string> {
  const [row] = await w.sql("select state from workspace where id = $1", [workspace])
  return String(row?.["state"])
}

const told = ({ status, body }: { status: number; body?: { code?: string } }) =>
  status === 200 ? "200" : `${status} ${body?.code}`

/** A member of the project with a workspace, who is not a researcher of it any more. */
async function former(): Promise<{ person: string; workspace: string }> {
  const person = await w.member("project_admin")
  return { person, ...(await insertWorkspace(w.ctx, w.project, person)) }
}

test("state × action: what the owner is told, and the state that follows", async () => {
  for (const state of WORKSPACE_STATES)
    for (const action of ACTIONS) {
      // One of its own for each cell: a deleted workspace leaves room for another.
      const { person, workspace } = await w.researcher()
      await put(workspace, state)
      const answer = await ask(person, action, workspace)
      const about = `${action} while ${state}`
      assert.equal(told(answer), OWNER[state]?.[action], about)
      const moved = action === "get" ? undefined : WORKSPACE[state].on[POWER_OF[action]]
      assert.equal(await stateOf(workspace), answer.status === 200 ? (moved ?? state) : state, about)
      if (answer.status === 200) continue
      assert.ok(isRefusalCode(answer.body.code) && answer.body.message.length > 10, about)
    }
})

test("the page says beforehand what the answer will be", async () => {
  const { person, workspace } = await w.researcher()
  for (const state of WORKSPACE_STATES.filter((one) => one !== "deleted")) {
    await put(workspace, state)
    const { body } = await ask(person, "get", workspace)
    for (const [action, name] of [
      ["open", "open"],
      ["ticket", "enter"],
      ["stop", "stop"],
      ["delete", "delete"],
    ] as const) {
      const { allowed, code } = body.actions[name]
      const [, refused] = OWNER[state]?.[action]?.split(" ") ?? []
      assert.deepEqual(
        { allowed, code },
        { allowed: refused === undefined, code: refused },
        `${name}, ${state}`,
      )
    }
  }
})

test("state × action × person: to nobody else is it there, whatever it does", async () => {
  const { person: owner, workspace } = await w.researcher()
  for (const state of WORKSPACE_STATES) {
    await put(workspace, state)
    for (const person of PEOPLE)
      for (const action of ACTIONS.filter((one) => one !== "open")) {
        const answer = await ask(person, action, workspace)
        assert.equal(told(answer), "404 not_found", `${person}: ${action} while ${state}`)
        assert.ok(answer.body.message.length > 10)
      }
    assert.equal(await stateOf(workspace), state)
  }
  await put(workspace, "running")
  await w.call("admin", "POST", `/api/projects/${w.project}/members/${owner}/remove`, { reason: "Left" })
  for (const action of ACTIONS)
    assert.equal(told(await ask(owner, action, workspace)), "404 not_found", `removed: ${action}`)
})

test("who is no researcher any more is in it no more, and closes and deletes what they have", async () => {
  const { person, workspace } = await former()
  assert.equal(told(await ask(person, "ticket", workspace)), "403 not_permitted")
  assert.equal(told(await ask(person, "open", workspace)), "403 not_permitted")
  assert.equal((await ask(person, "get", workspace)).body.actions.open.code, "not_permitted")
  await stopForbiddenRuns(w.ctx)
  assert.equal(await stateOf(workspace), "stopping")
  await put(workspace, "stopped")
  assert.equal(told(await ask(person, "delete", workspace)), "200")
})

const runsOf = (workspace: string) =>
  w.sql(
    "select id, generation, wanted, stopped_at is not null as over from run where workspace_id = $1 order by 2",
    [workspace],
  )
const stepsOf = async (person: string, workspace: string) =>
  (await ask(person, "get", workspace)).body.steps as { step: string; state: string }[]

async function reconcileRuns(): Promise<void> {
  await closeRuns(w.ctx)
  await openRuns(w.ctx)
}

/** A researcher whose run the node has. */
async function atWork(): Promise<{ person: string; workspace: string; run: string }> {
  const one = await w.researcher()
  node.set(one.run, { run: one.run, workspace: one.workspace, project: w.project, observed: "running" })
  return one
}

test("opened while it closes: the next run begins when the last is gone, once, and people see what it waits for", async () => {
  const { person, workspace, run } = await atWork()
  assert.equal(told(await ask(person, "stop", workspace)), "200")
  const asked = await Promise.all([1, 2, 3].map(() => ask(person, "open", workspace)))
  assert.deepEqual(asked.map(told), ["200", "200", "200"])
  const [, next] = await runsOf(workspace)
  assert.deepEqual(
    [next?.["generation"], next?.["wanted"], (await runsOf(workspace)).length],
    [2, "running", 2],
  )
  assert.equal(await stateOf(workspace), "opening")

  // Nothing of it is in memory: every pass is the first one after a kill -9.
  for (let pass = 0; pass < 3; pass++) await reconcileRuns()
  assert.deepEqual(started, [])
  assert.deepEqual((await stepsOf(person, workspace))[0], { step: "closing", state: "moving", seconds: null })
  assert.equal(told(await ask(person, "ticket", workspace)), "403 wrong_state")

  node.delete(run)
  for (let pass = 0; pass < 3; pass++) await reconcileRuns()
  assert.deepEqual(started, [next?.["id"]])
  const [closing, images] = await stepsOf(person, workspace)
  assert.deepEqual([closing?.step, closing?.state], ["closing", "done"])
  assert.deepEqual([images?.step, images?.state], ["images", "moving"])

  node.set(started[0] ?? "", { run: started[0] ?? "", workspace, project: w.project, observed: "running" })
  await reconcileRuns()
  assert.equal(await stateOf(workspace), "running")
  assert.equal(told(await ask(person, "ticket", workspace)), "200")
})

test("a notebook that takes its time to close holds up nobody else's opening or closing", async () => {
  const [slow, other, next] = [await atWork(), await atWork(), await w.researcher()]
  await put(next.workspace, "stopped")
  assert.equal(told(await ask(next.person, "open", next.workspace)), "200")
  const { agent } = w.ctx.drivers
  const stopRun = agent.stopRun.bind(agent)
  const asked: string[] = []
  const closing = Promise.withResolvers<void>()
  const both = Promise.withResolvers<void>()
  const stop = (run: string) => {
    asked.push(run)
    if (asked.length === 2) both.resolve()
    return run === slow.run ? closing.promise : stopRun(run)
  }
  Object.assign(agent, { stopRun: stop })
  for (const { person, workspace } of [slow, other]) await ask(person, "stop", workspace)
  const pass = closeRuns(w.ctx)
  await openRuns(w.ctx)
  assert.deepEqual(started, [(await runsOf(next.workspace)).at(-1)?.["id"]])
  await both.promise
  closing.resolve()
  await pass
  Object.assign(agent, { stopRun })
  assert.deepEqual(asked.toSorted(), [slow.run, other.run].toSorted())
  for (const { run } of [slow, other]) node.delete(run)
  await reconcileRuns()
})

test("an unanswered agent neither ends the last run nor begins the next", async () => {
  const { person, workspace } = await atWork()
  await ask(person, "stop", workspace)
  await ask(person, "open", workspace)
  const { agent } = w.ctx.drivers
  const listRuns = agent.listRuns.bind(agent)
  Object.assign(agent, { listRuns: () => Promise.reject(new Error("no answer")) })
  for (let pass = 0; pass < 3; pass++) await reconcileRuns()
  Object.assign(agent, { listRuns })
  assert.deepEqual(started, [])
  assert.deepEqual(
    (await runsOf(workspace)).map((one) => one["over"]),
    [false, false],
  )
})

test("called off while it waits: it is closed when the last run is gone, and not before", async () => {
  const { person, workspace, run } = await atWork()
  for (const action of ["stop", "open", "stop"] as const)
    assert.equal(told(await ask(person, action, workspace)), "200")
  for (let pass = 0; pass < 3; pass++) await reconcileRuns()
  assert.equal(await stateOf(workspace), "stopping")
  node.delete(run)
  await reconcileRuns()
  assert.equal(await stateOf(workspace), "stopped")
  assert.deepEqual(started, [])
})

test("a hold takes the wish back while it waits", async () => {
  const { person, workspace, run } = await atWork()
  await ask(person, "stop", workspace)
  await ask(person, "open", workspace)
  const hold = { subject: "person", subjectId: person, kind: "incident", reason: "Looked into" }
  assert.equal((await w.call("auditor", "POST", "/api/holds", hold)).status, 200)
  await stopForbiddenRuns(w.ctx)
  node.delete(run)
  for (let pass = 0; pass < 3; pass++) await reconcileRuns()
  assert.deepEqual(started, [])
  const [row] = await w.sql("select state, code from workspace where id = $1", [workspace])
  assert.deepEqual(row, { state: "stopped", code: "hold_person" })
})

test("what failed and has no run left is closed when it is asked to", async () => {
  const { person, workspace } = await w.researcher()
  await put(workspace, "failed")
  assert.equal(told(await ask(person, "stop", workspace)), "200")
  await reconcileRuns()
  assert.equal(await stateOf(workspace), "stopped")
})
