// Registers every operation of the contract: who asks, fresh code, is the log writable, schemas both
// ways, and an event for every refusal. An operation without a handler does not start.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { Type, type TSchema } from "typebox"
import { Convert } from "typebox/value"
import { operations, type OperationId } from "#contract/index.ts"
import { strict, type Operation } from "#contract/operation.ts"
import { recordRefusal } from "../actions/refusals.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import { Invalid, Problem } from "../domain/errors.ts"
import { isStorable } from "../domain/text.ts"
import { assertStepUp, authenticate, RemovedPerson, type VerifyToken } from "./auth.ts"
import { mapError, sendError } from "./errors.ts"
import type { Call, Handlers } from "./handler.ts"

const READS_DATA = new Set(["data", "record"])
const MAX_JSON_BYTES = 1_048_576
const NO_QUERY = strict({})

export function registerOperations(
  app: FastifyInstance,
  ctx: Ctx,
  verify: VerifyToken,
  handlers: Handlers,
): void {
  for (const operation of operations) {
    const handle = handlers[operation.id as OperationId] as unknown as (call: unknown) => Promise<unknown>
    if (handle === undefined) throw new Error(`operation ${operation.id} has no handler`)
    app.route({
      method: operation.method,
      url: operation.path,
      bodyLimit: operation.rawBody?.maxBytes ?? MAX_JSON_BYTES,
      schema: {
        operationId: operation.id,
        summary: operation.summary,
        ...(operation.params ? { params: operation.params } : {}),
        // What an operation does not name it does not take.
        querystring: operation.query ?? NO_QUERY,
        ...(operation.method === "GET" || operation.rawBody ? {} : { body: operation.body ?? Type.Null() }),
        ...("raw" in operation.response ? {} : { response: { 200: operation.response as TSchema } }),
      } as object,
      // Addresses are text: only here are words read as the numbers that they are meant to be.
      preValidation: async (request) => {
        if (operation.params) request.params = Convert(operation.params, request.params)
        if (operation.query) request.query = Convert(operation.query, request.query)
      },
      handler: (request, reply) => serve(ctx, verify, operation, handle, request, reply),
    })
  }
}

async function serve(
  ctx: Ctx,
  verify: VerifyToken,
  operation: Operation,
  handle: (call: unknown) => Promise<unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  let actor: PersonActor | undefined
  try {
    if (operation.serves !== "public") {
      actor = await authenticate(ctx, verify, request)
      if (READS_DATA.has(operation.serves)) ctx.audit.assertHealthy()
      if (operation.stepUp) assertStepUp(ctx, actor)
    }
    // No table and no log can hold such texts, so no schema has to say it for itself.
    if (!isStorable(request.body) || !isStorable(request.query)) throw new Invalid("invalid_input")
    void reply.header("cache-control", operation.serves === "public" ? "public, max-age=5" : "no-store")
    const call: Omit<Call<never>, "asked"> & { asked: unknown } = {
      ctx,
      asked: {
        actor,
        request: request.id,
        onIntent: (index: number) => void reply.header("audit-index", index),
      },
      params: request.params as never,
      query: request.query as never,
      body: request.body as never,
      request,
      reply,
    }
    const answer = await handle(call)
    if (reply.sent || answer === reply) return reply
    const index = (answer as { index?: unknown } | undefined)?.index
    if (typeof index === "number" && !reply.hasHeader("audit-index")) void reply.header("audit-index", index)
    return answer
  } catch (error) {
    let index: number | null | undefined
    if (error instanceof RemovedPerson) actor = error.actor
    // What is refused to a known person is an event; a request without a person is the identity
    // server's to record, and a broken field is nobody's refusal.
    if (actor && error instanceof Problem && (error.status === 403 || error.status === 404)) {
      index = await recordRefusal(
        ctx,
        { actor, request: request.id },
        operation.id,
        mapError(error).code,
        request.params as Record<string, string>,
      )
    }
    sendError(error, request, reply, index)
    return reply
  }
}
