// Where things of one installation lie on the node and how its containers are named. The agent sees the
// state directory at the same path as the engine does, so these are bind sources too. Directory names
// are ids only: a workspace reads some of them in /proc/self/mountinfo.
import { join } from "node:path"
import { requireId } from "./ids.ts"

export type Layout = {
  /** absolute path of this installation's state directory, the same for agent and engine */
  readonly state: string
  /** the installation's id, 12 characters */
  readonly installation: string
}

export type Role = "workspace" | "door" | "check" | "service"

export function containerName(layout: Layout, role: Role | "stage", id: string): string {
  return `glasshouse-${requireId("installation", layout.installation)}-${role}-${requireId(role, id)}`
}

/** The two sockets of a run; seen by its door, the gateway and the agent only. */
export function runDirectory(layout: Layout, run: string): string {
  return join(layout.state, "runs", requireId("run", run))
}

export function notebookSocket(layout: Layout, run: string): string {
  return join(runDirectory(layout, run), "notebook.sock")
}

/** What a workspace sees as /work: empty until home and shared are bound into it. */
export function slotDirectory(layout: Layout, run: string): string {
  return join(layout.state, "slots", requireId("run", run))
}

export type StorageKind = "home" | "shared"

/** The quota image of a workspace's home or a project's shared folder. */
export function storageImage(layout: Layout, kind: StorageKind, id: string): string {
  return join(layout.state, kind === "home" ? "homes" : "shared", `${requireId(kind, id)}.img`)
}

/** Where an image is mounted on the node, beside the slots and inside none of them. */
export function storageMount(layout: Layout, kind: StorageKind, id: string): string {
  return join(layout.state, "slots", ".storage", `${kind}-${requireId(kind, id)}`)
}

export function recordDirectory(layout: Layout): string {
  return join(layout.state, "slots", ".records")
}

export function stageSecrets(layout: Layout, stage: string): string {
  return join(layout.state, "secrets", `stage-${stage}`)
}

export function custodySocketDirectory(layout: Layout): string {
  return join(layout.state, "sock", "custody")
}

/** Where demonstration registers lie for the first stage to land. */
export function demoData(layout: Layout): string {
  return join(layout.state, "demo-data")
}

/** A stage's working files, which may hold identifiers: on disk, for one job, deleted when it ends. */
export function scratchDirectory(layout: Layout, job: string): string {
  return join(layout.state, "scratch", requireId("job", job))
}
