import type { FastifyInstance } from "fastify"
import { RunRequest } from "#protocol/agent.ts"
import { listRuns, startRun, stopRun } from "../actions/runs.ts"
import { deleteStorage, measureStorage } from "../actions/storage.ts"
import type { Context } from "../context.ts"

export function registerRuns(app: FastifyInstance, ctx: Context): void {
  app.get("/v1/runs", async () => await listRuns(ctx))

  app.put<{ Params: { run: string }; Body: RunRequest }>(
    "/v1/runs/:run",
    { schema: { body: RunRequest } },
    async (request, reply) =>
      await reply.status(202).send(await startRun(ctx, request.params.run, request.body)),
  )

  app.delete<{ Params: { run: string } }>("/v1/runs/:run", async (request, reply) => {
    await stopRun(ctx, request.params.run)
    return await reply.status(204).send()
  })

  app.get("/v1/storage", async () => await measureStorage(ctx))

  app.delete<{ Params: { workspace: string } }>("/v1/workspaces/:workspace/home", async (request, reply) => {
    await deleteStorage(ctx, "home", request.params.workspace)
    return await reply.status(204).send()
  })

  app.delete<{ Params: { project: string } }>("/v1/projects/:project/shared", async (request, reply) => {
    await deleteStorage(ctx, "shared", request.params.project)
    return await reply.status(204).send()
  })
}
