import type { FastifyInstance } from "fastify"
import { StageRequest } from "#protocol/agent.ts"
import { forgetStage, readStage, startStage } from "../actions/stages.ts"
import type { Context } from "../context.ts"

export function registerStages(app: FastifyInstance, ctx: Context): void {
  app.put<{ Params: { job: string }; Body: StageRequest }>(
    "/v1/stages/:job",
    { schema: { body: StageRequest } },
    async (request, reply) =>
      await reply.status(202).send(await startStage(ctx, request.params.job, request.body)),
  )

  app.get<{ Params: { job: string } }>(
    "/v1/stages/:job",
    async (request) => await readStage(ctx, request.params.job),
  )

  app.delete<{ Params: { job: string } }>("/v1/stages/:job", async (request, reply) => {
    await forgetStage(ctx, request.params.job)
    return await reply.status(204).send()
  })
}
