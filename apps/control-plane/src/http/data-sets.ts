import { getCatalogue } from "../actions/catalogue.ts"
import { refreshDataSet, refreshExtract } from "../actions/data.ts"
import { listDataSets, viewDataSet, viewSubmission } from "../actions/data-sets.ts"
import type { Handlers } from "./handler.ts"

export const dataSetHandlers = {
  dataSetList: async ({ ctx, asked }) => listDataSets(ctx, asked),
  dataSetGet: async ({ ctx, asked, params }) => viewDataSet(ctx, asked, params.dataSet),
  submissionGet: async ({ ctx, asked, params }) =>
    viewSubmission(ctx, asked, params.dataSet, params.submission),
  dataSetRefresh: async ({ ctx, asked, params }) => refreshDataSet(ctx, asked, params.dataSet),
  catalogueGet: async ({ ctx, asked, params }) => getCatalogue(ctx, asked, params.project),
  extractRefresh: async ({ ctx, asked, params }) => refreshExtract(ctx, asked, params.project),
} satisfies Partial<Handlers>
