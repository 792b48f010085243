// Runs on the real engine: from nothing to a notebook that answers, what is reported when something dies,
// and that nothing is left behind or touched that is not ours.
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { readdir, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { NodeInfo, RunList } from "#protocol/agent.ts"
import { notebookSocket } from "../src/domain/layout.ts"
import { isMounted, mountsBelow } from "../src/drivers/mounts.ts"
import {
  inWorkspace,
  newId,
  run,
  runRequest,
  startedRun,
  startNode,
  statusOf,
  stopRun,
  type Node,
} from "./node.ts"

let node: Node

before(async () => {
  node = await startNode()
})
after(async () => {
  await node[Symbol.asyncDispose]()
})

function containerOf(role: string, id: string): string {
  return `glasshouse-${node.ctx.layout.installation}-${role}-${id}`
}

/** Status and body of one request to a run's Jupyter, through its door. */
function ask(
  id: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(
      { socketPath: notebookSocket(node.ctx.layout, id), path, headers: { host: "localhost", ...headers } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on("data", (chunk: Buffer) => chunks.push(chunk))
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        )
      },
    )
      .on("error", reject)
      .end()
  })
}

const token = { authorization: "token workspace" }

test("a run comes up with held probes, answers, and leaves nothing when it is stopped", async () => {
  const id = newId()
  const status = await startedRun(node, id, runRequest())
  assert.equal(status.observed, "running", JSON.stringify(status))
  assert.equal(status.step, "notebook")
  assert.ok((status.probes ?? []).length >= 20)
  assert.ok(status.probes?.every((probe) => probe.held))
  assert.ok((status.memoryBytes ?? 0) > 1e7)

  const answer = await ask(id, "/api/status", token)
  assert.equal(answer.status, 200)
  assert.equal((await ask(id, "/api/status", {})).status, 403)

  assert.equal(await stopRun(node, id), 204)
  assert.equal(await stopRun(node, id), 204)
  const { runs } = (await node.app.inject({ url: "/v1/runs" })).json<RunList>()
  assert.deepEqual(runs, [])
  assert.deepEqual(await mountsBelow(join(node.state, "slots")), [])
  assert.deepEqual(await readdir(join(node.state, "runs")), [])
  assert.deepEqual(
    (await readdir(join(node.state, "slots"))).filter((name) => !name.startsWith(".")),
    [],
  )
})

test("Jupyter is set up as the image says: no terminals, extensions, language servers or foreign settings", async () => {
  const id = newId()
  await startedRun(node, id, runRequest())
  assert.equal((await ask(id, "/api/terminals", token)).status, 404)
  assert.equal((await ask(id, "/lsp/status", token)).status, 404)
  const page = await ask(id, "/lab", token)
  assert.equal(page.status, 200)
  const config = JSON.parse(
    /<script id="jupyter-config-data"[^>]*>([^<]*)/.exec(page.body)?.[1] ?? "{}",
  ) as Record<string, unknown>
  assert.match(JSON.stringify(config["extensionManager"]), /"can_install":false/)
  const disabled = JSON.stringify(config["disabledExtensions"])
  for (const name of [
    "terminal-extension",
    "javascript-extension",
    "download",
    "extensionmanager-extension",
  ]) {
    assert.ok(disabled.includes(name), `${name} is not disabled`)
  }
  const kernels = JSON.parse((await ask(id, "/api/kernelspecs", token)).body) as { kernelspecs: object }
  assert.deepEqual(Object.keys(kernels.kernelspecs).toSorted(), ["ir", "python3"])
  assert.equal((await inWorkspace(node, id, ["sh", "-c", "command -v node npm; true"])).out, "")
  await stopRun(node, id)
})

test("asking twice is one run; other settings, or the same workspace again, is a conflict", async () => {
  const id = newId()
  const wanted = runRequest()
  const first = await node.app.inject({ method: "PUT", url: `/v1/runs/${id}`, payload: wanted })
  const second = await node.app.inject({ method: "PUT", url: `/v1/runs/${id}`, payload: wanted })
  assert.deepEqual([first.statusCode, second.statusCode], [202, 202])
  const other = await node.app.inject({
    method: "PUT",
    url: `/v1/runs/${id}`,
    payload: { ...wanted, homeMegabytes: 65 },
  })
  assert.deepEqual([other.statusCode, other.json().code], [409, "run_conflict"])
  const again = await node.app.inject({ method: "PUT", url: `/v1/runs/${newId()}`, payload: wanted })
  assert.deepEqual([again.statusCode, again.json().code], [409, "workspace_in_use"])
  await node.ctx.preparing.get(id)?.done
  assert.equal((await statusOf(node, id)).observed, "running")
  assert.equal(
    (await run("docker", ["ps", "-q", "--filter", `label=glasshouse.run=${id}`])).stdout.trim().split("\n")
      .length,
    2,
  )
  await stopRun(node, id)
})

test("stopping while it is being prepared leaves nothing", async () => {
  const id = newId()
  await node.app.inject({ method: "PUT", url: `/v1/runs/${id}`, payload: runRequest() })
  assert.equal(await stopRun(node, id), 204)
  assert.equal((await run("docker", ["ps", "-aq", "--filter", `label=glasshouse.run=${id}`])).stdout, "")
  assert.deepEqual(await mountsBelow(join(node.state, "slots")), [])
})

test("a new agent process takes over running and half-prepared runs without touching them", async () => {
  const [ready, half] = [newId(), newId()]
  await startedRun(node, ready, runRequest())
  const before = await run("docker", [
    "inspect",
    "-f",
    "{{.Id}} {{.State.StartedAt}}",
    containerOf("workspace", ready),
  ])
  await node.app.inject({ method: "PUT", url: `/v1/runs/${half}`, payload: runRequest() })
  // The old process stops in the middle of it, as if it had been killed.
  node.ctx.preparing.get(half)?.abort.abort()
  await node.ctx.preparing.get(half)?.done
  const record = join(node.state, "slots", ".records", `${half}.json`)
  const text = JSON.parse(readFileSync(record, "utf8")) as object
  await writeFile(record, JSON.stringify({ ...text, phase: "preparing", reason: undefined }))

  node = await node.restarted()
  assert.equal((await statusOf(node, ready)).observed, "running")
  await node.ctx.preparing.get(half)?.done
  assert.equal((await statusOf(node, half)).observed, "running")
  const now = await run("docker", [
    "inspect",
    "-f",
    "{{.Id}} {{.State.StartedAt}}",
    containerOf("workspace", ready),
  ])
  assert.equal(now.stdout, before.stdout)
  assert.equal((await ask(ready, "/api/status", token)).status, 200)
  await stopRun(node, ready)
  await stopRun(node, half)
})

test("what died is said: the door, the workspace, memory", async () => {
  const [door, workspace] = [newId(), newId()]
  await startedRun(node, door, runRequest())
  await run("docker", ["kill", containerOf("door", door)])
  const first = await statusOf(node, door)
  assert.deepEqual([first.observed, first.reason], ["exited", "door_died"])
  // The workspace itself is left alone: what to do with it is decided elsewhere.
  assert.equal(
    (
      await run("docker", ["inspect", "-f", "{{.State.Running}}", containerOf("workspace", door)])
    ).stdout.trim(),
    "true",
  )

  await startedRun(node, workspace, runRequest())
  await run("docker", ["kill", containerOf("workspace", workspace)])
  const second = await statusOf(node, workspace)
  assert.deepEqual([second.observed, second.reason, second.exitCode], ["exited", "workspace_died", 137])
  assert.ok(second.finishedAt !== undefined && second.finishedAt > (second.startedAt ?? ""))
  await stopRun(node, door)
  await stopRun(node, workspace)
})

test("a wall that does not hold destroys the run before anybody is let in", async () => {
  const probes = node.ctx.probes
  const weak: Node = {
    ...node,
    ctx: { ...node.ctx, probes: { ...probes, program: probes.program.replace('"CapBnd"', '"Threads"') } },
  }
  const id = newId()
  const wanted = runRequest()
  const { startRun } = await import("../src/actions/runs.ts")
  await startRun(weak.ctx, id, wanted)
  await weak.ctx.preparing.get(id)?.done
  const status = await statusOf(node, id)
  assert.deepEqual([status.observed, status.reason], ["failed", "probe_failed"])
  assert.deepEqual(
    status.probes?.filter((probe) => !probe.held).map((probe) => probe.id),
    ["capabilities"],
  )
  assert.equal((await run("docker", ["ps", "-aq", "--filter", `label=glasshouse.run=${id}`])).stdout, "")
  assert.equal(existsSync(notebookSocket(node.ctx.layout, id)), false)
  await stopRun(node, id)
})

test("containers of another installation are not listed, stopped or taken over", async () => {
  const id = newId()
  const name = containerOf("workspace", id)
  await run("docker", [
    "create",
    "--name",
    name,
    "--label",
    "glasshouse.installation=aaaaaaaaaaaa",
    "--label",
    "glasshouse.role=workspace",
    "--label",
    `glasshouse.run=${id}`,
    node.ctx.images.door,
  ])
  try {
    const { runs } = (await node.app.inject({ url: "/v1/runs" })).json<RunList>()
    assert.ok(!runs.some((one) => one.run === id))
    const answer = await node.app.inject({ method: "DELETE", url: `/v1/runs/${id}` })
    assert.deepEqual([answer.statusCode, answer.json().code], [409, "foreign_container"])
    await run("docker", ["inspect", name])
  } finally {
    await run("docker", ["rm", "-f", name])
  }
})

test("what nothing knows of is removed when the agent starts", async () => {
  const id = newId()
  await startedRun(node, id, runRequest())
  await run("rm", [join(node.state, "slots", ".records", `${id}.json`)])
  node = await node.restarted()
  assert.equal((await run("docker", ["ps", "-aq", "--filter", `label=glasshouse.run=${id}`])).stdout, "")
  assert.deepEqual(await mountsBelow(join(node.state, "slots")), [])
})

test("bad input is refused with a code and a sentence", async () => {
  const good = runRequest()
  const cases: [string, string, unknown, number, string][] = [
    ["PUT", "/v1/runs/short", good, 400, "invalid_id"],
    ["PUT", "/v1/runs/ABCDEFGHIJKL", good, 400, "invalid_id"],
    ["PUT", `/v1/runs/${encodeURIComponent("../../../../x")}`, good, 400, "invalid_id"],
    ["PUT", `/v1/runs/${newId()}`, { ...good, workspace: "../../../etc" }, 400, "invalid_id"],
    ["PUT", `/v1/runs/${newId()}`, { ...good, profile: "../seccomp" }, 400, "unknown_profile"],
    ["PUT", `/v1/runs/${newId()}`, { ...good, profile: "seccomp" }, 400, "invalid_profile"],
    ["PUT", `/v1/runs/${newId()}`, { ...good, homeMegabytes: 1 }, 400, "invalid_input"],
    ["PUT", `/v1/runs/${newId()}`, { ...good, homeMegabytes: "64" }, 400, "invalid_input"],
    ["PUT", `/v1/runs/${newId()}`, { ...good, privileged: true }, 400, "invalid_input"],
    ["PUT", `/v1/runs/${newId()}`, [], 400, "invalid_input"],
    ["DELETE", "/v1/runs/x", undefined, 400, "invalid_id"],
    ["DELETE", "/v1/workspaces/x/home", undefined, 400, "invalid_id"],
    ["GET", "/v1/nothing", undefined, 404, "not_found"],
    ["PUT", "/v1/stages/short", { stage: "land", params: {} }, 400, "invalid_id"],
    ["PUT", `/v1/stages/${newId()}`, { stage: "rm", params: {} }, 400, "invalid_input"],
    ["GET", `/v1/stages/${newId()}`, undefined, 404, "not_found"],
    ["POST", `/v1/checks/${newId()}?policy=opensafely`, { not: "a tar" }, 400, "invalid_archive"],
  ]
  for (const [method, url, payload, status, code] of cases) {
    const answer = await node.app.inject({
      method: method as "PUT",
      url,
      ...(payload === undefined ? {} : { payload: payload as object }),
    })
    assert.deepEqual(
      [answer.statusCode, answer.json().code],
      [status, code],
      `${method} ${url} ${answer.body}`,
    )
    assert.ok(answer.json<{ message: string }>().message.length > 5)
  }
})

test("the node tells what it has", async () => {
  const info = (await node.app.inject({ url: "/v1/node" })).json<NodeInfo>()
  assert.equal(info.protocol, 1)
  assert.ok(info.cpus > 0 && info.memoryBytes > 0 && info.diskFreeBytes > 0)
  assert.deepEqual(
    info.images.filter((image) => image.name === node.ctx.images.workspace).map((image) => image.present),
    [true],
  )
})

test("an image that is not there is a reason, not a hang", async () => {
  await using bare = await startNode({ GLASSHOUSE_IMAGE_WORKSPACE: "glasshouse/no-such-image:1" })
  const status = await startedRun(bare, newId(), runRequest())
  assert.deepEqual([status.observed, status.reason], ["failed", "image_missing"])
  assert.equal(await isMounted(join(bare.state, "slots", status.run, "home")), false)
})
