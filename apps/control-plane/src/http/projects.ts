import { inviteMember, withdrawInvitation } from "../actions/invitations.ts"
import { getActivity } from "../actions/log.ts"
import { listMembers, memberEffects, recordTraining, removeMember, renewMember } from "../actions/members.ts"
import { listProjects, viewProject, viewUse } from "../actions/projects.ts"
import type { Handlers } from "./handler.ts"

export const projectHandlers = {
  projectList: async ({ ctx, asked }) => listProjects(ctx, asked),
  projectGet: async ({ ctx, asked, params }) => viewProject(ctx, asked, params.project),
  projectActivity: async ({ ctx, asked, params, query }) => getActivity(ctx, asked, params.project, query),
  projectUse: async ({ ctx, asked, params }) => viewUse(ctx, asked, params.project),
  memberList: async ({ ctx, asked, params }) => listMembers(ctx, asked, params.project),
  memberInvite: async ({ ctx, asked, params, body }) => inviteMember(ctx, asked, params.project, body),
  invitationWithdraw: async ({ ctx, asked, params }) =>
    withdrawInvitation(ctx, asked, params.project, params.invitation),
  memberEffects: async ({ ctx, asked, params, query }) =>
    memberEffects(ctx, asked, params.project, params.person, query.action),
  memberRenew: async ({ ctx, asked, params, body }) =>
    renewMember(ctx, asked, params.project, params.person, body.until),
  memberRemove: async ({ ctx, asked, params, body }) =>
    removeMember(ctx, asked, params.project, params.person, body.reason),
  trainingRecord: async ({ ctx, asked, params, body }) =>
    recordTraining(ctx, asked, params.project, params.person, body),
} satisfies Partial<Handlers>
