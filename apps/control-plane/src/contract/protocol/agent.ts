// Control plane to node agent, version 1: HTTP over a unix socket (mTLS between machines).
// Says nothing that only Docker could mean. Every verb is idempotent by the id in its path, so a
// caller that lost the answer asks again.
import { Type, type Static } from "typebox"

export const AGENT_PROTOCOL = 1

export const Observed = Type.Union([
  Type.Literal("preparing"),
  Type.Literal("running"),
  Type.Literal("exited"),
  Type.Literal("failed"),
])

/** Steps a person sees while a run is prepared, in order. */
export const RUN_STEPS = ["images", "door", "workspace", "storage", "probes", "notebook"] as const
export const RunStep = Type.Union([
  Type.Literal("images"),
  Type.Literal("door"),
  Type.Literal("workspace"),
  Type.Literal("storage"),
  Type.Literal("probes"),
  Type.Literal("notebook"),
])

/** PUT /v1/runs/:run. Answers 202 with RunStatus at once; progress is seen in GET /v1/runs. */
export const RunRequest = Type.Object(
  {
    workspace: Type.String(),
    project: Type.String(),
    person: Type.String(),
    profile: Type.String(), // file name in policies/workspaces without its ending
    homeMegabytes: Type.Integer({ minimum: 16 }),
    sharedMegabytes: Type.Integer({ minimum: 16 }),
  },
  { additionalProperties: false },
)

export const ProbeResult = Type.Object({ id: Type.String(), held: Type.Boolean(), detail: Type.String() })

export const RunStatus = Type.Object({
  run: Type.String(),
  workspace: Type.String(),
  project: Type.String(),
  observed: Observed,
  step: Type.Optional(RunStep),
  startedAt: Type.Optional(Type.String()),
  finishedAt: Type.Optional(Type.String()),
  exitCode: Type.Optional(Type.Integer()),
  /** stable code for `failed` and for an unexpected `exited`: probe_failed, out_of_memory, door_died, workspace_died, image_missing, disk_full, start_failed */
  reason: Type.Optional(Type.String()),
  probes: Type.Optional(Type.Array(ProbeResult)),
  memoryBytes: Type.Optional(Type.Integer()),
})

/** GET /v1/runs: everything of this installation on this node. A run that is not listed is absent. */
export const RunList = Type.Object({ node: Type.String(), runs: Type.Array(RunStatus) })

/** GET /v1/node */
export const NodeInfo = Type.Object({
  protocol: Type.Literal(AGENT_PROTOCOL),
  node: Type.String(),
  engine: Type.String(),
  cpus: Type.Integer(),
  memoryBytes: Type.Integer(),
  diskFreeBytes: Type.Integer(),
  images: Type.Array(Type.Object({ name: Type.String(), id: Type.String(), present: Type.Boolean() })),
})

// DELETE /v1/runs/:run             stop (SIGTERM, 10 s, SIGKILL), unmount, remove; 204 also when absent
// DELETE /v1/workspaces/:ws/home   delete a stopped workspace's home image; 409 `in_use`
/** GET /v1/storage: bytes that home and shared folders take on this node's disk. */
export const Storage = Type.Object({
  homes: Type.Array(Type.Object({ id: Type.String(), bytes: Type.Integer() })),
  shared: Type.Array(Type.Object({ id: Type.String(), bytes: Type.Integer() })),
})

// DELETE /v1/projects/:id/shared   delete a project's shared folder; 409 `in_use`

/**
 * POST /v1/checks/:id?policy=NAME[&threshold=N][&rounding=N][&ids=BASE]  body: application/x-tar of regular
 * files, at most 256 MiB. Threshold and rounding are an agreement's own numbers on top of the policy.
 * Runs the output checker in a container without network (read-only, memory and time limits) and
 * answers 200 with the checker's JSON document, 422 `check_failed` {reason} when it died or timed out.
 *
 * POST /v1/pictures/:id?kind=png|jpeg|svg  body: application/octet-stream, at most 24 MiB.
 * Writes the picture anew in the same sandbox. 200 application/octet-stream: one line of JSON
 * {"renderer","left"}, a line feed, the bytes; 422 `check_failed` {reason} when it cannot be written anew.
 */
export const PICTURE_KINDS = ["png", "jpeg", "svg"] as const
export const CheckFailure = Type.Object({ code: Type.Literal("check_failed"), reason: Type.String() })

export const STAGES = ["land", "validate", "link", "deidentify", "snapshot", "extract"] as const
export const StageName = Type.Enum([...STAGES])

/**
 * PUT /v1/stages/:job  starts one short-lived data-pipeline process with that stage's own store
 * credential. 202 StageStatus. GET /v1/stages/:job: StageStatus. `params` goes to the process as its
 * standard input, one JSON document; `result` is the last JSON line of its standard output.
 * DELETE /v1/stages/:job forgets one that has ended; 204 also when absent, 409 `stage_running`.
 */
export const StageRequest = Type.Object(
  { stage: StageName, params: Type.Record(Type.String(), Type.Unknown()) },
  { additionalProperties: false },
)
export const StageStatus = Type.Object({
  job: Type.String(),
  stage: StageName,
  state: Type.Union([Type.Literal("running"), Type.Literal("succeeded"), Type.Literal("failed")]),
  /** last {"progress": {"done","total","unit"}} line, while running */
  progress: Type.Optional(Type.Object({ done: Type.Number(), total: Type.Number(), unit: Type.String() })),
  result: Type.Optional(Type.Unknown()),
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})

export type Observed = Static<typeof Observed>
export type RunStep = Static<typeof RunStep>
export type RunRequest = Static<typeof RunRequest>
export type RunStatus = Static<typeof RunStatus>
export type RunList = Static<typeof RunList>
export type Storage = Static<typeof Storage>
export type NodeInfo = Static<typeof NodeInfo>
export type ProbeResult = Static<typeof ProbeResult>
export type StageName = Static<typeof StageName>
export type StageRequest = Static<typeof StageRequest>
export type StageStatus = Static<typeof StageStatus>
