// The public face of both logs: the list of logs, and under each prefix the tlog-tiles paths. No sign-in.
import type { FastifyInstance, FastifyReply } from "fastify"
import type { PublicAnswer } from "../audit/serve.ts"
import type { Ctx } from "../context.ts"
import { NotFound } from "../domain/errors.ts"
import type { SendPage } from "./console.ts"

export function registerPublicLog(app: FastifyInstance, ctx: Ctx, sendPage: SendPage): void {
  const send = (reply: FastifyReply, answer: PublicAnswer) => {
    if (answer.status === 404) throw new NotFound()
    return reply.headers(answer.headers).send(Buffer.from(answer.body))
  }
  // The page for people is the console's; every other reader gets the list for tools.
  app.get("/log/", { schema: { hide: true } as object }, async (request, reply) => {
    void reply.header("vary", "accept")
    if (sendPage && (request.headers.accept ?? "").includes("text/html")) return sendPage(reply)
    return send(reply, await ctx.audit.serveLogList(ctx.cosignatures.vkeys))
  })
  app.get("/log/policy", { schema: { hide: true } as object }, async (_request, reply) =>
    reply
      .headers({
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "public, max-age=60",
        "access-control-allow-origin": "*",
      })
      .send(await ctx.cosignatures.publicPolicy()),
  )
  // A verifier fetches a log whole: tiles are immutable and cheap, so their limit is a wide one.
  const config = { rateLimit: { max: 20_000, timeWindow: "1 minute" } }
  app.get("/log/*", { schema: { hide: true } as object, config }, async (request, reply) =>
    send(reply, await ctx.audit.serveLogPath(request.url.split("?")[0] ?? "", ctx.cosignatures.names)),
  )
}
