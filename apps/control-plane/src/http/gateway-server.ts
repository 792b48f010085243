// The socket that only gateways reach: the gateway protocol, version 1. No browser and no token here;
// who may connect is decided by who can open the file.
import type { Readable } from "node:stream"
import Fastify, { LogController, type FastifyError, type FastifyInstance, type FastifyReply } from "fastify"
import { Type } from "typebox"
import {
  ContentsEvent,
  IntentRequest,
  ListRequest,
  MessageEvent,
  Outcome,
  RedeemRequest,
  RefusalEvent,
  RenewRequest,
} from "#protocol/gateway.ts"
import { finishIntent, identifyWorkspace, issueIntent, listObjects } from "../actions/reads.ts"
import {
  listGatewayRuns,
  noteContents,
  noteMessage,
  noteRefusal,
  redeemTicket,
  renewLease,
} from "../actions/notebooks.ts"
import { noteGateway } from "../actions/platform.ts"
import { checkFiles, listOwnRequests, pushFile, requestFromWorkspace } from "../actions/uploads.ts"
import type { Ctx } from "../context.ts"
import { NotFound } from "../domain/errors.ts"
import { watchConnections } from "./connections.ts"
import { sendError } from "./errors.ts"

const MAX_BODY = 2 * 1_048_576

export async function buildGatewayServer(
  ctx: Ctx,
  options: { logger?: boolean } = {},
): Promise<FastifyInstance> {
  const app = Fastify({
    logger: options.logger === false ? false : { level: "info" },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  })
  watchConnections(app.server)
  app.setErrorHandler<FastifyError>((error, request, reply) => sendError(error, request, reply))
  app.setNotFoundHandler((request, reply) => sendError(new NotFound(), request, reply))
  // Bytes of outputs are streamed into quarantine as they come; no parser touches them.
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload))

  const run = Type.Object({ run: Type.String({ pattern: "^[a-z2-7]{12}$" }) })
  type Run = { Params: { run: string } }
  const body = (schema: unknown) => ({ schema: { body: schema } as object })

  app.get("/gateway/v1/runs", async () => {
    noteGateway(ctx)
    return listGatewayRuns(ctx)
  })
  app.post<{ Body: { ticket: string; workspace: string } }>(
    "/gateway/v1/tickets/redeem",
    body(RedeemRequest),
    async (r) => redeemTicket(ctx, r.body),
  )
  app.post<{ Body: RenewRequest }>("/gateway/v1/leases/renew", body(RenewRequest), async (r) =>
    renewLease(ctx, r.body),
  )
  app.post<{ Body: MessageEvent }>("/gateway/v1/messages", body(MessageEvent), async (r) =>
    noteMessage(ctx, r.body),
  )
  app.post<{ Body: ContentsEvent }>("/gateway/v1/contents", body(ContentsEvent), async (r) =>
    noteContents(ctx, r.body),
  )
  app.post<{ Body: RefusalEvent }>("/gateway/v1/refusals", body(RefusalEvent), async (r) =>
    noteRefusal(ctx, r.body),
  )
  app.post<{ Body: { run: string; bucket: string } }>("/gateway/v1/lists", body(ListRequest), async (r) =>
    listObjects(ctx, r.body),
  )
  app.post<{ Body: IntentRequest }>("/gateway/v1/intents", body(IntentRequest), async (r) =>
    issueIntent(ctx, r.body),
  )
  app.post<{ Body: Outcome }>("/gateway/v1/outcomes", body(Outcome), async (r, reply) => {
    await finishIntent(ctx, r.body)
    return reply.code(204).send()
  })
  app.get<Run>("/gateway/v1/runs/:run/workspace", { schema: { params: run } as object }, async (r) =>
    identifyWorkspace(ctx, r.params.run),
  )

  app.put<Run & { Params: { "*": string } }>("/gateway/v1/runs/:run/outputs/files/*", async (r, reply) =>
    indexed(
      reply,
      await pushFile(
        ctx,
        r.params.run,
        r.params["*"],
        r.body as Readable,
        headerOf(r.headers["x-content-sha256"]),
      ),
    ),
  )
  app.post<Run>("/gateway/v1/runs/:run/outputs/requests", async (r, reply) =>
    indexed(reply, await requestFromWorkspace(ctx, r.params.run, r.body as never)),
  )
  app.get<Run>("/gateway/v1/runs/:run/outputs/requests", async (r) => listOwnRequests(ctx, r.params.run))
  app.post<Run>("/gateway/v1/runs/:run/outputs/check", async (r) =>
    checkFiles(ctx, r.params.run, r.body as never),
  )
  await app.ready()
  return app
}

/** The place in the log goes with the answer, as it does for data. */
function indexed<T extends { index: number | null }>(reply: FastifyReply, answer: T): T {
  if (answer.index !== null) void reply.header("audit-index", answer.index)
  return answer
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined
}
