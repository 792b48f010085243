// Quota images and their late binds. An image is mounted once per node, however many slots use it: two
// mounts of one image through two loop devices would destroy it.
import { readdir, rm, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Storage } from "#protocol/agent.ts"
import type { Context } from "../context.ts"
import { conflict } from "../domain/errors.ts"
import { isId, requireId } from "../domain/ids.ts"
import {
  runDirectory,
  slotDirectory,
  storageImage,
  storageMount,
  type StorageKind,
} from "../domain/layout.ts"
import { bindInto, ensureImage, mountImage, oneAtATime, removeDirectory, unmount } from "../drivers/mounts.ts"
import type { RunRecord } from "../domain/run-record.ts"

/** Mounts home and shared on the node, made first when they are new. Returns what is to be bound. */
export async function openStorage(
  ctx: Context,
  record: RunRecord,
): Promise<{ home: string; shared: string }> {
  const { workspace, project, homeMegabytes, sharedMegabytes } = record.request
  return await oneAtATime(async () => ({
    home: await open(ctx, "home", workspace, homeMegabytes),
    shared: await open(ctx, "shared", project, sharedMegabytes),
  }))
}

/** Binds both into the slot of a container that runs already. */
export async function bindStorage(
  ctx: Context,
  run: string,
  from: { home: string; shared: string },
): Promise<void> {
  const slot = slotDirectory(ctx.layout, run)
  await oneAtATime(async () => {
    await bindInto(from.home, join(slot, "home"))
    await bindInto(from.shared, join(slot, "shared"))
  })
}

/** Undoes both and removes the run's directories. Containers must be gone. */
export async function releaseStorage(
  ctx: Context,
  run: string,
  record: RunRecord | undefined,
): Promise<void> {
  const slot = slotDirectory(ctx.layout, run)
  await oneAtATime(async () => {
    for (const name of ["home", "shared"]) {
      await unmount(join(slot, name))
      await removeDirectory(join(slot, name))
    }
    await removeDirectory(slot)
    await rm(runDirectory(ctx.layout, run), { recursive: true, force: true })
    if (record === undefined) return
    await close(ctx, run, "home", record.request.workspace)
    await close(ctx, run, "shared", record.request.project)
  })
}

/** Deletes an image for good. Throws 409 `in_use` while a run has it. */
export async function deleteStorage(ctx: Context, kind: StorageKind, id: string): Promise<void> {
  requireId(kind === "home" ? "workspace" : "project", id)
  await oneAtATime(async () => {
    if (isUsed(ctx, null, kind, id)) throw conflict("in_use", "It is in use by a run; stop that first.")
    const target = storageMount(ctx.layout, kind, id)
    await unmount(target)
    await removeDirectory(target)
    await rm(storageImage(ctx.layout, kind, id), { force: true })
  })
}

const BLOCK_BYTES = 512

/** Bytes that every image takes on this node's disk: what was ever written to it, not its size. */
export async function measureStorage(ctx: Context): Promise<Storage> {
  const [homes, shared] = await Promise.all([measure(ctx, "home"), measure(ctx, "shared")])
  return { homes, shared }
}

async function measure(ctx: Context, kind: StorageKind): Promise<Storage["homes"]> {
  const directory = dirname(storageImage(ctx.layout, kind, "aaaaaaaaaaaa"))
  const ids = (await readdir(directory))
    .filter((name) => name.endsWith(".img"))
    .map((name) => name.slice(0, -".img".length))
    .filter(isId)
  const found = await Promise.all(
    ids.map(async (id) => {
      // One may be deleted while the others are measured.
      const image = await stat(storageImage(ctx.layout, kind, id)).catch(() => null)
      return image === null ? [] : [{ id, bytes: image.blocks * BLOCK_BYTES }]
    }),
  )
  return found.flat()
}

async function open(ctx: Context, kind: StorageKind, id: string, megabytes: number): Promise<string> {
  const image = storageImage(ctx.layout, kind, id)
  await ensureImage(image, megabytes)
  return await mountImage(image, storageMount(ctx.layout, kind, id))
}

async function close(ctx: Context, run: string, kind: StorageKind, id: string): Promise<void> {
  if (isUsed(ctx, run, kind, id)) return
  const target = storageMount(ctx.layout, kind, id)
  await unmount(target)
  await removeDirectory(target)
}

function isUsed(ctx: Context, except: string | null, kind: StorageKind, id: string): boolean {
  return [...ctx.records.byRun.values()].some(
    ({ run, request }) => run !== except && (kind === "home" ? request.workspace : request.project) === id,
  )
}
