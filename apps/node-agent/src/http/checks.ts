import type { FastifyInstance } from "fastify"
import { CHECK_BODY_LIMIT, PICTURE_BODY_LIMIT, runCheck, runPicture } from "../actions/checks.ts"
import type { Context } from "../context.ts"
import { invalid } from "../domain/errors.ts"

const TAR = "application/x-tar"
const BYTES = "application/octet-stream"

interface Asked {
  Params: { id: string }
  Querystring: Record<string, unknown>
  Body: NodeJS.ReadableStream | undefined
}

export function registerChecks(app: FastifyInstance, ctx: Context): void {
  // Both are streamed into the sandbox; the agent never looks into them.
  app.addContentTypeParser([TAR, BYTES], (_request, payload, done) => done(null, payload))

  app.post<Asked>("/v1/checks/:id", { bodyLimit: CHECK_BODY_LIMIT }, async (request, reply) => {
    if (request.body === undefined || request.headers["content-type"] !== TAR)
      throw invalid("invalid_archive", "The body is an application/x-tar.")
    const answer = await runCheck(ctx, request.params.id, request.query, request.body)
    return await reply.status(answer.status).header("content-type", "application/json").send(answer.body)
  })

  app.post<Asked>("/v1/pictures/:id", { bodyLimit: PICTURE_BODY_LIMIT }, async (request, reply) => {
    if (request.body === undefined || request.headers["content-type"] !== BYTES)
      throw invalid("invalid_picture", "The body is an application/octet-stream.")
    const answer = await runPicture(ctx, request.params.id, request.query["kind"], request.body)
    return await reply
      .status(answer.status)
      .header("content-type", answer.status === 200 ? BYTES : "application/json")
      .send(answer.body)
  })
}
