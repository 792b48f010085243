// Errors to HTTP, once. What is not one of ours is a bug: 500, logged with the request id, no words of it
// to the outside.
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify"
import type { ErrorBody } from "#contract/operation.ts"
import { Invalid, Problem, TooMany, Unavailable } from "../domain/errors.ts"
import { NeighbourRefused, NeighbourUnreachable } from "../drivers/http-socket.ts"
import { IdentityFailed } from "../drivers/identity.ts"
import { TooLarge } from "../drivers/objects.ts"
import { refusalSentence, type Params } from "../domain/sentences.ts"

const WAYS: Readonly<Record<string, string>> = {
  invalid_input: "Correct the fields and send it again.",
  step_up_required: "Enter a one-time code.",
  unauthenticated: "Sign in.",
  token_invalid: "Sign in again.",
  session_idle: "Sign in again.",
  stale: "Load the page again.",
}

interface Mapped {
  readonly status: number
  readonly code: string
  readonly params: Params
  readonly fields?: ErrorBody["fields"]
  readonly retryAfter?: number
}

const DATABASE_DOWN = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "53100",
  "25006",
  "57014",
  "55P03",
])

export function mapError(error: unknown): Mapped {
  if (error instanceof Problem) {
    const retryAfter =
      error instanceof Unavailable
        ? 2
        : error instanceof TooMany
          ? Number(error.params["seconds"] ?? 5)
          : undefined
    return {
      status: error.status,
      code: error.code,
      params: error.params,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    }
  }
  if (error instanceof TooLarge) return { status: 413, code: "too_large", params: {} }
  if (error instanceof NeighbourUnreachable || error instanceof NeighbourRefused) {
    return { status: 503, code: "agent_unavailable", params: {}, retryAfter: 3 }
  }
  if (error instanceof IdentityFailed)
    return { status: 503, code: "identity_unavailable", params: {}, retryAfter: 3 }
  const fastify = error as FastifyError
  if (fastify.validation) {
    return {
      status: 400,
      code: "invalid_input",
      params: {},
      fields: fastify.validation.slice(0, 20).map((v) => ({
        path:
          v.instancePath === ""
            ? String((v.params?.["missingProperty"] ?? v.params?.["additionalProperty"] ?? "") as string)
            : v.instancePath.slice(1),
        message: v.message ?? "is not valid",
      })),
    }
  }
  if (fastify.statusCode === 429) return { status: 429, code: "rate_limited", params: {}, retryAfter: 5 }
  if (fastify.statusCode === 413) return { status: 413, code: "too_large", params: {} }
  if (fastify.statusCode !== undefined && fastify.statusCode >= 400 && fastify.statusCode < 500) {
    return { status: fastify.statusCode, code: "invalid_input", params: {} }
  }
  const code = (error as { code?: string }).code
  const message = error instanceof Error ? error.message : ""
  if (
    (code !== undefined && DATABASE_DOWN.has(code)) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(message)
  ) {
    return { status: 503, code: "database_unavailable", params: {}, retryAfter: 3 }
  }
  return { status: 500, code: "internal", params: {} }
}

export function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  index?: number | null,
): void {
  const mapped = mapError(error)
  if (mapped.status >= 500) request.log.error({ code: mapped.code, cause: describe(error) }, "request failed")
  if (mapped.retryAfter !== undefined) void reply.header("retry-after", mapped.retryAfter)
  const way = WAYS[mapped.code]
  const body: ErrorBody = {
    code: mapped.code,
    message: refusalSentence(mapped.code, mapped.params),
    ...(way === undefined ? {} : { way }),
    request: request.id,
    ...(mapped.fields === undefined ? {} : { fields: mapped.fields }),
    ...(index === undefined ? {} : { index }),
  }
  void reply.code(mapped.status).type("application/json; charset=utf-8").send(body)
}

/** For our own log: type, message and stack; never the request's contents. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? ` ← ${describe(error.cause)}` : ""
  return `${error.stack ?? error.message}${cause}`
}

export function invalidField(path: string, message: string): Invalid {
  return Object.assign(new Invalid("invalid_input"), { fields: [{ path, message }] })
}
