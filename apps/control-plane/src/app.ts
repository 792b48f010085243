// Builds the HTTP server from its dependencies; tests call this with inject().
import { randomUUID } from "node:crypto"
import fastifyRateLimit from "@fastify/rate-limit"
import fastifySwagger from "@fastify/swagger"
import fastifyWebsocket from "@fastify/websocket"
import Fastify, { LogController, type FastifyError, type FastifyInstance } from "fastify"
import { FORMATS } from "#contract/operation.ts"
import type { Ctx } from "./context.ts"
import { NotFound } from "./domain/errors.ts"
import { bearerOf, createTokenVerifier, type VerifyToken } from "./http/auth.ts"
import { registerConsole } from "./http/console.ts"
import { sendError } from "./http/errors.ts"
import { handlers } from "./http/handlers.ts"
import { registerLive } from "./http/live.ts"
import { registerOperations } from "./http/operations.ts"
import { registerPublicLog } from "./http/public-log.ts"
import { watchConnections } from "./http/connections.ts"

export interface AppOptions {
  readonly verify?: VerifyToken
  readonly logger?: boolean
}

export async function buildApp(ctx: Ctx, options: AppOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({
    // Personal data never reaches our own log: no line per request, no addresses, queries or headers.
    logger: options.logger === false ? false : { level: "info" },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: ["127.0.0.0/8", "172.16.0.0/12", "10.0.0.0/8", "192.168.0.0/16"],
    routerOptions: { maxParamLength: 128 },
    ajv: {
      // A body says what it means: nothing in it is turned into another type or quietly left out.
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        allErrors: true,
        formats: FORMATS,
      },
    },
    serializerOpts: { ajv: { formats: FORMATS } },
    forceCloseConnections: "idle",
    // Addresses that the router cannot read never reach a handler, and are answered like the rest.
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply)
    },
  })
  watchConnections(app.server)
  const verify = options.verify ?? createTokenVerifier(ctx)

  app.setErrorHandler<FastifyError>((error, request, reply) => sendError(error, request, reply))
  app.setNotFoundHandler((request, reply) => sendError(new NotFound(), request, reply))
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-request-id": request.id,
    })
  })

  await app.register(fastifyRateLimit, {
    // Behind one address may stand a whole hospital, or (on one machine) everybody.
    max: (request) => (bearerOf(request) === undefined ? 6_000 : 1_200),
    timeWindow: "1 minute",
    // One limit per signed-in browser (its token), one per address for the public pages.
    keyGenerator: (request) => bearerOf(request)?.slice(-43) ?? request.ip,
  })
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: "Glasshouse", version: ctx.config.version },
      servers: [{ url: ctx.config.site.origin }],
    },
  })
  await app.register(fastifyWebsocket, { options: { maxPayload: 8_192, perMessageDeflate: false } })
  const sendPage = await registerConsole(app, ctx)
  await app.register(async (scope) => {
    registerOperations(scope, ctx, verify, handlers)
    registerLive(scope, ctx)
    registerPublicLog(scope, ctx, sendPage)
    scope.get("/api/openapi.json", { schema: { hide: true } }, async () => app.swagger())
  })
  await app.ready()
  return app
}
