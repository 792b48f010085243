import { getAgreement, getAgreementVersion, listApplications } from "../actions/agreement-views.ts"
import { decideAgreement, proposeAgreement, signAgreement } from "../actions/agreements.ts"
import type { Handlers } from "./handler.ts"

export const agreementHandlers = {
  agreementGet: async ({ ctx, asked, params }) => getAgreement(ctx, asked, params.project),
  agreementVersionGet: async ({ ctx, asked, params }) =>
    getAgreementVersion(ctx, asked, params.project, params.version),
  agreementPropose: async ({ ctx, asked, params, body }) =>
    proposeAgreement(ctx, asked, params.project, body),
  agreementDecide: async ({ ctx, asked, params, body }) =>
    decideAgreement(ctx, asked, params.project, params.version, body),
  agreementSign: async ({ ctx, asked, params, body }) =>
    signAgreement(ctx, asked, params.project, params.version, body.sha256),
  applicationList: async ({ ctx, asked }) => listApplications(ctx, asked),
} satisfies Partial<Handlers>
