// Serves the built console: hashed assets for ever, the page itself never cached, and the content
// security policy, which for the notebook page names exactly one frame.
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import fastifyStatic from "@fastify/static"
import type { FastifyInstance, FastifyReply } from "fastify"
import type { Ctx } from "../context.ts"
import { isId } from "../domain/id.ts"

function contentSecurityPolicy(
  ctx: Ctx,
  frame: string | null,
  ancestors: "'none'" | "'self'" = "'none'",
): string {
  const id = ctx.config.identity.origin
  const socket = ctx.config.site.origin.replace(/^http/, "ws")
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${id} ${socket}`,
    `frame-src 'self' ${id}${frame === null ? "" : ` ${frame}`}`,
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "manifest-src 'self'",
    `frame-ancestors ${ancestors}`,
  ].join("; ")
}

/** Sends the console's page; undefined where the console is not built. */
export type SendPage = ((reply: FastifyReply) => FastifyReply) | undefined

export async function registerConsole(app: FastifyInstance, ctx: Ctx): Promise<SendPage> {
  const root = ctx.config.webDir
  if (!existsSync(join(root, "index.html"))) {
    ctx.log.warn({ root }, "the console is not built; only the API is served")
    return undefined
  }
  const index = await readFile(join(root, "index.html"))
  const page = (reply: FastifyReply, frame: string | null) =>
    reply
      .type("text/html; charset=utf-8")
      .headers({
        "cache-control": "no-store",
        "content-security-policy": contentSecurityPolicy(ctx, frame),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=()",
      })
      .send(index)

  await app.register(fastifyStatic, {
    root,
    index: false,
    wildcard: false,
    decorateReply: false,
    setHeaders(reply, path) {
      const silent = path.endsWith("silent-check-sso.html")
      reply.header("content-security-policy", contentSecurityPolicy(ctx, null, silent ? "'self'" : "'none'"))
      reply.header(
        "cache-control",
        path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      )
    },
  })
  // /workspaces/<id> is a document of its own: the only one whose frame-src names a notebook host.
  app.get<{ Params: { workspace: string } }>(
    "/workspaces/:workspace",
    { schema: { hide: true } },
    async (request, reply) => {
      const { workspace } = request.params
      return page(
        reply,
        isId(workspace) ? `${ctx.config.site.protocol}//${workspace}.${ctx.config.notebookDomain}` : null,
      )
    },
  )
  app.get("/*", { schema: { hide: true } }, async (request, reply) => {
    if (request.url.startsWith("/api/") || request.url.startsWith("/assets/")) return reply.callNotFound()
    return page(reply, null)
  })
  return (reply) => page(reply, null)
}
