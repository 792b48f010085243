// What the agent's actions work with, made once in main.ts.
import type { FastifyBaseLogger } from "fastify"
import type { Images } from "./domain/containers.ts"
import type { Layout } from "./domain/layout.ts"
import type { Profile } from "./domain/profile.ts"
import type { Engine } from "./drivers/engine.ts"
import type { ProbeSet } from "./domain/probes.ts"
import type { StageProcess } from "./domain/stage-output.ts"
import type { Records } from "./store/records.ts"

export type Context = {
  readonly node: string
  readonly layout: Layout
  readonly images: Images
  /** the engine's name of the network on which stages reach the store, or null where none is configured */
  readonly stageNetwork: string | null
  readonly stageEnvironment: readonly string[]
  /** text of the system call list for checks and stages */
  readonly seccomp: string
  readonly engine: Engine
  readonly records: Records
  readonly probes: ProbeSet
  readonly loadProfile: (name: string) => Promise<Profile>
  /** preparations under way, by run; aborting one ends it at its next step */
  readonly preparing: Map<string, { abort: AbortController; done: Promise<void> }>
  /** what running stages have printed so far, by job */
  readonly stages: Map<string, { process: StageProcess; read: Promise<void> }>
  /** starts at once are limited to what the machine's processors can do */
  readonly startQueue: <T>(work: () => Promise<T>) => Promise<T>
  /** checks at once are limited by memory */
  readonly checkQueue: <T>(work: () => Promise<T>) => Promise<T>
  readonly log: Pick<FastifyBaseLogger, "info" | "warn" | "error">
}
