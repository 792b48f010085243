import type { FastifyInstance } from "fastify"
import { CHECK_BODY_LIMIT, runCheck } from "../actions/checks.ts"
import type { Context } from "../context.ts"
import { invalid } from "../domain/errors.ts"

export function registerChecks(app: FastifyInstance, ctx: Context): void {
  // The archive is streamed into the sandbox; the agent never looks into it.
  app.addContentTypeParser("application/x-tar", (_request, payload, done) => done(null, payload))

  app.post<{
    Params: { id: string }
    Querystring: Record<string, unknown>
    Body: NodeJS.ReadableStream | undefined
  }>("/v1/checks/:id", { bodyLimit: CHECK_BODY_LIMIT }, async (request, reply) => {
    const { policy, ids } = request.query
    if (request.body === undefined || request.headers["content-type"] !== "application/x-tar") {
      throw invalid("invalid_archive", "The body is an application/x-tar.")
    }
    const answer = await runCheck(ctx, request.params.id, policy, ids, request.body)
    return await reply.status(answer.status).header("content-type", "application/json").send(answer.body)
  })
}
