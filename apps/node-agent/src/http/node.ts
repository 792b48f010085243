import { statfs } from "node:fs/promises"
import { join } from "node:path"
import type { FastifyInstance } from "fastify"
import { AGENT_PROTOCOL, type NodeInfo } from "#protocol/agent.ts"
import type { Context } from "../context.ts"
import { engineInfo, findImage } from "../drivers/engine.ts"

export function registerNode(app: FastifyInstance, ctx: Context): void {
  app.get("/v1/node", async (): Promise<NodeInfo> => {
    const engine = await engineInfo(ctx.engine)
    const disk = await statfs(join(ctx.layout.state, "homes"))
    const images = await Promise.all(
      Object.values(ctx.images).map(async (name) => {
        const id = await findImage(ctx.engine, name)
        return { name, id: id ?? "", present: id !== null }
      }),
    )
    return {
      protocol: AGENT_PROTOCOL,
      node: ctx.node,
      engine: engine.version,
      cpus: engine.cpus,
      memoryBytes: engine.memoryBytes,
      diskFreeBytes: disk.bavail * disk.bsize,
      images,
    }
  })
}
