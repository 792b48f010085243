// Errors to answers, once. What is not ours is a bug: 500, and the log says its kind and database code only,
// because a driver's message can quote a row.
import type { FastifyError, FastifyInstance } from "fastify"
import { Conflict, CustodyError, Denied, Gone, Invalid, NotFound } from "../domain/errors.ts"

const STATUS: readonly (readonly [new (...args: never[]) => CustodyError, number])[] = [
  [Denied, 403],
  [NotFound, 404],
  [Gone, 410],
  [Conflict, 409],
  [Invalid, 422],
]

export function mapErrors(app: FastifyInstance, say: (line: Record<string, unknown>) => void): void {
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: "not_found", message: "no such verb" }),
  )
  app.setErrorHandler((error: FastifyError | CustodyError, request, reply) => {
    if (error instanceof CustodyError) {
      const status = STATUS.find(([kind]) => error instanceof kind)?.[1] ?? 422
      return reply.code(status).send({ code: error.code, message: error.message })
    }
    const status = (error as FastifyError).statusCode ?? 500
    if (status < 500)
      return reply.code(status).send({ code: "invalid_request", message: "the request is not valid" })
    say({ level: "error", route: request.routeOptions.url, kind: error.name, code: error.code })
    return reply.code(500).send({ code: "internal", message: "custody failed; nothing was changed" })
  })
}
