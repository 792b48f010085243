// What the agent does when it starts, before it listens: goes on with preparations that a crash cut off,
// and removes slots, mounts and containers that nothing knows of any more. Runs with a record are never
// touched here.
import { mkdir, readdir } from "node:fs/promises"
import { join } from "node:path"
import { destroyRun } from "../actions/destroy.ts"
import { beginPreparing } from "../actions/runs.ts"
import { removeEndedStages } from "../actions/stages.ts"
import type { Context } from "../context.ts"
import { isId } from "../domain/ids.ts"
import { storageMount } from "../domain/layout.ts"
import { listContainers, removeContainer } from "../drivers/engine.ts"
import { mountsBelow, oneAtATime, removeDirectory, unmount } from "../drivers/mounts.ts"

export async function recover(ctx: Context): Promise<void> {
  for (const directory of ["runs", "slots", "homes", "shared"]) {
    await mkdir(join(ctx.layout.state, directory), { recursive: true })
  }
  for (const check of await listContainers(ctx.engine, ["check"]))
    await removeContainer(ctx.engine, check.name)
  await removeEndedStages(ctx, new Date())
  await removeUnknownRuns(ctx)
  await removeUnusedImages(ctx)
  for (const record of ctx.records.byRun.values())
    if (record.phase === "preparing") beginPreparing(ctx, record)
}

async function removeUnknownRuns(ctx: Context): Promise<void> {
  const containers = await listContainers(ctx.engine, ["workspace", "door"])
  const found = [
    ...containers.map((container) => container.labels["glasshouse.run"] ?? ""),
    ...(await readdir(join(ctx.layout.state, "slots"))),
    ...(await readdir(join(ctx.layout.state, "runs"))),
  ]
  for (const run of new Set(found.filter((name) => isId(name) && !ctx.records.byRun.has(name)))) {
    ctx.log.warn({ run }, "removing what is left of a run")
    await destroyRun(ctx, run, undefined).catch((error: unknown) =>
      ctx.log.error({ run, error: String(error) }, "could not remove what is left of a run"),
    )
  }
}

async function removeUnusedImages(ctx: Context): Promise<void> {
  const used = new Set(
    [...ctx.records.byRun.values()].flatMap(({ request }) => [
      storageMount(ctx.layout, "home", request.workspace),
      storageMount(ctx.layout, "shared", request.project),
    ]),
  )
  const directory = join(ctx.layout.state, "slots", ".storage")
  await oneAtATime(async () => {
    for (const target of await mountsBelow(directory)) {
      if (used.has(target)) continue
      await unmount(target).catch((error: unknown) =>
        ctx.log.error({ target, error: String(error) }, "still mounted"),
      )
    }
    for (const name of await readdir(directory).catch(() => [])) {
      const target = join(directory, name)
      if (!used.has(target)) await removeDirectory(target).catch(() => undefined)
    }
  })
}
