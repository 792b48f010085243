// Workspaces: durable per person and project; a run is one generation of its containers.
import { Type } from "typebox"
import {
  Done,
  Id,
  Instant,
  LogIndex,
  PersonRef,
  ProjectRef,
  actions,
  nullable,
  oneOf,
  operation,
  strict,
} from "./operation.ts"
import { WORKSPACE_STATES } from "./vocabulary.ts"
import { RUN_STEPS } from "./protocol/agent.ts"

const workspace = strict({ workspace: Id })

/** What a person sees while a workspace opens, in order. `closing` only where the last run had to end first. */
export const WORKSPACE_STEPS = ["closing", ...RUN_STEPS] as const

export const WorkspaceView = strict({
  id: Id,
  project: ProjectRef,
  person: PersonRef,
  state: oneOf(WORKSPACE_STATES),
  /** why it is in this state, when a person should know: idle, removed, hold, door_died, out_of_memory … */
  code: nullable(Type.String()),
  reason: nullable(Type.String()),
  steps: Type.Array(
    strict({
      step: oneOf(WORKSPACE_STEPS),
      state: oneOf(["waits", "moving", "done", "failed"]),
      seconds: nullable(Type.Number()),
    }),
  ),
  run: nullable(
    strict({
      id: Id,
      generation: Type.Integer(),
      startedAt: nullable(Instant),
      agreementVersion: Type.Integer(),
      extract: nullable(Type.String()),
    }),
  ),
  idleStopAt: nullable(Instant),
  shownBytes: Type.Integer(),
  shownLimitBytes: Type.Integer(),
  host: Type.String(),
  actions: actions(["open", "enter", "stop", "delete", "requestCreate"]),
})

export const workspaceOperations = [
  operation({
    id: "workspaceOpen",
    method: "POST",
    path: "/api/projects/:project/workspace",
    summary: "Open or resume my workspace in a project; one that is closing opens when it has closed",
    serves: "metadata",
    event: "workspace.opened",
    params: strict({ project: Id }),
    response: strict({ workspace: Id, index: LogIndex }),
  }),
  operation({
    id: "workspaceGet",
    method: "GET",
    path: "/api/workspaces/:workspace",
    summary: "State and steps of a workspace",
    serves: "metadata",
    event: { none: "state of this person's own workspace" },
    params: workspace,
    response: WorkspaceView,
  }),
  operation({
    id: "workspaceEnter",
    method: "POST",
    path: "/api/workspaces/:workspace/ticket",
    summary: "A one-time ticket for the notebook host",
    serves: "metadata",
    event: "workspace.entered",
    params: workspace,
    response: strict({ url: Type.String(), seconds: Type.Integer(), index: LogIndex }),
  }),
  operation({
    id: "workspaceStop",
    method: "POST",
    path: "/api/workspaces/:workspace/stop",
    summary: "Stop the run; files stay",
    serves: "metadata",
    event: "workspace.stopped",
    params: workspace,
    response: Done,
  }),
  operation({
    id: "workspaceDelete",
    method: "DELETE",
    path: "/api/workspaces/:workspace",
    summary: "Delete the workspace and its home folder",
    serves: "metadata",
    event: "workspace.deleted",
    params: workspace,
    response: Done,
  }),
]
