import {
  deleteWorkspace,
  enterWorkspace,
  openWorkspace,
  stopWorkspace,
  viewWorkspace,
} from "../actions/workspaces.ts"
import type { Handlers } from "./handler.ts"

export const workspaceHandlers = {
  workspaceOpen: async ({ ctx, asked, params }) => openWorkspace(ctx, asked, params.project),
  workspaceGet: async ({ ctx, asked, params }) => viewWorkspace(ctx, asked, params.workspace),
  workspaceEnter: async ({ ctx, asked, params }) => enterWorkspace(ctx, asked, params.workspace),
  workspaceStop: async ({ ctx, asked, params }) => stopWorkspace(ctx, asked, params.workspace),
  workspaceDelete: async ({ ctx, asked, params }) => deleteWorkspace(ctx, asked, params.workspace),
} satisfies Partial<Handlers>
