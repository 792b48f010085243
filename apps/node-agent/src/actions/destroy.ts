// Takes a run apart: containers first, because mounts can only go when nobody sees them.
import type { Context } from "../context.ts"
import { containerName } from "../domain/layout.ts"
import { removeContainer } from "../drivers/engine.ts"
import type { RunRecord } from "../domain/run-record.ts"
import { releaseStorage } from "./storage.ts"

/** Removes containers, mounts and directories of a run; with its record also the images' mounts. Keeps the record. */
export async function destroyRun(ctx: Context, run: string, record: RunRecord | undefined): Promise<void> {
  await removeContainer(ctx.engine, containerName(ctx.layout, "workspace", run))
  await removeContainer(ctx.engine, containerName(ctx.layout, "door", run))
  await releaseStorage(ctx, run, record)
}
