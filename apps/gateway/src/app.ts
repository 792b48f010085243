// Puts the gateway together from its parts, in the order in which they need each other. Nothing here is
// state that must survive: sessions live in the control plane, runs with the agent, intents in the log.
import { join } from "node:path"
import { Intents, Lists } from "./actions/intents.ts"
import { Refusals } from "./actions/refusals.ts"
import { Sessions } from "./actions/sessions.ts"
import type { Site } from "./domain/host.ts"
import type { AssetLists } from "./drivers/asset-lists.ts"
import type { ControlPlane } from "./drivers/control-plane.ts"
import { Notebooks } from "./drivers/notebook.ts"
import type { ObjectStore } from "./drivers/objects.ts"
import { buildBrowserSide } from "./http/browser.ts"
import { createHealthServer } from "./http/health.ts"
import type { OutputLimits } from "./http/outputs.ts"
import { createWorkspaceServer } from "./http/workspace-side.ts"
import { Doors } from "./reconcile/doors.ts"

export type Deps = {
  site: Site
  runsDirectory: string
  controlPlane: ControlPlane
  store: ObjectStore
  assets: Pick<AssetLists, "current">
  now: () => number
  outputLimits?: OutputLimits
  onFault: (what: string, error: unknown) => void
}

export type Gateway = Awaited<ReturnType<typeof buildGateway>>

export async function buildGateway(deps: Deps) {
  const { site, runsDirectory, controlPlane, store, assets, now, onFault, outputLimits } = deps
  const lastMessages = new Map<string, string>()
  const sessions = new Sessions(controlPlane, now)
  const refusals = new Refusals(controlPlane, now)
  const intents = new Intents(controlPlane, lastMessages, now)
  const lists = new Lists(controlPlane, now)
  const notebooks = new Notebooks((run) => join(runsDirectory, run, "notebook.sock"))
  const doors: Doors = new Doors({
    controlPlane,
    socketOf: (run) => join(runsDirectory, run, "gateway.sock"),
    createServer: (run) =>
      createWorkspaceServer({ ...workspaceDeps, controlPlane, isHeard: () => doors.isHeard() }, run),
    onListed: (runs) => void notebooks.keep(runs),
    onClosed: (run) => {
      endReads(run)
      lastMessages.delete(run)
    },
    onReadsEnded: endReads,
    onFault: (run, error) => onFault(`door of run ${run}`, error),
    now,
  })
  const workspaceDeps = {
    ...{ intents, lists, store, refusals },
    ...(outputLimits === undefined ? {} : { outputLimits }),
  }
  const browser = await buildBrowserSide({
    site,
    sessions,
    controlPlane,
    notebooks,
    refusals,
    assets,
    lastMessages,
  })
  const health = createHealthServer(
    () => ({
      silence: Math.round(doors.silence),
      sessions: sessions.count,
      doors: doors.count,
      intents: intents.count,
      lostOutcomes: intents.lost,
      lostRefusals: refusals.lost,
    }),
    () => doors.isHeard(),
  )
  let closing: Promise<void> | undefined
  return { browser, doors, health, close: () => (closing ??= close()) }

  function endReads(run: string): void {
    intents.endRun(run)
    lists.endRun(run)
  }

  /** Says goodbye on every side: sockets 1012, outcomes and shown bytes told, doors taken away. */
  async function close(): Promise<void> {
    await sessions.close()
    await browser.close()
    await doors.close()
    await intents.close()
    await refusals.settle()
    await notebooks.close()
    health.close()
    store.close()
    await controlPlane.close()
  }
}
