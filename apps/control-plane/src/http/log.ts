import { chartLog, getChip, getLeaf, getLogEntry, getProof, getPulse, searchLog } from "../actions/log.ts"
import { exportLog } from "../actions/log-export.ts"
import type { Handlers } from "./handler.ts"

export const logHandlers = {
  logPulse: async ({ ctx }) => getPulse(ctx),
  logSearch: async ({ ctx, asked, query }) => searchLog(ctx, asked, query),
  logChart: async ({ ctx, asked, query }) => chartLog(ctx, asked, query),
  logEntry: async ({ ctx, asked, params }) => getLogEntry(ctx, asked, params.index),
  logChip: async ({ ctx, asked, params }) => getChip(ctx, asked, params.index),
  logLeaf: async ({ ctx, params }) => getLeaf(ctx, params.index),
  logProof: async ({ ctx, params, reply }) => {
    const proof = await getProof(ctx, params.index)
    return reply
      .type("text/plain; charset=utf-8")
      .header("content-disposition", `attachment; filename="${params.index}.tlog-proof"`)
      .send(proof)
  },
  logExport: async ({ ctx, asked, query, reply }) => {
    const { stream, index, type, name } = await exportLog(ctx, asked, query)
    return reply
      .type(type)
      .header("audit-index", index)
      .header("content-disposition", `attachment; filename="${name}"`)
      .send(stream)
  },
} satisfies Partial<Handlers>
