// The agent's HTTP face: registrations, the shape of an error, nothing else.
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox"
import type { FastifyInstance } from "fastify"
import type { Context } from "./context.ts"
import { AgentError } from "./domain/errors.ts"
import { registerChecks } from "./http/checks.ts"
import { registerNode } from "./http/node.ts"
import { registerRuns } from "./http/runs.ts"
import { registerStages } from "./http/stages.ts"

export function registerAgent(app: FastifyInstance, ctx: Context): void {
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  app.setErrorHandler((error, request, reply) => {
    const answer = describe(error)
    if (answer.status >= 500)
      request.log.error({ url: request.url, code: answer.code, error: String(error) }, "failed")
    return reply.status(answer.status).send({ code: answer.code, message: answer.message })
  })
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send({ code: "not_found", message: "There is no such verb." }),
  )
  registerNode(app, ctx)
  registerRuns(app, ctx)
  registerChecks(app, ctx)
  registerStages(app, ctx)
}

function describe(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof AgentError) return { status: error.status, code: error.code, message: error.message }
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500
  if (status === 413)
    return { status, code: "too_large", message: "The body is larger than this verb takes." }
  if (status >= 400 && status < 500) {
    return {
      status: 400,
      code: "invalid_input",
      message: error instanceof Error ? error.message : "Bad input.",
    }
  }
  return { status: 500, code: "internal", message: "The node agent failed; its log says why." }
}
